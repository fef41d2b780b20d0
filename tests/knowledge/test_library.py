"""The library as a whole: references hold, settings are filled in, what is unset is said honestly."""

import shutil
from pathlib import Path

import pytest

from assistant.knowledge import DataError, Library
from assistant.knowledge.library import DATA, read_library
from assistant.knowledge.schema import Lexicon


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of data/ that a test may break."""
    for name in ("answers", "safety", "lexicon", "sources.yml", "phrases.yml", "followups.yml", "clinic.yml"):
        source = DATA / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_projects_own_data_is_whole(copy: Path) -> None:
    assert read_library(copy).topics


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("answers/risks.yml", "next: [", "next: [no_such_topic]  # [", "'next' names an unknown answer 'no_such_topic'"),
        ("answers/risks.yml", "sources: [", "sources: [no-such-source, ", "unknown source 'no-such-source'"),
        ("answers/conversation.yml", "{clinic_contact}", "{clinic_fax}", "unknown placeholder 'clinic_fax'"),
        ("safety/replies.yml", "Call {emergency} now. These", "Call {ambulance} now. These", "unknown placeholder 'ambulance'"),
        ("lexicon/condition.yml", "{drug} (gave", "{drag} (gave", "a pattern names unknown words 'drag'"),
        ("answers/outside.yml", "next: [", "next: [nothing]  # [", "'next' names an unknown answer 'nothing'"),
    ],
)
def test_a_reference_to_nothing_is_named(copy: Path, file: str, old: str, new: str, reason: str) -> None:
    edit(copy / file, old, new)
    with pytest.raises(DataError, match=reason):
        read_library(copy)


def test_a_reference_to_nothing_comes_with_file_line_and_the_likely_meaning(copy: Path) -> None:
    edit(copy / "answers" / "care.yml", "sources: [", "sources: [magnesium-lable]  # [")
    with pytest.raises(DataError, match=r"care.yml:\d+: \w+: unknown source 'magnesium-lable'; did you mean 'magnesium-label'\?"):
        read_library(copy)


def test_words_that_patterns_share_are_filled_in() -> None:
    values = {"one": {"title": "one", "names": ["one"], "patterns": ["allergic to {drug}", "[0-9]{1,2} {drug}"]}}
    lexicon = Lexicon.parse_obj({"entity": "condition", "words": {"drug": "(reglan|zofran)"}, "values": values})
    assert lexicon.values["one"].patterns == ["allergic to (reglan|zofran)", "[0-9]{1,2} (reglan|zofran)"]


def test_a_topic_in_two_files_is_refused(copy: Path) -> None:
    with (copy / "answers" / "care.yml").open("a", encoding="utf-8") as file:
        file.write((copy / "answers" / "declines.yml").read_text(encoding="utf-8"))
    with pytest.raises(DataError, match="stands in two files"):
        read_library(copy)


def test_values_that_the_lexicon_does_not_know_are_named(copy: Path) -> None:
    edit(copy / "lexicon" / "setting.yml", "  med_spa:", "  other_spa:")
    with pytest.raises(DataError, match="med_spa"):
        read_library(copy)


def test_unset_clinic_details_are_said_to_be_unknown(library: Library) -> None:
    text = library.fill(library.answers["booking"].short)
    assert "{" not in text
    if library.clinic.phone is None:
        assert library.clinic.sentences["clinic_contact"].unset in text


def test_set_clinic_details_are_spoken(copy: Path) -> None:
    edit(copy / "clinic.yml", "phone: null", 'phone: "+1 555 010 0199"')
    library = read_library(copy)
    assert "You can reach the clinic by phone at +1 555 010 0199." in library.fill(library.answers["booking"].short)


def test_the_emergency_number_follows_the_settings(copy: Path) -> None:
    edit(copy / "clinic.yml", "emergency_number: null", 'emergency_number: "112"')
    library = read_library(copy)
    assert "Call 112 or your local emergency number" in library.fill(library.safety["emergency_stroke"].text)


def test_a_clinics_country_decides_which_numbers_are_named(copy: Path) -> None:
    edit(copy / "clinic.yml", "locale: en-US", "locale: en-GB")
    library = read_library(copy)
    assert "Call 999 or your local emergency number" in library.fill(library.safety["emergency_stroke"].text)
    assert "911" not in " ".join(library.fill(a.short) for a in library.answers.values())


def test_a_safety_reply_too_long_to_read_in_panic_is_refused(copy: Path) -> None:
    edit(copy / "safety" / "replies.yml", "minutes matter.", "minutes matter. " + "Please hurry. " * 10)
    with pytest.raises(DataError, match="emergency_stroke: has .* words .*; the limit is 60"):
        read_library(copy)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("phrases/overdose.yml", "sources: [medicinenet-infusion]", "sources: [nobody]", "unknown source 'nobody'"),
        ("phrases/overdose.yml", '"(overdosed|', '"({nothing}|overdosed|', "unknown words 'nothing'"),
        ("phrases/overdose.yml", '"(overdosed|', '"((overdosed|', "missing \\)"),
        ("cues.yml", "negated:", "denied:", "cues.yml"),
        ("numbers.yml", 'US: {emergency_number: "911"', 'US: {number: "911"', "'number' is not one of"),
    ],
)
def test_a_broken_file_of_phrases_is_refused_with_its_place(copy: Path, file: str, old: str, new: str, reason: str) -> None:
    edit(copy / "safety" / file, old, new)
    with pytest.raises(DataError, match=reason):
        read_library(copy)
