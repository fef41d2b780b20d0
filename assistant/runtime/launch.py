"""Starts the assistant: `python -m assistant.runtime.launch run | shell | ask | train`.

Settings come from the environment: HOST (127.0.0.1), PORT (5005), ACTIONS_PORT (5055), MODEL, ENDPOINTS, CREDENTIALS,
ENABLE_API (with AUTH_TOKEN for any other host than this machine). `ask` takes its question from Q.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Optional

from assistant.knowledge.library import DATA, ROOT, read_library
from assistant.knowledge.reader import DataError
from assistant.runtime.model import TrainingError, ensure_model, environment
from assistant.runtime.processes import LaunchError, check_free, free_port, get, post, process, stop, wait_until

DEFAULT_PORT = 5005
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def say(text: str) -> None:
    """Show progress at once."""
    print(text, flush=True)


@dataclass(frozen=True)
class Settings:
    """Where the assistant listens and what it uses, from the environment."""

    host: str
    port: int
    actions_port: int
    endpoints: Optional[str]
    credentials: str
    enable_api: bool
    token: Optional[str]

    @property
    def address(self) -> str:
        """Where this machine reaches the assistant."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"

    @classmethod
    def on_free_ports(cls) -> "Settings":
        """Settings for a private run on this machine, with ports nobody listens on: for tests and reports."""
        return cls("127.0.0.1", free_port(), free_port(), None, "credentials.yml", False, None)

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read and check the settings.

        Raises:
            LaunchError: a value does not fit.
        """
        settings = cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=_port("PORT", DEFAULT_PORT),
            actions_port=_port("ACTIONS_PORT", 5055),
            endpoints=os.environ.get("ENDPOINTS") or None,
            credentials=os.environ.get("CREDENTIALS") or "credentials.yml",
            enable_api=os.environ.get("ENABLE_API") == "1",
            token=os.environ.get("AUTH_TOKEN") or None,
        )
        if settings.enable_api and settings.host not in LOOPBACK and not settings.token:
            raise LaunchError(
                f"ENABLE_API=1 on HOST={settings.host} would show every conversation: set AUTH_TOKEN, or use 127.0.0.1"
            )
        for name, file in (("ENDPOINTS", settings.endpoints), ("CREDENTIALS", settings.credentials)):
            if file and not (ROOT / file).is_file():
                raise LaunchError(f"{name}={file} is not a file")
        return settings


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise LaunchError(f"{name}={value} is not a port number (1 to 65535)")
    return int(value)


def private(settings: Settings) -> Settings:
    """Settings for one person at a terminal: on this machine only, on free ports, so that a served assistant may run beside it.

    With ENDPOINTS set from outside the action server stays where that file says.
    """
    actions_port = settings.actions_port if settings.endpoints else free_port()
    return Settings("127.0.0.1", free_port(), actions_port, settings.endpoints, settings.credentials, False, None)


def endpoints_file(settings: Settings) -> str:
    """The endpoints file to use: ENDPOINTS as it is, or the project's with ACTIONS_PORT put in."""
    if settings.endpoints:
        return settings.endpoints
    if settings.actions_port == 5055:
        return "endpoints.yml"
    text = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    path = ROOT / "var" / f"endpoints-{settings.actions_port}.yml"
    path.write_text(re.sub(r"(url: http://127\.0\.0\.1:)5055", rf"\g<1>{settings.actions_port}", text), encoding="utf-8")
    return str(path.relative_to(ROOT))


def rasa_command(command: str, model: Path, settings: Settings) -> List[str]:
    """Rasa's own command line for `run` or `shell`."""
    arguments = [
        sys.executable, "-m", "rasa", command, "--model", str(model), "--endpoints", endpoints_file(settings),
        "--credentials", settings.credentials, "-i", settings.host, "-p", str(settings.port),
    ]  # fmt: skip
    if command == "run":
        arguments += ["--log-file", "var/rasa.log"]
        if settings.enable_api:
            arguments += ["--enable-api"]
        if settings.token:
            arguments += ["--auth-token", settings.token]
    return arguments


@contextmanager
def action_server(settings: Settings) -> Iterator[None]:
    """The action server, answering."""
    check_free("ACTIONS_PORT", "127.0.0.1", settings.actions_port)
    log = ROOT / "var" / "actions.log"
    with process([sys.executable, "-m", "actions", "--port", str(settings.actions_port)], log) as child:
        wait_until(f"http://127.0.0.1:{settings.actions_port}/health", child, "the action server", log)
        yield


