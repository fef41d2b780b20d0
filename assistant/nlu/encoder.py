"""Rasa featurizer: adds the sentence vector of a message, made by the int8 encoder stored inside the trained model."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu import encoder_graph, sentence_encoder
from assistant.nlu.fingerprint import hash_of
from assistant.nlu.sentence_encoder import SentenceEncoder

# Name under which a message carries the encoder itself, for components that look at parts of it.
ENCODE = "encode"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Sets one dense sentence feature (1 x 384) on each message."""

    @classmethod
    def required_components(cls) -> List[Type]:
        """Rasa asks every dense featurizer to come after a tokenizer."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`tuned`: whether the encoder has the layers tuned on this project's examples, or is the published one."""
        return {**DenseFeaturizer.get_default_config(), "tuned": True}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The code that builds the graph, and the weights' checksum in it, lie outside what Rasa fingerprints by itself."""
        return hash_of([encoder_graph.__file__, sentence_encoder.__file__])

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        encoder: Optional[SentenceEncoder] = None,
    ) -> None:
        super().__init__(execution_context.node_name, config)
        self._storage = model_storage
        self._resource = resource
        self._encoder = encoder

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoderFeaturizer:
        """Creates the component without an encoder; `train` makes one."""
        return cls(config, model_storage, resource, execution_context)

    def train(self, training_data: TrainingData) -> Resource:
        """Make the encoder from the packaged weights and store it in the model.

        Raises:
            EncoderWeightsError: the weights are missing or have another checksum.
        """
        with self._storage.write_to(self._resource) as folder:
            SentenceEncoder.write(folder, encoder_graph.TUNED_LAYERS if self._config["tuned"] else None)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoderFeaturizer:
        """Loads the encoder from the trained model."""
        with model_storage.read_from(resource) as folder:
            encoder = SentenceEncoder(folder)
        return cls(config, model_storage, resource, execution_context, encoder)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vector to all training messages that have a text."""
        assert self._encoder is not None
        messages = [m for m in training_data.training_examples if m.get(TEXT)]
        vectors = self._encoder.encode_all(m.get(TEXT) for m in messages)
        for message, vector in zip(messages, vectors):
            self._set(message, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the vector to all messages that have a text."""
        assert self._encoder is not None
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._set(message, self._encoder.encode(text))
                message.set(ENCODE, self._encoder.encode)
        return messages

    def _set(self, message: Message, vector: np.ndarray) -> None:
        self.add_features_to_message(sequence=None, sentence=vector[None, :], attribute=TEXT, message=message)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing to check."""


def sentence_vector(message: Message) -> Optional[np.ndarray]:
    """The sentence vector that an encoder of any kind has set on `message`, shape (dimensions,), or None."""
    _, sentence = message.get_dense_features(TEXT, [])
    return None if sentence is None else np.asarray(sentence.features, dtype=np.float32)[0]


__all__ = ["ENCODE", "SentenceEncoderFeaturizer", "sentence_vector"]
