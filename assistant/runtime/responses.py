"""Fixed replies inside Rasa's own server: safety, small talk, limits. They need no action server.

Rasa's generators take texts from the trained model and nest a response's metadata; this one takes them from data/ and
puts `answer_id` and `offers` where an action's messages carry them too.
"""

from typing import Any, Dict, Optional

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.knowledge import danger, load_library, messages
from assistant.knowledge.misses import answer_id_of, misses_in_a_row
from assistant.knowledge.resolve import OUTSIDE
from assistant.runtime.turns import last_turns

NOT_ANSWERED = ("fallback", OUTSIDE, "menu")
# Somebody who was told twice in a row what this is not about is better served by the menu and a way to a person.
MISSES_BEFORE_MENU = 2


class CuratedResponses(NaturalLanguageGenerator):
    """Generates `utter_<id>` from the safety reply or fixed reply of that id."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        self._library = load_library()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[Dict[str, Any]]:
        """The message of `utter_action`, or None where data/ has no such reply (Rasa logs that)."""
        reply_id = utter_action[len(UTTER_PREFIX) :]
        events = last_turns(tracker, max(MISSES_BEFORE_MENU, self._library.after_danger.turns))
        first = danger.message_of(self._library, reply_id, events)
        if first:
            return first
        if reply_id == OUTSIDE and misses_in_a_row(events, NOT_ANSWERED) >= MISSES_BEFORE_MENU:
            return messages.reply(self._library, "menu_after_misses", "menu")
        if reply_id in self._library.replies:
            return messages.reply(self._library, reply_id, again=reply_id in map(answer_id_of, events))
        return None
