"""Cutting a message into its questions."""

from pathlib import Path
from typing import Dict, FrozenSet, List, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier

from assistant.nlu.clauses import MAX_CUTS, asks, cuts
from assistant.nlu.compound import FEATURES, Part, Ranking, features, split
from assistant.nlu.questions import CUTS
from assistant.nlu.trees import Trees


def sides(text: str) -> List[str]:
    return [f"{text[: cut.end]} || {text[cut.start :]}" for cut in cuts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how much is it and does insurance pay", "how much is it || does insurance pay"),
        ("Does it hurt? And can I drive?", "Does it hurt? || can I drive?"),
        ("side effects, price", "side effects || price"),
        ("price. also the hours", "price || the hours"),
        ("1) price 2) does it hurt", "1) price || does it hurt"),
        ("whats in it n why", "whats in it || why"),
        ("does it hurt how long is it", "does it hurt || how long is it"),
    ],
)
def test_a_message_may_be_cut_at_its_joints(text: str, expected: str) -> None:
    assert expected in sides(text)


@pytest.mark.parametrize("text", ["how long does it take", "what is it", "price", "", "???", "and"])
def test_one_plain_question_has_no_joint(text: str) -> None:
    assert sides(text) == []


@given(st.text(alphabet="ab ?.,;!\n&+and12)how", max_size=400))
def test_cuts_are_few_in_order_and_leave_words_on_both_sides(text: str) -> None:
    found = cuts(text)
    assert len(found) <= MAX_CUTS
    assert [cut.start for cut in found] == sorted(cut.start for cut in found)
    for cut in found:
        assert 0 < cut.end <= cut.start < len(text)
        assert any(c.isalnum() for c in text[: cut.end]) and any(c.isalnum() for c in text[cut.start :])


def test_a_question_is_known_by_its_form() -> None:
    assert asks("ok so how much is it") and asks("pregnant?") and asks("can i drive")
    assert not asks("my head hurts")


MEANINGS: Dict[str, str] = {
    "how much is it": "ask_cost",
    "does insurance pay": "ask_insurance",
    "can i drive": "ask_driving",
    "what does toradol do": "ask_ingredient",
    "what does magnesium do": "ask_ingredient",
    "hello": "greet",
    "my face droops": "emergency_stroke",
}


def chance(numbers: Sequence[float]) -> float:
    """Sure of both sides is all that counts here."""
    return 0.9 if numbers[FEATURES.index("weaker")] > 1 else 0.1


def understand(texts: Sequence[str]) -> List[Ranking]:
    return [meaning(text) for text in texts]


def meaning(text: str) -> Ranking:
    """What stands first in a text, as sure as can be."""
    found = sorted((text.find(phrase), meant) for phrase, meant in MEANINGS.items() if phrase in text)
    return [(found[0][1], 0.95)] if found else [("outside", 0.4)]


def names(text: str) -> "object":
    def of(part: Part) -> FrozenSet[str]:
        return frozenset(name for name in ("toradol", "magnesium") if name in text[part.start : part.end])

    return of


def questions(text: str, whole: Ranking = (("ask_cost", 0.6),), threshold: float = 0.6) -> List[str]:
    parts = split(text, whole, understand, names(text), chance, threshold, perhaps_from=0.4)  # type: ignore[arg-type]
    return [text[part.start : part.end] for part in parts]


def test_two_and_three_questions_are_found_in_order() -> None:
    assert questions("how much is it and does insurance pay") == ["how much is it", "does insurance pay"]
    three = "how much is it, does insurance pay and can i drive"
    assert questions(three) == ["how much is it", "does insurance pay", "can i drive"]


def test_the_same_question_twice_is_one() -> None:
    assert questions("how much is it? how much is it?") == []


def test_one_topic_about_two_things_is_two_questions() -> None:
    assert questions("what does toradol do and what does magnesium do") == ["what does toradol do", "what does magnesium do"]


def test_a_greeting_is_no_question_and_a_danger_is_never_cut() -> None:
    assert questions("hello. how much is it") == []
    assert questions("how much is it and does insurance pay", [("emergency_stroke", 0.9)]) == []


def test_a_cut_that_is_only_likely_is_made_once_and_says_how_likely() -> None:
    three = "how much is it, does insurance pay and can i drive"
    parts = split(three, [("ask_cost", 0.6)], understand, names(three), chance, 0.95, perhaps_from=0.4)  # type: ignore[arg-type]
    assert [part.chance for part in parts] == [0.9, 0.9]
    assert questions(three, threshold=0.95) != [] and questions("how much is it") == []


def test_trees_say_after_writing_and_reading_what_the_fitted_model_says(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(300, 3))
    model = GradientBoostingClassifier(n_estimators=20, random_state=1).fit(numbers, numbers[:, 0] * numbers[:, 1] > 0)
    Trees.of_fitted(model, ["a", "b", "c"]).write(tmp_path / "trees.json")
    read = Trees.read(tmp_path / "trees.json")
    assert read.names == ("a", "b", "c")
    assert [read.chance(row) for row in numbers] == pytest.approx(model.predict_proba(numbers)[:, 1], abs=0.01)


def test_the_trees_of_the_cuts_ask_the_numbers_that_there_are() -> None:
    text = "how much is it and does insurance pay"
    (cut,) = cuts(text)
    numbers = features(text, meaning(text), cut, meaning(text[: cut.end]), meaning(text[cut.start :]), 1)
    trees = Trees.read(CUTS)
    assert len(numbers) == len(FEATURES) == len(trees.names) and trees.names == FEATURES
    assert 0 <= trees.chance(numbers) <= 1
