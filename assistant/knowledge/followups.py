"""What a message means after what was said before it. Pure functions over data/followups.yml, no Rasa.

"Does it have side effects?" after magnesium is about magnesium; "and Toradol?" asks of Toradol what was asked before; "and Reglan?" from
somebody who told of Parkinson's is about both.
"""

import re
from dataclasses import dataclass, field
from typing import List, Optional, Sequence

from assistant.knowledge.library import Library
from assistant.knowledge.messages import MORE, SHORT
from assistant.knowledge.resolve import topic_of
from assistant.knowledge.understood import FALLBACK, ILLNESS, Reading, Understood

# A leaning message below the threshold still means the thing talked about when its guesses together are this sure of that.
LEANING_FROM = 0.4
# What a thing does rather than what it is: "does that do anything for the pain", "will it knock me out".
NAMED_IN_PASSING = ("pain_relief", "sedating")
_WORD = re.compile(r"[\w'#]+")


@dataclass(frozen=True)
class Context:
    """What a message may lean on: the answer given last, and that about an illness or the like that was told of last, if any."""

    last_answer: Optional[str] = None
    illness: Optional[str] = None


@dataclass(frozen=True)
class Given:
    """An answer to give, and how.

    Attributes:
        answer_id: which answer.
        also: the ones to offer first beside it.
        leaned: whether a message leaned on it and asks for more than its short text.
        part: the part of it that holds what was asked (see `assistant.knowledge.messages`), where that is known.
    """

    answer_id: str
    also: List[str] = field(default_factory=list)
    leaned: bool = False
    part: Optional[str] = None


NOTHING_SAID = Context()


def meant_after(library: Library, understood: Understood, context: Context) -> Optional[Given]:
    """The answer that a typed message means after what was said, or None where it speaks for itself."""
    if not understood.typed:
        return None
    both = _in_the_light_of_illness(library, understood, context)
    if both or not context.last_answer:
        return both
    answer_id = _leans_on(library, understood, context.last_answer)
    if answer_id is None:
        return None
    in_short = library.followups.in_short.get(answer_id.split("/")[0], ())
    return Given(answer_id, leaned=topic_of(library, understood.intent) not in in_short)


def _leans_on(library: Library, understood: Understood, last: str) -> Optional[str]:
    """The answer that a message means after the answer given last: that one, or the same question about another thing."""
    last_topic = last.split("/")[0]
    replaced = _new_value(library, understood, last_topic) or _named_unclearly(library, understood, last_topic)
    if replaced or _names_something(library, understood):
        return replaced
    covered = _covered(library, understood.text, last)
    if not covered:
        return None
    meant = {*covered, last_topic}
    if understood.intent == FALLBACK:
        sure = sum(confidence for intent, confidence in understood.ranking if topic_of(library, intent) in meant)
        return last if sure >= LEANING_FROM or says_it(library, understood) else None
    return last if topic_of(library, understood.intent) in meant else None


def says_it(library: Library, understood: Understood) -> bool:
    """Whether a message speaks of its thing by a pronoun."""
    return bool(set(spoken_words(understood.text)) & set(library.followups.pronouns))


def _names_something(library: Library, understood: Understood) -> bool:
    """Whether a message names what it is about. "Does it make you drowsy?" names sedating medicines in passing, and is about "it"."""
    named = {e: set(understood.values.get(e, ())) for e in library.entity_of_topic.values()}
    if says_it(library, understood):
        named["ingredient"] -= set(NAMED_IN_PASSING)
    return any(named.values())


def _covered(library: Library, text: str, last: str) -> Sequence[str]:
    """Topics that the last answer answers itself for a message of these words."""
    topic, _, value = last.partition("/")
    if topic in library.entity_of_topic and not value:
        return ()
    words = spoken_words(text)
    follow = library.followups
    if len(words) > follow.longest_leaning_message:
        return ()
    if topic in follow.circumstances:
        return follow.circumstances[topic]
    spoken = f" {' '.join(words)} "
    names_the_drip = any(f" {name} " in spoken for name in follow.names_of_the_drip) and not set(words) & set(follow.comparisons)
    return () if names_the_drip else follow.things.get(last) or follow.things.get(topic) or ()


