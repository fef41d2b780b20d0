"""Safety first in the dialogue policy: before every rule, and inside a form, with nothing where the action server should be."""

import asyncio
from pathlib import Path
from typing import Any, Dict, List

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.model_training import train
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

import assistant.nlu  # noqa: F401  (puts the corrections to Rasa in force)
from assistant.knowledge import Library
from assistant.runtime import processes
from assistant.runtime.responses import CuratedResponses

CONFIG = """
recipe: default.v1
assistant_id: policy-test
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
  - name: assistant.nlu.entities.LexiconEntityExtractor
policies:
  - name: {policy}
    core_fallback_action_name: utter_unavailable
"""
DOMAIN = """
version: "3.1"
intents: [begin, tell, emergency_stroke, crisis_self_harm, thanks]
entities: [why]
slots:
  why:
    type: text
    influence_conversation: false
    mappings: [{type: from_text, not_intent: begin, conditions: [{active_loop: visit_form}]}]
forms: {visit_form: {required_slots: [why]}}
actions: [validate_visit_form]
responses:
  utter_ask_why: [{text: capabilities}]
  utter_capabilities: [{text: capabilities}]
  utter_thanks: [{text: thanks}]
  utter_unavailable: [{text: unavailable}]
  utter_emergency_stroke: [{text: emergency_stroke}]
  utter_crisis_self_harm: [{text: crisis_self_harm}]
  utter_safety_reminder: [{text: safety_reminder}]
"""
DATA = """
version: "3.1"
rules:
  - rule: form
    steps: [{intent: begin}, {action: visit_form}, {active_loop: visit_form}]
  - rule: stroke
    steps: [{intent: emergency_stroke}, {action: utter_emergency_stroke}]
  - rule: thanks
    steps: [{intent: thanks}, {action: utter_thanks}]
nlu:
  - {intent: begin, examples: "- begin"}
  - {intent: tell, examples: "- because"}
  - {intent: emergency_stroke, examples: "- droops"}
  - {intent: crisis_self_harm, examples: "- suicide"}
  - {intent: thanks, examples: "- thanks"}
"""


def agent_with(policy: str, folder: Path) -> Agent:
    for name, text in (("config.yml", CONFIG.format(policy=policy)), ("domain.yml", DOMAIN), ("data.yml", DATA)):
        (folder / name).write_text(
            text.replace("  - name: assistant.nlu.entities.LexiconEntityExtractor\n", ""), encoding="utf-8"
        )
    result = train(str(folder / "domain.yml"), str(folder / "config.yml"), [str(folder / "data.yml")], str(folder / "models"))
    nothing_there = EndpointConfig(f"http://127.0.0.1:{processes.free_port()}/webhook")
    store = InMemoryTrackerStore(Domain.from_yaml(DOMAIN))
    return Agent.load(str(result.model), action_endpoint=nothing_there, generator=CuratedResponses(), tracker_store=store)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    return agent_with("assistant.runtime.policy.SafetyFirstRulePolicy", tmp_path_factory.mktemp("safety_first"))


def talk(agent: Agent, *said: str) -> List[List[Any]]:
    async def run() -> List[List[Any]]:
        found = []
        for text in said:
            messages: List[Dict[str, Any]] = await agent.handle_text(text, sender_id="+".join(said)) or []
            found.append([message.get("text") for message in messages])
        return found

    return asyncio.run(run())


def test_a_danger_is_answered_inside_a_form_without_the_action_server(agent: Agent, library: Library) -> None:
    _, inside, after = talk(agent, "begin", "my face droops", "thanks")
    assert inside == [library.fill(library.safety["emergency_stroke"].text)]
    assert after[0] == library.fill(library.safety["emergency_stroke"].reminder)


def test_the_form_goes_on_after_it(agent: Agent) -> None:
    async def active_form() -> Any:
        for text in ("begin", "my face droops"):
            await agent.handle_text(text, sender_id="form")
        tracker = await agent.tracker_store.retrieve("form")
        return tracker.active_loop_name if tracker else None

    assert asyncio.run(active_form()) == "visit_form"


def test_rasas_own_policy_would_leave_it_to_the_form(tmp_path: Path, library: Library) -> None:
    _, inside = talk(agent_with("RulePolicy", tmp_path), "begin", "my face droops")
    assert library.fill(library.safety["emergency_stroke"].text) not in inside, "Rasa no longer needs this policy inside forms"


def test_a_danger_without_a_rule_of_its_own_is_answered_all_the_same(agent: Agent, library: Library) -> None:
    assert talk(agent, "suicide") == [[library.fill(library.safety["crisis_self_harm"].text)]]


def test_the_reminder_stands_before_what_the_rules_say(agent: Agent, library: Library) -> None:
    _, *later = talk(agent, "it droops", "thanks", "thanks", "thanks", "thanks")
    reminder, answer = library.fill(library.safety["emergency_stroke"].reminder), library.fill(library.replies["thanks"].text)
    assert later == [[reminder, answer]] * 3 + [[answer]]
