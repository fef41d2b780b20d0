"""Processes, ports and HTTP calls that the launcher is made of."""

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from assistant.knowledge.library import ROOT
from assistant.runtime.model import environment

START_SECONDS = 180


class LaunchError(Exception):
    """What keeps the assistant from starting, and what to do about it."""


def check_free(name: str, host: str, port: int) -> None:
    """Raise LaunchError if something already listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise LaunchError(
                f"port {port} on {host} cannot be used ({error.strerror}): stop what uses it, or set {name}"
            ) from None


def free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, seconds: float = 2) -> Optional[bytes]:
    """Body of `url`, or None while nobody answers there."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:
            return bytes(response.read())
    except (urllib.error.URLError, OSError, ValueError):
        return None


def post(url: str, body: Dict[str, Any], seconds: float = 30) -> Any:
    """POST `body` as JSON and return the JSON of the response."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=seconds) as response:
        return json.loads(response.read())


@contextmanager
def process(command: List[str], log: Path) -> Iterator[subprocess.Popen]:
    """Run `command` with its output in `log` until the block ends, out of reach of the terminal's Ctrl-C; then stop it."""
    with log.open("w") as output:
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            yield child
        finally:
            stop(child)


def stop(child: subprocess.Popen) -> None:
    """Ask a process to end, and end it where it does not within ten seconds."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            return
        try:
            child.send_signal(number)
            child.wait(10)
        except subprocess.TimeoutExpired:
            continue


def wait_until(url: str, child: subprocess.Popen, what: str, log: Path) -> None:
    """Return when `url` answers.

    Raises:
        LaunchError: the process ended before, or START_SECONDS went by.
    """
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if get(url) is not None:
            return
        if child.poll() is not None:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            raise LaunchError(f"{what} did not start; its output is in {log.relative_to(ROOT)} and ends with:\n{tail}")
        time.sleep(0.3)
    raise LaunchError(f"{what} did not answer within {START_SECONDS} seconds; see {log.relative_to(ROOT)}")
