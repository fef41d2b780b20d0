"""Rasa component that finds the questions of a message which holds more than one, and a danger that stands in one part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import ENTITIES, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.knowledge.resolve import QUESTION
from assistant.knowledge.understood import Mention
from assistant.nlu import clauses, compound, trees
from assistant.nlu.classifier import UNDERSTAND
from assistant.nlu.compound import FEATURES, Names, Part, split
from assistant.nlu.entities import NAMES
from assistant.nlu.fingerprint import hash_of
from assistant.nlu.names import ENTITY_OF_INTENT, entities_of, is_only_a_name
from assistant.nlu.ranking import intent_of, put_first, ranking_of
from assistant.nlu.trees import Trees

QUESTIONS = "questions"
# Two parts that may be two questions, not surely enough to answer both: the second one's answer is offered.
PERHAPS = "perhaps_questions"
# Written by `make calibrate`.
CUTS = Path(__file__).parent / "cuts.json"


def entities_in(names: Sequence[Mention], part: Part) -> List[Dict[str, Any]]:
    """The entities of one part, of all `names` in the message."""
    return [e for e in entities_of(names, part.intent) if part.start <= e["start"] < part.end]


def names_of_parts(names: Sequence[Mention]) -> Names:
    """Gives the values named in a part that the part's topic could be asked about, of all `names` in the message."""

    def named(part: Part) -> FrozenSet[str]:
        entity = ENTITY_OF_INTENT.get(part.intent)
        return frozenset(e["value"] for e in entities_in(names, part) if e["entity"] == entity)

    return named


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CompoundQuestions(GraphComponent, IntentClassifier):
    """Sets `questions` on a message that holds two or three: text, intent, confidence, entities, chance of the cut; or in the same form
    `perhaps_questions`, where that is only likely.

    The message keeps its intent where that is a question or a safety intent; "hi, how much is it and does it hurt" gets that of
    its first question.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Needs an intent classifier before it."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`threshold`: the least chance of a cut that is made; `perhaps_from`: that of one that is only offered."""
        return {"threshold": 0.6, "perhaps_from": 0.2}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The code lies outside what Rasa fingerprints by itself."""
        return hash_of([clauses.__file__, compound.__file__, trees.__file__, CUTS])

    def __init__(self, config: Dict[str, Any]) -> None:
        self._threshold, self._perhaps_from = float(config["threshold"]), float(config["perhaps_from"])
        self._trees = Trees.read(CUTS)
        if self._trees.names != FEATURES:
            raise ValueError(f"{CUTS.name} was fitted on other numbers than `compound.features` gives: run `make calibrate`")

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CompoundQuestions:
        """Creates the component."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the questions on each message that holds several."""
        for message in messages:
            understand, doc = message.get(UNDERSTAND), message.get(SPACY_DOCS[TEXT])
            whole = [(g[INTENT_NAME_KEY], g[PREDICTED_CONFIDENCE_KEY]) for g in ranking_of(message)]
            if understand is None or doc is None or not whole or is_only_a_name(doc):
                continue
            names = names_of_parts(message.get(NAMES) or [])
            parts = split(message.get(TEXT), whole, understand, names, self._trees.chance, self._threshold, self._perhaps_from)
            if parts:
                self._set_questions(message, parts)
        return messages

    def _set_questions(self, message: Message, parts: List[Part]) -> None:
        names, text = message.get(NAMES) or [], message.get(TEXT)
        questions = [
            {
                "text": text[part.start : part.end],
                "intent": part.intent,
                "confidence": part.ranking[0][1],
                "chance": part.chance,
                ENTITIES: entities_in(names, part),
                "start": part.start,
            }
            for part in parts
        ]
        if min(part.chance for part in parts) < self._threshold:
            message.set(PERHAPS, questions, add_to_output=True)
            return
        message.set(QUESTIONS, questions, add_to_output=True)
        if not str(intent_of(message)).startswith(QUESTION):
            put_first(message, parts[0].intent)
