"""The safety screen as a whole, through the trained model: separately written red flags and hard negatives, and a model at its worst."""

from pathlib import Path
from typing import Any, Dict, List

import pytest
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.knowledge import Library
from assistant.nlu.safety_screen import SafetyScreen
from assistant.reports.safety import CALM, NEVER_MISSED, Alarm, ask_screen, false_alarms, recall
from assistant.reports.understanding import parse_all
from tests.safety.test_phrases import NLP

# What `make safety` measured, with room for a message or two (docs/safety.md).
LEAST_RECALL, LEAST_RECALL_NEVER_MISSED, LEAST_RIGHT_REPLY, MOST_FALSE_ALARMS = 0.993, 0.99, 0.93, 0.028


@pytest.fixture(scope="module")
def alarms(model: Path) -> List[Alarm]:
    return ask_screen(model)


def test_there_are_enough_messages_on_both_sides(alarms: List[Alarm], library: Library) -> None:
    assert sum(a.red for a in alarms) >= 300 and sum(not a.red for a in alarms) >= 300
    for danger in library.safety:
        assert sum(a.expected == danger for a in alarms) >= 40, danger


def test_red_flags_are_found(alarms: List[Alarm]) -> None:
    assert recall(alarms) >= LEAST_RECALL, [(a.expected, a.text) for a in alarms if a.red and not a.found]


@pytest.mark.parametrize("danger", NEVER_MISSED)
def test_what_people_die_of_is_found(alarms: List[Alarm], danger: str) -> None:
    group = [a for a in alarms if a.expected == danger]
    assert recall(group) >= LEAST_RECALL_NEVER_MISSED, [a.text for a in group if not a.found]


def test_most_red_flags_get_their_own_reply(alarms: List[Alarm]) -> None:
    found = [a for a in alarms if a.red and a.found]
    assert sum(a.right_reply for a in found) / len(found) >= LEAST_RIGHT_REPLY


def test_hard_negatives_raise_few_alarms(alarms: List[Alarm]) -> None:
    assert false_alarms(alarms) <= MOST_FALSE_ALARMS, [a.text for a in alarms if a.expected == CALM and a.found]


def test_the_examples_beside_the_phrases_hold_for_the_whole_screen(model: Path, library: Library) -> None:
    entries = [(d, p) for d, phrases in library.red_flags.phrases.items() for p in phrases.values()]
    raised = parse_all(model, [text for _, p in entries for text in p.raises])
    calm = parse_all(model, [text for _, p in entries for text in p.calm])
    missed = [said[TEXT] for said in raised if not said["dangers"]]
    alarms = [(said[TEXT], said["dangers"]) for said in calm if said["dangers"]]
    assert len(missed) <= 0.03 * len(raised), missed
    assert len(alarms) <= 0.06 * len(calm), alarms


def screened(screen: SafetyScreen, text: str, ranking: List[Dict[str, Any]]) -> Message:
    message = Message(data={TEXT: text, SPACY_DOCS[TEXT]: NLP(text), INTENT_RANKING_KEY: ranking})
    message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0})
    return screen.process([message])[0]


@pytest.fixture(scope="module")
def without_models() -> SafetyScreen:
    """The screen with nothing but its phrases."""
    return SafetyScreen(SafetyScreen.get_default_config(), None, None)  # type: ignore[arg-type]


def test_with_models_that_know_nothing_the_phrases_still_find_what_they_are_for(
    without_models: SafetyScreen, library: Library
) -> None:
    for danger, phrases in library.red_flags.phrases.items():
        for phrase in phrases.values():
            for text in phrase.raises:
                assert (
                    danger in screened(without_models, text, []).get("dangers")
                    or screened(without_models, text, []).get(INTENT)["name"] in library.safety
                ), text


def test_with_a_classifier_at_its_worst_firm_phrases_still_decide(without_models: SafetyScreen, library: Library) -> None:
    confused = [{"name": name, "confidence": 0.01} for name in ("ask_cost", "greet", "emergency_stroke", "overdose")]
    found = screened(without_models, "my throat is closing up", confused)
    assert found.get("dangers") == ["emergency_reaction"]
    assert found.get(INTENT)["name"] == "emergency_reaction"


def test_a_danger_ends_the_search_for_questions(model: Path) -> None:
    (said,) = parse_all(model, ["how much is it and does it hurt? my throat is closing up and I can't breathe"])
    assert said["dangers"] and said["intent"]["name"] == said["dangers"][0] == said["intent_ranking"][0]["name"]
    assert not said.get("questions")


def test_a_name_alone_is_a_question_about_it(model: Path) -> None:
    for said in parse_all(model, ["benadryl?", "toradol", "magnesium and zofran"]):
        assert said["dangers"] == []


def test_a_message_too_long_to_be_read_says_so_and_still_finds_a_danger(model: Path) -> None:
    ordinary, danger = parse_all(
        model, ["what does it cost? " * 200, "what does it cost? " * 2000 + "my throat is closing up after the drip"]
    )
    assert ordinary["too_long"] and not ordinary["dangers"]
    assert danger["dangers"] == ["emergency_reaction"]
