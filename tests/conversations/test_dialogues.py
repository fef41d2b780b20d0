"""Whole dialogues, written by people who had not seen the training examples."""

from pathlib import Path

import pytest

from assistant.reports.conversation import Conversations
from assistant.reports.dialogues import play, read_dialogues

FILES = sorted(Path(__file__).parent.glob("dialogues_*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nearly_all_turns_of_unseen_dialogues_are_right(conversations: Conversations, path: Path) -> None:
    judged = play(conversations, read_dialogues(path))
    wrong = [f"{j.dialogue.name}: {j.turn.say!r} -> {j.ids} {j.part}" for j in judged if not j.right]
    assert len(wrong) <= 0.1 * len(judged), "\n".join(wrong)


def test_there_are_enough_dialogues() -> None:
    assert sum(len(read_dialogues(path)) for path in FILES) >= 60
