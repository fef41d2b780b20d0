"""Broken entries of data/ are refused with file, line, entry and reason."""

from datetime import date
from pathlib import Path
from typing import Any, Dict

import pytest
from pydantic import ValidationError

from assistant.knowledge.reader import DataError, read_entries, read_entry, read_yaml
from assistant.knowledge.schema import Answer, Clinic, Reply

GOOD: Dict[str, Any] = {
    "title": "A title", "short": "It helps some people for a while.", "more": "There is more to say about it.", "says": "evidence",
    "evidence": "limited", "sources": ["a"], "next": ["cost"], "reviewed_by": None, "review_due": date(2027, 5, 1),
}  # fmt: skip


def test_a_whole_answer_is_accepted() -> None:
    assert Answer.parse_obj(GOOD).short == GOOD["short"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"short": "word " * 61}, "61 words; the limit is 60"),
        ({"more": "word " * 151}, "151 words; the limit is 150"),
        ({"short": "Take 400 mg of it."}, "looks like a dose"),
        ({"short": "  "}, "is empty"),
        ({"title": "t" * 41}, "41 characters; a button holds 40"),
        ({"says": "hearsay"}, "unexpected value"),
        ({"evidence": "great"}, "unexpected value"),
        ({"next": []}, "at least 1 item"),
        ({"colour": "red"}, "extra fields not permitted"),
        ({"reviewed_by": "somebody"}, "needs reviewed_on and reviewed_hash"),
    ],
)
def test_a_broken_answer_is_refused_with_the_reason(change: Dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Answer.parse_obj({**GOOD, **change})


def test_an_answer_without_a_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="review_due"):
        Answer.parse_obj({key: value for key, value in GOOD.items() if key != "review_due"})


@pytest.mark.parametrize(
    ("short", "brief"),
    [
        ("No, it does not cure migraine for good. It may help a while.", "No, it does not cure migraine for good."),
        ("Not yet. Nobody has shown that it does so. More later.", "Not yet. Nobody has shown that it does so."),
        ("One sentence is all there is here.", "One sentence is all there is here."),
    ],
)
def test_the_brief_form_is_the_opening_that_answers(short: str, brief: str) -> None:
    assert Answer.parse_obj({**GOOD, "short": short}).brief == brief


def test_an_answer_with_warning_signs_stays_whole() -> None:
    answer = Answer.parse_obj({**GOOD, "short": "Most are mild and pass soon. Call 911 for this.", "never_shorten": True})
    assert answer.brief == answer.short


def test_a_mistake_is_named_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "drip.yml"
    path.write_text("first:\n  text: fine\nsecond:\n  text: fine\n  next: [a, b, c, d, e, f, g, h, i]\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_entries(path, Reply)
    assert f"{path}:5: second.next: " in str(error.value)


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "drip.yml"
    path.write_text("first:\n  txt: a\nsecond:\n  text: ''\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_entries(path, Reply)
    assert "first.text" in str(error.value) and "first.txt" in str(error.value) and "second.text" in str(error.value)


def test_what_is_no_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "drip.yml"
    path.write_text("first:\n  text: a\n second: [\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"drip.yml:\d+: not valid YAML"):
        read_yaml(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere.yml: the file is missing"):
        read_yaml(tmp_path / "nowhere.yml")


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("phone: call us", "is not a phone number"),
        ("phone: +15550100199", "put quotes around"),
        ("booking_link: our page", "is not a web address"),
        ("fax: 1", "extra fields"),
    ],
)
def test_clinic_settings_are_checked(tmp_path: Path, setting: str, reason: str) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(f"name: A clinic\n{setting}\nsentences: {{}}\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"clinic.yml:2: .*{reason}"):
        read_entry(path, Clinic)
