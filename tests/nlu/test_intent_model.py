"""The intent model: scores that sum to one, confidence that falls with distance, files that hold everything."""

from pathlib import Path

import numpy as np
import pytest

from assistant.nlu.intent_model import IntentModel, Settings

TEXTS = [
    "how much is it",
    "what does it cost",
    "the price please",
    "does it hurt",
    "is it painful",
    "will the needle sting",
    "hi",
    "hello",
    "hey",
]
LABELS = ["cost"] * 3 + ["pain"] * 3 + ["greet"] * 3


def vectors(count: int) -> np.ndarray:
    """Three well separated groups of three."""
    base = np.eye(3, 384, dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 0.02, (count, 384)).astype(np.float32)
    found = np.repeat(base, 3, axis=0)[:count] + noise
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def trained() -> IntentModel:
    return IntentModel.fit(Settings(), TEXTS, vectors(9), LABELS)


def test_scores_are_shares(trained: IntentModel) -> None:
    scores, cosines = trained.scores(["how much"], vectors(9)[:1])
    assert scores.shape == cosines.shape == (1, 3)
    assert scores.sum() == pytest.approx(1.0, abs=1e-5)


def test_the_nearest_intent_wins(trained: IntentModel) -> None:
    assert trained.predict("what is the price", vectors(9)[0])[0][0] == "cost"
    assert trained.predict("is it painful then", vectors(9)[4])[0][0] == "pain"


def test_confidence_falls_when_nothing_is_near(trained: IntentModel) -> None:
    far = np.zeros(384, dtype=np.float32)
    far[200] = 1.0
    near = trained.predict("what does it cost", vectors(9)[1])[0][1]
    assert trained.predict("zebra crossing", far)[0][1] < near / 3


def test_an_empty_text_has_no_intent(trained: IntentModel) -> None:
    assert trained.predict("   ", vectors(9)[0]) == []


def test_a_stored_model_gives_the_same_scores(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    again = IntentModel.load(Settings(), tmp_path)
    assert again.intents == trained.intents
    np.testing.assert_allclose(again.scores(TEXTS, vectors(9))[0], trained.scores(TEXTS, vectors(9))[0], atol=1e-3)


def test_a_stored_model_holds_no_code(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["intent_model.json", "intent_model.npz"]
    with np.load(tmp_path / "intent_model.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_calibration_is_a_rising_curve() -> None:
    model = IntentModel.fit(Settings(calibrated=True, calibration_slope=2.0, calibration_offset=1.0), TEXTS, vectors(9), LABELS)
    raw = np.array([0.1, 0.3, 0.5, 0.9])
    confidence = model.confidence(raw)
    assert (np.diff(confidence) > 0).all() and confidence.min() > 0 and confidence.max() < 1


def test_two_intents_and_one_example_each_are_enough() -> None:
    model = IntentModel.fit(Settings(), ["yes", "no"], vectors(9)[[0, 3]], ["affirm", "deny"])
    assert {intent for intent, _ in model.predict("yes", vectors(9)[0])} == {"affirm", "deny"}


def test_one_intent_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        IntentModel.fit(Settings(), ["yes"], vectors(1), ["affirm"])


def test_a_misspelt_message_is_looked_at_twice() -> None:
    texts = [*TEXTS, *["what does the treatment cost"] * 8, *["does the treatment hurt"] * 8]
    labels = [*LABELS, *["cost"] * 8, *["pain"] * 8]
    known = np.vstack([vectors(9), *[vectors(9)[:1]] * 8, *[vectors(9)[3:4]] * 8])
    model = IntentModel.fit(Settings(), texts, known, labels)
    looked_at = []

    def encode(text: str) -> np.ndarray:
        looked_at.append(text)
        return vectors(9)[0]

    far = np.zeros(384, dtype=np.float32)
    far[200] = 1.0
    assert model.predict("what does the tretment cost", far, encode)[0][0] == "cost"
    assert looked_at == ["what does the treatment cost"]
    model.predict("what does it cost", far, encode)
    assert len(looked_at) == 1
