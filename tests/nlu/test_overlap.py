"""Test questions do not stand among the training examples: memory is not understanding."""

import csv
import re
import unicodedata
from pathlib import Path
from typing import Dict, List, Set

import pytest
from ruamel.yaml import YAML

from assistant.knowledge import load_library
from assistant.knowledge.library import DATA
from assistant.reports.dialogues import read_dialogues
from assistant.reports.safety import read_messages
from tests.content.test_contract import CONTRACT

FEWEST_WORDS_OF_ONES_OWN = 4
DIALOGUE_FILES = sorted((Path(__file__).parents[1] / "conversations").glob("dialogues_*.yml"))
QUESTION_FILES = sorted(Path(__file__).parent.glob("*.csv"))
SAFETY_FILES = sorted((Path(__file__).parents[1] / "safety").glob("*.csv"))


def normal(text: str) -> str:
    """Lower case, words only: "What's it cost?!" and "whats it cost" differ, "Cost ?" and "cost" do not."""
    text = re.sub(r"[^\w\s]+", " ", unicodedata.normalize("NFKC", text).lower())
    return " ".join(text.split())


@pytest.fixture(scope="module")
def training() -> Dict[str, str]:
    found = {}
    for path in sorted((DATA / "nlu").glob("*.yml")):
        for block in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                found[normal(line[2:])] = block["intent"]
    # What the danger reader learns from beside that, and the examples of the phrases.
    for block in YAML(typ="safe").load((DATA / "safety" / "calm.yml").read_text(encoding="utf-8"))["calm"]:
        found.update({normal(line[2:]): "calm" for line in block["examples"].splitlines()})
    for entries in load_library().red_flags.phrases.values():
        found.update({normal(text): "phrase" for phrase in entries.values() for text in (*phrase.raises, *phrase.calm)})
    return found


@pytest.mark.parametrize("path", [*QUESTION_FILES, *SAFETY_FILES], ids=lambda path: path.stem)
def test_no_test_question_stands_in_the_training_data(path: Path, training: Dict[str, str]) -> None:
    questions = [row["text"] for row in read_messages([path])]
    assert [q for q in questions if normal(q) and normal(q) in training] == []


@pytest.mark.parametrize("path", DIALOGUE_FILES, ids=lambda path: path.stem)
def test_no_message_of_a_test_dialogue_stands_in_the_training_data(path: Path, training: Dict[str, str]) -> None:
    said = [turn.say for dialogue in read_dialogues(path) for turn in dialogue.turns]
    # "Yes please" and "the second one" are everybody's words.
    own_words = [normal(text) for text in said if len(normal(text).split()) >= FEWEST_WORDS_OF_ONES_OWN]
    assert [text for text in own_words if text in training] == []


def test_no_example_stands_under_two_intents() -> None:
    seen: Dict[str, str] = {}
    double: List[str] = []
    for path in sorted((DATA / "nlu").glob("*.yml")):
        for block in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                text = line[2:].strip().lower()
                if seen.setdefault(text, block["intent"]) != block["intent"]:
                    double.append(f"{text}: {seen[text]} and {block['intent']}")
    assert double == []


def test_the_test_sets_hold_questions_on_every_topic() -> None:
    expected: Set[str] = set()
    total = 0
    for path in QUESTION_FILES:
        if path.stem.startswith("questions_"):
            with path.open(newline="", encoding="utf-8") as file:
                answers = [row["answer_id"].split("/")[0] for row in csv.DictReader(file)]
            expected.update(answers)
            total += len(answers)
    assert {topic for ids in CONTRACT["topics"].values() for topic in ids} - expected == set()
    assert total >= 400