def _in_the_light_of_illness(library: Library, understood: Understood, context: Context) -> Optional[Given]:
    """ "And Reglan?", "is Reglan safe for me?" after an illness whose answer speaks of Reglan: that answer, in the part that does."""
    illness, last = context.illness, context.last_answer or ""
    if illness is None or understood.values.get(ILLNESS):
        return None
    # "And Toradol?" after magnesium is about Toradol; after the price, about the person for whom it is.
    bare = () if last.startswith("ingredient") else _readings_of_lone_name(understood, library.followups.joining)
    asks_of_person = topic_of(library, understood.intent) in library.followups.of_the_person
    readings = [reading for mention in understood.mentions for reading in mention.readings] if asks_of_person else bare
    spoken_of = library.followups.speaks_of.get(illness, ())
    for entity, value in readings:
        if entity == "ingredient" and value in spoken_of:
            return Given(illness, leaned=True, part=_part_that_names(library, illness, value, told=illness == last))
    return None


def _part_that_names(library: Library, answer_id: str, ingredient: str, told: bool) -> str:
    """The part of an answer that names an ingredient: the short text if it does; the detail if only that does, or the other was told."""
    names = [name.strip() for name in re.findall(r"[^()]+", library.lexicon["ingredient"].values[ingredient].title.lower())]
    answer = library.answers[answer_id]
    in_short, in_detail = (any(name in text.lower() for name in names) for text in (answer.short, answer.more))
    return MORE if in_detail and (told or not in_short) else SHORT


def without_denied(context: Context, denied: Sequence[str]) -> Context:
    """What a message may lean on, without the illnesses that it says somebody does not have."""
    gone = {f"{ILLNESS}/{value}" for value in denied}
    return Context(*(None if answer_id in gone else answer_id for answer_id in (context.last_answer, context.illness)))


def _new_value(library: Library, understood: Understood, last_topic: str) -> Optional[str]:
    """ "And Toradol?": a message of one name and nothing else asks the last question about it, if that can be asked."""
    entity = library.entity_of_topic.get(last_topic)
    for read_as, value in _readings_of_lone_name(understood, library.followups.lead_ins):
        if read_as == entity and f"{last_topic}/{value}" in library.answers:
            return f"{last_topic}/{value}"
    return None


def _readings_of_lone_name(understood: Understood, beside: Sequence[str]) -> Sequence[Reading]:
    """What the names of a message have in common ("blood pressure pills, lisinopril") that holds no other words than `beside`."""
    if not understood.mentions:
        return ()
    first, *others = understood.mentions
    rest, end = [], 0
    for mention in understood.mentions:
        rest += spoken_words(understood.text[end : mention.start])
        end = mention.end
    rest += spoken_words(understood.text[end:])
    common = [reading for reading in first.readings if all(reading in other.readings for other in others)]
    return common if set(rest) <= set(beside) else ()


def _named_unclearly(library: Library, understood: Understood, last_topic: str) -> Optional[str]:
    """A short message that was not understood but for one name: asked of the last topic if that can be, else of its own."""
    short = len(spoken_words(understood.text)) <= library.followups.longest_leaning_message
    if understood.intent != FALLBACK or len(understood.mentions) != 1 or not short:
        return None
    readings = understood.mentions[0].readings
    topics = {entity: topic for topic, entity in library.entity_of_topic.items()}
    for entity, value in sorted(readings, key=lambda reading: reading[0] != library.entity_of_topic.get(last_topic)):
        if f"{topics.get(entity)}/{value}" in library.answers:
            return f"{topics[entity]}/{value}"
    return None


def reworked(library: Library, understood: Understood, context: Context) -> Optional[str]:
    """The intent that works on the last answer and is likely meant by a message that was not understood, or None."""
    follow = library.followups
    if not context.last_answer or not understood.ranking or understood.mentions:
        return None
    intent, _ = understood.ranking[0]
    sure = sum(confidence for name, confidence in understood.ranking if name in follow.reworking)
    return intent if intent in follow.reworking and sure >= follow.reworking_from else None


def spoken_words(text: str) -> List[str]:
    """The words of a text in lower case, apostrophes kept."""
    return _WORD.findall(text.lower().replace("\u2019", "'"))
