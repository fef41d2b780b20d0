"""Runs test questions through the trained model and the same decision as the actions; judges what a person would have got."""

import asyncio
import csv
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence

from assistant.knowledge import Library, load_library
from assistant.knowledge.resolve import FALLBACK, entity_values, nearest_answers, resolve, topic_of

# Two ids with one and the same answer, or one reply that the contract allows under two names.
TWINS = (
    {"home_iv", "where_to_get/home"},
    {"pain_and_needles", "condition/needle_phobia"},
    {"privacy", "delete_data"},
)
RIGHT, OFFERED, ASKED_AGAIN, WRONG = "right", "offered", "asked again", "wrong"
OUTCOMES = (RIGHT, OFFERED, ASKED_AGAIN, WRONG)


@dataclass(frozen=True)
class Question:
    """A test question with the answer id it should get."""

    text: str
    expected: str
    style: str
    source: str


@dataclass(frozen=True)
class Judged:
    """What a question got: the answer id (`fallback` where topics were offered), and how that is to be judged."""

    question: Question
    got: str
    confidence: float
    outcome: str
    best_guess: str


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
    intent = parsed["intent"].get("name") or FALLBACK
    values = entity_values(parsed.get("entities") or [])
    ranking = [guess for guess in parsed.get("intent_ranking") or [] if guess["name"] != FALLBACK]
    best = ranking[0] if ranking else {"name": "", "confidence": 0.0}
    offers: List[str] = []
    if intent == FALLBACK:
        got, offers = "fallback", nearest_answers(library, ranking, values)
    else:
        topic = topic_of(library, intent)
        got = resolve(library, topic, values).answer_id if topic else intent
    if got != "fallback":
        outcome = RIGHT if same_answer(got, question.expected) else WRONG
    else:
        outcome = OFFERED if any(same_answer(offer, question.expected) for offer in offers) else ASKED_AGAIN
    return Judged(question, got, float(best["confidence"]), outcome, str(best["name"]))


def ask_model(model: Path, questions: Sequence[Question]) -> List[Judged]:
    """Parse all questions with a trained model."""
    from rasa.core.agent import Agent

    logging.disable(logging.WARNING)
    library = load_library()
    agent = Agent.load(str(model))

    async def parse_all() -> List[Judged]:
        return [judge(library, question, await agent.parse_message(question.text)) for question in questions]

    return asyncio.run(parse_all())


def share(judged: Sequence[Judged], outcome: str) -> float:
    """Share of `judged` with this outcome, 0 to 1."""
    return sum(j.outcome == outcome for j in judged) / len(judged) if judged else 0.0
