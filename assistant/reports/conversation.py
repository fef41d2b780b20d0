"""A conversation with the whole assistant that reads like one: `talk.say("hi")`, then `talk.ids`, `talk.texts`, `talk.buttons`."""

import asyncio
import uuid
from pathlib import Path
from typing import Any, Dict, List, Optional

from assistant.knowledge.library import ROOT


class Conversations:
    """Loads the assistant once and starts conversations with it."""

    def __init__(self, model: Path, actions_port: int, store: Path, loop: asyncio.AbstractEventLoop) -> None:
        from rasa.core.agent import load_agent
        from rasa.core.utils import AvailableEndpoints

        text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
        text = text.replace("127.0.0.1:5055", f"127.0.0.1:{actions_port}").replace(
            "var/conversations.db", str(store / "conversations.db")
        )
        endpoints = store / "endpoints.yml"
        endpoints.write_text(text, encoding="utf-8")
        self.loop = loop
        self.agent = loop.run_until_complete(load_agent(str(model), endpoints=AvailableEndpoints.read_endpoints(str(endpoints))))

    def start(self) -> "Conversation":
        """A new conversation."""
        return Conversation(self, uuid.uuid4().hex)


class Conversation:
    """One visitor's conversation; after `say`, the properties show what came back in that turn."""

    def __init__(self, conversations: Conversations, sender: str) -> None:
        self._all = conversations
        self.sender = sender
        self.messages: List[Dict[str, Any]] = []
        self.events: List[Dict[str, Any]] = []

    def say(self, text: str) -> "Conversation":
        """Send one message and wait for the whole turn."""
        run = self._all.loop.run_until_complete
        before = len(self._bot_events())
        self.messages = run(self._all.agent.handle_text(text, sender_id=self.sender)) or []
        self.events = self._bot_events()[before:]
        return self

    def press(self, title: str) -> "Conversation":
        """Press a button of the last turn."""
        payloads = {b["title"]: b["payload"] for message in self.messages for b in message.get("buttons") or []}
        return self.say(payloads[title])

    def _bot_events(self) -> List[Dict[str, Any]]:
        tracker = self._all.loop.run_until_complete(self._all.agent.tracker_store.retrieve_full_tracker(self.sender))
        return [e for e in tracker.current_state(_all_events())["events"] if e["event"] == "bot"] if tracker else []

    @property
    def ids(self) -> List[Optional[str]]:
        """`metadata.answer_id` of the turn's messages, as the tracker store keeps them."""
        return [event["metadata"].get("answer_id") for event in self.events]

    @property
    def parts(self) -> List[Optional[str]]:
        """`metadata.part` of the turn's messages."""
        return [event["metadata"].get("part") for event in self.events]

    @property
    def offers(self) -> List[str]:
        """Answer ids offered in the turn."""
        return [answer for event in self.events for answer in event["metadata"].get("offers", [])]

    @property
    def texts(self) -> List[str]:
        """Texts of the turn's messages."""
        return [message.get("text", "") for message in self.messages]

    @property
    def buttons(self) -> List[str]:
        """Titles of the turn's buttons."""
        return [b["title"] for message in self.messages for b in message.get("buttons") or []]


def _all_events() -> Any:
    from rasa.shared.core.trackers import EventVerbosity

    return EventVerbosity.ALL
