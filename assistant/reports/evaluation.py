"""`make evaluate`: measures understanding on the separately written test sets and writes docs/evaluation.md."""

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Callable, Dict, List, Sequence

from assistant.knowledge import Library, load_library
from assistant.knowledge.library import ROOT
from assistant.reports.understanding import OUTCOMES, WRONG, Judged, ask_model, kind_of, read_questions, share
from assistant.runtime.model import TrainingError, ensure_model

QUESTIONS = ROOT / "tests" / "nlu"
REPORT = ROOT / "docs" / "evaluation.md"
MISTAKES_SHOWN = 30

INTRODUCTION = """# What the assistant understands

Made by `make evaluate`; not edited by hand. Every question was written by somebody who had not seen the training examples, and a test
fails if one of them stands among those. *Right*: the right answer at once. *Offered*: below the threshold, with the right answer among the
three buttons. *Asked again*: below the threshold without it. *Wrong*: another answer than the right one.

The mistakes on the first three sets were looked at while the training data and the lexicon grew (none of their questions was copied),
so their figures flatter. The fourth was written at the very end and only judged; strangers' questions will fare worse still. What the
sets do not hold: follow-ups, several questions in one message, and the many calm sentences that sound alarming.
"""


def table(title: str, groups: Dict[str, List[Judged]]) -> str:
    """A Markdown table: a row a group, a column an outcome, in percent."""
    lines = [f"| {title} | questions | " + " | ".join(OUTCOMES) + " |", "|---|---|" + "---|" * len(OUTCOMES)]
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


def weakest_topics(judged: Sequence[Judged], count: int = 12) -> Dict[str, List[Judged]]:
    """Topics with the smallest share of right answers, the weakest first."""
    topics = grouped(judged, lambda j: j.question.expected.split("/")[0])
    return dict(sorted(topics.items(), key=lambda item: share(item[1], OUTCOMES[0]))[:count])


def mistakes(judged: Sequence[Judged]) -> str:
    """The most confident wrong answers, the likeliest to mislead somebody."""
    wrong = sorted((j for j in judged if j.outcome == WRONG), key=lambda j: -j.confidence)[:MISTAKES_SHOWN]
    rows = ["| should be | was | confidence | question |", "|---|---|---|---|"]
    for j in wrong:
        text = j.question.text.replace("|", "/").replace("\n", " ")
        rows.append(f"| {j.question.expected} | {j.got} | {j.confidence:.2f} | {text[:160]} |")
    return "\n".join(rows)


def pairs(judged: Sequence[Judged]) -> str:
    """Topics taken for each other more than once."""
    counted = Counter((j.question.expected.split("/")[0], j.got.split("/")[0]) for j in judged if j.outcome == WRONG)
    counted = Counter({pair: n for pair, n in counted.items() if pair[0] != pair[1]})
    rows = [f"| {a} | {b} | {n} |" for (a, b), n in counted.most_common(15) if n > 1]
    return (
        "\n".join(["| should be | was | times |", "|---|---|---|", *rows])
        if rows
        else "None was taken for another more than once."
    )


def report(library: Library, judged: Sequence[Judged]) -> str:
    """The whole page."""
    outside = [j for j in judged if kind_of(library, j.question.expected) == "outside"]
    inside = [j for j in outside if j.got != "fallback" and kind_of(library, j.got) in ("answer", "decline")]
    calm = [j for j in judged if kind_of(library, j.question.expected) != "safety"]
    alarms = [j for j in calm if kind_of(library, j.got) == "safety"]
    sections = [
        INTRODUCTION,
        "## By test set\n\n" + table("set", {**grouped(judged, lambda j: j.question.source), "**all**": list(judged)}),
        "## By kind\n\n" + table("kind", grouped(judged, lambda j: kind_of(library, j.question.expected))),
        f"Outside questions answered as if they were inside: {len(inside)} of {len(outside)}. "
        f"Safety replies to questions that were none: {len(alarms)} of {len(calm)}.",
        "## By style\n\n" + table("style", grouped(judged, lambda j: j.question.style)),
        "## Weakest topics\n\n" + table("topic", weakest_topics(judged)),
        "## Pairs taken for each other\n\n" + pairs(judged),
        f"## The {MISTAKES_SHOWN} most confident mistakes\n\n" + mistakes(judged),
    ]
    return "\n\n".join(sections) + "\n"


def main() -> int:
    """Returns the exit code."""
    try:
        model = ensure_model(lambda text: print(text, flush=True))
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 1
    files: List[Path] = sorted(QUESTIONS.glob("questions_*.csv"))
    judged = ask_model(model, read_questions(files))
    REPORT.write_text(report(load_library(), judged), encoding="utf-8")
    for name, group in grouped(judged, lambda j: j.question.source).items():
        print(name, len(group), *(f"{outcome} {share(group, outcome):.1%}" for outcome in OUTCOMES))
    print(f"written to {REPORT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
