"""`make evaluate`: measures understanding on the separately written test sets; writes docs/evaluation.md and its pictures."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
from ruamel.yaml import YAML

from assistant.knowledge import Library, load_library
from assistant.knowledge.library import ROOT
from assistant.knowledge.understood import Understood
from assistant.reports import pictures, tables
from assistant.reports.calibration import DEVELOPMENT, DEVELOPMENT_COMPOUNDS, calibration_error
from assistant.reports.conversation import Conversations
from assistant.reports.cross_validation import cross_validate
from assistant.reports.dialogues import JudgedTurn, play, read_dialogues
from assistant.reports.names import Scores, read_sentences, score
from assistant.reports.understanding import (
    OFFERED,
    OUTCOMES,
    RIGHT,
    WRONG,
    Judged,
    ask_model,
    kind_of,
    parse_all,
    read_questions,
    share,
)
from assistant.runtime import launch
from assistant.runtime.model import TrainingError, ensure_model, fingerprint

TESTS = ROOT / "tests"
REPORT = ROOT / "docs" / "evaluation.md"
PICTURES = ROOT / "docs" / "evaluation"
DEVELOPMENT_SETS = (
    *DEVELOPMENT,
    *DEVELOPMENT_COMPOUNDS,
    "dialogues_one",
    "dialogues_two",
    "dialogues_three",
    "dialogues_four",
    "dialogues_five",
    "entities_one",
)

INTRODUCTION = """# What the assistant understands

Made by `make evaluate`; not edited by hand. Every message was written by somebody who had not seen the training examples, and a test
fails if one of them stands among those. *Right*: the right answer at once (all of them, in order, where several were asked). *Offered*:
asked back, with the right answer among the buttons. *Asked again*: asked back without it. *Wrong*: another answer than the right
one, or one too many.

