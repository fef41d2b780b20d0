"""Decides what to answer: the message as understood, in the light of the conversation. Pure functions, no Rasa.

A message is read in this order: the questions it holds if it holds several; else what it means after the answer given last (see
data/followups.yml); else what it says by itself. Where that is not clear enough, two close topics become one short question,
and anything less clear an offer of the nearest topics.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Dict, List, Optional, Sequence, Tuple

from assistant.knowledge.library import Library
from assistant.knowledge.messages import MORE, SHORT
from assistant.knowledge.resolve import NEVER_BESIDE, Resolution, nearest_answers, resolve, topic_of
from assistant.knowledge.understood import FALLBACK, Reading, Understood, Values

# A leaning message below the threshold still means the thing talked about when its guesses together are this sure of that.
LEANING_FROM = 0.4
# Two topics are close when the second has at least this share of the first's confidence and no third comes near them.
CLOSE = 0.5
WORTH_ASKING = 0.2
MOST_ANSWERS = 3
# What a thing does rather than what it is: "does that do anything for the pain", "will it knock me out".
NAMED_IN_PASSING = ("pain_relief", "sedating")
_WORD = re.compile(r"[\w'#]+")


@dataclass(frozen=True)
class Context:
    """What a message may lean on: the answer given last, and that about an illness or the like given last, if any."""

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


@dataclass(frozen=True)
class Plan:
    """What to do: give answers; or ask which of two topics is meant (`clarify`); or offer topics; or neither (nothing near)."""

    answers: Tuple[Given, ...] = ()
    clarify: Tuple[str, ...] = ()
    offers: Tuple[str, ...] = ()
    urgent: bool = False


NOTHING_SAID = Context()


def plan(library: Library, understood: Understood, context: Context = NOTHING_SAID) -> Plan:
    """What to answer to a message whose intent is a question or was not understood."""
    answers = _several(library, understood.questions, context)
    if len(answers) > 1:
        return Plan(answers[:MOST_ANSWERS])
    if understood.typed:
        both = _in_the_light_of_illness(library, understood, context)
        if both:
            return Plan((both,))
    leaning = _meant_in_context(library, understood, context) if understood.typed else None
    if leaning:
        in_short = library.followups.in_short.get(leaning.split("/")[0], ())
        return Plan((Given(leaning, leaned=topic_of(library, understood.intent) not in in_short),))
    topic = topic_of(library, understood.intent)
    if topic:
        last = context.last_answer if understood.typed else None
        given = _all_named(library, understood, resolve(library, topic, understood.values, last))
        return Plan(_with_offer(given, _several(library, understood.perhaps_questions, context)))
    return Plan(answers) if answers else _not_understood(library, understood)


def _with_offer(given: Tuple[Given, ...], perhaps: Sequence[Given]) -> Tuple[Given, ...]:
    """The one answer given, with that to a second question, which the message may hold too, as the first offer beside it."""
    ids = [one.answer_id for one in perhaps]
    if len(given) != 1 or given[0].answer_id not in ids:
        return given
    others = [answer_id for answer_id in ids if answer_id != given[0].answer_id]
    return (replace(given[0], also=list(dict.fromkeys([*others, *given[0].also]))),)


def _several(library: Library, questions: Sequence[Understood], context: Context) -> Tuple[Given, ...]:
    """An answer to each question, each once; a later one may lean on the one before ("what is Vyepti and how often is it given")."""
    found: Dict[str, Given] = {}
    for question in questions:
        # What stands in the message itself leans on it only where it says so; the answer given before lies further back.
        leans = not found or _says_it(library, question)
        for given in plan(library, question, context if leans else NOTHING_SAID).answers:
            found.setdefault(given.answer_id, given)
            context = replace(context, last_answer=given.answer_id)
    return tuple(found.values())


def _not_understood(library: Library, understood: Understood) -> Plan:
    guesses = understood.ranking
    urgent = any(intent in library.safety for intent, _ in guesses[:MOST_ANSWERS])
    offers = nearest_answers(library, guesses, understood.values)
    if not urgent and len(offers) >= 2:
        pair = _close_pair(library, understood)
        if pair:
            return Plan(clarify=pair)
    return Plan(offers=tuple(offers), urgent=urgent)


def _close_pair(library: Library, understood: Understood) -> Tuple[str, ...]:
    """The two answers between which the guesses waver, or nothing."""
    sure: Dict[str, float] = {}
    for intent, confidence in understood.ranking:
        topic = topic_of(library, intent)
        answer_id = resolve(library, topic, understood.values).answer_id if topic else intent
        sure[answer_id] = sure.get(answer_id, 0.0) + confidence
    best = sorted(sure, key=lambda answer_id: -sure[answer_id])[:3]
    if len(best) < 2 or not all(answer_id in library.answers for answer_id in best[:2]):
        return ()
    first, second, third = [*(sure[answer_id] for answer_id in best), 0.0][:3]
    close = second >= CLOSE * first and second >= WORTH_ASKING and third <= CLOSE * second
    return tuple(best[:2]) if close else ()


def _meant_in_context(library: Library, understood: Understood, context: Context) -> Optional[str]:
    """The answer that a message means after the answer given last, or None where it speaks for itself."""
    last = context.last_answer
    if not last:
        return None
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
        return last if sure >= LEANING_FROM or _says_it(library, understood) else None
    return last if topic_of(library, understood.intent) in meant else None


def _says_it(library: Library, understood: Understood) -> bool:
    """Whether a message speaks of its thing by a pronoun."""
    return bool(set(_words(understood.text)) & set(library.followups.pronouns))


def _names_something(library: Library, understood: Understood) -> bool:
    """Whether a message names what it is about. "Does it make you drowsy?" names sedating medicines in passing, and is about "it"."""
    named = {e: set(understood.values.get(e, ())) for e in library.entity_of_topic.values()}
    if _says_it(library, understood):
        named["ingredient"] -= set(NAMED_IN_PASSING)
    return any(named.values())


def _covered(library: Library, text: str, last: str) -> Sequence[str]:
    """Topics that the last answer answers itself for a message of these words."""
    topic, _, value = last.partition("/")
    if topic in library.entity_of_topic and not value:
        return ()
    words = _words(text)
    follow = library.followups
    if len(words) > follow.longest_leaning_message:
        return ()
    if topic in follow.circumstances:
        return follow.circumstances[topic]
    spoken = f" {' '.join(words)} "
    names_the_drip = any(f" {name} " in spoken for name in follow.names_of_the_drip) and not set(words) & set(follow.comparisons)
    return () if names_the_drip else follow.things.get(last) or follow.things.get(topic) or ()


def _in_the_light_of_illness(library: Library, understood: Understood, context: Context) -> Optional[Given]:
    """ "And Reglan?" after an answer about an illness that speaks of Reglan: that answer, in the part that does."""
    illness, last = context.illness, context.last_answer or ""
    # "And Toradol?" after magnesium is about Toradol; after the price, about the person for whom it is.
    if illness is None or last.startswith("ingredient"):
        return None
    spoken_of = library.followups.speaks_of.get(illness, ())
    for entity, value in _readings_of_lone_name(understood, library.followups.joining):
        if entity == "ingredient" and value in spoken_of:
            detail = library.answers[illness].more.lower()
            called = library.lexicon[entity].values[value]
            in_detail = any(name.lower() in detail for name in (called.title, *called.names))
            return Given(illness, leaned=True, part=MORE if in_detail else SHORT)
    return None


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
        rest += _words(understood.text[end : mention.start])
        end = mention.end
    rest += _words(understood.text[end:])
    common = [reading for reading in first.readings if all(reading in other.readings for other in others)]
    return common if set(rest) <= set(beside) else ()


def _named_unclearly(library: Library, understood: Understood, last_topic: str) -> Optional[str]:
    """A short message that was not understood but for one name: asked of the last topic if that can be, else of its own."""
    short = len(_words(understood.text)) <= library.followups.longest_leaning_message
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


def _all_named(library: Library, understood: Understood, found: Resolution) -> Tuple[Given, ...]:
    """One answer; or one for each thing named side by side ("Toradol and magnesium", "pregnant with asthma")."""
    topic, _, value = found.answer_id.partition("/")
    entity = library.entity_of_topic.get(topic, "")
    beside = [f"{topic}/{other}" for other in _named_beside(library, understood, entity, value)]
    beside = [answer_id for answer_id in found.also if answer_id in beside]
    if not value or not beside:
        return (Given(found.answer_id, found.also),)
    in_order = [f"{topic}/{other}" for other in understood.values.get(entity, ())]
    return tuple(Given(answer_id) for answer_id in sorted([found.answer_id, *beside][:MOST_ANSWERS], key=in_order.index))


def _named_beside(library: Library, understood: Understood, entity: str, value: str) -> List[str]:
    """Values of one kind that are named in one breath with `value`; a class or any allergy, named beside, is no question of its own."""
    named = [(m, v) for m in understood.mentions for read_as, v in m.readings if read_as == entity]
    groups: List[List[str]] = []
    end = -1
    for mention, other in named:
        between = _words(understood.text[end : mention.start]) if end >= 0 else []
        if end < 0 or not set(between) <= set(library.followups.lead_ins):
            groups.append([])
        groups[-1].append(other)
        end = mention.end
    together = next((group for group in groups if value in group), [])
    return [other for other in together if other != value and other not in NEVER_BESIDE.get(entity, ())]


def _words(text: str) -> List[str]:
    return _WORD.findall(text.lower().replace("\u2019", "'"))


def chosen(values: Values, offered: Sequence[str]) -> Optional[str]:
    """The offered id that "the second one" picks, or None where there is none of that number."""
    for value in values.get("choice", ()):
        if value == "last":
            return offered[-1] if offered else None
        if value == "middle":
            return offered[len(offered) // 2] if len(offered) % 2 else None
        if value.isdigit() and int(value) <= len(offered):
            return offered[int(value) - 1]
    return None


__all__ = ["Context", "Given", "Plan", "chosen", "plan", "reworked"]
