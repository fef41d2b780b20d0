"""How often in a row the assistant did not understand: read from what it said, which both of Rasa's processes know."""

from typing import Any, Collection, Iterable, Mapping, Optional

# What the assistant says when it did not understand, or was told so.
MISSES = ("fallback", "clarify", "outside", "feedback_bad", "menu")


def answer_id_of(event: Mapping[str, Any]) -> Optional[str]:
    """The `answer_id` of what the bot said in an event of the tracker; None for any other event and for a message without one."""
    found = (event.get("metadata") or {}).get("answer_id") if event.get("event") == "bot" else None
    return str(found) if found else None


def misses_in_a_row(events: Iterable[Mapping[str, Any]], missed: Collection[str] = MISSES) -> int:
    """Number of turns just before the present one that were all missed.

    Args:
        events: the tracker's events as dictionaries, oldest first, the present message among them.
        missed: answer ids that count as a miss.
    """
    count = 0
    first_of_turn: Optional[str] = None
    present = True
    for event in reversed(list(events)):
        if event.get("event") == "bot":
            first_of_turn = answer_id_of(event) or first_of_turn
        elif event.get("event") == "user":
            if not present:
                if first_of_turn not in missed:
                    break
                count += 1
            present, first_of_turn = False, None
    return count
