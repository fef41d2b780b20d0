"""Misspelt words are put right to words of the examples; what is a word already is left alone."""

import json

import pytest

from assistant.nlu.spelling import Spelling

TEXTS = ["how much does the toradol infusion cost", "does it hurt much", "how long does the infusion take"] * 25


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling.fit(TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("torodol", "toradol"),
        ("infsion take", "infusion take"),
        ("howmuch is it", "how much is it"),
        ("how long does the infusion take", "how long does the infusion take"),
        ("my horse can swim", "my horse can swim"),
        ("TORADOL?!", "TORADOL?!"),
        ("xqzwv", "xqzwv"),
        ("", ""),
    ],
)
def test_misspelt_words_are_put_right_and_others_kept(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.correct(typed) == meant


def test_a_frequent_misspelling_is_no_word_of_its_own() -> None:
    often = Spelling.fit([*TEXTS, *["the infsion"] * 5])
    assert often.correct("infsion") == "infusion"


def test_a_stored_speller_is_the_same(spelling: Spelling) -> None:
    again = Spelling(**json.loads(json.dumps(spelling.dump())))
    for text in ("torodol", "howmuch does the infsion cots", "horse"):
        assert again.correct(text) == spelling.correct(text)
