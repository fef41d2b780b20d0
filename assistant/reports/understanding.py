"""Runs test questions through the trained model and the same decision as the actions; judges what a person would have got."""

import asyncio
import csv
import functools
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence

import structlog

from assistant.knowledge import Library, load_library
from assistant.knowledge.plan import plan
from assistant.knowledge.resolve import QUESTION, topic_of
from assistant.knowledge.understood import FALLBACK, Understood

# Two ids with one and the same answer, or one reply that the contract allows under two names.
TWINS = (
    {"home_iv", "where_to_get/home"},
    {"pain_and_needles", "condition/needle_phobia"},
    {"privacy", "delete_data"},
)
# Two topics that lead to one answer by way of an entity.
ALSO_RIGHT = ({"where_to_get", "home_iv"}, {"pain_and_needles", "condition/needle_phobia"}, {"home_iv", "where_to_get/home"})
RIGHT, OFFERED, ASKED_AGAIN, WRONG = "right", "offered", "asked again", "wrong"
OUTCOMES = (RIGHT, OFFERED, ASKED_AGAIN, WRONG)


@dataclass(frozen=True)
class Question:
    """A test message with the answer id it should get (ids joined by `;` where it asks several questions)."""

    text: str
    expected: str
    style: str
    source: str


@dataclass(frozen=True)
class Judged:
    """What a message got: the answer ids joined by `;` (`fallback` where it was asked back), and how that is to be judged."""

    question: Question
    got: str
    confidence: float
    outcome: str
    best_guess: str

    @property
    def first_guess_right(self) -> bool:
        """Whether the likeliest intent leads to the (first) expected answer, whatever its entity and the threshold."""
        return leads_to(self.best_guess, self.question.expected.split(";")[0])


def read_questions(files: Sequence[Path]) -> List[Question]:
    """Questions of CSV files with the columns text,answer_id,style."""
    questions = []
    for path in files:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                questions.append(Question(row["text"], row["answer_id"], row["style"], path.stem))
    return questions


def same_answer(one: str, other: str) -> bool:
    """Whether two answer ids are one answer to the person who asked."""
    return one == other or any(one in twins and other in twins for twins in TWINS)


def leads_to(intent: str, expected: str) -> bool:
    """Whether an intent leads to the expected answer id, whatever its entity."""
    topic = intent[len(QUESTION) :] if intent.startswith(QUESTION) else intent
    return topic == expected.split("/")[0] or same_answer(topic, expected) or {topic, expected} in ALSO_RIGHT


def same_answers(got: str, expected: str) -> bool:
    """Whether several answers (ids joined by `;`) are the expected ones, in order."""
    one, other = got.split(";"), expected.split(";")
    return len(one) == len(other) and all(same_answer(a, b) for a, b in zip(one, other))


def kind_of(library: Library, answer_id: str) -> str:
    """answer, decline, safety, outside or talk."""
    topic = answer_id.split("/")[0]
    if topic in library.declines:
        return "decline"
    if topic in library.topics:
        return "answer"
    if topic in library.safety:
        return "safety"
    return "outside" if topic.startswith("outside") else "talk"


def judge(library: Library, question: Question, parsed: Dict) -> Judged:
    """Decide as the actions do, from what `/model/parse` says of the question."""
    understood = Understood.from_parse(parsed)
    best = understood.ranking[0] if understood.ranking else ("", 0.0)
    offers: Sequence[str] = ()
    got = understood.intent
    if got == FALLBACK or topic_of(library, got):
        decided = plan(library, understood)
        got = ";".join(given.answer_id for given in decided.answers) or "fallback"
        offers = decided.clarify or decided.offers
    if got != "fallback":
        outcome = RIGHT if same_answers(got, question.expected) else WRONG
    else:
        outcome = OFFERED if any(same_answer(offer, question.expected) for offer in offers) else ASKED_AGAIN
    return Judged(question, got, best[1], outcome, best[0])


def quiet() -> None:
    """Keep what Rasa logs of every message out of a report's output."""
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


@functools.lru_cache(maxsize=1)
def _loaded(model: Path) -> Any:
    from rasa.core.agent import Agent

    return Agent.load(str(model))


def parse_all(model: Path, texts: Sequence[str]) -> List[Dict]:
    """What a trained model says of each text, as `/model/parse` gives it; the model is loaded once for all calls."""
    quiet()
    agent = _loaded(model)

    async def parse() -> List[Dict]:
        return [await agent.parse_message(text) for text in texts]

    return asyncio.run(parse())


def ask_model(model: Path, questions: Sequence[Question]) -> List[Judged]:
    """Judge what a trained model makes of all questions."""
    library = load_library()
    return [judge(library, q, parsed) for q, parsed in zip(questions, parse_all(model, [q.text for q in questions]))]


def share(judged: Sequence[Judged], outcome: str) -> float:
    """Share of `judged` with this outcome, 0 to 1."""
    return sum(j.outcome == outcome for j in judged) / len(judged) if judged else 0.0
