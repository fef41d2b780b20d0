"""Every answer keeps its limits: length, reading grade, no dose, sources that exist. What breaks one is named."""

import re
import statistics
from typing import Dict, Iterator, List, Tuple

import pytest
import textstat

from assistant.knowledge import Library
from assistant.knowledge.schema import DOSE_PATTERN, MORE_WORDS, SHORT_WORDS, words

# Names that no plain word replaces; a reader who takes the medicine knows its name.
OTHER_LONG_NAMES = (
    "dexketoprofen", "granisetron", "hydromorphone", "onabotulinumtoxinA", "anaphylaxis", "Parkinson's", "myasthenia gravis",
    "status migrainosus", "medication overuse headache", "CoQ10", "preeclampsia", "G6PD", "hemiplegic",
)  # fmt: skip


@pytest.fixture(scope="module")
def drug_names(library: Library) -> "re.Pattern[str]":
    names = {name for entry in library.lexicon.values() for value in entry.values.values() for name in value.names}
    long_names = {name for name in names if len(name) >= 7 and " " not in name} | set(OTHER_LONG_NAMES)
    return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(long_names, key=len, reverse=True)), re.IGNORECASE)


def grade(text: str, names: "re.Pattern[str]") -> float:
    """Flesch-Kincaid grade after drug names are replaced by a plain word."""
    return float(textstat.flesch_kincaid_grade(names.sub("drug", text)))


def texts(library: Library) -> Iterator[Tuple[str, str, str]]:
    for answer_id, answer in library.answers.items():
        yield answer_id, "short", answer.short
        yield answer_id, "more", answer.more
    for reply_id, reply in library.replies.items():
        for text in reply.texts:
            yield reply_id, "text", text
    for safety_id, safety in library.safety.items():
        yield safety_id, "text", safety.text


def test_answers_are_within_their_lengths(library: Library) -> None:
    long = {
        i: (words(a.short), words(a.more))
        for i, a in library.answers.items()
        if words(a.short) > SHORT_WORDS or words(a.more) > MORE_WORDS
    }
    assert long == {}


def test_short_answers_read_at_grade_eight_or_lower(library: Library, drug_names: "re.Pattern[str]") -> None:
    grades = {i: grade(library.fill(a.short), drug_names) for i, a in library.answers.items()}
    assert {i: round(g, 1) for i, g in grades.items() if g > 8.5} == {}
    assert statistics.median(grades.values()) <= 8
    print(f"median grade {statistics.median(grades.values()):.1f}, highest {max(grades.values()):.1f}")


def test_details_and_safety_replies_read_at_grade_ten_or_lower(library: Library, drug_names: "re.Pattern[str]") -> None:
    grades = {f"{i} more": grade(a.more, drug_names) for i, a in library.answers.items()}
    grades.update({i: grade(library.fill(s.text), drug_names) for i, s in library.safety.items()})
    assert {i: round(g, 1) for i, g in grades.items() if g > 10} == {}


def test_no_text_holds_a_dose(library: Library) -> None:
    assert [(i, part, DOSE_PATTERN.search(t).group()) for i, part, t in texts(library) if DOSE_PATTERN.search(t)] == []  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ["take 400 mg", "2 grams by vein", "1-2 g", "500ml of saline", "10 units", "two doses of 5 mcg", "1,000 IU", "2 tablets"],
)
def test_the_dose_pattern_finds_doses(text: str) -> None:
    assert DOSE_PATTERN.search(text)


@pytest.mark.parametrize(
    "text",
    ["30 to 45 minutes", "15 or more days a month", "72 hours", "in 2018", "$100 to $250", "about 4 days fewer", "3 months"],
)
def test_the_dose_pattern_leaves_other_numbers_alone(text: str) -> None:
    assert not DOSE_PATTERN.search(text)


