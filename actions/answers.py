"""Actions that answer a question, or say kindly that it was not understood."""

from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, Turn
from assistant.knowledge.resolve import resolve

QUESTION = "ask_"
MAX_OFFERS = 3
# A topic with less confidence than this is no guess worth offering.
OFFER_FLOOR = 0.05


class ActionAnswer(Action):
    """Gives the curated answer for the topic asked about, its entity and the conversation, and the disclaimer."""

    def name(self) -> Text:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        topic = turn.intent[len(QUESTION) :] if turn.intent.startswith(QUESTION) else ""
        if topic not in turn.library.topics:
            return ActionFallback().run(dispatcher, tracker, domain)
        found = resolve(turn.library, topic, turn.entities, turn.last_answer)
        return turn.say_answer(found.answer_id, also=found.also)


class ActionFallback(Action):
    """Offers the nearest topics where the message was not understood well enough to answer."""

    def name(self) -> Text:
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        guesses = [g for g in turn.ranking if g.get("name") != "nlu_fallback"]
        offers = nearest_answers(turn, guesses)
        if any(guess.get("name") in turn.library.safety for guess in guesses[:MAX_OFFERS]):
            return turn.say_reply("fallback_urgent", "fallback", offers or None)
        if not offers:
            return turn.say_reply("fallback_nothing", "fallback")
        return turn.say_reply("fallback", "fallback", offers)


def nearest_answers(turn: Turn, guesses: List[Dict[str, Any]]) -> List[str]:
    """Up to three answer ids for the topics that the classifier held most likely, best first, each once."""
    offers: List[str] = []
    for guess in guesses:
        name, confidence = str(guess.get("name")), float(guess.get("confidence") or 0.0)
        topic = name[len(QUESTION) :]
        if name.startswith(QUESTION) and topic in turn.library.topics and confidence >= OFFER_FLOOR:
            answer_id = resolve(turn.library, topic, turn.entities).answer_id
            if answer_id not in offers:
                offers.append(answer_id)
    return offers[:MAX_OFFERS]
