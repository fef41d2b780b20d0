"""Decides what to answer: the message as understood, in the light of the conversation. Pure functions, no Rasa.

A message is read in this order: the questions it holds if it holds several; else what it means after the answer given last (see
data/followups.yml); else what it says by itself. Where that is not clear enough, two close topics become one short question,
and anything less clear an offer of the nearest topics.
"""

from dataclasses import dataclass, replace
from typing import Dict, List, Optional, Sequence, Tuple

from assistant.knowledge.followups import (
    NOTHING_SAID,
    Context,
    Given,
    meant_after,
    says_it,
    spoken_words,
    without_denied,
)
from assistant.knowledge.library import Library
from assistant.knowledge.resolve import NEVER_BESIDE, Resolution, nearest_answers, resolve, topic_of
from assistant.knowledge.understood import Understood, Values

# Two topics are close when the second has at least this share of the first's confidence and no third comes near them.
CLOSE = 0.5
WORTH_ASKING = 0.2
MOST_ANSWERS = 3


@dataclass(frozen=True)
class Plan:
    """What to do: give answers; or ask which of two topics is meant (`clarify`); or offer topics; or neither (nothing near)."""

    answers: Tuple[Given, ...] = ()
    clarify: Tuple[str, ...] = ()
    offers: Tuple[str, ...] = ()
    urgent: bool = False


def plan(library: Library, understood: Understood, context: Context = NOTHING_SAID) -> Plan:
    """What to answer to a message whose intent is a question or was not understood."""
    context = without_denied(context, understood.denied)
    answers = _several(library, understood.questions, context)
    if len(answers) > 1:
        return Plan(answers[:MOST_ANSWERS])
    leaning = meant_after(library, understood, context)
    if leaning:
        return Plan((leaning,))
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
        leans = not found or says_it(library, question)
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
        between = spoken_words(understood.text[end : mention.start]) if end >= 0 else []
        if end < 0 or not set(between) <= set(library.followups.lead_ins):
            groups.append([])
        groups[-1].append(other)
        end = mention.end
    together = next((group for group in groups if value in group), [])
    return [other for other in together if other != value and other not in NEVER_BESIDE.get(entity, ())]


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
