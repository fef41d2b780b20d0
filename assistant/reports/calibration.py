"""`make calibrate`: fits what turns guesses into decisions, on questions the classifier has not read, and prints the lines of config.yml.

Both are fitted on the development sets of tests/nlu, written by people who had not seen the training examples; what the assistant
is judged by (docs/evaluation.md) are other sets.

1. Confidence: a logistic curve over the logit of the raw confidence maps it to the share of right answers (Platt 1999).
2. Compound questions: the trees of `assistant.nlu.compound` and the thresholds of a cut, see `assistant.reports.cuts`.

The threshold of the confidence follows a rule: answer when the chance of being right is at least ANSWER_FROM, else ask back; 0.75 says that
one wrong health answer weighs as much as three right ones that had to be asked for twice.
"""

import tempfile
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from assistant.knowledge.library import DATA, ROOT
from assistant.nlu.intent_model import IntentModel, Settings, calibrate, logit
from assistant.nlu.sentence_encoder import SentenceEncoder
from assistant.reports.understanding import Question, leads_to, read_questions

TESTS = ROOT / "tests" / "nlu"
DEVELOPMENT = (
    "questions_one", "questions_two", "questions_three", "questions_four", "questions_five", "questions_six", "questions_seven",
    "questions_eight", "questions_nine", "outside_one", "outside_two", "outside_three", "outside_four",
)  # fmt: skip
DEVELOPMENT_COMPOUNDS = tuple(f"compounds_{number}" for number in ("one", "two", "three", "four", "six", "seven"))
ANSWER_FROM = 0.75


def read_examples() -> Tuple[List[str], List[str], List[str]]:
    """Texts, intents and voices of all training examples."""
    texts: List[str] = []
    intents: List[str] = []
    voices: List[str] = []
    for path in sorted((DATA / "nlu").glob("*.yml")):
        for block in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            texts += lines
            intents += [block["intent"]] * len(lines)
            voices += [block.get("metadata", {}).get("voice", "")] * len(lines)
    return texts, intents, voices


class Reader:
    """The classifier trained on all examples, with the ranking of any text."""

    def __init__(self, settings: Settings) -> None:
        with tempfile.TemporaryDirectory() as folder:
            SentenceEncoder.write(Path(folder))
            self._encoder = SentenceEncoder(Path(folder))
        texts, intents, _ = read_examples()
        self._model = IntentModel.fit(settings, texts, self._encoder.encode_all(texts), intents)
        self._memory: Dict[str, List[Tuple[str, float]]] = {}
        self.slope, self.offset = 1.0, 0.0

    def raw(self, text: str) -> List[Tuple[str, float]]:
        """Ranking with raw confidence, best first."""
        if text not in self._memory:
            self._memory[text] = self._model.predict(text, self._encoder.encode(text), self._encoder.encode)
        return self._memory[text]

    def understand(self, text: str) -> List[Tuple[str, float]]:
        """Ranking with calibrated confidence, best first."""
        found = self.raw(text)
        sure = calibrate(np.array([c for _, c in found]), self.slope, self.offset)
        return [(intent, float(c)) for (intent, _), c in zip(found, sure)]


def fit_curve(raw: np.ndarray, was_right: np.ndarray) -> Tuple[float, float]:
    """Slope and offset of the logistic curve over the logit of `raw`."""
    fitted = LogisticRegression(C=1e6).fit(logit(raw.astype(float))[:, None], was_right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def reliability(confidence: np.ndarray, was_right: np.ndarray, bins: int = 10) -> List[Tuple[float, float, int]]:
    """(mean confidence, share right, count) of each bin of equal width that holds anything."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    groups = [index == i for i in sorted(set(index))]
    return [(float(confidence[g].mean()), float(was_right[g].mean()), int(g.sum())) for g in groups]


def calibration_error(confidence: np.ndarray, was_right: np.ndarray) -> float:
    """Expected calibration error: mean distance between confidence and share right over bins of equal width."""
    return sum(abs(sure - right) * count for sure, right, count in reliability(confidence, was_right)) / len(confidence)


def fit_confidence(reader: Reader, questions: Sequence[Question]) -> None:
    """Fit the confidence curve and print its lines for config.yml."""
    best = [reader.raw(q.text)[0] for q in questions]
    raw = np.array([c for _, c in best])
    was_right = np.array([leads_to(intent, q.expected) for (intent, _), q in zip(best, questions)])
    reader.slope, reader.offset = fit_curve(raw, was_right)
    confidence = calibrate(raw, reader.slope, reader.offset)
    answered = confidence >= ANSWER_FROM
    print(
        f"{len(questions)} development questions: {was_right.mean():.1%} right, ECE {calibration_error(confidence, was_right):.3f}"
    )
    print(f"answered from {ANSWER_FROM}: right {(answered & was_right).mean():.1%}, wrong {(answered & ~was_right).mean():.1%}")
    print(f"config.yml: calibration_slope: {reader.slope:.2f}, calibration_offset: {reader.offset:.2f}, threshold: {ANSWER_FROM}")


def main() -> int:
    """Print both curves; returns the exit code."""
    from assistant.knowledge import load_library
    from assistant.reports.cuts import fit_compounds
    from assistant.reports.understanding import kind_of

    library = load_library()
    questions = read_questions([TESTS / f"{name}.csv" for name in DEVELOPMENT])
    compounds = read_questions([TESTS / f"{name}.csv" for name in DEVELOPMENT_COMPOUNDS])
    reader = Reader(Settings())
    fit_confidence(reader, questions)
    fit_compounds(reader, questions, compounds, lambda answer_id: kind_of(library, answer_id) in ("answer", "decline"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
