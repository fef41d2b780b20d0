"""What an action reads from the turn, and how it speaks."""

from typing import Any, Dict, List, Optional

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from assistant.knowledge import Library, load_library, messages
from assistant.knowledge.resolve import entity_values

Events = List[Dict[str, Any]]
# Messages that only accompany an answer; "say that again" never means one of these.
ACCOMPANYING = ("disclaimer", "unavailable")


class Turn:
    """One turn of a conversation: the message as understood, what was said before, and a voice to answer with."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, library: Optional[Library] = None) -> None:
        self.library = library or load_library()
        self._dispatcher = dispatcher
        self._tracker = tracker
        message = tracker.latest_message or {}
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.ranking: List[Dict[str, Any]] = message.get("intent_ranking") or []
        # A pressed button says everything itself; only typed words lean on what was said before.
        self.typed = not str(message.get("text") or "").startswith("/")
        self.entities: Dict[str, List[str]] = entity_values(message.get("entities") or [])

    @property
    def last_answer(self) -> Optional[str]:
        """Id of the curated answer given last, if it still exists."""
        answer_id = self._tracker.get_slot("last_answer")
        return answer_id if answer_id in self.library.answers else None

    @property
    def last_part(self) -> Optional[str]:
        """Which part of that answer was given last."""
        return self._tracker.get_slot("last_part")

    @property
    def offered(self) -> List[str]:
        """Answer ids that the last choice offered."""
        return list(self._tracker.get_slot("offered") or [])

    @property
    def brief(self) -> bool:
        """Whether the person asked for short answers."""
        return bool(self._tracker.get_slot("brief"))

    def last_message_id(self) -> Optional[str]:
        """The `answer_id` of the message that the bot said last and that carries content of its own."""
        for event in reversed(self._tracker.events or []):
            if event.get("event") == "bot":
                answer_id = (event.get("metadata") or {}).get("answer_id")
                if answer_id and answer_id not in ACCOMPANYING:
                    return str(answer_id)
        return None

    def say(self, message: messages.Message) -> None:
        """Send one message."""
        self._dispatcher.utter_message(**message)

    def say_reply(self, reply_id: str, answer_id: Optional[str] = None, offers: Optional[List[str]] = None) -> Events:
        """Send a fixed reply; what it offers is remembered."""
        message = messages.reply(self.library, reply_id, answer_id, offers)
        self.say(message)
        return [SlotSet("offered", message.get("offers", []))]

    def say_answer(self, answer_id: str, part: Optional[str] = None, also: Optional[List[str]] = None, note: str = "") -> Events:
        """Send a curated answer, then the disclaimer; both are remembered for "tell me more" and its like.

        Args:
            answer_id: which answer.
            part: a part of `assistant.knowledge.messages`; by default short, or brief where the person asked for that.
            also: answer ids to offer first.
            note: a phrase of data/ to add after the text.
        """
        part = part or (messages.BRIEF if self.brief else messages.SHORT)
        message = messages.answer(self.library, answer_id, part, also or [])
        if note:
            message["text"] = f"{message['text']} {note}"
        self.say(message)
        self.say(messages.disclaimer(self.library))
        return [SlotSet("last_answer", answer_id), SlotSet("last_part", part), SlotSet("offered", message["offers"])]
