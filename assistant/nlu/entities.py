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
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.language import LABEL, parse_reading

# A name with several readings means the one that its topic is about; a message of names alone asks about the first of these.
ENTITY_OF_INTENT = {
    "ask_condition": "condition",
    "ask_ingredient": "ingredient",
    "ask_medicine_interactions": "medicine",
    "ask_where_to_get": "setting",
    "choose_option": "choice",
}
# "First" picks an option only where the whole message does.
ONLY_WITH_INTENT = {"choice"}
FILLERS = {"the", "a", "an", "and", "or", "about", "my", "please", "pls", "ok", "then", "one"}
MENTIONS = "mentions"
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
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LexiconEntityExtractor:
        """Creates the component; it has no settings."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities to each message."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is not None:
                intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
                if is_only_a_name(doc):
                    intent = self._ask_about_the_name(message, doc)
                found = self.add_extractor_name(entities_of(doc, intent))
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
                message.set(MENTIONS, mentions_of(doc), add_to_output=True)
        return messages

    @staticmethod
    def _ask_about_the_name(message: Message, doc: Any) -> str:
        named = {read[0] for span in doc.ents if span.label_ == LABEL for read in map(parse_reading, span.ent_id_.split("|"))}
        intent = next(intent for intent, entity in ENTITY_OF_INTENT.items() if entity in named)
        guesses = message.get(INTENT_RANKING_KEY) or []
        # Never below a guess that it overrules: Rasa's fallback would take that for a tie.
        confidence = max([BARE_NAME_CONFIDENCE, *(guess[PREDICTED_CONFIDENCE_KEY] for guess in guesses)])
        chosen = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}
        ranking = [guess for guess in guesses if guess[INTENT_NAME_KEY] != intent]
        message.set(INTENT, chosen, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [chosen, *ranking], add_to_output=True)
        return intent


def is_only_a_name(doc: Any) -> bool:
    """Whether a message is nothing but one or more names of the lexicon ("Benadryl?"): it asks about them.

    A classifier has only the word to go by there, and takes "benadryl" for an overdose as readily as for a question.
    """
    named = {token.i for span in doc.ents if span.label_ == LABEL for token in span}
    rest = [token for token in doc if token.i not in named and (token.is_alpha or token.like_num)]
    return bool(named) and all(token.lower_ in FILLERS for token in rest)


def mentions_of(doc: Any) -> List[Dict[str, Any]]:
    """All names in a spaCy document with all their readings, for whoever knows the conversation."""
    found = []
    for span in doc.ents:
        if span.label_ == LABEL:
            readings = [r for r in map(parse_reading, span.ent_id_.split("|")) if r[0] not in ONLY_WITH_INTENT]
            if readings:
                found.append({"start": span.start_char, "end": span.end_char, "readings": [list(r) for r in readings]})
    return found


def entities_of(doc: Any, intent: Optional[str]) -> List[Dict[str, Any]]:
    """Entities of a spaCy document (`start` and `end` in characters), in the order of the text."""
    wanted = ENTITY_OF_INTENT.get(intent or "")
    found = []
    for span in doc.ents:
        if span.label_ != LABEL:
            continue
        readings = [parse_reading(reading) for reading in span.ent_id_.split("|")]
        chosen = [r for r in readings if r[0] == wanted] or [r for r in readings if r[0] not in ONLY_WITH_INTENT]
        for entity, value in chosen:
            found.append(
                {
                    ENTITY_ATTRIBUTE_TYPE: entity,
                    ENTITY_ATTRIBUTE_VALUE: value,
                    ENTITY_ATTRIBUTE_START: span.start_char,
                    ENTITY_ATTRIBUTE_END: span.end_char,
                }
            )
    return found
