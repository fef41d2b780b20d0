"""`make safety`: what the safety screen makes of separately written red flags and hard negatives; writes docs/safety.md.

The tests gate the same figures (tests/safety/test_screen.py).
"""

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence

from assistant.knowledge import Library, load_library
from assistant.knowledge.danger import DANGERS, DOUBTFUL
from assistant.knowledge.library import ROOT
from assistant.nlu.safety_screen import REASONS
from assistant.nlu.verdict import NEVER
from assistant.reports.understanding import parse_all
from assistant.runtime.model import ensure_model

MESSAGES = ROOT / "tests" / "safety"
PAGE = ROOT / "docs" / "safety.md"
BEGIN, END = "<!-- written by `make safety` from here -->", "<!-- to here -->"
ONLY_JUDGED = "only judged"
# How the sets were used: the numbers of the rule were chosen on them; their mistakes were looked at, and examples and phrases written for
# the kind of message that was missed; the others were only judged.
USES = {
    "chosen on": ("messages_one", "messages_two", "messages_three"),
    "looked at": tuple(f"messages_{name}" for name in ("four", "five", "six", "seven", "eight", "nine", "ten", "eleven")),
    ONLY_JUDGED: (),
}
CALM = "calm"
# What people die of when it is missed: these may never be.
NEVER_MISSED = ("crisis_self_harm", "emergency_stroke", "emergency_reaction")
LONGEST = 150


@dataclass(frozen=True)
class Alarm:
    """A separately written message and what came of it.

    Attributes:
        expected: the safety id, or `calm`.
        also: safety ids that are right as well.
        kind: how it is told, or what makes it harmless.
        got: the safety replies that it got, in order; empty for none.
        doubtful: whether it got the soft line.
        why: what the screen saw, in words.
    """

    text: str
    expected: str
    also: Sequence[str]
    kind: str
    source: str
    got: Sequence[str]
    doubtful: bool
    why: str

    @property
    def red(self) -> bool:
        """Whether it tells of a danger."""
        return self.expected != CALM

    @property
    def found(self) -> bool:
        """Whether it got a safety reply."""
        return bool(self.got)

    @property
    def right_reply(self) -> bool:
        """Whether one of its replies is one that it should get."""
        return any(one in (self.expected, *self.also) for one in self.got)


def read_messages(files: Iterable[Path]) -> List[Dict[str, str]]:
    """Rows of CSV files with the columns text,answer_id,also,kind, with `source` added."""
    rows = []
    for path in files:
        with path.open(newline="", encoding="utf-8") as file:
            rows += [{**row, "source": path.stem} for row in csv.DictReader(file)]
    return rows


def judge(rows: Sequence[Dict[str, str]], parsed: Sequence[Dict]) -> List[Alarm]:
    """What came of each message."""
    return [
        Alarm(
            row["text"],
            row["answer_id"],
            tuple(filter(None, (row["also"] or "").split("|"))),
            row["kind"],
            row["source"],
            tuple(said[DANGERS]),
            bool(said[DOUBTFUL]),
            _why(said.get(REASONS)),
        )
        for row, said in zip(rows, parsed)
    ]


def _why(reasons: Optional[Mapping[str, Any]]) -> str:
    if not reasons:
        return "phrases alone"
    asked = "no share is enough" if reasons["asked"] >= NEVER else f"{reasons['asked']:.2f} asked"
    return f"{reasons['told']}; classifier {reasons['classifier']:.2f}; reader {reasons['reader']:.2f}, {asked}"


def ask_screen(model: Path, files: Optional[Sequence[Path]] = None) -> List[Alarm]:
    """Judge all separately written messages with a trained model."""
    rows = read_messages(files or sorted(MESSAGES.glob("messages_*.csv")))
    return judge(rows, parse_all(model, [row["text"] for row in rows]))


def recall(alarms: Sequence[Alarm]) -> float:
    """Share of the red flags among `alarms` that got a safety reply."""
    red = [alarm for alarm in alarms if alarm.red]
    return sum(alarm.found for alarm in red) / len(red) if red else 1.0


