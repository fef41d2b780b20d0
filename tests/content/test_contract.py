"""Topics = intents = examples = answer rule = answers = entity variants. What is missing is said by name."""

from collections import Counter
from pathlib import Path
from typing import Dict, List

import pytest
from ruamel.yaml import YAML

from assistant.knowledge import Library
from assistant.knowledge.danger import message_of
from assistant.knowledge.library import ANSWER_THEMES, DATA, ROOT

CONTRACT = YAML(typ="safe").load((Path(__file__).parent / "contract.yml").read_text(encoding="utf-8"))
TOPICS: Dict[str, List[str]] = CONTRACT["topics"]
DOMAIN = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = YAML(typ="safe").load((DATA / "conversation" / "rules.yml").read_text(encoding="utf-8"))["rules"]
NLU_THEMES = (*ANSWER_THEMES, "safety", "conversation", "outside")


def intents() -> List[str]:
    return [name for entry in DOMAIN["intents"] for name in entry]


def wanted_intents() -> Dict[str, int]:
    """Intent -> the least number of examples it needs."""
    questions = {f"ask_{topic}": 60 for topic in TOPICS["answer"] + TOPICS["decline"]}
    others = {topic: 30 for kind in ("safety", "talk", "outside") for topic in TOPICS[kind]}
    return {**questions, **others}


@pytest.fixture(scope="module")
def examples() -> Counter:
    count: Counter = Counter()
    for theme in NLU_THEMES:
        for block in YAML(typ="safe").load((DATA / "nlu" / f"{theme}.yml").read_text(encoding="utf-8"))["nlu"]:
            count[block["intent"]] += len([line for line in block["examples"].splitlines() if line.startswith("- ")])
    return count


def test_every_contract_topic_has_its_intent() -> None:
    assert set(wanted_intents()) - set(intents()) == set()


def test_every_answer_and_decline_topic_has_its_answer(library: Library) -> None:
    assert set(TOPICS["answer"] + TOPICS["decline"]) - set(library.topics) == set()
    assert set(TOPICS["decline"]) == set(library.declines)


@pytest.mark.parametrize("topic", CONTRACT["entity_of_topic"])
def test_every_entity_value_has_a_whole_answer_of_its_own(library: Library, topic: str) -> None:
    values = CONTRACT["entities"][CONTRACT["entity_of_topic"][topic]]
    assert [v for v in values if f"{topic}/{v}" not in library.answers] == []
    assert library.entity_of_topic[topic] == CONTRACT["entity_of_topic"][topic]


def test_every_entity_value_has_names_in_the_lexicon(library: Library) -> None:
    for entity, values in CONTRACT["entities"].items():
        assert set(values) - set(library.lexicon[entity].values) == set(), entity


def test_every_intent_has_enough_examples(examples: Counter) -> None:
    short = {intent: examples[intent] for intent, least in wanted_intents().items() if examples[intent] < least}
    assert short == {}


def test_every_intent_of_the_domain_has_examples_and_the_other_way_round(examples: Counter) -> None:
    assert set(examples) ^ set(intents()) == set()


def test_examples_stand_in_the_theme_of_their_answer() -> None:
    for theme in ANSWER_THEMES:
        answers = YAML(typ="safe").load((DATA / "answers" / f"{theme}.yml").read_text(encoding="utf-8"))
        blocks = YAML(typ="safe").load((DATA / "nlu" / f"{theme}.yml").read_text(encoding="utf-8"))["nlu"]
        assert {b["intent"] for b in blocks} == {f"ask_{topic}" for topic in answers}, theme


def rule_intents(action: str) -> List[str]:
    found = []
    for rule in RULES:
        steps = rule["steps"]
        if any(step.get("action") == action for step in steps):
            found += [s["intent"] for step in steps for s in step.get("or", [step]) if "intent" in s]
    return found


def test_the_one_answer_rule_names_every_question_once(library: Library) -> None:
    assert Counter(rule_intents("action_answer")) == Counter(f"ask_{topic}" for topic in library.topics)


def test_every_safety_intent_leads_to_its_fixed_reply_without_the_action_server(library: Library) -> None:
    for topic in TOPICS["safety"]:
        assert topic in library.safety
        assert rule_intents(f"utter_{topic}") == [topic]


def test_every_other_intent_has_exactly_one_rule(library: Library) -> None:
    answered = Counter(s["intent"] for rule in RULES for step in rule["steps"] for s in step.get("or", [step]) if "intent" in s)
    assert set(answered) == {*intents(), "nlu_fallback"}
    assert [intent for intent, n in answered.items() if n != 1] == []


def test_every_fixed_response_of_the_domain_has_words_in_data(library: Library) -> None:
    ids = [name[len("utter_") :] for name in DOMAIN["responses"]]
    assert [i for i in ids if i not in library.replies and not message_of(library, i, [])] == []
