"""Corrections to Rasa 3.6.21, each with what goes wrong without it. `apply` is called when the pipeline is imported.

- An unreachable, slow or failing action server leaves the visitor without any reply (`200 []`), after up to 300 seconds:
  `RemoteAction.run` raises and the processor logs it. Here such a turn says the `unavailable` reply instead.
- Whatever begins with a slash is taken for a command: `/ask_cost{} my chest hurts` becomes the intent `ask_cost`, the rest unread, and is
  logged. Here only a button's payload is one (an intent of the domain, alone or with entities in braces); of any other message the slash is
  dropped before it is parsed. A message too long to be read whole is cut in the middle, so that it costs no more than a long one.
- `TemplatedNaturalLanguageGenerator` would answer with the reply ids of domain.yml if somebody's endpoints.yml has no `nlg`:
  the default generator becomes `CuratedResponses`, so that a safety reply never depends on a setting.
- In the terminal, the buttons of every message but the last were printed before the text that they belong to, and
  lines were broken in the middle of words. After the last message they became a menu that swallowed whatever was typed,
  red flags included: now they are a list, and what is typed is sent.
"""

import asyncio
import re
import shutil
import textwrap
from typing import Any, Container, Dict, List, Optional

import rasa.core.actions.action as rasa_action
import rasa.core.channels.console as rasa_console
import rasa.core.nlg.generator as rasa_generator
import rasa.core.processor as rasa_processor
import rasa.shared.utils.io as rasa_io
import structlog
from aiohttp import ClientError
from jsonschema import ValidationError
from rasa.shared.core.constants import DEFAULT_INTENTS, USER_INTENT_SESSION_START
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

logger = structlog.get_logger()

ACTION_TIMEOUT_SECONDS = 8
UNAVAILABLE = "utter_unavailable"
# Characters at either end of a message that are read.
READ_CHARACTERS = 5000
_PAYLOAD = re.compile(r"/([a-z_]+)(\{[^{}]*\})?\s*", re.DOTALL)
_LEADING_SLASHES = re.compile(r"^[\s/]*/[\s/]*")
BLUE = rasa_io.bcolors.OKBLUE
# Characters a line where the terminal does not say how wide it is.
USUAL_WIDTH = 80

_run_remote_action = rasa_action.RemoteAction.run
_create_generator = rasa_generator._create_from_endpoint_config
_parse_message = rasa_processor.MessageProcessor.parse_message
_print_bot_output = rasa_console._print_bot_output


async def _run_or_say_unavailable(
    self: rasa_action.RemoteAction, output_channel: Any, nlg: Any, tracker: Any, domain: Domain
) -> List[Event]:
    try:
        return await _run_remote_action(self, output_channel, nlg, tracker, domain)
    except (
        RasaException,
        ClientError,
        asyncio.TimeoutError,
        ValidationError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        # The kind of error only: messages of these errors can quote the conversation.
        logger.error("assistant.action_failed", action=self.name(), error=type(error).__name__)
        message = await nlg.generate(UNAVAILABLE, tracker, output_channel.name())
        return [rasa_action.create_bot_utterance(message)] if message else []


def cleaned(text: str, intents: Container[str]) -> str:
    """A message as it is to be parsed: a payload as it is, any other text without leading slashes, and no longer than can be read."""
    payload = _PAYLOAD.fullmatch(text.strip()) if text.lstrip().startswith("/") else None
    if payload and payload.group(1) in intents:
        return text.strip()
    text = _LEADING_SLASHES.sub("", text)
    if len(text) > 2 * READ_CHARACTERS:
        text = f"{text[:READ_CHARACTERS]}\n{text[-READ_CHARACTERS:]}"
    return text


async def _parse_cleaned(
    self: rasa_processor.MessageProcessor, message: Any, tracker: Any = None, only_output_properties: bool = True
) -> Dict[str, Any]:
    if isinstance(message.text, str) and self.domain:
        # /session_start would be obeyed without a word.
        intents = {*self.domain.intents, *DEFAULT_INTENTS} - {USER_INTENT_SESSION_START}
        message.text = cleaned(message.text, intents)
    return await _parse_message(self, message, tracker, only_output_properties)


def _curated_by_default(endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> Any:
    if endpoint_config is None or (endpoint_config.type or "").lower() == "response":
        from assistant.runtime.responses import CuratedResponses

        return CuratedResponses(endpoint_config, domain)
    return _create_generator(endpoint_config, domain)


def _print_readably(message: Dict[str, Any], is_latest_message: bool = False, color: str = BLUE) -> Any:
    text = message.get("text") or ""
    width = shutil.get_terminal_size().columns or USUAL_WIDTH
    wrapped = "\n".join(textwrap.fill(line, width) for line in text.splitlines())
    if wrapped:
        _print_bot_output({"text": wrapped}, False, color)
    return _print_bot_output({key: value for key, value in message.items() if key != "text"}, False, color)


def apply() -> None:
    """Put the corrections in place; a second call changes nothing."""
    rasa_action.RemoteAction.run = _run_or_say_unavailable  # type: ignore[method-assign]
    rasa_action.DEFAULT_REQUEST_TIMEOUT = ACTION_TIMEOUT_SECONDS
    rasa_processor.MessageProcessor.parse_message = _parse_cleaned  # type: ignore[method-assign]
    rasa_generator._create_from_endpoint_config = _curated_by_default
    rasa_console._print_bot_output = _print_readably
