"""What an action reads from the turn, and how it speaks."""

import functools
import itertools
from typing import Any, Dict, List, Optional, Sequence, Set

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from assistant.knowledge import Library, load_library, messages
from assistant.knowledge.danger import REMINDER
from assistant.knowledge.followups import Context, Given
from assistant.knowledge.misses import answer_id_of, misses_in_a_row
from assistant.knowledge.understood import ILLNESS, Understood, illnesses

Events = List[Dict[str, Any]]
# Messages that only accompany an answer; "say that again" never means one of these.
ACCOMPANYING = ("disclaimer", "unavailable", REMINDER)


class Turn:
    """One turn of a conversation: the message as understood, what was said before, and a voice to answer with."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, library: Optional[Library] = None) -> None:
        self.library = library or load_library()
        self._dispatcher = dispatcher
        self._tracker = tracker
        self.understood = Understood.from_parse(tracker.latest_message or {})

    @property
    def last_answer(self) -> Optional[str]:
        """Id of the curated answer given last, if it still exists."""
        answer_id = self._tracker.get_slot("last_answer")
        return answer_id if answer_id in self.library.answers else None

    @property
    def last_part(self) -> Optional[str]:
        """Which part of that answer was given last."""
        return self._tracker.get_slot("last_part")

    @functools.cached_property
    def context(self) -> Context:
        """What the message may lean on."""
        return Context(self.last_answer, self._illness())

    def _illness(self) -> Optional[str]:
        """The answer about the illness that was answered or named last before this message, unless it was taken back since."""
        denied: Set[str] = set()
        earlier = itertools.dropwhile(lambda event: event.get("event") != "user", reversed(self._tracker.events or []))
        for event in itertools.islice(earlier, 1, None):
            answer_id = answer_id_of(event)
            if answer_id == "start_over":
                return None
            named: Sequence[str] = ()
            if event.get("event") == "user":
                named, taken_back = illnesses(event.get("parse_data") or {})
                denied.update(taken_back)
            elif answer_id and answer_id.startswith(f"{ILLNESS}/"):
                named = [answer_id.split("/")[1]]
            for value in named:
                if f"{ILLNESS}/{value}" in self.library.followups.speaks_of:
                    return None if value in denied else f"{ILLNESS}/{value}"
        return None

    @property
    def offered(self) -> List[str]:
        """What the last turn that offered a choice offered, as answer ids in the order shown."""
        found: List[str] = []
        for event in reversed(self._tracker.events or []):
            if event.get("event") == "user" and found:
                break
            if event.get("event") == "bot":
                found = [*((event.get("metadata") or {}).get("offers") or []), *found]
        return list(dict.fromkeys(found))

    @property
    def brief(self) -> bool:
        """Whether the person asked for short answers."""
        return bool(self._tracker.get_slot("brief"))

    @property
    def missed_before(self) -> bool:
        """Whether the turn before this one was not understood either."""
        return misses_in_a_row(self._tracker.events or []) > 0

    def last_message_id(self) -> Optional[str]:
        """The `answer_id` of the message that the bot said last and that carries content of its own."""
        said = map(answer_id_of, reversed(self._tracker.events or []))
        return next((answer_id for answer_id in said if answer_id and answer_id not in ACCOMPANYING), None)

    def say(self, message: messages.Message) -> None:
        """Send one message."""
        self._dispatcher.utter_message(**message)

    def say_reply(self, reply_id: str, answer_id: Optional[str] = None, offers: Optional[List[str]] = None) -> Events:
        """Send a fixed reply."""
        self.say(messages.reply(self.library, reply_id, answer_id, offers))
        return []

    def say_clarify(self, answer_ids: Sequence[str]) -> Events:
        """Ask which of two answers is meant. Nothing is remembered: nothing was answered yet."""
        self.say(messages.clarify(self.library, answer_ids))
        return []

    def say_answer(self, answer_id: str, part: Optional[str] = None, also: Optional[List[str]] = None, note: str = "") -> Events:
        """Send a curated answer, then the disclaimer; both are remembered for "tell me more" and its like.

        Args:
            answer_id: which answer.
            part: a part of `assistant.knowledge.messages`; by default short, or brief where the person asked for that.
            also: answer ids to offer first.
            note: a phrase of data/ to add after the text.
        """
        message = messages.answer(self.library, answer_id, part or self._usual_part, also or [])
        if note:
            message["text"] = f"{message['text']} {note}"
        return self._close([message])

    def say_answers(self, given: Sequence[Given]) -> Events:
        """Send an answer to each question, in order, and one disclaimer. "Tell me more" then means the last of them.

        Somebody who asks on about the thing just answered ("does it have side effects?") gets what that answer has not said yet.
        """
        said = []
        for one in given:
            part = self._usual_part
            if one.part and not self.brief:
                part = one.part
            elif one.leaned and one.answer_id == self.last_answer:
                part = messages.part_after(self.library, one.answer_id, self.last_part, self.brief)
            said.append(messages.answer(self.library, one.answer_id, part, one.also, several=len(given) > 1))
        return self._close(said)

    @property
    def _usual_part(self) -> str:
        return messages.BRIEF if self.brief else messages.SHORT

    def _close(self, said: List[messages.Message]) -> Events:
        for message in said:
            self.say(message)
        self.say(messages.disclaimer(self.library))
        return [SlotSet("last_answer", said[-1]["answer_id"]), SlotSet("last_part", said[-1]["part"])]
