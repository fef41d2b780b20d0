"""Markdown tables of an evaluation."""

from collections import Counter, defaultdict
from typing import Any, Callable, Dict, List, Mapping, Sequence

from assistant.reports.dialogues import JudgedTurn
from assistant.reports.names import Scores
from assistant.reports.understanding import OUTCOMES, WRONG, Judged, share

LONGEST_TEXT = 170


def outcomes(title: str, groups: Mapping[str, Sequence[Judged]]) -> str:
    """A row a group, a column an outcome, in percent."""
    lines = [f"| {title} | messages | " + " | ".join(OUTCOMES) + " |", "|---|---|" + "---|" * len(OUTCOMES)]
    for name, judged in groups.items():
        cells = [f"{share(judged, outcome):.1%}" for outcome in OUTCOMES]
        lines.append(f"| {name} | {len(judged)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def grouped(judged: Sequence[Judged], key: Callable[[Judged], str]) -> Dict[str, List[Judged]]:
    """`judged` by `key`, in alphabetical order."""
    groups: Dict[str, List[Judged]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))


def by_topic(judged: Sequence[Judged]) -> Dict[str, List[Judged]]:
    """Single questions by topic, the weakest first."""
    topics = grouped([j for j in judged if ";" not in j.question.expected], lambda j: j.question.expected.split("/")[0])
    return dict(sorted(topics.items(), key=lambda item: share(item[1], OUTCOMES[0])))


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")[:LONGEST_TEXT]


def mistakes(judged: Sequence[Judged], count: int) -> str:
    """The most confident wrong answers, the likeliest to mislead somebody."""
    wrong = sorted((j for j in judged if j.outcome == WRONG), key=lambda j: -j.confidence)[:count]
    rows = [f"| {j.question.expected} | {j.got} | {j.confidence:.2f} | {_cell(j.question.text)} |" for j in wrong]
    return "\n".join(["| should be | was | confidence | message |", "|---|---|---|---|", *rows])


def pairs(judged: Sequence[Judged], count: int = 15) -> str:
    """Topics taken for each other more than once."""
    singles = [j for j in judged if j.outcome == WRONG and ";" not in j.question.expected and ";" not in j.got]
    counted = Counter((j.question.expected.split("/")[0], j.got.split("/")[0]) for j in singles)
    rows = [f"| {a} | {b} | {n} |" for (a, b), n in counted.most_common() if n > 1 and a != b][:count]
    return "\n".join(["| should be | was | times |", "|---|---|---|", *rows])


def names(scores: Mapping[str, Scores], used: Sequence[str]) -> str:
    """Precision and recall of each entity on each set of sentences; those in `used` are marked as such."""
    rows = [
        f"| {source}{' (used)' if source in used else ''} | {entity} | {precision:.1%} | {recall:.1%} | {count} |"
        for source, entities in scores.items()
        for entity, (precision, recall, count) in entities.items()
    ]
    return "\n".join(["| sentences | entity | precision | recall | names |", "|---|---|---|---|---|", *rows])


def voices(crossed: Mapping[str, Any]) -> str:
    """Share right of each voice in cross-validation."""
    rows = [f"| {voice} | {count} | {portion:.1%} |" for voice, (count, portion) in sorted(crossed.items())]
    return "\n".join(["| voice | examples | right |", "|---|---|---|", *rows])


def turns(judged: Sequence[JudgedTurn]) -> str:
    """The turns of dialogues that got something else than they should."""
    rows = []
    for t in judged:
        if not t.right:
            before = t.dialogue.turns[t.number - 1].say if t.number else ""
            wanted = "; ".join(" or ".join(one) for one in t.turn.expect) + (f" ({t.turn.part})" if t.turn.part else "")
            got = "; ".join(t.ids) + (f" ({t.part})" if t.part else "")
            rows.append(f"| {_cell(before)} | {_cell(t.turn.say)} | {wanted} | {got} |")
    return "\n".join(["| before it | message | should be | was |", "|---|---|---|---|", *rows])
