"""Runs config.yml's featurizers and intent classifier outside a Rasa server: for evaluation on any labelled texts."""

from enum import Enum
from pathlib import Path
from typing import Any, Dict, List, Sequence, Set, Tuple, Type

import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.knowledge.library import ROOT

Types = DefaultV1Recipe.ComponentType
PREPARING = {Types.MESSAGE_TOKENIZER, Types.MESSAGE_FEATURIZER}
# Decide over an intent that is there already; what is measured is the classifier itself.
NOT_CLASSIFIERS = ("CompoundQuestions", "FallbackClassifier", "SafetyScreen")


def configured_components(
    config: Path = ROOT / "config.yml",
) -> List[Tuple[Type[GraphComponent], Set[Enum], bool, Dict[str, Any]]]:
    """The featurizers and the classifier of config.yml as (class, types, is trainable, settings), in order."""
    found = []
    for entry in rasa.shared.utils.io.read_config_file(config)["pipeline"]:
        settings = {key: value for key, value in entry.items() if key != "name"}
        registered = DefaultV1Recipe._from_registry(entry["name"])
        wanted = registered.types & (PREPARING | {Types.INTENT_CLASSIFIER})
        if wanted and registered.clazz.__name__ not in NOT_CLASSIFIERS:
            found.append((registered.clazz, registered.types, registered.is_trainable, settings))
    return found


class Pipeline:
    """The configured pipeline, trained on texts and intents."""

    def __init__(self, components: Sequence[Any]) -> None:
        self._components = list(components)

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str], folder: Path) -> "Pipeline":
        """Train every component on what the ones before it made of the texts; `folder` keeps what they store.

        Raises:
            ValueError: fewer than two intents have examples.
        """
        data = TrainingData([Message.build(text=t, intent=i) for t, i in zip(texts, intents) if t.strip()])
        storage = LocalModelStorage.create(folder)
        components = []
        for number, (clazz, types, trainable, settings) in enumerate(configured_components()):
            context = ExecutionContext(GraphSchema({}), node_name=f"{number}_{clazz.__name__}")
            arguments = ({**clazz.get_default_config(), **settings}, storage, Resource(context.node_name), context)
            component: Any = clazz.create(*arguments)
            if trainable:
                component.train(data)
                component = clazz.load(*arguments)
            if types & PREPARING:
                component.process_training_data(data)
            components.append(component)
        return cls(components)

    def predict(self, text: str) -> Tuple[str, float]:
        """Intent and confidence of one text; ("", 0.0) for an empty one."""
        messages = [Message(data={TEXT: text})]
        for component in self._components:
            messages = component.process(messages)
        intent = messages[0].get(INTENT) or {}
        return intent.get(INTENT_NAME_KEY) or "", float(intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0)
