"""`make calibrate`: fits the two curves that config.yml holds, on questions the classifier has not read, and prints them.

Both are fitted on the development sets of tests/nlu, written by people who had not seen the training examples; what the assistant
is judged by (docs/evaluation.md) are other sets.

1. Confidence: a logistic curve over the logit of the raw confidence maps it to the share of right answers (Platt 1999).
2. Compound questions: the weights of `assistant.nlu.compound`, on the development compounds, on pairs of short development
   questions joined as people join them, and on the single questions that have a joint.

The thresholds follow rules. Confidence: answer when the chance of being right is at least ANSWER_FROM, else ask back; 0.75 says that
one wrong health answer weighs as much as three right ones that had to be asked for twice. Compounds: the lowest threshold
at which at most SPLIT_AT_MOST of the single questions of the development sets are taken apart.
"""

import random
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from assistant.knowledge.library import DATA, ROOT
from assistant.nlu.clauses import cuts, tells
from assistant.nlu.compound import FEATURES, QUESTION, features
from assistant.nlu.intent_model import IntentModel, Settings, calibrate, logit
from assistant.nlu.sentence_encoder import SentenceEncoder
from assistant.reports.understanding import Question, leads_to, read_questions

TESTS = ROOT / "tests" / "nlu"
DEVELOPMENT = ("questions_one", "questions_two", "questions_three", "questions_four", "outside_one")
DEVELOPMENT_COMPOUNDS = "compounds_one"
ANSWER_FROM = 0.75
SPLIT_AT_MOST = 0.02
JOINTS = (" and ", " and ", ", ", ". ", "? ", "? ", " also ", " plus ", "? and ", ". also ", " n ", " & ", " ", ". oh and ")
PAIRS, LONGEST_OF_A_PAIR = 1500, 16
SEED = 5


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
            self._memory[text] = self._model.predict(text, self._encoder.encode(text), self._encoder.encode)[:10]
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


def calibration_error(confidence: np.ndarray, was_right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean distance between confidence and share right over equal bins."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs(confidence[index == i].mean() - was_right[index == i].mean()) * (index == i).mean() for i in set(index)))


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


def made_compounds(questions: Sequence[Question]) -> List[Question]:
    """Pairs of short questions of different topics, joined as people join them."""
    rng = random.Random(SEED)
    short = [q for q in questions if len(q.text.split()) <= LONGEST_OF_A_PAIR and not tells(q.text)]
    pairs = [rng.sample(short, 2) for _ in range(PAIRS)]
    return [
        Question(one.text.rstrip("?.! ") + rng.choice(JOINTS) + two.text, f"{one.expected};{two.expected}", "made", "made")
        for one, two in pairs
        if one.expected.split("/")[0] != two.expected.split("/")[0]
    ]


def cut_rows(reader: Reader, questions: Sequence[Question]) -> List[Tuple[int, List[float], bool]]:
    """(question, features, whether the cut is right) of every cut between two questions of different topics."""
    rows = []
    for number, question in enumerate(questions):
        whole = reader.understand(question.text)
        for cut in cuts(question.text):
            before, after = reader.understand(question.text[: cut.end]), reader.understand(question.text[cut.start :])
            first, second = before[0][0], after[0][0]
            if not (first.startswith(QUESTION) and second.startswith(QUESTION)) or first == second:
                continue
            wanted = question.expected.split(";")
            fits = len(wanted) > 1 and leads_to(first, wanted[0]) and any(leads_to(second, one) for one in wanted[1:])
            rows.append((number, features(question.text, whole, cut, before, after), fits))
    return rows


def fit_compounds(reader: Reader, questions: Sequence[Question], compounds: Sequence[Question], is_question: Any) -> None:
    """Fit the weights of the cuts and print their lines for config.yml."""
    asked = [q for q in questions if is_question(q.expected)]
    singles = [q for q in [*questions, *compounds] if ";" not in q.expected and cuts(q.text)]
    rows = cut_rows(reader, [*singles, *made_compounds(asked), *(q for q in compounds if ";" in q.expected)])
    fitted = LogisticRegression(C=1.0, max_iter=5000).fit([numbers for _, numbers, _ in rows], [fits for _, _, fits in rows])
    weights = [*(float(w) for w in fitted.coef_[0]), float(fitted.intercept_[0])]
    chances: Dict[int, float] = {}
    for (number, _, _), chance in zip(rows, fitted.predict_proba([numbers for _, numbers, _ in rows])[:, 1]):
        chances[number] = max(chances.get(number, 0.0), float(chance))
    all_singles = sum(";" not in q.expected for q in [*questions, *compounds])
    allowed = int(SPLIT_AT_MOST * all_singles)
    threshold = sorted((chances.get(number, 0.0) for number in range(len(singles))), reverse=True)[allowed]
    print(
        f"cuts: {len(rows)} of {len(singles)} singles with a joint (of {all_singles}) and the compounds; {len(FEATURES)} weights"
    )
    print(f"config.yml: threshold: {threshold + 0.005:.2f}")
    print(f"config.yml: weights: [{', '.join(f'{w:.2f}' for w in weights)}]")


def main() -> int:
    """Print both curves; returns the exit code."""
    from assistant.knowledge import load_library
    from assistant.reports.understanding import kind_of

    library = load_library()
    questions = read_questions([TESTS / f"{name}.csv" for name in DEVELOPMENT])
    compounds = read_questions([TESTS / f"{DEVELOPMENT_COMPOUNDS}.csv"])
    reader = Reader(Settings())
    fit_confidence(reader, questions)
    fit_compounds(reader, questions, compounds, lambda answer_id: kind_of(library, answer_id) in ("answer", "decline"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
