"""Rasa component that has the last word on a message: whether it tells of something dangerous that is happening now."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.nlu.constants import INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.knowledge import load_library
from assistant.knowledge.danger import DANGERS, DOUBTFUL, TOO_LONG, said_first
from assistant.knowledge.understood import FALLBACK
from assistant.nlu import encoder_graph, intent_model, sentence_encoder
from assistant.nlu.classifier import CORRECTIONS
from assistant.nlu.danger_reader import DangerReader, parts_of
from assistant.nlu.fingerprint import hash_of
from assistant.nlu.names import is_only_a_name
from assistant.nlu.questions import PERHAPS, QUESTIONS
from assistant.nlu.ranking import intent_of, put_first, ranking_of
from assistant.nlu.red_flags import Phrases, RedFlag
from assistant.nlu.spacy_nlp import READ
from assistant.nlu.spelling import applied
from assistant.nlu.verdict import Limits, Look, Verdict, decide

# Under which the output says which phrases were found, and what the models brought, for whoever reviews them.
RED_FLAGS, REASONS = "red_flags", "danger_reasons"
NO_LOOKS: Tuple[Look, Iterable[Look]] = (Look(None, None), ())
# What a message is taken for without its danger, where that is at least this much of all that it may be.
LEADS = 0.6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyScreen(GraphComponent, IntentClassifier):
    """Sets `dangers` (safety ids, the most urgent first) on a message that tells of one, and makes the most urgent its intent.

    Signals and rule: `verdict`. Where a message may tell of a danger and more likely does not, it sets `doubtful_danger` and leaves the
    intent alone.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Needs the spaCy document."""
        return [SpacyNLP]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """From where a share counts, by the names of `verdict.Limits`."""
        return dataclasses.asdict(Limits())

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """The danger reader's weights lie outside what Rasa fingerprints; phrases and rule are read when the model is loaded."""
        return hash_of([encoder_graph.__file__, sentence_encoder.__file__])

    def __init__(
        self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, reader: Optional[DangerReader] = None
    ) -> None:
        self._limits = Limits(**{f.name: float(config[f.name]) for f in dataclasses.fields(Limits)})
        self._storage, self._resource, self._reader = model_storage, resource, reader
        self._library = load_library()
        self._phrases = Phrases(self._library.red_flags)

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyScreen:
        """Creates the component without a danger reader; `train` makes one."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Store the danger reader in the model; it is tuned beforehand, by tools/tune_danger.py.

        Raises:
            EncoderWeightsError: weights are missing or have another checksum.
        """
        with self._storage.write_to(self._resource) as folder:
            DangerReader.write(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyScreen:
        """Loads the danger reader from the trained model, and the phrases from data/safety."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, DangerReader(folder))

    def process(self, messages: List[Message]) -> List[Message]:
        """Screens each message."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None or not message.get(TEXT):
                continue
            read, typed = message.get(READ), message.get(TEXT)
            right = applied(typed, message.get(CORRECTIONS) or ())
            texts = list(dict.fromkeys([typed, right])) if read else [typed]
            flags = self._flags([doc, *(read(text) for text in texts[1:])])
            verdict = decide(flags, *(NO_LOOKS if is_only_a_name(doc) else self._looks(message, texts)), self._limits)
            self._set(message, flags, verdict)
        return messages

    def _flags(self, docs: Sequence[Any]) -> List[RedFlag]:
        """The phrases in a message as typed and put right, each once, undismissed where one reading is."""
        found: Dict[str, RedFlag] = {}
        for flag in (flag for doc in docs for flag in self._phrases.find(doc)):
            key = f"{flag.safety_id}.{flag.phrase}"
            if key not in found or len(flag.dismissed) < len(found[key].dismissed):
                found[key] = flag
        return list(found.values())

    def _looks(self, message: Message, texts: Sequence[str]) -> Tuple[Look, Iterable[Look]]:
        """What the models make of the whole message, of the likelier of its spellings, and of its parts, each read when it is asked for."""
        classifier = _classifier_shares(ranking_of(message), list(self._library.safety))
        if self._reader is None:
            return Look(classifier, None), ()
        whole = max((self._reader.read(text) for text in texts), key=lambda shares: sum(shares.values()))
        return Look(classifier, whole), (Look(None, self._reader.read(part)) for part in parts_of(texts[-1]))

    def _set(self, message: Message, flags: Sequence[RedFlag], verdict: Verdict) -> None:
        message.set(
            RED_FLAGS,
            [{"danger": flag.safety_id, "phrase": flag.phrase, "dismissed": list(flag.dismissed)} for flag in flags],
            add_to_output=True,
        )
        why = verdict.reasons
        reasons = why and {**dataclasses.asdict(why), "told": why.told.value}
        message.set(REASONS, reasons, add_to_output=True)
        dangers = said_first(self._library, verdict.dangers)
        message.set(DANGERS, dangers, add_to_output=True)
        message.set(DOUBTFUL, verdict.doubtful, add_to_output=True)
        message.set(TOO_LONG, len(message.get(TEXT)) > intent_model.MAX_CHARACTERS, add_to_output=True)
        if dangers:
            put_first(message, dangers[0], verdict.sure)
            for several in (QUESTIONS, PERHAPS):
                if message.get(several):
                    message.set(several, [], add_to_output=True)
        elif intent_of(message) in self._library.safety:
            self._overrule(message)

    def _overrule(self, message: Message) -> None:
        """The classifier alone sees a danger: the message is answered as what it would be without, or as not understood."""
        others = [guess for guess in ranking_of(message) if guess[INTENT_NAME_KEY] not in (*self._library.safety, FALLBACK)]
        leads = bool(others) and others[0][PREDICTED_CONFIDENCE_KEY] >= LEADS * sum(g[PREDICTED_CONFIDENCE_KEY] for g in others)
        put_first(message, others[0][INTENT_NAME_KEY] if leads else FALLBACK)


def _classifier_shares(ranking: Sequence[Dict[str, Any]], dangers: Sequence[str]) -> Optional[Dict[str, float]]:
    """The classifier's confidence in each danger as a share of that in all its guesses; None where it has none."""
    sure = {guess[INTENT_NAME_KEY]: float(guess[PREDICTED_CONFIDENCE_KEY]) for guess in ranking}
    sure.pop(FALLBACK, None)
    total = sum(sure.values())
    return {danger: sure.get(danger, 0.0) / total for danger in dangers} if total > 0 else None