The sets of the upper half were used: their mistakes were looked at while data and lexicon grew (no message was copied), and the
confidence curve and the cuts are fitted on the questions and compounds among them. Those of the lower half were only judged.
What each idea gained, and what is still misunderstood and why: [understanding.md](understanding.md).
"""


def judged_table(judged: Sequence[Judged]) -> str:
    """All sets, the development sets first, a sum after each half."""
    groups = tables.grouped(judged, lambda j: j.question.source)
    used = {name: group for name, group in groups.items() if name in DEVELOPMENT_SETS}
    unseen = {name: group for name, group in groups.items() if name not in DEVELOPMENT_SETS}
    both = {
        **used,
        "**used**": [j for group in used.values() for j in group],
        **unseen,
        "**only judged**": [j for group in unseen.values() for j in group],
    }
    return tables.outcomes("set", both)


def of(part: int, whole: int) -> str:
    """A share with its whole, or a dash where nothing was measured."""
    return f"{part / whole:.1%} of {whole}" if whole else "-"


def targets_table(library: Library, judged: Sequence[Judged], turns: Sequence[JudgedTurn]) -> str:
    """The aims, each with what was measured on the sets that were used and on those that were only judged."""
    rows = ["| aim | used sets | only judged |", "|---|---|---|"]
    halves = [[j for j in judged if (j.question.source in DEVELOPMENT_SETS) == used] for used in (True, False)]
    questions = [[j for j in half if j.question.source.startswith("questions")] for half in halves]
    rows.append("| right, of single questions (95 %) | " + " | ".join(f"{share(q, RIGHT):.1%}" for q in questions) + " |")
    either = [share(q, RIGHT) + share(q, OFFERED) for q in questions]
    rows.append("| right or offered (98.5 %) | " + " | ".join(f"{e:.1%}" for e in either) + " |")
    rows.append("| wrong (at most 1.5 %) | " + " | ".join(f"{share(q, WRONG):.1%}" for q in questions) + " |")
    for kind, aim in (("outside", "2 %"), ("outside_medical", "5 %")):
        cells = []
        for half in halves:
            outside = [j for j in half if j.question.expected == kind]
            inside = [j for j in outside if kind_of(library, j.got.split(";")[0]) in ("answer", "decline")]
            cells.append(of(len(inside), len(outside)))
        rows.append(f"| {kind} answered as inside (at most {aim}) | {' | '.join(cells)} |")
    compounds = [[j for j in half if ";" in j.question.expected] for half in halves]
    whole = [
        sum(set(j.question.expected.split(";")) <= set(j.got.split(";")) or j.outcome == RIGHT for j in half)
        for half in compounds
    ]
    rows.append(
        "| compounds, all questions answered (90 %) | " + " | ".join(of(n, len(c)) for n, c in zip(whole, compounds)) + " |"
    )
    rows.append("| compounds, exactly these answers | " + " | ".join(f"{share(c, RIGHT):.1%}" for c in compounds) + " |")
    singles = [[j for j in half if ";" not in j.question.expected] for half in halves]
    split = [of(sum(";" in j.got for j in half), len(half)) for half in singles]
    rows.append(f"| single questions taken apart (at most 3 %) | {' | '.join(split)} |")
    played = [[t for t in turns if (t.dialogue.source in DEVELOPMENT_SETS) == used] for used in (True, False)]
    cells = [of(sum(t.right for t in half), len(half)) for half in played]
    rows.append(f"| turns of dialogues right (93 %) | {' | '.join(cells)} |")
    return "\n".join(rows)


def report(
    library: Library,
    judged: Sequence[Judged],
    turns: Sequence[JudgedTurn],
    names: Dict[str, Scores],
    crossed: Dict[str, Any],
    threshold: float,
) -> str:
    """The whole page."""
    unseen = [j for j in judged if j.question.source not in DEVELOPMENT_SETS and ";" not in j.question.expected]
    error = calibration_error(np.array([j.confidence for j in unseen]), np.array([j.first_guess_right for j in unseen]))
    calm = [j for j in judged if kind_of(library, j.question.expected) != "safety"]
    alarms = [j for j in calm if kind_of(library, j.got.split(";")[0]) == "safety"]
    examples = sum(count for count, _ in crossed.values())
    right = sum(count * portion for count, portion in crossed.values()) / examples
    singles = [j for j in unseen if j.question.source.startswith("questions")]
    sections = [
        INTRODUCTION,
        "## Aims\n\n" + targets_table(library, judged, turns),
        "## By test set\n\n" + judged_table(judged),
        "## Cross-validation and separate sets side by side\n\nIntent of the first guess, before the threshold. "
        f"Cross-validation by voices (trained on all other writers, published encoder): {right:.1%} of {examples} examples. "
        f"Separate sets that were only judged: {np.mean([j.first_guess_right for j in singles]):.1%} of {len(singles)}.\n\n"
        + tables.voices(crossed),
        f"## Confidence\n\nExpected calibration error on the sets that were only judged: {error:.3f}. The threshold, {threshold}, "
        "follows the rule that stands in assistant/reports/calibration.py.\n\n"
        "![How sure it was of right and wrong guesses](evaluation/confidence.png)\n\n"
        "![Share right against confidence](evaluation/reliability.png)",
        f"## Safety\n\nSafety replies to messages that were no danger: {len(alarms)} of {len(calm)}.\n\n"
        + tables.outcomes("danger", tables.grouped([j for j in judged if j not in calm], lambda j: j.question.expected)),
        "## Names\n\n" + tables.names(names, DEVELOPMENT_SETS),
        "## By style\n\n" + tables.outcomes("style", tables.grouped(judged, lambda j: j.question.style)),
        "## By topic\n\n" + tables.outcomes("topic", tables.by_topic(judged)),
        "## Pairs taken for each other\n\n![Confusion matrix](evaluation/confusion.png)\n\n" + tables.pairs(judged),
        "## The twenty worst mistakes\n\nThe most confident ones on the sets that were only judged.\n\n"
        + tables.mistakes([j for j in judged if j.question.source not in DEVELOPMENT_SETS], 20),
        "## Turns of dialogues that went wrong\n\n" + tables.turns(turns),
    ]
    return "\n\n".join(sections) + "\n"


def crossed_validation() -> Dict[str, Any]:
    """Cross-validation of the present data, computed once (it takes several minutes) and kept in var/."""
    kept = ROOT / "var" / f"cross-validation-{fingerprint()}.json"
    if not kept.is_file():
        kept.write_text(json.dumps(cross_validate()), encoding="utf-8")
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def all_turns(model: Path) -> List[JudgedTurn]:
    """All test dialogues, played with the whole assistant and an action server of their own."""
    settings = launch.Settings.on_free_ports()
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory() as store, launch.action_server(settings):
        conversations = Conversations(model, settings.actions_port, Path(store), loop)
        return [
            t
            for path in sorted((TESTS / "conversations").glob("dialogues_*.yml"))
            for t in play(conversations, read_dialogues(path))
        ]


def names_in_sentences(model: Path, path: Path) -> Scores:
    """Precision and recall of the names that the whole assistant finds in the sentences of a file."""
    sentences = read_sentences(path)
    understood = map(Understood.from_parse, parse_all(model, [text for text, _ in sentences]))
    return score((wanted, one.mentions) for (_, wanted), one in zip(sentences, understood))


def configured_threshold() -> float:
    """The threshold of the fallback in config.yml."""
    pipeline = YAML(typ="safe").load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return float(next(entry["threshold"] for entry in pipeline if entry["name"] == "FallbackClassifier"))


def main() -> int:
    """Returns the exit code."""
    try:
        model = ensure_model(lambda text: print(text, flush=True))
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 1
    files = [path for kind in ("questions", "outside", "compounds") for path in sorted((TESTS / "nlu").glob(f"{kind}_*.csv"))]
    judged = ask_model(model, read_questions(files))
    for name, group in tables.grouped(judged, lambda j: j.question.source).items():
        print(name, len(group), *(f"{outcome} {share(group, outcome):.1%}" for outcome in OUTCOMES), flush=True)
    turns = all_turns(model)
    print(f"dialogues: {sum(t.right for t in turns)} of {len(turns)} turns right", flush=True)
    singles = [j for j in judged if ";" not in j.question.expected]
    threshold = configured_threshold()
    pictures.confidence_histogram(singles, threshold, PICTURES / "confidence.png")
    pictures.reliability_curve([j for j in singles if j.question.source not in DEVELOPMENT_SETS], PICTURES / "reliability.png")
    pictures.confusion_matrix(singles, PICTURES / "confusion.png")
    names = {path.stem: names_in_sentences(model, path) for path in sorted((TESTS / "nlu").glob("entities_*.csv"))}
    REPORT.write_text(report(load_library(), judged, turns, names, crossed_validation(), threshold), encoding="utf-8")
    print(f"written to {REPORT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
