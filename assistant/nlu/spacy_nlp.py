"""Rasa's SpacyNLP with the project's own pipeline, kept inside the trained model so that a model file is complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from assistant.knowledge.library import DATA, load_lexicon
from assistant.nlu import language
from assistant.nlu.fingerprint import hash_of

# Under which a message carries the pipeline, for components that read its text in another spelling.
READ = "read"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class LexiconSpacyNLP(SpacyNLP):
    """Makes the spaCy document of each message.

    `model: blank` builds on `spacy.blank("en")`; `model: en_core_web_md` (any installed spaCy model) builds on that.
    Rasa's own class loads a model by name and leaves it outside the trained model, known there by its name alone;
    this one stores the whole pipeline with the lexicon, and is trained again when data/lexicon changes.
    """

    def __init__(self, config: Dict[str, Any], nlp: Language, storage: ModelStorage, resource: Resource) -> None:
        super().__init__(SpacyModel(model=nlp, model_name=config["model"]), config)
        self._storage = storage
        self._resource = resource

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`model`: "blank" or a spaCy model's name. Names are matched in any case, so the text keeps its own."""
        return {"model": "blank", "case_sensitive": True}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The lexicon and the code that reads it lie outside what Rasa fingerprints by itself."""
        files = [*sorted((DATA / "lexicon").glob("*.yml")), Path(language.__file__)]
        return hash_of(files)

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LexiconSpacyNLP:
        """Build the pipeline from data/lexicon (see parent class)."""
        return cls(config, language.build_language(config["model"], load_lexicon()), model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Store the pipeline: its configuration and its bytes."""
        with self._storage.write_to(self._resource) as folder:
            self._model.model.to_disk(folder / "spacy")
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LexiconSpacyNLP:
        """Load the pipeline from the trained model (see parent class)."""
        with model_storage.read_from(resource) as folder:
            nlp = spacy.load(folder / "spacy")
        return cls(config, nlp, model_storage, resource)

    def process_training_data(  # type: ignore[override]
        self, training_data: TrainingData
    ) -> TrainingData:
        """Add the spaCy document to every training message, without the names in it."""
        # What is learnt from examples are words and vectors; looking for names in all of them took most of the training's time.
        with self._model.model.select_pipes(disable=language.FINDS_NAMES):
            return super().process_training_data(training_data, self._model)

    def process(self, messages: List[Message]) -> List[Message]:  # type: ignore[override]
        """Add the spaCy document to every message, and the function that makes one of another text."""
        for message in messages:
            message.set(READ, self._model.model)
        return super().process(messages, self._model)
