"""The written rule that joins the signals of the safety screen. Pure functions, free of Rasa.

Three signals: the red flags that phrases found; the intent classifier's share for its safety intents; and the danger reader's share for
each danger, in the whole message and in its parts. No signal is enough by itself, because each is loud about other things that only
sound dangerous. The rule:

1. What phrases tell is one of five things (`Told`), and the classifier sees no danger, sees one (`Limits.agreed`) or is sure of one
   (`Limits.sure`). For each of these fifteen cases `WHOLE` says what the reader has to bring over the whole message. Without a phrase the
   reader and the classifier have to agree; a phrase lowers what the reader must bring, a firm one by more; beside a word for now, or a
   call for help, next to nothing is needed; phrases that are all dismissed raise it.
2. `PART` says the same of a part of the message. It is stricter: a part by itself has lost that it happened long ago, or to somebody
   else.
3. Where both models are missing, any phrase that nothing dismisses is enough; where one is, the other stands for both.
4. Where none of this holds, but the reader brings `doubtful`, the message may tell of a danger and more likely does not.
5. The danger is the one of which the models are surest, a phrase adding to that; another is answered too where they are as certain of it
   by itself (`another`), or where a firm phrase tells of it.

The numbers were chosen on separately written messages (docs/safety.md).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterable, Mapping, Optional, Sequence, Tuple

from assistant.nlu.red_flags import RedFlag

Shares = Mapping[str, float]
# What a phrase adds to the models' share when they are asked which danger it is.
FIRM_ADDS, SOFT_ADDS = 0.4, 0.2
# More than any model can bring.
NEVER = 2.0


class Told(Enum):
    """What the phrases in a message tell."""

    DISMISSED = "only what cues make harmless"
    NOTHING = "no phrase"
    SOFT = "a phrase that is common in other senses"
    FIRM = "a phrase that is hardly mistaken"
    FIRM_NOW = "the same, beside a word for now or a call for help"


# What the reader has to bring, 0 to 1, where the classifier sees no danger, sees one, is sure of one.
WHOLE = {
    Told.DISMISSED: (NEVER, 0.8, 0.8),
    Told.NOTHING: (NEVER, 0.7, 0.15),
    Told.SOFT: (0.8, 0.1, 0.1),
    Told.FIRM: (0.5, 0.06, 0.03),
    Told.FIRM_NOW: (0.1, 0.05, 0.03),
}
PART = {
    Told.DISMISSED: (NEVER, 0.985, 0.985),
    Told.NOTHING: (NEVER, 0.985, 0.985),
    Told.SOFT: (NEVER, 0.9, 0.9),
    Told.FIRM: (0.97, 0.9, 0.9),
    Told.FIRM_NOW: (0.97, 0.9, 0.9),
}


@dataclass(frozen=True)
class Limits:
    """From which share, 0 to 1, the classifier sees a danger, is sure of one, the reader doubts, and a second danger is answered too."""

    agreed: float = 0.2
    sure: float = 0.5
    doubtful: float = 0.3
    another: float = 0.7


@dataclass(frozen=True)
class Look:
    """What the models make of a text, the message or a part of it: danger -> share of it; None where a model is missing."""

    classifier: Optional[Shares]
    reader: Optional[Shares]

    @property
    def blind(self) -> bool:
        """Whether both models are missing."""
        return self.classifier is None and self.reader is None

    @property
    def shares(self) -> Shares:
        """The reader's shares; the classifier's where there is no reader."""
        return self.reader if self.reader is not None else self.classifier or {}

    @property
    def seen_by_classifier(self) -> float:
        """The classifier's share for all dangers; that of the reader where there is no classifier."""
        return sum((self.classifier if self.classifier is not None else self.shares).values())


@dataclass(frozen=True)
class Reasons:
    """What phrases tell, what either model brings over the whole message, and what the reader had to bring."""

    told: Told
    classifier: float
    reader: float
    asked: float


@dataclass(frozen=True)
class Verdict:
    """The dangers that a message tells of, the surest first; or whether it may tell of one and more likely does not.

    `sure` is what the models bring, 0 to 1; `reasons` is None where there are no models.
    """

    dangers: Tuple[str, ...] = ()
    doubtful: bool = False
    sure: float = 0.0
    reasons: Optional[Reasons] = None


def decide(flags: Sequence[RedFlag], whole: Look, parts: Iterable[Look], limits: Limits) -> Verdict:
    """Apply the rule.

    Args:
        flags: what the phrases found, dismissed ones among them.
        whole: what the models make of the whole message.
        parts: what they make of its parts; asked for only where that can change the verdict, because a model has to read them.
        limits: see `Limits`.
    """
    told = _told(flags)
    if whole.blind:
        return Verdict(tuple(sorted(told, key=lambda danger: not told[danger])), sure=1.0 if told else 0.0)
    sure = sum(whole.shares.values())
    kind = _kind(flags, told)
    column = sum(whole.seen_by_classifier >= limit for limit in (limits.agreed, limits.sure))
    asked, asked_of_part = WHOLE[kind][column], PART[kind][column]
    reasons = Reasons(kind, whole.seen_by_classifier, sure, asked)
    of_parts = [look.shares for look in parts] if sure >= asked or asked_of_part < NEVER else []
    surest_part = max((sum(part.values()) for part in of_parts), default=0.0)
    if sure < asked and surest_part < asked_of_part:
        return Verdict(doubtful=sure >= limits.doubtful, sure=sure, reasons=reasons)
    return Verdict(_which(whole.shares, of_parts, told, limits), sure=max(sure, surest_part), reasons=reasons)


def _kind(flags: Sequence[RedFlag], told: Mapping[str, bool]) -> Told:
    if any(flag.firm and flag.now and not flag.dismissed for flag in flags):
        return Told.FIRM_NOW
    if told:
        return Told.FIRM if any(told.values()) else Told.SOFT
    return Told.DISMISSED if flags else Told.NOTHING


def _told(flags: Sequence[RedFlag]) -> Dict[str, bool]:
    """Danger -> whether a firm phrase tells of it, of the phrases that nothing dismisses."""
    found: Dict[str, bool] = {}
    for flag in flags:
        if not flag.dismissed:
            found[flag.safety_id] = found.get(flag.safety_id, False) or flag.firm
    return found


def _which(shares: Shares, parts: Sequence[Shares], told: Mapping[str, bool], limits: Limits) -> Tuple[str, ...]:
    best = {danger: max(one.get(danger, 0.0) for one in (shares, *parts)) for danger in {*shares, *told}.union(*parts)}
    weighed = {d: best[d] + (FIRM_ADDS if told.get(d) else SOFT_ADDS if d in told else 0.0) for d in best}
    surest = max(weighed, key=lambda danger: weighed[danger])
    others = [d for d in best if d != surest and (best[d] >= limits.another or told.get(d))]
    return (surest, *sorted(others, key=lambda danger: -best[danger]))
