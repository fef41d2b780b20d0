"""What tests share: the content, a trained model, a running action server, and a conversation with the whole assistant."""

import asyncio
from pathlib import Path
from typing import Iterator

import pytest

from assistant.knowledge import Library, load_library
from assistant.reports.conversation import Conversation, Conversations
from assistant.runtime import launch
from assistant.runtime.model import ensure_model


@pytest.fixture(scope="session")
def library() -> Library:
    """All content of data/."""
    return load_library()


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model for the present data; trained now if there is none."""
    return ensure_model(lambda text: print(text, flush=True))


@pytest.fixture(scope="session")
def actions_port() -> Iterator[int]:
    """Port of a running action server."""
    settings = launch.Settings.on_free_ports()
    with launch.action_server(settings):
        yield settings.actions_port


@pytest.fixture(scope="session")
def conversations(model: Path, actions_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversations]:
    """The whole assistant: real model, policies, SQL store and action server."""
    loop = asyncio.new_event_loop()
    yield Conversations(model, actions_port, tmp_path_factory.mktemp("store"), loop)
    loop.close()


@pytest.fixture
def talk(conversations: Conversations) -> Conversation:
    """A new conversation."""
    return conversations.start()
