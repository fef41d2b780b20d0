"""Rasa intent classifier over `intent_model`: reads the sentence vector and the text, sets intent and ranking."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, Dict, List, Optional, Sequence, Tuple, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu import intent_model, spelling
from assistant.nlu.encoder import ENCODE, sentence_vector
from assistant.nlu.fingerprint import hash_of
from assistant.nlu.intent_model import Encode, IntentModel, Settings
from assistant.nlu.spelling import Correction

RANKING_LENGTH = 10
Ranking = List[Tuple[str, float]]
# Name under which a message carries a function from texts (parts of it) to their rankings, for components after this one.
UNDERSTAND = "understand"
# Under which it carries its misspelt words and what is meant (`Spelling.corrections`).
CORRECTIONS = "corrections"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AveragedIntentClassifier(GraphComponent, IntentClassifier):
    """Averages three views of a message (see `intent_model`) and sets intent, confidence and ranking.

    A message without text or vector gets intent None with confidence 0, which the fallback then answers.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Needs a featurizer that sets a sentence vector."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """The settings of `intent_model.Settings`, by their names."""
        return dataclasses.asdict(Settings())

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The model's code lies outside what Rasa fingerprints by itself."""
        return hash_of([intent_model.__file__, spelling.__file__])

    def __init__(
        self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, model: Optional[IntentModel] = None
    ) -> None:
        self._settings = Settings(**{f.name: config[f.name] for f in dataclasses.fields(Settings)})
        self._storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> AveragedIntentClassifier:
        """Creates an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all examples that have an intent and store the model.

        Raises:
            ValueError: fewer than two intents, or no component before this one set a sentence vector.
        """
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        vectors = [sentence_vector(example) for example in examples]
        if any(vector is None for vector in vectors):
            raise ValueError("AveragedIntentClassifier needs a sentence vector: put SentenceEncoderFeaturizer before it")
        model = IntentModel.fit(
            self._settings, [e.get(TEXT) for e in examples], np.vstack(vectors), [e.get(INTENT) for e in examples]
        )
        with self._storage.write_to(self._resource) as folder:
            model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AveragedIntentClassifier:
        """Loads the trained model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = IntentModel.load(component._settings, folder)
        return component

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets intent and ranking on each message."""
        for message in messages:
            encode = message.get(ENCODE)
            ranking = self._rank(message.get(TEXT), sentence_vector(message), encode)
            best = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            if encode is not None:
                message.set(CORRECTIONS, self._corrections(message.get(TEXT)))
                message.set(UNDERSTAND, functools.partial(self._understand, encode))
        return messages

    def _understand(self, encode: Encode, texts: Sequence[str]) -> List[Ranking]:
        if self._model is None or not texts:
            return [[] for _ in texts]
        short = [text[: intent_model.MAX_CHARACTERS] for text in texts]
        return [r[:RANKING_LENGTH] for r in self._model.predict_all(short, np.vstack([encode(text) for text in short]), encode)]

    def _corrections(self, text: Optional[str]) -> List[Correction]:
        return self._model.corrections(text[: intent_model.MAX_CHARACTERS]) if self._model and text else []

    def _rank(self, text: Optional[str], vector: Optional[np.ndarray], encode: Optional[Encode]) -> List[Dict[str, Any]]:
        if self._model is None or not text or vector is None:
            return []
        ranked = self._model.predict(text[: intent_model.MAX_CHARACTERS], vector, encode)[:RANKING_LENGTH]
        return [{INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence} for intent, confidence in ranked]
