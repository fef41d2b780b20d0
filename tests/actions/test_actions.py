"""The actions alone, with a tracker of a few events: what they say and what they remember."""

from typing import Any, Dict, List, Optional

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionAnswer, ActionFallback
from actions.rework import (
    ActionAffirm,
    ActionLonger,
    ActionMoreDetail,
    ActionRepeat,
    ActionShorter,
    ActionSources,
    ActionStartOver,
)
from assistant.knowledge import Library


def run(action: Any, intent: str = "", entities: Any = (), ranking: Any = (), said: Optional[str] = None, **slots: Any) -> Any:
    """(messages, remembered slots) of one action."""
    events: List[Dict[str, Any]] = [
        {"event": "bot", "metadata": {"answer_id": i}} for i in ([said, "disclaimer"] if said else [])
    ]
    latest = {"intent": {"name": intent}, "entities": list(entities), "intent_ranking": list(ranking)}
    tracker = Tracker("somebody", slots, latest, events, False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    remembered = {event["name"]: event["value"] for event in action.run(dispatcher, tracker, {})}
    return dispatcher.messages, remembered


def ids(messages: List[Dict[str, Any]]) -> List[str]:
    return [message["answer_id"] for message in messages]


def test_an_answer_is_followed_by_the_disclaimer_and_remembered(library: Library) -> None:
    messages, remembered = run(ActionAnswer(), "ask_cost")
    assert ids(messages) == ["cost", "disclaimer"]
    assert remembered == {"last_answer": "cost", "last_part": "short", "offered": library.answers["cost"].next}


def test_a_decline_ends_with_the_disclaimer_too(library: Library) -> None:
    for topic in library.declines:
        assert ids(run(ActionAnswer(), f"ask_{topic}")[0]) == [topic, "disclaimer"]


def test_several_ingredients_answer_the_first_and_offer_the_other() -> None:
    entities = [{"entity": "ingredient", "value": "ketorolac"}, {"entity": "ingredient", "value": "magnesium"}]
    messages, remembered = run(ActionAnswer(), "ask_ingredient", entities)
    assert ids(messages)[0] == "ingredient/ketorolac"
    assert remembered["offered"][0] == "ingredient/magnesium"


def test_an_intent_without_a_topic_is_treated_as_not_understood() -> None:
    for intent in ("ask_no_such_topic", "greet", ""):
        assert ids(run(ActionAnswer(), intent)[0]) == ["fallback"]


def test_what_was_not_understood_is_offered_as_buttons() -> None:
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.6},
        {"name": "ask_cost", "confidence": 0.4},
        {"name": "ask_insurance", "confidence": 0.3},
    ]
    messages, remembered = run(ActionFallback(), "nlu_fallback", ranking=ranking)
    assert ids(messages) == ["fallback"]
    assert messages[0]["offers"] == remembered["offered"] == ["cost", "insurance"]


def test_a_sign_of_danger_among_the_guesses_brings_the_emergency_line(library: Library) -> None:
    ranking = [{"name": "ask_cost", "confidence": 0.4}, {"name": "emergency_stroke", "confidence": 0.3}]
    messages, _ = run(ActionFallback(), "nlu_fallback", ranking=ranking)
    assert messages[0]["text"] == library.fill(library.replies["fallback_urgent"].text)
    assert ids(messages) == ["fallback"]


def test_with_nothing_near_the_menu_is_offered(library: Library) -> None:
    messages, _ = run(ActionFallback(), "nlu_fallback")
    assert messages[0]["text"] == library.replies["fallback_nothing"].text
    assert messages[0]["buttons"]


@pytest.mark.parametrize("action", [ActionMoreDetail(), ActionSources(), ActionRepeat()])
def test_without_a_last_answer_there_is_the_menu(action: Any) -> None:
    assert ids(run(action)[0]) == ["menu"]
    assert ids(run(action, last_answer="an_answer_that_was_removed")[0]) == ["menu"]


def test_yes_takes_the_only_thing_that_was_offered() -> None:
    assert ids(run(ActionAffirm(), said="fallback", offered=["cost"])[0]) == ["cost", "disclaimer"]
    assert ids(run(ActionAffirm(), said="fallback", offered=["cost", "insurance"])[0]) == ["affirm"]


def test_yes_after_the_detail_does_not_repeat_it() -> None:
    assert ids(run(ActionAffirm(), said="cost", last_answer="cost", last_part="more")[0]) == ["affirm"]


def test_repeat_says_the_part_that_was_said(library: Library) -> None:
    messages, _ = run(ActionRepeat(), said="cost", last_answer="cost", last_part="more")
    assert messages[0]["text"] == library.answers["cost"].more
    messages, _ = run(ActionRepeat(), said="greet")
    assert ids(messages) == ["greet"]


def test_short_answers_stay_short(library: Library) -> None:
    messages, _ = run(ActionAnswer(), "ask_cost", brief=True)
    assert messages[0]["text"] == library.answers["cost"].brief
    assert run(ActionShorter())[1]["brief"] is True
    assert run(ActionLonger(), last_answer="cost", brief=True)[1]["brief"] is False


def test_starting_over_forgets_everything() -> None:
    messages, remembered = run(ActionStartOver(), last_answer="cost", brief=True)
    assert ids(messages) == ["start_over"]
    assert (remembered["last_answer"], remembered["last_part"], remembered["brief"]) == (None, None, False)
