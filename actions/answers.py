"""Actions that answer a question, or say kindly that it was not understood."""

from typing import Any, Dict, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.rework import ActionAffirm, ActionLonger, ActionMoreDetail, ActionRepeat, ActionShorter, ActionSources
from actions.turn import Events, Turn
from assistant.knowledge.followups import reworked
from assistant.knowledge.plan import Plan, plan

REWORKING: Dict[Optional[str], Action] = {
    "affirm": ActionAffirm(),
    "longer": ActionLonger(),
    "more_detail": ActionMoreDetail(),
    "repeat": ActionRepeat(),
    "shorter": ActionShorter(),
    "sources": ActionSources(),
}


class ActionAnswer(Action):
    """Gives the curated answer for each question asked, its entity and the conversation, and the disclaimer."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        return answer(Turn(dispatcher, tracker))


class ActionFallback(Action):
    """Answers what the conversation makes clear; else asks back, offers the nearest topics, or after two misses the menu."""

    def name(self) -> str:
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        meant = reworked(turn.library, turn.understood, turn.context)
        return REWORKING[meant].run(dispatcher, tracker, domain) if meant in REWORKING else answer(turn)


def answer(turn: Turn) -> Events:
    """Do what `plan` decides for the turn's message."""
    decided = plan(turn.library, turn.understood, turn.context)
    if decided.answers:
        return turn.say_answers(decided.answers)
    return say_not_understood(turn, decided)


def say_not_understood(turn: Turn, decided: Plan) -> Events:
    """A short question or an offer; with the emergency line first where a sign of danger was among the guesses."""
    offers = list(decided.offers)
    if decided.urgent:
        return turn.say_reply("fallback_urgent", "fallback", offers or None)
    if turn.missed_before:
        return turn.say_reply("menu_after_misses", "menu")
    if decided.clarify:
        return turn.say_clarify(decided.clarify)
    if not offers:
        return turn.say_reply("fallback_nothing", "fallback")
    return turn.say_reply("fallback", "fallback", offers)
