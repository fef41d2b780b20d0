"""Actions that rework what was said last: more of it, again, shorter, its sources; and "yes"."""

from typing import Any, Dict

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, Turn
from assistant.knowledge import messages
from assistant.knowledge.plan import chosen


class ActionMoreDetail(Action):
    """Gives the detail behind the last answer; when that was given already, what people ask next."""

    def name(self) -> str:
        return "action_more_detail"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        return more(Turn(dispatcher, tracker))


class ActionRepeat(Action):
    """Says the last thing again: an answer, a safety reply, or any other reply."""

    def name(self) -> str:
        return "action_repeat"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        last = turn.last_message_id()
        if last in turn.library.safety:
            turn.say({**messages.safety(turn.library, str(last)), "part": messages.REPEAT})
            return []
        if last in turn.library.answers:
            part = turn.last_part if turn.last_part in (messages.MORE, messages.SOURCES, messages.BRIEF) else messages.REPEAT
            return turn.say_answer(str(last), part)
        if last in turn.library.replies:
            return turn.say_reply(str(last))
        return turn.say_reply("nothing_yet", "menu")


class ActionSources(Action):
    """Lists what the last answer rests on."""

    def name(self) -> str:
        return "action_sources"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        if turn.last_answer:
            return turn.say_answer(turn.last_answer, messages.SOURCES)
        return turn.say_reply("nothing_yet", "menu")


class ActionShorter(Action):
    """Makes the last answer, and all later ones, as short as they can be."""

    def name(self) -> str:
        return "action_shorter"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        remembered = [SlotSet("brief", True)]
        if turn.last_answer:
            note = "" if turn.brief else turn.library.phrases.brief_on
            return remembered + turn.say_answer(turn.last_answer, messages.BRIEF, note=note)
        return remembered + turn.say_reply("shorter")


class ActionLonger(Action):
    """Returns to answers of the usual length."""

    def name(self) -> str:
        return "action_longer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        remembered = [SlotSet("brief", False)]
        if turn.last_answer:
            return remembered + turn.say_answer(turn.last_answer, messages.SHORT, note=turn.library.phrases.brief_off)
        return remembered + turn.say_reply("longer")


class ActionAffirm(Action):
    """ "Yes": takes the one thing that was offered, or else tells more of the last answer."""

    def name(self) -> str:
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        last = turn.last_message_id()
        if last not in turn.library.answers and len(turn.offered) == 1 and turn.offered[0] in turn.library.answers:
            return turn.say_answer(turn.offered[0])
        if last in turn.library.answers and turn.last_answer and turn.last_part != messages.END:
            return more(turn)
        return turn.say_reply("affirm")


class ActionChooseOption(Action):
    """ "The second one": gives what was offered at that place."""

    def name(self) -> str:
        return "action_choose_option"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        choice = chosen(turn.understood.values, turn.offered)
        if choice in turn.library.answers:
            return turn.say_answer(str(choice))
        if choice in turn.library.replies:
            return turn.say_reply(str(choice))
        return turn.say_reply("choose_option", offers=turn.offered or None)


class ActionStartOver(Action):
    """Forgets what the conversation was about."""

    def name(self) -> str:
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> Events:
        turn = Turn(dispatcher, tracker)
        offered = turn.say_reply("start_over")
        return [SlotSet("last_answer", None), SlotSet("last_part", None), SlotSet("brief", False), *offered]


def more(turn: Turn) -> Events:
    """The next part of the last answer, or the menu where there was none."""
    if turn.last_answer is None:
        return turn.say_reply("nothing_yet", "menu")
    return turn.say_answer(turn.last_answer, messages.END if turn.last_part in (messages.MORE, messages.END) else messages.MORE)
