"""A message as it was understood, free of Rasa: what `/model/parse` says of it, in one form for actions, reports and tests."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Sequence, Tuple

FALLBACK = "nlu_fallback"

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
    """

    text: str
    intent: str
    ranking: Tuple[Tuple[str, float], ...] = ()
    values: Values = field(default_factory=dict)
    mentions: Tuple[Mention, ...] = ()
    questions: Tuple["Understood", ...] = ()
    perhaps_questions: Tuple["Understood", ...] = ()

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
        mentions = tuple(
            Mention(int(m["start"]), int(m["end"]), tuple((str(e), str(v)) for e, v in m["readings"]))
            for m in parsed.get("mentions") or ()
        )
        questions, perhaps = (
            tuple(_question(q, mentions) for q in parsed.get(key) or ()) for key in ("questions", "perhaps_questions")
        )
        return cls(
            text=str(parsed.get("text") or ""),
            intent=str((parsed.get("intent") or {}).get("name") or FALLBACK),
            ranking=ranking,
            values=entity_values(parsed.get("entities") or ()),
            mentions=mentions,
            questions=questions,
            perhaps_questions=perhaps,
        )


def _question(parsed: Mapping[str, Any], mentions: Sequence[Mention]) -> Understood:
    text, start = str(parsed["text"]), int(parsed["start"])
    within = [m for m in mentions if start <= m.start and m.end <= start + len(text)]
    return Understood(
        text=text,
        intent=str(parsed["intent"]),
        values=entity_values(parsed.get("entities") or ()),
        mentions=tuple(Mention(m.start - start, m.end - start, m.readings) for m in within),
    )
