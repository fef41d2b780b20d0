"""Rasa entity extractor over the lexicon's spans of the spaCy document."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.knowledge.understood import Mention
from assistant.nlu import names as names_module
from assistant.nlu import spelling
from assistant.nlu.classifier import CORRECTIONS
from assistant.nlu.fingerprint import hash_of
from assistant.nlu.names import ENTITY_OF_INTENT, entities_of, is_only_a_name, mentions_of, names_in, names_put_right
from assistant.nlu.ranking import intent_of, put_first
from assistant.nlu.spacy_nlp import READ

MENTIONS = "mentions"
# Under which a message carries its names for components after this one.
NAMES = "names"
# As sure as a curated rule is, and no surer: what follows in the pipeline may still think otherwise.
BARE_NAME_CONFIDENCE = 0.9


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LexiconEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Turns each lexicon span into entities with the lexicon's value: `{"entity": "ingredient", "value": "ketorolac", ...}`.

    Stands after the intent classifier, because a name with several readings is read in the light of the intent.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Needs the spaCy document."""
        return [SpacyNLP]

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The code lies outside what Rasa fingerprints by itself."""
        return hash_of([names_module.__file__, spelling.__file__])

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LexiconEntityExtractor:
        """Creates the component; it has no settings."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities to each message, and all names with all readings."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None:
                continue
            names = names_in(doc)
            if message.get(READ):
                more = names_put_right(message.get(READ), message.get(TEXT), message.get(CORRECTIONS) or (), names)
                names = sorted([*names, *more], key=lambda name: name.start)
            intent = intent_of(message)
            if is_only_a_name(doc):
                intent = self._ask_about_the_name(message, names)
            found = self.add_extractor_name(entities_of(names, intent))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
            message.set(MENTIONS, mentions_of(names), add_to_output=True)
            message.set(NAMES, names)
        return messages

    @staticmethod
    def _ask_about_the_name(message: Message, names: List[Mention]) -> str:
        named = {entity for name in names for entity, _ in name.readings}
        intent = next(intent for intent, entity in ENTITY_OF_INTENT.items() if entity in named)
        put_first(message, intent, BARE_NAME_CONFIDENCE)
        return intent