def test_every_cited_source_exists_and_answers_that_claim_the_article_cite_it(library: Library) -> None:
    broken: Dict[str, List[str]] = {}
    for answer_id, answer in library.answers.items():
        missing = [key for key in answer.sources if key not in library.sources]
        if answer.says in ("article", "both") and "article" not in answer.sources:
            missing.append("article")
        if answer.says != "clinic" and not answer.sources:
            missing.append("any source")
        if missing:
            broken[answer_id] = missing
    assert broken == {}


def test_no_answer_claims_a_reviewer_without_date_and_hash(library: Library) -> None:
    assert [i for i, a in library.answers.items() if a.reviewed_by and not (a.reviewed_on and a.reviewed_hash)] == []


def test_titles_are_buttons_that_can_be_told_apart(library: Library) -> None:
    titles = [a.title for a in library.answers.values()]
    assert [t for t in titles if titles.count(t) > 1] == []


def test_emergency_numbers_come_with_the_local_alternative(library: Library) -> None:
    for entry_id, part, text in texts(library):
        if re.search(r"\b911\b|\{emergency_number\}", text):
            assert "local emergency number" in text, (entry_id, part)


def test_safety_replies_are_short_and_say_whom_to_call(library: Library) -> None:
    for safety_id, reply in library.safety.items():
        text = library.fill(reply.text)
        assert words(text) <= SHORT_WORDS, safety_id
        assert "911" in text, safety_id
    assert "988" in library.fill(library.safety["crisis_self_harm"].text)
    assert "1-800-222-1222" in library.fill(library.safety["overdose"].text)


def test_ranks_of_safety_replies_are_an_order(library: Library) -> None:
    ranks = sorted(s.rank for s in library.safety.values())
    assert ranks == list(range(1, len(ranks) + 1))


def test_texts_are_plain(library: Library) -> None:
    for entry_id, part, text in texts(library):
        assert not re.search(r"https?://|\*\*|!|<[a-z]", text), (entry_id, part)


def test_the_first_sentence_of_an_answer_stands_for_it_when_short_answers_are_wanted(library: Library) -> None:
    for answer_id, answer in library.answers.items():
        assert answer.short.startswith(answer.brief)
        assert 6 <= words(answer.brief) <= SHORT_WORDS, answer_id


@pytest.mark.parametrize(
    "answer_id", ["when_to_go_to_er", "when_to_call", "aura_or_stroke", "attack_over_three_days", "serious_risks"]
)
def test_answers_that_list_warning_signs_are_never_cut(library: Library, answer_id: str) -> None:
    assert library.answers[answer_id].brief == library.answers[answer_id].short


@pytest.mark.parametrize(
    "text", ["Ten milligrams of it", "Take two tablets first", "half a tablet every four hours", "one teaspoon"]
)
def test_the_dose_pattern_finds_doses_in_words(text: str) -> None:
    assert DOSE_PATTERN.search(text)


def test_an_answer_counts_as_signed_only_for_the_very_text_that_was_signed(library: Library) -> None:
    answer = library.answers["cost"]
    claimed = answer.copy(update={"reviewed_by": "Somebody", "reviewed_on": answer.review_due, "reviewed_hash": "abc"})
    assert not claimed.signed
    signed = claimed.copy(update={"reviewed_hash": answer.text_hash})
    assert signed.signed
    assert not signed.copy(update={"short": "Another text."}).signed


def test_no_answer_writes_the_emergency_number_out(library: Library) -> None:
    """The number comes from data/clinic.yml, so that it is right wherever the clinic is."""
    assert [(i, part) for i, part, text in texts(library) if "911" in text] == []


def test_an_illness_answer_names_the_ingredients_it_is_said_to_speak_of(library: Library) -> None:
    for answer_id, ingredients in library.followups.speaks_of.items():
        text = f"{library.answers[answer_id].short} {library.answers[answer_id].more}".lower()
        for value in ingredients:
            called = library.lexicon["ingredient"].values[value]
            assert any(name.lower() in text for name in [called.title, *called.names]), f"{answer_id} says nothing of {value}"
