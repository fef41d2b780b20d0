"""What a component changes about the classifier's guesses when it knows better. Used by every component after the classifier."""

from typing import Any, Dict, List, Optional

from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message


def ranking_of(message: Message) -> List[Dict[str, Any]]:
    """The guesses of a message, the likeliest first; none where nothing classified it."""
    return message.get(INTENT_RANKING_KEY) or []


def intent_of(message: Message) -> Optional[str]:
    """The intent of a message."""
    return (message.get(INTENT) or {}).get(INTENT_NAME_KEY)


def put_first(message: Message, intent: str, confidence: float = 0.0) -> None:
    """Make `intent` the intent of a message and the first of its guesses.

    Its confidence is at least that of every guess it overrules: Rasa's fallback would take anything less for a tie.
    """
    guesses = ranking_of(message)
    best = max([confidence, *(guess[PREDICTED_CONFIDENCE_KEY] for guess in guesses)])
    chosen = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: best}
    message.set(INTENT, chosen, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [chosen, *(g for g in guesses if g[INTENT_NAME_KEY] != intent)], add_to_output=True)
