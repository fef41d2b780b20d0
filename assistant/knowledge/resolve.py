"""Finds the answer for a topic, the entities of the message, and the conversation so far. Pure functions.

Where two topics could serve, the narrower one wins: condition, then ingredient, then medicine, then the rest.
"""

from dataclasses import dataclass, field
from typing import List, Mapping, Optional, Sequence, Tuple

from assistant.knowledge.library import Library

# Topics that ask in general what a narrower topic answers for one named thing.
YIELD_TO_CONDITION = ("ingredient", "medicine_interactions", "general_safety", "candidates")
YIELD_TO_INGREDIENT = ("effectiveness", "side_effects", "general_safety")
# Named in passing more often than meant: they do not draw another topic to themselves ("is it better than painkillers?").
INGREDIENT_CLASSES = ("anti_nausea", "anti_inflammatory", "vitamins", "pain_relief", "sedating")
# Topics that yield to no age where the message names what they are about.
NAMED_ITSELF = {"ingredient": "ingredient", "medicine_interactions": "medicine"}
# Of several values named, these yield to the others: a class to a single drug, an age or any allergy to an illness. All but an age are no
# question of their own beside another.
NEVER_BESIDE = {"ingredient": INGREDIENT_CLASSES, "condition": ("drug_allergy",)}
YIELDING_VALUES = {**NEVER_BESIDE, "condition": (*NEVER_BESIDE["condition"], "child_or_teen", "older_adult")}


@dataclass(frozen=True)
class Resolution:
    """The answer to give, and further ones that the message names (offered as buttons)."""

    answer_id: str
    also: List[str] = field(default_factory=list)


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
        remembered = None if values.get(entity) else _from_conversation(topic, last_answer)
        return Resolution(remembered or topic)
    if topic == "medicine_interactions" and len(named) > 1:
        return Resolution(topic, [f"{topic}/{v}" for v in named])
    named = specific_first(topic, named)
    return Resolution(f"{topic}/{named[0]}", [f"{topic}/{v}" for v in named[1:]])


def narrower_topic(library: Library, topic: str, values: Mapping[str, Sequence[str]]) -> str:
    """The topic that answers for a named condition or ingredient, where `topic` yields to one."""
    conditions = [v for v in values.get("condition", ()) if f"condition/{v}" in library.answers]
    if topic in NAMED_ITSELF and values.get(NAMED_ITSELF[topic]):
        # "They gave my son's friend Tylenol, does it even work?" is about Tylenol, "my lad takes lamotrigine" about lamotrigine.
        conditions = [v for v in conditions if v not in YIELDING_VALUES["condition"]]
    if topic in YIELD_TO_CONDITION and conditions:
        return "condition"
    specific = [v for v in values.get("ingredient", ()) if v not in (*INGREDIENT_CLASSES, "fluids")]
    if topic in YIELD_TO_INGREDIENT and any(f"ingredient/{v}" in library.answers for v in specific):
        return "ingredient"
    return topic


def specific_first(topic: str, named: Sequence[str]) -> List[str]:
    """`named` with the values that yield to others at the end ("is Reglan the anti-nausea one?" is about Reglan)."""
    yielding = YIELDING_VALUES.get(topic, ())
    return [v for v in named if v not in yielding] + [v for v in named if v in yielding]


def _from_conversation(topic: str, last_answer: Optional[str]) -> Optional[str]:
    return last_answer if last_answer and last_answer.startswith(f"{topic}/") else None


QUESTION = "ask_"
OUTSIDE = "outside"
MAX_OFFERS = 3
# A topic with less confidence than this is no guess worth offering.
OFFER_FLOOR = 0.02


def topic_of(library: Library, intent: str) -> Optional[str]:
    """The topic that an intent asks about, or None for other intents."""
    topic = intent[len(QUESTION) :]
    return topic if intent.startswith(QUESTION) and topic in library.topics else None


def nearest_answers(library: Library, ranking: Sequence[Tuple[str, float]], values: Mapping[str, Sequence[str]]) -> List[str]:
    """What to offer when a message was not understood: up to three answer ids, the likeliest first, each once.

    Nothing where the message most likely lies outside the subject: its nearest topics would only puzzle.

    Args:
        library: all content.
        ranking: guesses as (intent, confidence), best first.
        values: entity name -> values named in the message.
    """
    offers: List[str] = []
    if ranking and ranking[0][0].startswith(OUTSIDE):
        return offers
    for intent, confidence in ranking:
        topic = topic_of(library, intent)
        if topic and confidence >= OFFER_FLOOR:
            answer_id = resolve(library, topic, values).answer_id
            if answer_id not in offers:
                offers.append(answer_id)
    return offers[:MAX_OFFERS]
