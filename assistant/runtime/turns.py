"""The last turns of a conversation, so that what looks back costs no more in a long one."""

from typing import Any, Dict, List

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


def last_turns(tracker: DialogueStateTracker, turns: int) -> List[Dict[str, Any]]:
    """The events of the present turn and the last `turns` before it, as dictionaries, oldest first."""
    found: List[Dict[str, Any]] = []
    for event in reversed(tracker.events):
        found.append(event.as_dict())
        turns -= isinstance(event, UserUttered)
        if turns < 0:
            break
    return found[::-1]
