"""What is said first in a turn because of a danger, now or in the turns before."""

from typing import Any, Dict, List, Optional

import pytest

from assistant.knowledge import Library
from assistant.knowledge.danger import (
    IF_NOW,
    NOTHING,
    REMINDER,
    First,
    first_of_turn,
    message_of,
    said_first,
)

Events = List[Dict[str, Any]]


def user(intent: str, dangers: Optional[List[str]] = None, doubtful: bool = False) -> Dict[str, Any]:
    parsed = {"intent": {"name": intent}, "dangers": dangers or [], "doubtful_danger": doubtful}
    return {"event": "user", "text": "...", "parse_data": parsed}


def bot(answer_id: str) -> Dict[str, Any]:
    return {"event": "bot", "text": "...", "metadata": {"answer_id": answer_id}}


STROKE = [user("emergency_stroke", ["emergency_stroke"]), bot("emergency_stroke")]


def test_a_danger_is_answered_alone(library: Library) -> None:
    assert first_of_turn(library, [user("ask_cost", ["emergency_stroke"])]) == First(("emergency_stroke",), alone=True)


def test_a_pressed_or_typed_safety_intent_counts_without_the_screen(library: Library) -> None:
    assert first_of_turn(library, [user("overdose")]) == First(("overdose",), alone=True)


def test_of_two_dangers_the_more_urgent_comes_first_and_nothing_is_said_twice(library: Library) -> None:
    assert said_first(library, ["crisis_self_harm", "emergency_stroke"]) == ["emergency_stroke", "crisis_self_harm"]
    assert said_first(library, ["emergency_headache", "emergency_stroke"]) == ["emergency_stroke"]
    assert said_first(library, ["crisis_self_harm", "overdose"]) == ["overdose"]
    assert said_first(library, ["urgent_same_day", "emergency_reaction", "overdose"]) == ["emergency_reaction", "overdose"]


def test_for_three_turns_an_ordinary_question_gets_the_reminder_first(library: Library) -> None:
    events: Events = list(STROKE)
    for turn in range(5):
        events.append(user("ask_cost"))
        expected = First((REMINDER,)) if turn < 3 else NOTHING
        assert first_of_turn(library, events) == expected, turn
        events += [bot(REMINDER), bot("cost"), bot("disclaimer")] if turn < 3 else [bot("cost"), bot("disclaimer")]


def test_the_reminder_is_that_of_the_danger_told_of(library: Library) -> None:
    for danger, reply in library.safety.items():
        events = [user(danger, [danger]), bot(danger), user("ask_cost")]
        message = message_of(library, REMINDER, events)
        assert message == {"text": library.fill(reply.reminder), "answer_id": REMINDER}


def test_of_two_replies_the_reminder_is_that_of_the_more_urgent(library: Library) -> None:
    events = [user("overdose", ["overdose"]), bot("emergency_stroke"), bot("crisis_self_harm"), user("ask_cost")]
    message = message_of(library, REMINDER, events)
    assert message and message["text"] == library.fill(library.safety["emergency_stroke"].reminder)


def test_a_new_danger_begins_the_three_turns_anew(library: Library) -> None:
    events = [*STROKE, user("ask_cost"), bot(REMINDER), bot("cost"), user("overdose", ["overdose"]), bot("overdose")]
    for _ in range(3):
        events.append(user("ask_cost"))
        assert first_of_turn(library, events).replies == (REMINDER,)
        events += [bot(REMINDER), bot("cost")]
    assert first_of_turn(library, [*events, user("ask_cost")]) == NOTHING


@pytest.mark.parametrize("intent", ["nlu_fallback", "affirm", "deny", "having_an_attack", "personal_diagnosis"])
def test_what_would_be_answered_by_asking_back_gets_the_reminder_alone(library: Library, intent: str) -> None:
    known = f"ask_{intent}" if intent == "personal_diagnosis" else intent
    assert first_of_turn(library, [*STROKE, user(known)]) == First((REMINDER,), alone=True)


def test_somebody_who_is_helped_is_not_told_to_call_again_but_reminded_in_later_turns(library: Library) -> None:
    assert first_of_turn(library, [*STROKE, user("getting_help")]) == NOTHING
    assert first_of_turn(library, [*STROKE, user("getting_help", ["overdose"])]).replies == ("overdose",)
    later = [*STROKE, user("getting_help"), bot("getting_help"), user("ask_cost")]
    assert first_of_turn(library, later) == First((REMINDER,))


@pytest.mark.parametrize("intent", ["repeat", "more_detail", "shorter"])
def test_say_that_again_says_the_safety_reply_again(library: Library, intent: str) -> None:
    assert first_of_turn(library, [*STROKE, user(intent)]) == First(("emergency_stroke",), alone=True)
    later = [*STROKE, user("ask_cost"), bot(REMINDER), bot("cost"), bot("disclaimer"), user(intent)]
    assert first_of_turn(library, later) == First((REMINDER,))


def test_a_doubtful_message_gets_one_soft_line_unless_its_answer_says_it_already(library: Library) -> None:
    assert first_of_turn(library, [user("ask_side_effects", doubtful=True)]) == First((IF_NOW,))
    assert first_of_turn(library, [user("ask_when_to_go_to_er", doubtful=True)]) == NOTHING
    message = message_of(library, IF_NOW, [])
    assert message and message["answer_id"] == REMINDER and "911" in message["text"]


def test_a_message_too_long_to_read_keeps_the_reminder(library: Library) -> None:
    long = user("ask_cost")
    long["parse_data"]["too_long"] = True
    assert first_of_turn(library, [long]) == First(("too_long",), alone=True)
    assert first_of_turn(library, [*STROKE, long]) == First((REMINDER, "too_long"), alone=True)


def test_a_calm_conversation_gets_nothing(library: Library) -> None:
    assert first_of_turn(library, []) == NOTHING
    assert first_of_turn(library, [user("greet"), bot("greet"), user("ask_cost")]) == NOTHING


def test_every_intent_of_the_settings_exists(library: Library) -> None:
    from tests.content.test_contract import intents

    after = library.after_danger
    assert {*after.says_again, *after.reminder_alone, *after.is_helped, *after.says_it_already} - {
        *intents(),
        "nlu_fallback",
    } == set()


@pytest.mark.parametrize("country", ["US", "CA", "GB", "IE", "AU", "ZZ"])
def test_every_country_gets_its_numbers_or_general_words(library: Library, country: str) -> None:
    there = library.in_country(country)
    text = there.fill(there.safety["crisis_self_harm"].text + there.safety["overdose"].text)
    number = library.numbers.countries.get(country, {}).get("emergency_number")
    assert "your local emergency number" in text
    assert (number is None) == ("call your local emergency number" in text)
    assert ("988" in text) == (country in ("US", "CA"))
    assert ("1-800-222-1222" in text) == (country == "US")
    assert "None" not in text and "{" not in text
