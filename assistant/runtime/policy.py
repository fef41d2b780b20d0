"""The dialogue policy: Rasa's rules, and before any of them what a danger calls for."""

from __future__ import annotations

import warnings
from typing import Any, List, Optional, Tuple

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME, USER_INTENT_BACK
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.knowledge import load_library
from assistant.knowledge.danger import First, first_of_turn
from assistant.runtime.turns import last_turns

# Rasa looks for the very class RulePolicy and says that /restart will not work; a policy that is one by inheritance does all that it does.
warnings.filterwarnings("ignore", message="'RulePolicy' is not included in the model's policy configuration")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyFirstRulePolicy(RulePolicy):
    """Predicts safety replies and reminders before any rule, also inside a form, whose loop would otherwise come before all rules.

    What was said first is hidden from the rules: for them the turn begins after it.
    """

    def _predict(self, tracker: DialogueStateTracker, domain: Domain) -> Tuple[PolicyPrediction, Optional[str]]:
        library = load_library()
        first = first_of_turn(library, last_turns(tracker, library.after_danger.turns))
        if tracker.latest_message and tracker.latest_message.intent_name == USER_INTENT_BACK:
            # Rasa's own answer takes the last turn back and then answers the one before it again, sometimes without end.
            first = First((*first.replies, USER_INTENT_BACK), alone=True)
        wanted = [f"{UTTER_PREFIX}{reply}" for reply in first.replies]
        said = _actions_of_turn(tracker)
        if len(said) < len(wanted) and said == wanted[: len(said)]:
            return self._certainly(wanted[len(said)], tracker, domain)
        if first.alone:
            return self._certainly(ACTION_LISTEN_NAME, tracker, domain)
        if wanted and said[: len(wanted)] == wanted:
            tracker = _without_actions(tracker, wanted)
        return super()._predict(tracker, domain)

    def _certainly(self, action: str, tracker: DialogueStateTracker, domain: Domain) -> Tuple[PolicyPrediction, Optional[str]]:
        probabilities = self._prediction_result(action, tracker, domain)
        # "No user prediction": inside a form that is the kind of prediction that wins.
        return self._rule_prediction(probabilities, "safety first", is_no_user_prediction=tracker.active_loop is not None), None


def _actions_of_turn(tracker: DialogueStateTracker) -> List[str]:
    """Names of the actions executed since the latest message."""
    names: List[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted):
            names.insert(0, str(event.action_name))
    return names


def _without_actions(tracker: DialogueStateTracker, names: List[str]) -> DialogueStateTracker:
    """The conversation as if the first of this turn's actions, `names`, had not been executed."""
    events: List[Any] = list(tracker.events)
    last_message = max(i for i, event in enumerate(events) if isinstance(event, UserUttered))
    hidden = [i for i, event in enumerate(events) if i > last_message and isinstance(event, ActionExecuted)][: len(names)]
    kept = [event for i, event in enumerate(events) if i not in hidden]
    return DialogueStateTracker.from_events(tracker.sender_id, kept, tracker.slots.values(), sender_source=tracker.sender_source)
