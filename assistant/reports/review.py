"""`make review`: every answer and every safety reply on one page that a clinician can print; writes docs/clinical-review.md."""

import sys
from typing import Dict, Iterable, List, Sequence

from assistant.knowledge import Library, load_library
from assistant.knowledge.library import ROOT
from assistant.knowledge.schema import AnswerVariant, Reviewed

PAGE = ROOT / "docs" / "clinical-review.md"
INTRODUCTION = """# For clinical review

Every safety reply and every answer of the assistant, with its sources and its review state, to print and to sign. This page is written
by `make review` from `data/`; change the words there. Numbers are those of the present settings (`data/clinic.yml`).

How to sign: write `reviewed_by`, `reviewed_on` (a date) and `reviewed_hash` (the code beside each text here) below the text in its file.
Any edit of the text afterwards makes it unsigned again.
"""


def state(entry: Reviewed) -> str:
    """Whether and by whom a text is signed, until when, and the code to sign it with."""
    if entry.signed:
        return f"signed by {entry.reviewed_by} on {entry.reviewed_on}; due {entry.review_due}; code {entry.text_hash}"
    signed_before = "changed since it was signed" if entry.reviewed_by else "not reviewed"
    return f"{signed_before}; due {entry.review_due}; code {entry.text_hash}"


def _sources(library: Library, keys: Iterable[str]) -> str:
    return "; ".join(f"[{list(library.sources).index(key) + 1}]" for key in keys) or "none: the clinic's own settings"


def _safety(library: Library) -> List[str]:
    lines = [
        "## Safety replies",
        "",
        "Said first and alone when something dangerous is happening now; the most urgent stands first.",
        "",
    ]
    for safety_id, reply in sorted(library.safety.items(), key=lambda item: item[1].rank):
        lines += [
            f"### {safety_id}", "", library.fill(reply.text), "",
            f"*In the next {library.after_danger.turns} turns:* {library.fill(reply.reminder)}",
            "", f"*Sources* {_sources(library, reply.sources)} | *Review* {state(reply)}", "",
        ]  # fmt: skip
    return lines


def _answers(library: Library) -> List[str]:
    lines: List[str] = []
    for answer_id, answer in library.answers.items():
        level = "####" if "/" in answer_id else "###"
        lines += [
            f"{level} {answer.title} (`{answer_id}`)",
            "",
            library.fill(answer.short),
            "",
            f"*More:* {library.fill(answer.more)}",
        ]
        lines += ["", f"*Rests on* {answer.says}, *evidence* {answer.evidence} | *Sources* {_sources(library, answer.sources)}"]
        lines += [f"| *Review* {state(answer)}", ""]
    return lines


def _replies(library: Library) -> List[str]:
    lines = [
        "## What else it says",
        "",
        "Fixed replies of the conversation itself. They carry no advice of their own beside whom to call.",
        "",
        f"- `if_now` {library.fill(library.after_danger.if_now)}",
    ]
    for reply_id, reply in library.replies.items():
        said = " *Said again a moment later:* ".join(" ".join(library.fill(text).split()) for text in reply.texts)
        lines.append(f"- `{reply_id}` {said}")
    return [*lines, ""]


def _listed(library: Library) -> List[str]:
    lines = ["## Sources", ""]
    for number, source in enumerate(library.sources.values(), start=1):
        year = f", {source.year}" if source.year else ""
        lines.append(
            f"{number}. {source.title}. {source.organisation}{year}. {source.address or ''} ({source.seen})".replace(" .", ".")
        )
    return lines


def counts(entries: Sequence[Reviewed]) -> Dict[str, int]:
    """How many texts there are, and how many are signed."""
    return {"texts": len(entries), "signed": sum(entry.signed for entry in entries)}


def page(library: Library) -> str:
    """The whole page."""
    answers: List[AnswerVariant] = list(library.answers.values())
    summary = (
        f"{len(library.safety)} safety replies, {counts(list(library.safety.values()))['signed']} of them signed; "
        f"{len(answers)} answers, {counts(answers)['signed']} of them signed."
    )
    lines = [
        INTRODUCTION,
        summary,
        "",
        *_safety(library),
        "## Answers",
        "",
        *_answers(library),
        *_replies(library),
        *_listed(library),
    ]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(load_library()), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
