"""With the action server stopped, slow or talking rubbish: safety replies still come, and every other turn gets an honest reply."""

import asyncio
import http.server
import threading
from pathlib import Path
from typing import Iterator

import pytest

from assistant.knowledge import Library
from assistant.knowledge.danger import REMINDER
from assistant.reports.conversation import Conversations
from assistant.runtime import corrections, processes


@pytest.fixture(scope="module")
def lonely(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversations]:
    """The assistant with nothing listening where its action server should be."""
    loop = asyncio.new_event_loop()
    yield Conversations(model, processes.free_port(), tmp_path_factory.mktemp("lonely"), loop)
    loop.close()


def test_safety_replies_need_no_action_server(lonely: Conversations, library: Library) -> None:
    for safety_id in library.safety:
        talk = lonely.start().say(f"/{safety_id}")
        assert talk.ids == [safety_id]
        assert talk.texts == [library.fill(library.safety[safety_id].text)]


def test_typed_dangers_and_the_turns_after_them_need_no_action_server(lonely: Conversations, library: Library) -> None:
    talk = lonely.start().say("how much is it? my throat is closing up since they started the drip")
    assert talk.ids == ["emergency_reaction"]
    assert talk.say("how much does it cost").ids == [REMINDER, "unavailable"]
    assert talk.say("i mean it").ids == [REMINDER]
    assert talk.say("say that again").ids == ["emergency_reaction"]
    assert lonely.start().say("i want to kill myself").say("repeat that").ids == ["crisis_self_harm"]


def test_small_talk_and_limits_need_no_action_server(lonely: Conversations) -> None:
    assert lonely.start().say("hello").ids == ["greet"]
    assert lonely.start().say("what's the weather in Paris").ids == ["outside"]


def test_any_other_turn_says_honestly_that_it_cannot_answer(lonely: Conversations, library: Library) -> None:
    for message in ("how much does it cost", "/more_detail", "/ask_ingredient", "/nlu_fallback"):
        talk = lonely.start().say(message)
        assert talk.ids == ["unavailable"], message
        assert talk.texts == [library.fill(library.replies["unavailable"].text)]


class Rubbish(http.server.BaseHTTPRequestHandler):
    """Answers an action call with the next of several wrong bodies."""

    bodies = [
        b"<html>no</html>",
        b"[]",
        b"null",
        b'{"events": "x"}',
        b'{"responses": [1]}',
        b'{"responses": [{"text": 5}], "events": [{"event": "no"}]}',
    ]
    served = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = self.bodies[Rubbish.served % len(self.bodies)]
        Rubbish.served += 1
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_rubbish_from_the_action_server_is_never_passed_on(model: Path, tmp_path: Path, library: Library) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rubbish)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loop = asyncio.new_event_loop()
    try:
        conversations = Conversations(model, server.server_address[1], tmp_path, loop)
        for _ in Rubbish.bodies:
            talk = conversations.start().say("how much does it cost")
            assert talk.ids == ["unavailable"]
            assert talk.texts == [library.fill(library.replies["unavailable"].text)]
    finally:
        server.shutdown()
        loop.close()


def test_an_action_is_waited_for_only_so_long() -> None:
    import rasa.core.actions.action as rasa_action

    assert rasa_action.DEFAULT_REQUEST_TIMEOUT == corrections.ACTION_TIMEOUT_SECONDS <= 10
