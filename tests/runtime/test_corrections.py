"""Each correction to Rasa, with a test that fails when Rasa no longer needs it."""

import asyncio
import inspect
import os
import shutil
from typing import Any, Dict, List

import pytest
import rasa.core.actions.action as rasa_action
import rasa.core.nlg.generator as rasa_generator
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

import assistant.nlu  # noqa: F401  (importing the pipeline's package is what puts the corrections in force)
from assistant.knowledge import Library
from assistant.runtime import corrections, processes
from assistant.runtime.responses import CuratedResponses


def run_action(run: Any) -> Any:
    action = rasa_action.RemoteAction("action_answer", EndpointConfig(f"http://127.0.0.1:{processes.free_port()}/webhook"))
    tracker = DialogueStateTracker.from_events("somebody", [])
    return asyncio.run(run(action, CollectingOutputChannel(), CuratedResponses(), tracker, Domain.empty()))


def test_an_unreachable_action_server_gives_the_unavailable_reply(library: Library) -> None:
    (event,) = run_action(rasa_action.RemoteAction.run)
    assert event.text == library.fill(library.replies["unavailable"].text)
    assert event.metadata["answer_id"] == "unavailable"


def test_rasa_itself_would_leave_the_visitor_without_a_reply() -> None:
    with pytest.raises(RasaException):
        run_action(corrections._run_remote_action)


def test_without_an_nlg_setting_the_words_still_come_from_data() -> None:
    for setting in (None, EndpointConfig(type="response")):
        assert isinstance(rasa_generator.NaturalLanguageGenerator.create(setting, Domain.empty()), CuratedResponses)


def test_rasa_itself_would_take_them_from_the_domain() -> None:
    assert not isinstance(corrections._create_generator(None, Domain.empty()), CuratedResponses)


def test_a_generator_of_somebodys_own_is_left_alone() -> None:
    class Own(rasa_generator.NaturalLanguageGenerator):
        pass

    own = Own()
    assert rasa_generator.NaturalLanguageGenerator.create(own, Domain.empty()) is own


def test_applying_twice_changes_nothing() -> None:
    before = rasa_action.RemoteAction.run
    corrections.apply()
    assert rasa_action.RemoteAction.run is before


def test_the_corrected_functions_still_have_the_form_that_rasa_calls() -> None:
    theirs = inspect.signature(corrections._run_remote_action).parameters
    assert list(theirs) == list(inspect.signature(rasa_action.RemoteAction.run).parameters)


@pytest.mark.parametrize("name", ["utter_greet", "utter_emergency_stroke", "utter_outside"])
def test_fixed_replies_carry_their_answer_id_beside_the_text(library: Library, name: str) -> None:
    message: Dict[str, Any] = (
        asyncio.run(CuratedResponses().generate(name, DialogueStateTracker.from_events("a", []), "rest")) or {}
    )
    assert message["answer_id"] == name[len("utter_") :]
    assert message["text"]


def test_an_unknown_reply_is_none() -> None:
    assert asyncio.run(CuratedResponses().generate("utter_nothing", DialogueStateTracker.from_events("a", []), "rest")) is None


INTENTS = {"ask_cost", "ask_ingredient", "restart"}


@pytest.mark.parametrize("payload", ["/ask_cost", " /ask_cost ", '/ask_ingredient{"ingredient": "magnesium"}', "/restart"])
def test_a_payload_is_left_as_it_is(payload: str) -> None:
    assert corrections.cleaned(payload, INTENTS) == payload.strip()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/ask_cost my chest hurts", "ask_cost my chest hurts"),
        ("// /admin", "admin"),
        (" / / hello", "hello"),
        ("/unknown_intent", "unknown_intent"),
        ("/ask_cost{} my chest hurts", "ask_cost{} my chest hurts"),
        ("/ask_cost@0.5 help", "ask_cost@0.5 help"),
        ("and/or", "and/or"),
        ("\n//\nhelp", "help"),
        ("", ""),
    ],
)
def test_of_any_other_message_the_slashes_are_dropped(typed: str, read: str) -> None:
    assert corrections.cleaned(typed, INTENTS) == read


def test_a_huge_message_keeps_its_two_ends() -> None:
    text = corrections.cleaned("a" * 100_000 + "b" * 100_000, INTENTS)
    assert text == "a" * corrections.READ_CHARACTERS + "\n" + "b" * corrections.READ_CHARACTERS


def test_rasa_itself_would_take_the_beginning_for_a_command() -> None:
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
    from rasa.shared.nlu.training_data.message import Message

    domain = Domain.from_dict({"intents": ["ask_cost"]})
    with pytest.warns(UserWarning):
        read = YAMLStoryReader.unpack_regex_message(Message(data={"text": "/ask_cost{} my chest hurts"}), domain)
    assert read.get("intent")["name"] == "ask_cost"


def printed(capsys: pytest.CaptureFixture, function: Any) -> str:
    function({"text": "The answer.", "buttons": [{"title": "More", "payload": "/more_detail"}]})
    return capsys.readouterr().out


def test_in_the_terminal_the_text_comes_before_its_buttons(capsys: pytest.CaptureFixture) -> None:
    from rasa.core.channels import console

    ours = printed(capsys, console._print_bot_output)
    assert ours.index("The answer.") < ours.index("More")
    theirs = printed(capsys, corrections._print_bot_output)
    assert theirs.index("The answer.") > theirs.index("More"), "Rasa no longer needs this correction"


def test_in_the_terminal_lines_end_between_words(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.channels import console

    monkeypatch.setenv("COLUMNS", "20")
    console._print_bot_output({"text": "One two three four five six seven eight."})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 1
    assert all(
        word in "One two three four five six seven eight.".split() for word in " ".join(lines).split() if "\x1b" not in word
    )


def test_in_the_terminal_no_menu_swallows_what_is_typed_next(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.channels import console

    as_menu = []
    monkeypatch.setattr(console, "print_buttons", lambda message, is_latest, color: as_menu.append(is_latest))
    greeting = {"text": "Hello.", "buttons": [{"title": "More", "payload": "/more_detail"}]}
    console._print_bot_output(greeting, is_latest_message=True)
    corrections._print_bot_output(greeting, is_latest_message=True)
    assert as_menu == [False, True], "the second is Rasa's own; if it is False, the correction is no longer needed"


def test_a_terminal_that_reports_no_width_gets_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: List[Dict[str, Any]] = []
    monkeypatch.setattr(corrections, "_print_bot_output", lambda message, *_: printed.append(message))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((0, 0)))
    corrections._print_readably({"text": "An answer that is short."})
    assert printed[0] == {"text": "An answer that is short."}
