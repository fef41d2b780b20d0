"""Decides whether a message holds two questions. Pure functions over what a classifier says of the whole and of its parts.

A message may be cut at the places that `clauses` finds; a cut is right when both sides are questions of different topics. How
likely that is, boosted trees (Friedman 2001) say from how sure the classifier is of either side and of the whole, and from their form.
`make calibrate` fits them on the development questions: compounds, joined pairs, and single ones with a joint.
"""

from dataclasses import dataclass, replace
from typing import Callable, FrozenSet, List, Optional, Sequence, Tuple

import numpy as np

from assistant.knowledge.resolve import OUTSIDE, QUESTION
from assistant.nlu.clauses import Cut, asks, cuts, opens_with_a_question, refers_back, tells, words

Ranking = Sequence[Tuple[str, float]]
Understand = Callable[[Sequence[str]], List[Ranking]]
# Gives the chance that a cut is right from its `features`.
Chance = Callable[[Sequence[float]], float]

MOST_QUESTIONS = 3
FEATURES = (
    "before", "after", "weaker", "whole_says_before", "whole_says_after", "whole", "whole_says_neither", "before_asks", "after_asks",
    "both_ask", "after_says_before", "before_says_after",
    "question_mark", "sentence", "linking_word", "and", "comma", "run_on",
    "before_length", "after_length", "before_second", "after_second", "whole_says_other", "joints", "same_topic",
    "before_tells", "after_tells", "after_refers_back", "before_opens", "after_opens", "before_is_marked", "after_is_marked",
    "before_outside", "after_outside",
)  # fmt: skip

# Several medicines of one person have one answer.
TOGETHER = ("ask_medicine_interactions",)
# What is cut: a danger never is, and "hi there, two things" must not hide what follows it.
SPLITTABLE = (QUESTION, "greet", "thanks", "capabilities", "outside", "having_an_attack", "feedback_good", "affirm")


@dataclass(frozen=True)
class Part:
    """A part of a message: its characters from `start` to `end`, its ranking, and the chance that it was cut off rightly."""

    start: int
    end: int
    ranking: Ranking
    chance: float = 1.0

    @property
    def intent(self) -> str:
        """The likeliest intent."""
        return self.ranking[0][0]


Names = Callable[[Part], FrozenSet[str]]


def log_odds(probability: float) -> float:
    """Log-odds, with the ends cut off at a thousandth."""
    clipped = min(max(probability, 0.001), 0.999)
    return float(np.log(clipped / (1 - clipped)))


def features(text: str, whole: Ranking, cut: Cut, before: Ranking, after: Ranking, joints: int) -> List[float]:
    """The numbers named in FEATURES for one cut of `text`, which could be cut at `joints` places."""
    (first, sure), (second, sure_too) = before[0], after[0]
    of_whole, of_before, of_after = dict(whole), dict(before), dict(after)
    says_first, says_second = log_odds(of_whole.get(first, 0.0)), log_odds(of_whole.get(second, 0.0))
    side, other = text[: cut.end], text[cut.start :]
    return [
        log_odds(sure),
        log_odds(sure_too),
        min(log_odds(sure), log_odds(sure_too)),
        says_first,
        says_second,
        log_odds(whole[0][1]),
        float(whole[0][0] not in (first, second)),
        float(asks(side)),
        float(asks(other)),
        float(asks(side) and asks(other)),
        of_after.get(first, 0.0),
        of_before.get(second, 0.0),
        *(float(cut.kind == kind) for kind in range(6)),
        float(np.log1p(words(side))),
        float(np.log1p(words(other))),
        log_odds(before[1][1] if len(before) > 1 else 0.0),
        log_odds(after[1][1] if len(after) > 1 else 0.0),
        min(says_first, says_second),
        float(joints),
        float(first == second),
        float(tells(side)),
        float(tells(other)),
        float(refers_back(other)),
        float(opens_with_a_question(side)),
        float(opens_with_a_question(other)),
        float("?" in side),
        float(other.rstrip().endswith("?")),
        _outside(before),
        _outside(after),
    ]


def _outside(ranking: Ranking) -> float:
    return log_odds(sum(sure for intent, sure in ranking if intent.startswith(OUTSIDE)))


def two_questions(before: Part, after: Part, names: Names) -> bool:
    """Whether two parts are questions that want different answers: of different topics, or about different things."""
    if not before.ranking or not after.ranking:
        return False
    if not (before.intent.startswith(QUESTION) and after.intent.startswith(QUESTION)):
        return False
    if before.intent != after.intent:
        return True
    named, named_after = names(before), names(after)
    return before.intent not in TOGETHER and bool(named and named_after and not named & named_after)


def split(
    text: str, whole: Ranking, understand: Understand, names: Names, chance: Chance, threshold: float, perhaps_from: float = 1.0
) -> List[Part]:
    """The parts of `text` that are questions of their own, in order; empty where it holds one question.

    Args:
        text: the message.
        whole: ranking of the whole message, best first, as (intent, confidence).
        understand: gives the rankings of several texts.
        names: gives the names in a part that its topic could be asked about.
        chance: see `Chance`.
        threshold: a cut is made where its chance is at least this.
        perhaps_from: where no cut is that likely, but one is at least this likely, its two parts are returned with their chance.
    """
    if not whole or not whole[0][0].startswith(SPLITTABLE):
        return []
    places = cuts(text)
    parts = [Part(0, len(text), whole)]
    least = min(threshold, perhaps_from)
    while len(parts) < MOST_QUESTIONS:
        found = [
            (best, i)
            for i, part in enumerate(parts)
            for best in [_best_cut(text, part, places, understand, names, chance)]
            if best
        ]
        (likely, before, after), i = max(found, key=lambda entry: entry[0][0], default=((0.0, parts[0], parts[0]), 0))
        others = parts[:i] + parts[i + 1 :]
        if likely < least or not all(two_questions(part, other, names) for part in (before, after) for other in others):
            break
        parts[i : i + 1] = [replace(before, chance=likely), replace(after, chance=likely)]
        if likely < threshold:
            break
        least = threshold
    return parts if len(parts) > 1 else []


def _best_cut(
    text: str, part: Part, places: Sequence[Cut], understand: Understand, names: Names, chance: Chance
) -> Optional[Tuple[float, Part, Part]]:
    """The likeliest cut of a part: its chance and the two parts that it makes."""
    within = [cut for cut in places if part.start < cut.end and cut.start < part.end]
    sides = [(part.start, cut.end) for cut in within] + [(cut.start, part.end) for cut in within]
    parts = [Part(start, end, ranking) for (start, end), ranking in zip(sides, understand([text[a:b] for a, b in sides]))]
    best: Optional[Tuple[float, Part, Part]] = None
    for cut, before, after in zip(within, parts, parts[len(within) :]):
        if two_questions(before, after, names):
            moved = Cut(cut.end - part.start, cut.start - part.start, cut.kind)
            numbers = features(text[part.start : part.end], part.ranking, moved, before.ranking, after.ranking, len(within))
            likely = chance(numbers)
            if best is None or likely > best[0]:
                best = likely, before, after
    return best
