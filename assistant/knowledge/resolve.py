"""Finds the answer for a topic, the entities of the message, and the conversation so far. Pure functions.

Where two topics could serve, the narrower one wins: condition, then ingredient, then medicine, then the rest.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence

from assistant.knowledge.library import Library

# Topics that ask in general what a narrower topic answers for one named thing.
YIELD_TO_CONDITION = ("ingredient", "medicine_interactions", "general_safety", "candidates", "screening")
YIELD_TO_INGREDIENT = ("effectiveness", "side_effects", "general_safety", "serious_risks", "how_it_works")


@dataclass(frozen=True)
class Resolution:
    """The answer to give, and further ones that the message names (offered as buttons)."""

    answer_id: str
    also: List[str] = field(default_factory=list)


def entity_values(entities: Sequence[Mapping[str, object]]) -> Dict[str, List[str]]:
    """Rasa's entity list -> entity name to its values, each once, in the order of the message."""
    values: Dict[str, List[str]] = {}
    for entity in entities:
        found = values.setdefault(str(entity.get("entity")), [])
        value = str(entity.get("value"))
        if value not in found:
            found.append(value)
    return values


def resolve(library: Library, topic: str, values: Mapping[str, Sequence[str]], last_answer: Optional[str] = None) -> Resolution:
    """The answer for `topic`.

    Args:
        library: all content.
        topic: a topic id; the intent without `ask_`.
        values: entity name -> values named in the message.
        last_answer: id of the answer given last, whose entity is meant where the message names none ("does it help?").

    Returns:
        The narrowest answer there is. With several ingredients, conditions or settings named, the first is answered and
        the others come as `also`; with several medicines the bare topic is answered.

    Raises:
        KeyError: there is no such topic.
    """
    if topic not in library.answers:
        raise KeyError(topic)
    topic = narrower_topic(library, topic, values)
    entity = library.entity_of_topic.get(topic)
    if entity is None:
        return Resolution(topic)
    named = [v for v in values.get(entity, ()) if f"{topic}/{v}" in library.answers]
    if not named:
        return Resolution(_from_conversation(topic, last_answer) or topic)
    if topic == "medicine_interactions" and len(named) > 1:
        return Resolution(topic, [f"{topic}/{v}" for v in named])
    named = specific_first(library, topic, named)
    return Resolution(f"{topic}/{named[0]}", [f"{topic}/{v}" for v in named[1:]])


def narrower_topic(library: Library, topic: str, values: Mapping[str, Sequence[str]]) -> str:
    """The topic that answers for a named condition or ingredient, where `topic` yields to one."""
    if topic in YIELD_TO_CONDITION and any(f"condition/{v}" in library.answers for v in values.get("condition", ())):
        return "condition"
    if topic in YIELD_TO_INGREDIENT and any(f"ingredient/{v}" in library.answers for v in values.get("ingredient", ())):
        return "ingredient"
    return topic


def specific_first(library: Library, topic: str, named: Sequence[str]) -> List[str]:
    """A class ("anti-nausea medicine") yields to a single drug named beside it ("is Reglan the anti-nausea one?")."""
    classes = {"anti_nausea", "anti_inflammatory", "vitamins", "pain_relief", "sedating"} if topic == "ingredient" else set()
    return [v for v in named if v not in classes] + [v for v in named if v in classes]


def _from_conversation(topic: str, last_answer: Optional[str]) -> Optional[str]:
    return last_answer if last_answer and last_answer.startswith(f"{topic}/") else None
