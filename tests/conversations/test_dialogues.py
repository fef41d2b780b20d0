"""Whole dialogues, written by people who had not seen the training examples."""

from pathlib import Path

import pytest

from assistant.reports.conversation import Conversations
from assistant.reports.dialogues import play, read_dialogues

# The newest sets are harder, and the aim of 93 % is not reached on them yet (docs/evaluation.md).
MOST_WRONG = {"dialogues_four": 0.15, "dialogues_five": 0.15}
FILES = sorted(Path(__file__).parent.glob("dialogues_*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nearly_all_turns_of_unseen_dialogues_are_right(conversations: Conversations, path: Path) -> None:
    judged = play(conversations, read_dialogues(path))
    wrong = [f"{j.dialogue.name}: {j.turn.say!r} -> {j.ids} {j.part}" for j in judged if not j.right]
    assert len(wrong) <= MOST_WRONG.get(path.stem, 0.1) * len(judged), "\n".join(wrong)


def test_there_are_enough_dialogues() -> None:
    assert sum(len(read_dialogues(path)) for path in FILES) >= 60
