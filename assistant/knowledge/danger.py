"""What is said first in a turn because of a danger: now, or in the turns before. Pure functions over the tracker's events.

The safety screen writes into a message which safety replies it calls for (`DANGERS`), and whether it may tell of a danger and more likely
does not (`DOUBTFUL`).
"""

from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple

from assistant.knowledge import messages
from assistant.knowledge.library import Library
from assistant.knowledge.misses import answer_id_of

DANGERS = "dangers"
DOUBTFUL = "doubtful_danger"
# Written into a message that is too long to be understood as a whole; its reply.
TOO_LONG = "too_long"
# What the reply's part of the contract is called; `IF_NOW` is the softer of the two lines that bear it.
REMINDER = "safety_reminder"
IF_NOW = "safety_if_now"


@dataclass(frozen=True)
class First:
    """What is said before anything else in a turn: names of fixed replies, and whether the turn ends with them."""

    replies: Tuple[str, ...] = ()
    alone: bool = False


NOTHING = First()


def first_of_turn(library: Library, events: Sequence[Mapping[str, Any]]) -> First:
    """What is said first in answer to the latest message.

    Args:
        library: all content.
        events: the tracker's events as dictionaries, oldest first.
    """
    earlier = _before_message(events)
    if len(earlier) == len(events):
        return NOTHING
    parsed = events[len(earlier)].get("parse_data") or {}
    intent = str((parsed.get("intent") or {}).get("name"))
    dangers = [d for d in parsed.get(DANGERS) or () if d in library.safety] or [i for i in (intent,) if i in library.safety]
    if dangers:
        return First(tuple(said_first(library, dangers)), alone=True)
    before = danger_before(library, earlier)
    if parsed.get(TOO_LONG):
        return First((REMINDER, TOO_LONG) if before else (TOO_LONG,), alone=True)
    if before and intent in library.after_danger.says_again and _said_last(earlier) in (before, REMINDER):
        return First((before,), alone=True)
    if before and intent not in library.after_danger.is_helped:
        return First((REMINDER,), alone=intent in library.after_danger.reminder_alone)
    return First((IF_NOW,)) if parsed.get(DOUBTFUL) and intent not in library.after_danger.says_it_already else NOTHING


def said_first(library: Library, dangers: Iterable[str]) -> List[str]:
    """Which of several safety replies are said: the most urgent, then each that says something the ones before it do not."""
    chosen: List[str] = []
    for danger in sorted(set(dangers), key=lambda one: library.safety[one].rank):
        if not any(danger in library.safety[one].covers for one in chosen):
            chosen.append(danger)
    return chosen


def danger_before(library: Library, events: Sequence[Mapping[str, Any]]) -> Optional[str]:
    """The safety reply of which a reminder is due: given in one of the last turns before the present message.

    Args:
        library: all content.
        events: the events before the present message.
    """
    turns, said = 0, ""
    for event in reversed(events):
        answer_id = answer_id_of(event)
        if answer_id in library.safety:
            said = str(answer_id)
        elif event.get("event") == "user":
            if said:
                return said
            turns += 1
            if turns >= library.after_danger.turns:
                return None
    return said or None


def _before_message(events: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The events before the latest message; all of them where there is none."""
    last = next((i for i in range(len(events) - 1, -1, -1) if events[i].get("event") == "user"), len(events))
    return events[:last]


def _said_last(events: Sequence[Mapping[str, Any]]) -> Optional[str]:
    return next((found for found in map(answer_id_of, reversed(events)) if found), None)


def message_of(library: Library, reply: str, events: Sequence[Mapping[str, Any]]) -> Optional[messages.Message]:
    """The message of a reply that `first_of_turn` names; None where it is neither a safety reply nor one of the two lines."""
    if reply in library.safety:
        return messages.safety(library, reply)
    before = danger_before(library, _before_message(events)) if reply == REMINDER else None
    if before:
        return {"text": library.fill(library.safety[before].reminder), "answer_id": REMINDER}
    if reply in (REMINDER, IF_NOW):
        return {"text": library.fill(library.after_danger.if_now), "answer_id": REMINDER, "part": "if_now"}
    return None
