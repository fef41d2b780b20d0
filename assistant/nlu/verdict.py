"""The written rule that joins the signals of the safety screen. Pure functions, free of Rasa.

Three signals: the red flags that phrases found; the intent classifier's share for its safety intents; and the danger reader's share for
each danger, in the whole message and in its parts. No signal is enough by itself, because each is loud about other things that only
sound dangerous. The rule:

1. Where the classifier sees a danger too (`agreed`), the reader has to bring `certain`; beside a phrase that nothing dismisses
   `with_soft`, beside a firm one `with_firm`; where all phrases are dismissed, `though_dismissed`.
2. Where the classifier sees none, a phrase has to be there, and the reader has to bring `soft_alone` or `firm_alone`. Beside a word for
   now, or a call for help, a firm phrase needs next to nothing (`firm_now`).
3. A part of the message counts where the classifier agrees and the reader leaves no doubt (`part_certain`), or is sure beside a phrase
   (`part_with_phrase`), or beside a firm one even if the classifier sees nothing (`part_with_firm`): a part by itself has lost that it
   happened long ago, or to somebody else.
4. Where both models are missing, any phrase that nothing dismisses is enough; where one is, the other stands for both.
5. Where none of this holds, but the reader brings `doubtful`, the message may tell of a danger and more likely does not.
6. The danger is the one of which the models are surest, a phrase adding to that; another is answered too where they are as certain of it
   by itself (`another`), or where a firm phrase tells of it.
"""

from dataclasses import dataclass
from typing import Dict, Mapping, Optional, Sequence, Tuple

from assistant.nlu.red_flags import RedFlag

Shares = Mapping[str, float]
# What a phrase adds to the models' share when they are asked which danger it is.
FIRM_ADDS, SOFT_ADDS = 0.4, 0.2
# More than any model can bring.
NEVER = 2.0


@dataclass(frozen=True)
class Limits:
    """How sure the models must be, 0 to 1; chosen on separately written messages (docs/safety.md)."""

    agreed: float = 0.25
    certain: float = 0.45
    with_soft: float = 0.15
    with_firm: float = 0.2
    soft_alone: float = 0.9
    firm_alone: float = 0.5
    firm_now: float = 0.03
    though_dismissed: float = 0.8
    part_certain: float = 0.985
    part_with_phrase: float = 0.9
    part_with_firm: float = 0.97
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
class Verdict:
    """The dangers that a message tells of, the surest first; or whether it may tell of one and more likely does not.

    `sure` is what the models bring, 0 to 1.
    """

    dangers: Tuple[str, ...] = ()
    doubtful: bool = False
    sure: float = 0.0


def decide(flags: Sequence[RedFlag], whole: Look, parts: Sequence[Look], limits: Limits) -> Verdict:
    """Apply the rule.

    Args:
        flags: what the phrases found, dismissed ones among them.
        whole: what the models make of the whole message.
        parts: what they make of its parts.
        limits: see `Limits`.
    """
    told = _told(flags)
    if whole.blind:
        return Verdict(tuple(sorted(told, key=lambda danger: not told[danger])), sure=1.0 if told else 0.0)
    of_parts = [look.shares for look in parts]
    sure = sum(whole.shares.values())
    surest_part = max((sum(part.values()) for part in of_parts), default=0.0)
    agreed = whole.seen_by_classifier >= limits.agreed
    needed, of_part = _needed(flags, told, agreed, limits)
    if sure < needed and surest_part < of_part:
        return Verdict(doubtful=sure >= limits.doubtful, sure=sure)
    return Verdict(_which(whole.shares, of_parts, told, limits), sure=max(sure, surest_part))


def _needed(flags: Sequence[RedFlag], told: Mapping[str, bool], agreed: bool, limits: Limits) -> Tuple[float, float]:
    """What the reader must bring over the whole message, and in a part of it."""
    if any(told.values()):
        now = any(flag.firm and flag.now and not flag.dismissed for flag in flags)
        whole = limits.firm_now if now else limits.with_firm if agreed else limits.firm_alone
        return whole, limits.part_with_phrase if agreed else limits.part_with_firm
    if told:
        return (limits.with_soft, limits.part_with_phrase) if agreed else (limits.soft_alone, NEVER)
    if not agreed:
        return NEVER, NEVER
    return (limits.though_dismissed if flags else limits.certain), limits.part_certain


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
