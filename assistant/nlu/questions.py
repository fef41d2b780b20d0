"""Rasa component that finds the questions of a message which holds more than one, and a danger that stands in one part of it."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from assistant.knowledge.resolve import QUESTION
from assistant.knowledge.understood import Mention
from assistant.nlu import clauses, compound
from assistant.nlu.classifier import UNDERSTAND
from assistant.nlu.compound import Names, Part, split
from assistant.nlu.entities import NAMES
from assistant.nlu.fingerprint import hash_of
from assistant.nlu.names import ENTITY_OF_INTENT, entities_of, is_only_a_name

QUESTIONS = "questions"


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
    """Sets `questions` on a message that holds two or three: text, intent, confidence, entities, chance of the cut.

    The message keeps its intent where that is a question or a safety intent; "hi, how much is it and does it hurt" gets that of
    its first question.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Needs an intent classifier before it."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`threshold`: the least chance of a cut that is made; `weights`: those of `compound.features` and the offset."""
        return {"threshold": 0.6, "weights": []}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The code lies outside what Rasa fingerprints by itself."""
        return hash_of([clauses.__file__, compound.__file__])

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """There is one weight for each number, and the offset.

        Raises:
            ValueError: there are more or fewer.
        """
        if len(config["weights"]) != compound.WEIGHTS:
            raise ValueError(
                f"CompoundQuestions has {len(config['weights'])} weights and needs {compound.WEIGHTS}: run `make calibrate`"
            )

    def __init__(self, config: Dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])
        self._weights = [float(weight) for weight in config["weights"]]

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CompoundQuestions:
        """Creates the component."""
        cls.validate_config(config)
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the questions on each message that holds several."""
        for message in messages:
            understand, doc = message.get(UNDERSTAND), message.get(SPACY_DOCS[TEXT])
            whole = [(g[INTENT_NAME_KEY], g[PREDICTED_CONFIDENCE_KEY]) for g in message.get(INTENT_RANKING_KEY) or []]
            if understand is None or doc is None or not whole or is_only_a_name(doc):
                continue
            names = names_of_parts(message.get(NAMES) or [])
            self._set_questions(message, split(message.get(TEXT), whole, understand, names, self._weights, self._threshold))
        return messages

    @staticmethod
    def _set_questions(message: Message, parts: List[Part]) -> None:
        if not parts:
            return
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
        message.set(QUESTIONS, questions, add_to_output=True)
        guesses = message.get(INTENT_RANKING_KEY) or []
        intent = str((message.get(INTENT) or {}).get(INTENT_NAME_KEY))
        if not intent.startswith(QUESTION):
            first = {
                INTENT_NAME_KEY: parts[0].intent,
                PREDICTED_CONFIDENCE_KEY: max(g[PREDICTED_CONFIDENCE_KEY] for g in guesses),
            }
            message.set(INTENT, first, add_to_output=True)
            ranking = [first, *(guess for guess in guesses if guess[INTENT_NAME_KEY] != parts[0].intent)]
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
