"""Starting: each thing that can be wrong gives one clear line that says what to do."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, Iterator, Tuple

import pytest

from assistant.knowledge.library import ROOT
from assistant.runtime import launch, processes
from assistant.runtime.model import INPUTS, TrainingError, ensure_model, environment, fingerprint


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def run(command: str, **settings: str) -> Tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.runtime.launch", command], cwd=ROOT, env={**environment(), **settings},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"PORT": "many"}, "PORT=many is not a port number (1 to 65535)"),
        ({"ACTIONS_PORT": "0"}, "ACTIONS_PORT=0 is not a port number"),
        ({"ENDPOINTS": "nowhere.yml"}, "ENDPOINTS=nowhere.yml is not a file"),
        ({"CREDENTIALS": "nowhere.yml"}, "CREDENTIALS=nowhere.yml is not a file"),
        ({"ENABLE_API": "1", "HOST": "0.0.0.0"}, "set AUTH_TOKEN"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(settings: Dict[str, str], reason: str) -> None:
    code, output = run("run", **settings)
    assert code == 1
    assert reason in output and len(output.strip().splitlines()) == 1


def test_a_busy_port_is_said_in_one_line(taken_port: int) -> None:
    code, output = run("run", PORT=str(taken_port))
    assert code == 1
    assert f"port {taken_port} on 127.0.0.1 cannot be used" in output and "set PORT" in output
    assert len(output.strip().splitlines()) == 1


def test_a_missing_model_is_said_in_one_line() -> None:
    code, output = run("train", MODEL="nowhere.tar.gz")
    assert (code, output.strip()) == (1, "MODEL=nowhere.tar.gz is not a file")


def test_the_terminal_conversation_needs_a_terminal() -> None:
    code, output = run("shell")
    assert code == 1 and "needs a terminal" in output


def test_a_question_is_needed_to_ask_one() -> None:
    code, output = run("ask", Q="  ")
    assert code == 1 and "what is the question?" in output


def test_the_projects_endpoints_get_the_port_of_the_actions() -> None:
    settings = launch.Settings("127.0.0.1", 5005, 6001, None, "credentials.yml", False, None)
    text = (ROOT / launch.endpoints_file(settings)).read_text(encoding="utf-8")
    assert "url: http://127.0.0.1:6001/webhook" in text and "5055/" not in text


def test_endpoints_from_outside_are_used_as_they_are() -> None:
    settings = launch.Settings("127.0.0.1", 5005, 6001, "endpoints.yml", "credentials.yml", False, None)
    assert launch.endpoints_file(settings) == "endpoints.yml"
    assert launch.private(settings).actions_port == 6001


def test_a_model_from_outside_is_used_without_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"")
    monkeypatch.setenv("MODEL", str(model))
    assert ensure_model(lambda _: pytest.fail("nothing is to be said")) == model
    monkeypatch.setenv("MODEL", str(tmp_path / "other"))
    with pytest.raises(TrainingError):
        ensure_model(print)


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/nlu/access.yml", "data/lexicon/setting.yml", "data/conversation/rules.yml"]
)
def test_a_change_in_what_a_model_is_made_of_asks_for_a_new_model(tmp_path: Path, name: str) -> None:
    for file in (
        "config.yml",
        "domain.yml",
        "requirements.txt",
        "data/nlu/access.yml",
        "data/lexicon/setting.yml",
        "data/conversation/rules.yml",
    ):
        target = tmp_path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("before", encoding="utf-8")
    (tmp_path / "assistant" / "nlu").mkdir(parents=True)
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / name).write_text("after", encoding="utf-8")
    assert fingerprint(tmp_path) != before


def test_an_edited_answer_needs_no_training() -> None:
    assert not [name for name in INPUTS if name.startswith(("data/answers", "data/clinic", "data/safety"))]


def test_serving_from_start_to_ctrl_c(model: Path) -> None:
    port, actions_port = processes.free_port(), processes.free_port()
    settings = {"PORT": str(port), "ACTIONS_PORT": str(actions_port), "MODEL": str(model)}
    served = subprocess.Popen(
        [sys.executable, "-m", "assistant.runtime.launch", "run"], cwd=ROOT, env={**environment(), **settings},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert served.stdout is not None
        lines = []
        for line in served.stdout:
            lines.append(line)
            if "The assistant answers at" in line:
                break
        assert f"http://127.0.0.1:{port}" in lines[-1]
        replies = processes.post(
            f"http://127.0.0.1:{port}/webhooks/rest/webhook", {"sender": "a", "message": "how much does it cost?"}
        )
        assert [r["recipient_id"] for r in replies] == ["a", "a"]
        assert processes.get(f"http://127.0.0.1:{port}/conversations/a/tracker") is None, "the HTTP API is off unless asked for"
        code, output = run("ask", Q="how much does it cost?", PORT=str(port))
        assert code == 0 and replies[0]["text"] in output and "[Tell me more]" in output
        os.kill(served.pid, signal.SIGINT)
        assert served.wait(30) == 0
    finally:
        served.kill()
    time.sleep(0.5)
    for number in (port, actions_port):
        processes.check_free("PORT", "127.0.0.1", number)
