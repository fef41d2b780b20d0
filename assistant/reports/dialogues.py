"""Plays whole test dialogues with the assistant and judges every turn: follow-ups, corrections, choices, shorter, sources.

A dialogue file is a YAML list of `{name, turns}`; a turn is `{say, expect, part?}`. `expect` is an answer id, alternatives as "a|b", a list
of ids where the message asks several questions, or "@2" (the second thing offered in the turn before; "@last").
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional, Sequence, Tuple

from ruamel.yaml import YAML

from assistant.knowledge.danger import REMINDER
from assistant.knowledge.messages import END, MORE
from assistant.reports.conversation import Conversation, Conversations
from assistant.reports.understanding import same_answer


@dataclass(frozen=True)
class Turn:
    """One message of a dialogue and the answers it should get, each as its accepted alternatives."""

    say: str
    expect: Tuple[Tuple[str, ...], ...]
    part: Optional[str]


@dataclass(frozen=True)
class Dialogue:
    """A dialogue with the file it stands in."""

    source: str
    name: str
    turns: Tuple[Turn, ...]


@dataclass(frozen=True)
class JudgedTurn:
    """What a turn got: answer ids without the disclaimer, parts, and whether that was right."""

    dialogue: Dialogue
    number: int
    ids: Tuple[str, ...]
    part: Optional[str]
    right: bool

    @property
    def turn(self) -> Turn:
        """The turn as written."""
        return self.dialogue.turns[self.number]


def read_dialogues(path: Path) -> List[Dialogue]:
    """Dialogues of a file."""
    found = []
    for entry in YAML(typ="safe").load(path.read_text(encoding="utf-8")):
        turns = tuple(Turn(str(t["say"]), _expected(t["expect"]), t.get("part")) for t in entry["turns"])
        found.append(Dialogue(path.stem, entry["name"], turns))
    return found


def _expected(written: Any) -> Tuple[Tuple[str, ...], ...]:
    each = written if isinstance(written, list) else [written]
    return tuple(tuple(str(one).split("|")) for one in each)


def play(conversations: Conversations, dialogues: Sequence[Dialogue]) -> List[JudgedTurn]:
    """Every turn of every dialogue, judged; each dialogue is a conversation of its own."""
    judged: List[JudgedTurn] = []
    for dialogue in dialogues:
        talk = conversations.start()
        for number, turn in enumerate(dialogue.turns):
            offered = list(dict.fromkeys(talk.offers))
            talk.say(turn.say)
            before = judged[-1] if number else None
            judged.append(_judge(dialogue, number, talk, offered, before))
    return judged


def _judge(
    dialogue: Dialogue, number: int, talk: Conversation, offered: Sequence[str], before: Optional[JudgedTurn]
) -> JudgedTurn:
    turn = dialogue.turns[number]
    # What only goes with an answer is not one, but for the reminder of a danger where that is all that was said.
    said = [(str(i), p) for i, p in zip(talk.ids, talk.parts) if i != "disclaimer"]
    said = [one for one in said if one[0] != REMINDER] or said
    ids, part = tuple(i for i, _ in said), said[0][1] if said else None
    wanted = [tuple(_chosen(one, offered) for one in alternatives) for alternatives in turn.expect]
    fits = len(ids) == len(wanted) and all(any(same_answer(got, one) for one in ones) for got, ones in zip(ids, wanted))
    # "Go on" ends an answer whose detail a question about it has brought out in the turn before; whoever writes a dialogue cannot see that.
    told = before is not None and before.ids == ids and before.part == MORE
    parts = (turn.part, END) if turn.part == MORE and told else (turn.part,)
    return JudgedTurn(dialogue, number, ids, part, fits and (turn.part is None or part in parts))


def _chosen(written: str, offered: Sequence[str]) -> str:
    if not written.startswith("@"):
        return written
    place = len(offered) if written == "@last" else int(written[1:])
    return offered[place - 1] if 0 < place <= len(offered) else "nothing was offered"