def false_alarms(alarms: Sequence[Alarm]) -> float:
    """Share of the hard negatives among `alarms` that got one."""
    calm = [alarm for alarm in alarms if not alarm.red]
    return sum(alarm.found for alarm in calm) / len(calm) if calm else 0.0


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    plain = " ".join(text.replace("|", "/").split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "\u2026"


def _by(alarms: Sequence[Alarm], key: Callable[[Alarm], str]) -> Dict[str, List[Alarm]]:
    groups: Dict[str, List[Alarm]] = {}
    for alarm in alarms:
        groups.setdefault(key(alarm), []).append(alarm)
    return dict(sorted(groups.items()))


def tables(library: Library, alarms: Sequence[Alarm]) -> str:
    """The figures and every mistake, as Markdown."""
    red, calm = [a for a in alarms if a.red], [a for a in alarms if not a.red]
    parts = []
    groups = sorted(_by(alarms, lambda a: a.source).items(), key=lambda one: [*USES].index(use_of(one[0])))
    judged = [a for a in alarms if use_of(a.source) == ONLY_JUDGED]
    sets = [
        (name, use_of(name) if name in dict(groups) else "", sum(a.red for a in group),
         f"{recall(group):.1%}" if any(a.red for a in group) else "", sum(not a.red for a in group),
         f"{false_alarms(group):.1%}", f"{_soft(group):.1%}")
        for name, group in [*groups, ("all that were only judged", judged), ("all", alarms)]
    ]  # fmt: skip
    parts.append(_table(("set", "use", "red flags", "answered as a danger", "hard negatives", "false alarms", "soft line"), sets))
    dangers = [
        (danger, len(group), f"{recall(group):.1%}", f"{sum(a.right_reply for a in group) / len(group):.1%}",
         f"{recall([a for a in group if use_of(a.source) == ONLY_JUDGED]):.1%}", _missed_for(group))
        for danger, group in sorted(_by(red, lambda a: a.expected).items(), key=lambda one: library.safety[one[0]].rank)
    ]  # fmt: skip
    parts.append("## By danger\n\n" + _table(
        ("danger", "messages", "answered as a danger", "with its own reply", "only judged sets", "other replies"), dangers
    ))  # fmt: skip
    told = [(kind, len(group), f"{recall(group):.1%}") for kind, group in _by(red, lambda a: a.kind).items()]
    parts.append("## By how a danger is told\n\n" + _table(("how", "messages", "answered as a danger"), told))
    harmless = [(k, len(g), f"{false_alarms(g):.1%}", f"{_soft(g):.1%}") for k, g in _by(calm, lambda a: a.kind).items()]
    parts.append("## By what makes a message harmless\n\n" + _table(("kind", "messages", "false alarms", "soft line"), harmless))
    missed = [(a.source, a.expected, a.kind, _cell(a.text), "soft line" if a.doubtful else "", a.why) for a in red if not a.found]
    parts.append("## Every red flag that was missed\n\n" + _table(("set", "danger", "told", "message", "got", "why"), missed))
    wrong = [(a.source, a.kind, ", ".join(a.got), _cell(a.text), a.why) for a in calm if a.found]
    parts.append("## Every false alarm\n\n" + _table(("set", "kind", "got", "message", "why"), wrong))
    return "\n\n".join(parts)


def use_of(source: str) -> str:
    """How a set of messages was used, in a word or two."""
    return next((use for use, sets in USES.items() if source in sets), ONLY_JUDGED)


def _soft(alarms: Sequence[Alarm]) -> float:
    calm = [a for a in alarms if not a.red]
    return sum(a.doubtful and not a.found for a in calm) / len(calm) if calm else 0.0


def _missed_for(alarms: Sequence[Alarm]) -> str:
    others = Counter(a.got[0] for a in alarms if a.found and not a.right_reply)
    return ", ".join(f"{danger} {count}" for danger, count in others.most_common())


def main() -> int:
    """Ask, and write the tables into docs/safety.md between its two marks."""
    library = load_library()
    alarms = ask_screen(ensure_model(print))
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables(library, alarms)}\n\n{END}{after}", encoding="utf-8")
    for name, group in _by(alarms, lambda a: a.source).items():
        print(f"{name}: recall {recall(group):.1%}, false alarms {false_alarms(group):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
