"""Actions that answer a question, or say kindly that it was not understood."""

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, Turn
from assistant.knowledge.resolve import FALLBACK, MAX_OFFERS, nearest_answers, resolve, topic_of


class ActionAnswer(Action):
    """Gives the curated answer for the topic asked about, its entity and the conversation, and the disclaimer."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        topic = topic_of(turn.library, turn.intent)
        if topic is None:
            return say_not_understood(turn)
        found = resolve(turn.library, topic, turn.entities, turn.last_answer if turn.typed else None)
        return turn.say_answer(found.answer_id, also=found.also)


class ActionFallback(Action):
    """Offers the nearest topics where the message was not understood well enough to answer."""

    def name(self) -> str:
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        return say_not_understood(Turn(dispatcher, tracker))


def say_not_understood(turn: Turn) -> Events:
    """The nearest topics as buttons; with the emergency line first where a sign of danger was among the guesses."""
    guesses = [guess for guess in turn.ranking if guess.get("name") != FALLBACK]
    offers = nearest_answers(turn.library, guesses, turn.entities)
    if any(guess.get("name") in turn.library.safety for guess in guesses[:MAX_OFFERS]):
        return turn.say_reply("fallback_urgent", "fallback", offers or None)
    if not offers:
        return turn.say_reply("fallback_nothing", "fallback")
    return turn.say_reply("fallback", "fallback", offers)
