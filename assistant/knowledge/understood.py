"""A message as it was understood, free of Rasa: what `/model/parse` says of it, in one form for actions, reports and tests."""

import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Sequence, Tuple

FALLBACK = "nlu_fallback"
ILLNESS = "condition"
# What stands right before an illness that somebody does not have: "I'm not pregnant", "she has no asthma", "not on blood thinners".
# Not "isn't diabetes a problem?", and not "no, kidney disease".
_DENIES = re.compile(
    r"(?:\b(?:not|never|no|no longer|without|(?:do|does|did)(?:n['\u2019]?t| not) have|\w+ (?:is|are|was)n['\u2019]?t))"
    r"(?: (?:a|any|really|actually|currently|yet|been|had|have|on|taking))*\s+$",
    re.IGNORECASE,
)

Values = Dict[str, List[str]]
Reading = Tuple[str, str]


def entity_values(entities: Sequence[Mapping[str, object]]) -> Values:
    """Rasa's entity list -> entity name to its values, each once, in the order of the message."""
    values: Values = {}
    for entity in entities:
        found = values.setdefault(str(entity.get("entity")), [])
        value = str(entity.get("value"))
        if value not in found:
            found.append(value)
    return values


@dataclass(frozen=True)
class Mention:
    """A name that stands in a message: its characters, and all its readings as (entity, value)."""

    start: int
    end: int
    readings: Tuple[Reading, ...]


@dataclass(frozen=True)
class Understood:
    """One message as understood.

    Attributes:
        text: the message; a pressed button's begins with a slash.
        intent: Rasa's intent, `nlu_fallback` below the threshold.
        ranking: the guesses as (intent, confidence), best first, without `nlu_fallback`.
        values: entity name -> values named.
        mentions: the names with all their readings.
        questions: where the message holds more than one question, each of them as if it were a message; else empty.
        perhaps_questions: the same, where that is likely but not sure.
        denied: illnesses that the message says somebody does not have; they stand neither in values nor in mentions.
    """

    text: str
    intent: str
    ranking: Tuple[Tuple[str, float], ...] = ()
    values: Values = field(default_factory=dict)
    mentions: Tuple[Mention, ...] = ()
    questions: Tuple["Understood", ...] = ()
    perhaps_questions: Tuple["Understood", ...] = ()
    denied: Tuple[str, ...] = ()

    @property
    def typed(self) -> bool:
        """Whether it was typed. A pressed button says everything itself; only typed words lean on what was said before."""
        return not self.text.startswith("/")

    @classmethod
    def from_parse(cls, parsed: Mapping[str, Any]) -> "Understood":
        """Read what `/model/parse` gives, or `latest_message` of a tracker."""
        ranking = tuple(
            (str(guess.get("name")), float(guess.get("confidence") or 0.0))
            for guess in parsed.get("intent_ranking") or ()
            if guess.get("name") != FALLBACK
        )
        text, mentions = str(parsed.get("text") or ""), _mentions(parsed)
        denied = denied_illnesses(text, mentions)
        mentions = tuple(m for m in mentions if not any(value in denied for entity, value in m.readings if entity == ILLNESS))
        questions, perhaps = (
            tuple(_question(q, mentions, denied) for q in parsed.get(key) or ()) for key in ("questions", "perhaps_questions")
        )
        return cls(
            text=text,
            intent=str((parsed.get("intent") or {}).get("name") or FALLBACK),
            ranking=ranking,
            values=_values_without(denied, parsed),
            mentions=mentions,
            questions=questions,
            perhaps_questions=perhaps,
            denied=denied,
        )


def denied_illnesses(text: str, mentions: Sequence[Mention]) -> Tuple[str, ...]:
    """Illnesses named in `text` only to say that somebody does not have them."""
    named: Dict[str, bool] = {}
    for mention in mentions:
        for entity, value in mention.readings:
            if entity == ILLNESS:
                named[value] = named.get(value, True) and bool(_DENIES.search(text[: mention.start]))
    return tuple(value for value, denied in named.items() if denied)


def illnesses(parsed: Mapping[str, Any]) -> Tuple[Sequence[str], Sequence[str]]:
    """What `/model/parse` says of a message's illnesses alone: those it names, and those it denies."""
    denied = denied_illnesses(str(parsed.get("text") or ""), _mentions(parsed))
    return _values_without(denied, parsed).get(ILLNESS, ()), denied


def _mentions(parsed: Mapping[str, Any]) -> Tuple[Mention, ...]:
    return tuple(
        Mention(int(m["start"]), int(m["end"]), tuple((str(e), str(v)) for e, v in m["readings"]))
        for m in parsed.get("mentions") or ()
    )


def _values_without(denied: Sequence[str], parsed: Mapping[str, Any]) -> Values:
    entities = parsed.get("entities") or ()
    return entity_values([e for e in entities if not (e.get("entity") == ILLNESS and e.get("value") in denied)])


def _question(parsed: Mapping[str, Any], mentions: Sequence[Mention], denied: Sequence[str]) -> Understood:
    text, start = str(parsed["text"]), int(parsed["start"])
    within = [m for m in mentions if start <= m.start and m.end <= start + len(text)]
    return Understood(
        text=text,
        intent=str(parsed["intent"]),
        values=_values_without(denied, parsed),
        mentions=tuple(Mention(m.start - start, m.end - start, m.readings) for m in within),
    )
