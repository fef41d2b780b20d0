"""The actions alone, with a tracker of a few events: what they say and what they remember."""

from typing import Any, Dict, List, Optional

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionAnswer, ActionFallback
from actions.rework import (
    ActionAffirm,
    ActionChooseOption,
    ActionLonger,
    ActionMoreDetail,
    ActionRepeat,
    ActionShorter,
    ActionSources,
    ActionStartOver,
)
from assistant.knowledge import Library


def run(
    action: Any,
    intent: str = "",
    entities: Any = (),
    ranking: Any = (),
    said: Optional[str] = None,
    offered: Any = (),
    parsed: Any = (),
    **slots: Any,
) -> Any:
    """(messages, remembered slots) of one action, after a turn in which the bot said `said` and offered `offered`."""
    events: List[Dict[str, Any]] = [{"event": "user"}]
    events += [{"event": "bot", "metadata": {"answer_id": i}} for i in ([said, "disclaimer"] if said else [])]
    events += [{"event": "bot", "metadata": {"answer_id": said, "offers": list(offered)}}] if offered else []
    events += [{"event": "user"}]
    latest = {"intent": {"name": intent}, "entities": list(entities), "intent_ranking": list(ranking), **dict(parsed)}
    tracker = Tracker("somebody", slots, latest, events, False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    remembered = {event["name"]: event["value"] for event in action.run(dispatcher, tracker, {})}
    return dispatcher.messages, remembered


def ids(messages: List[Dict[str, Any]]) -> List[str]:
    return [message["answer_id"] for message in messages]


def test_an_answer_is_followed_by_the_disclaimer_and_remembered(library: Library) -> None:
    messages, remembered = run(ActionAnswer(), "ask_cost")
    assert ids(messages) == ["cost", "disclaimer"]
    assert remembered == {"last_answer": "cost", "last_part": "short"}
    assert messages[0]["offers"] == library.answers["cost"].next


def test_a_decline_ends_with_the_disclaimer_too(library: Library) -> None:
    for topic in library.declines:
        assert ids(run(ActionAnswer(), f"ask_{topic}")[0]) == [topic, "disclaimer"]


def test_several_ingredients_answer_the_first_and_offer_the_other() -> None:
    entities = [{"entity": "ingredient", "value": "ketorolac"}, {"entity": "ingredient", "value": "magnesium"}]
    messages, _ = run(ActionAnswer(), "ask_ingredient", entities)
    assert ids(messages) == ["ingredient/ketorolac", "disclaimer"]
    assert messages[0]["offers"][0] == "ingredient/magnesium"


def test_an_intent_without_a_topic_is_treated_as_not_understood() -> None:
    for intent in ("ask_no_such_topic", "greet", ""):
        assert ids(run(ActionAnswer(), intent)[0]) == ["fallback"]


def test_what_was_not_understood_is_offered_as_buttons() -> None:
    ranking = [
        {"name": "nlu_fallback", "confidence": 0.6},
        {"name": "ask_cost", "confidence": 0.4},
        {"name": "ask_insurance", "confidence": 0.3},
        {"name": "ask_approval", "confidence": 0.3},
    ]
    messages, _ = run(ActionFallback(), "nlu_fallback", ranking=ranking)
    assert ids(messages) == ["fallback"]
    assert messages[0]["offers"] == ["cost", "insurance", "approval"]


def test_two_close_topics_become_one_short_question_and_nothing_is_remembered(library: Library) -> None:
    ranking = [{"name": "ask_cost", "confidence": 0.45}, {"name": "ask_insurance", "confidence": 0.4}]
    messages, remembered = run(ActionFallback(), "nlu_fallback", ranking=ranking)
    assert ids(messages) == ["clarify"]
    assert messages[0]["offers"] == ["cost", "insurance"]
    assert [b["title"] for b in messages[0]["buttons"]] == [library.title("cost"), library.title("insurance")]
    assert remembered == {}


def test_a_danger_is_never_one_of_two_topics_to_choose_from() -> None:
    ranking = [{"name": "ask_cost", "confidence": 0.45}, {"name": "overdose", "confidence": 0.4}]
    assert ids(run(ActionFallback(), "nlu_fallback", ranking=ranking)[0]) == ["fallback"]


def test_after_two_misses_in_a_row_there_is_the_menu_and_how_to_reach_a_person(library: Library) -> None:
    ranking = [{"name": "ask_cost", "confidence": 0.45}, {"name": "ask_insurance", "confidence": 0.4}]
    messages, _ = run(ActionFallback(), "nlu_fallback", ranking=ranking, said="fallback")
    assert ids(messages) == ["menu"]
    assert library.fill("{clinic_contact}") in messages[0]["text"]
    assert len(messages[0]["buttons"]) >= 4


def test_what_is_picked_by_number_is_answered() -> None:
    second = [{"entity": "choice", "value": "2"}]
    picked = run(ActionChooseOption(), "choose_option", second, said="cost", offered=["insurance", "approval"])
    assert ids(picked[0]) == ["approval", "disclaimer"]
    too_far = run(ActionChooseOption(), "choose_option", [{"entity": "choice", "value": "5"}], said="cost", offered=["insurance"])
    assert (ids(too_far[0]), too_far[0][0]["offers"]) == (["choose_option"], ["insurance"])
    assert ids(run(ActionChooseOption(), "choose_option", second)[0]) == ["choose_option"]


def test_two_questions_get_two_answers_in_order_and_one_disclaimer() -> None:
    questions = [
        {"text": "how much is it", "intent": "ask_cost", "confidence": 0.9, "entities": [], "start": 0},
        {"text": "does insurance pay", "intent": "ask_insurance", "confidence": 0.9, "entities": [], "start": 19},
    ]
    messages, remembered = run(ActionAnswer(), "ask_cost", parsed={"questions": questions})
    assert ids(messages) == ["cost", "insurance", "disclaimer"]
    assert remembered["last_answer"] == "insurance"


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


def test_yes_after_the_detail_does_not_repeat_it(library: Library) -> None:
    messages, remembered = run(ActionAffirm(), said="cost", last_answer="cost", last_part="more")
    assert (messages[0]["text"], remembered["last_part"]) == (library.phrases.no_more, "end")
    assert ids(run(ActionAffirm(), said="cost", last_answer="cost", last_part="end")[0]) == ["affirm"]


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


def test_asking_on_about_a_thing_gives_what_was_not_said_yet_or_the_text_that_says_it() -> None:
    def asked(intent: str, last: str) -> Any:
        said = run(ActionAnswer(), intent, parsed={"text": "and that"}, said=last, last_answer=last, last_part="short")
        return said[0][0]["answer_id"], said[0][0]["part"]

    assert asked("ask_side_effects", "eptinezumab") == ("eptinezumab", "more")
    assert asked("ask_how_often", "eptinezumab") == ("eptinezumab", "short")


def test_an_unclear_wish_for_more_is_taken_for_one_after_an_answer() -> None:
    ranking = [{"name": "more_detail", "confidence": 0.35}, {"name": "affirm", "confidence": 0.2}]
    messages, _ = run(ActionFallback(), "nlu_fallback", ranking=ranking, said="cost", last_answer="cost", last_part="short")
    assert (ids(messages), messages[0]["part"]) == (["cost", "disclaimer"], "more")
    assert ids(run(ActionFallback(), "nlu_fallback", ranking=ranking)[0]) == ["fallback"]
