"""`make calibrate`: fits the confidence curve on held-out voices and prints what belongs in config.yml.

Each voice (`metadata: {voice: ...}` in data/nlu) is predicted by a model that was trained on all the others, so that confidence
is learnt from people the classifier has not read. A logistic curve over the logit of the raw confidence (Platt 1999) then maps it
to the share of right answers.

The threshold follows a rule: answer when the chance of being right is at least ANSWER_FROM, else offer topics as buttons. 0.6 says
that one wrong health answer weighs as much as two and a half questions that had to be asked once more.
"""

import tempfile
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

from assistant.knowledge.library import DATA
from assistant.nlu.intent_model import IntentModel, Settings, calibrate, logit
from assistant.nlu.sentence_encoder import SentenceEncoder

ANSWER_FROM = 0.6
# A voice with fewer examples says little about a voice.
SMALLEST_VOICE = 1000


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


def held_out(texts: List[str], intents: List[str], voices: List[str]) -> Dict[str, Tuple[np.ndarray, np.ndarray]]:
    """Voice -> raw confidence of each of its messages, and whether the intent was right."""
    with tempfile.TemporaryDirectory() as folder:
        SentenceEncoder.write(Path(folder))
        vectors = SentenceEncoder(Path(folder)).encode_all(texts)
    names, labels, voice_of = np.array(texts, dtype=object), np.array(intents), np.array(voices)
    results = {}
    for voice in sorted(set(voices)):
        test = voice_of == voice
        if test.sum() < SMALLEST_VOICE:
            continue
        model = IntentModel.fit(Settings(), list(names[~test]), vectors[~test], list(labels[~test]))
        scores, cosines = model.scores(list(names[test]), vectors[test])
        raw = model.confidence(scores, cosines)
        best = raw.argmax(axis=1)
        results[voice] = raw[np.arange(len(raw)), best], np.array(model.intents)[best] == labels[test]
        print(f"{voice}: {results[voice][1].mean():.1%} of {test.sum()} right", flush=True)
    return results


def fit_curve(raw: np.ndarray, right: np.ndarray) -> Tuple[float, float]:
    """Slope and offset of the logistic curve over the logit of `raw`."""
    fitted = LogisticRegression(C=1e6).fit(logit(raw.astype(float))[:, None], right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean distance between confidence and share right over equal bins."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs(confidence[index == i].mean() - right[index == i].mean()) * (index == i).mean() for i in set(index)))


def main() -> int:
    """Print the curve; returns the exit code."""
    results = held_out(*read_examples())
    raw = np.concatenate([r for r, _ in results.values()])
    right = np.concatenate([ok for _, ok in results.values()])
    slope, offset = fit_curve(raw, right)
    confidence = calibrate(raw.astype(float), slope, offset)
    answered = confidence >= ANSWER_FROM
    print(f"all voices: {right.mean():.1%} right; expected calibration error {calibration_error(confidence, right):.3f}")
    print(f"at {ANSWER_FROM}: answered right {(answered & right).mean():.1%}, wrong {(answered & ~right).mean():.1%}")
    print(f"config.yml: calibration_slope: {slope:.2f}, calibration_offset: {offset:.2f}, threshold: {ANSWER_FROM}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
