"""The narrowest answer wins: condition, then ingredient, then medicine, then the rest."""

from typing import Dict, List, Optional

import pytest

from assistant.knowledge import Library
from assistant.knowledge.resolve import nearest_answers, resolve, topic_of
from assistant.knowledge.understood import entity_values


@pytest.mark.parametrize(
    ("topic", "values", "last", "expected"),
    [
        ("cost", {}, None, "cost"),
        ("ingredient", {"ingredient": ["magnesium"]}, None, "ingredient/magnesium"),
        ("ingredient", {}, None, "ingredient"),
        ("ingredient", {"ingredient": ["anti_nausea", "metoclopramide"]}, None, "ingredient/metoclopramide"),
        ("ingredient", {"ingredient": ["magnesium"], "condition": ["kidney_disease"]}, None, "condition/kidney_disease"),
        ("ingredient", {"ingredient": ["acetaminophen"], "condition": ["child_or_teen"]}, None, "ingredient/acetaminophen"),
        ("ingredient", {}, "ingredient/magnesium", "ingredient/magnesium"),
        ("ingredient", {}, "condition/pregnancy", "ingredient"),
        ("ingredient", {"ingredient": ["unicorn"]}, "ingredient/magnesium", "ingredient"),
        ("condition", {"condition": ["child_or_teen", "epilepsy"]}, None, "condition/epilepsy"),
        ("condition", {"ingredient": ["magnesium"]}, None, "condition"),
        ("medicine_interactions", {"medicine": ["triptan"]}, None, "medicine_interactions/triptan"),
        ("medicine_interactions", {"medicine": ["triptan", "nsaid"]}, None, "medicine_interactions"),
        (
            "medicine_interactions",
            {"medicine": ["anticonvulsant"], "condition": ["child_or_teen"]},
            None,
            "medicine_interactions/anticonvulsant",
        ),
        ("medicine_interactions", {"condition": ["blood_thinners"]}, None, "condition/blood_thinners"),
        ("general_safety", {"condition": ["pregnancy"]}, None, "condition/pregnancy"),
        ("general_safety", {"ingredient": ["ketorolac"]}, None, "ingredient/ketorolac"),
        ("effectiveness", {"ingredient": ["pain_relief"]}, None, "effectiveness"),
        ("cost", {"ingredient": ["magnesium"], "condition": ["pregnancy"]}, None, "cost"),
        ("dose", {"ingredient": ["magnesium"]}, None, "dose"),
        ("personal_treatment_choice", {"condition": ["pregnancy"]}, None, "personal_treatment_choice"),
        ("where_to_get", {"setting": ["home"]}, None, "where_to_get/home"),
        ("where_to_get", {"setting": ["the moon"]}, None, "where_to_get"),
    ],
)
def test_the_narrower_answer_wins(
    library: Library, topic: str, values: Dict[str, List[str]], last: Optional[str], expected: str
) -> None:
    assert resolve(library, topic, values, last).answer_id == expected


def test_further_values_are_offered(library: Library) -> None:
    found = resolve(library, "ingredient", {"ingredient": ["ketorolac", "magnesium"]})
    assert (found.answer_id, found.also) == ("ingredient/ketorolac", ["ingredient/magnesium"])


def test_an_unknown_topic_is_an_error(library: Library) -> None:
    with pytest.raises(KeyError):
        resolve(library, "no_such_topic", {})


def test_entity_values_come_once_in_the_order_of_the_message() -> None:
    entities = [{"entity": "ingredient", "value": v} for v in ("magnesium", "ketorolac", "magnesium")]
    assert entity_values(entities) == {"ingredient": ["magnesium", "ketorolac"]}


def test_only_questions_have_a_topic(library: Library) -> None:
    assert topic_of(library, "ask_cost") == "cost"
    assert topic_of(library, "greet") is None
    assert topic_of(library, "ask_nothing") is None


def test_offers_are_the_likeliest_topics_each_once(library: Library) -> None:
    ranking = [
        ("greet", 0.5), ("ask_cost", 0.4), ("ask_ingredient", 0.3), ("ask_effectiveness", 0.2), ("ask_insurance", 0.1), ("ask_dose", 0.001),
    ]  # fmt: skip
    values = {"ingredient": ["magnesium"]}
    assert nearest_answers(library, ranking, values) == ["cost", "ingredient/magnesium", "insurance"]


def test_nothing_likely_means_no_offer(library: Library) -> None:
    assert nearest_answers(library, [("ask_cost", 0.001), ("greet", 0.9)], {}) == []


def test_what_is_most_likely_outside_is_offered_nothing(library: Library) -> None:
    ranking = [("outside", 0.5), ("ask_preparation", 0.2)]
    assert nearest_answers(library, ranking, {}) == []