@contextmanager
def server(model: Path, settings: Settings) -> Iterator[str]:
    """Action server and Rasa, both answering; yields the address. Stops both in the end."""
    check_free("PORT", settings.host, settings.port)
    address = settings.address
    log = ROOT / "var" / "server.log"
    with action_server(settings), process(rasa_command("run", model, settings), log) as child:
        wait_until(address, child, "Rasa", log)
        yield address
        if child.poll() is not None:
            raise LaunchError(f"Rasa stopped by itself; its output is in {log.relative_to(ROOT)}")


def run() -> None:
    """Serve until Ctrl-C."""
    settings = Settings.from_environment()
    check_free("PORT", settings.host, settings.port)
    check_free("ACTIONS_PORT", "127.0.0.1", settings.actions_port)
    model = ensure_model(say)
    say("starting (10 to 30 seconds)")
    with server(model, settings) as address:
        say(f"\nThe assistant answers at {address} - Ctrl-C stops it.")
        port = "" if settings.port == DEFAULT_PORT else f"PORT={settings.port} "
        say(
            f"""Ask it from another terminal:  {port}make ask Q="what's in the drip?"   or POST to {address}/webhooks/rest/webhook"""
        )
        actions_answered = True
        while get(address) is not None or get(address, 10) is not None:
            answers = get(f"http://127.0.0.1:{settings.actions_port}/health") is not None
            if actions_answered and not answers and not settings.endpoints:
                say("the action server stopped answering; visitors are told so. See var/actions.log, then start again")
            actions_answered = answers
            time.sleep(2)


def shell() -> None:
    """Rasa's terminal conversation, with the action server running beside it."""
    if not sys.stdin.isatty():
        raise LaunchError('`make shell` needs a terminal; without one use `make ask Q="..."`')
    settings = Settings.from_environment()
    model = ensure_model(say)
    own = private(settings)
    say("starting (10 to 30 seconds); /stop ends the conversation")
    log = ROOT / "var" / "shell.log"
    with action_server(own), log.open("w") as warnings:
        # The conversation is on the standard output; what Rasa and its libraries remark goes to a file.
        child = subprocess.Popen(rasa_command("shell", model, own), cwd=ROOT, env=environment(), stderr=warnings)
        try:
            code = child.wait()
        finally:
            stop(child)
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise LaunchError(f"the terminal conversation ended with an error; {log.relative_to(ROOT)} ends with:\n{tail}")


def ask() -> None:
    """Print the answer to Q from a running assistant, or from one started for this question."""
    question = (os.environ.get("Q") or "").strip()
    if not question:
        raise LaunchError("""what is the question? make ask Q="what's in the drip?\"""")
    settings = Settings.from_environment()
    address = settings.address
    body = get(address)
    if body is not None and b"Hello from Rasa" in body:
        show(address, question)
        return
    model = ensure_model(say)
    say("nothing is running; starting an assistant for this question (10 to 30 seconds)")
    with server(model, private(settings)) as started:
        show(started, question)


def show(address: str, question: str) -> None:
    """Ask over the rest channel and print texts and buttons."""
    try:
        replies = post(f"{address}/webhooks/rest/webhook", {"sender": f"ask-{uuid.uuid4().hex}", "message": question})
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise LaunchError(f"{address} did not answer as an assistant does: {error}") from None
    for reply in replies:
        print(reply.get("text", ""))
        for button in reply.get("buttons") or []:
            print(f"  [{button['title']}]")


def main() -> int:
    """Run the command named on the command line; returns the exit code."""
    commands = {"run": run, "shell": shell, "ask": ask, "train": lambda: print(ensure_model(say))}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(f"usage: python -m assistant.runtime.launch {'|'.join(commands)}", file=sys.stderr)
        return 2
    # Also where a shell started us in the background and left Ctrl-C ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    (ROOT / "var").mkdir(exist_ok=True)
    try:
        read_library(DATA)
        commands[sys.argv[1]]()
    except KeyboardInterrupt:
        print("\nstopped")
    except DataError as error:
        print(f"data/ needs mending:\n{error}", file=sys.stderr)
        return 1
    except (LaunchError, TrainingError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
