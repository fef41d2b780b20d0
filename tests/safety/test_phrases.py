"""Each phrase of data/safety finds its own examples and spares the calm ones; cues have their direction and their reach."""

from typing import List, Tuple

import pytest
import spacy

from assistant.knowledge import Library, load_library
from assistant.nlu.red_flags import Phrases, RedFlag, Speller, words_of

NLP = spacy.blank("en")
PHRASES = [(danger, name) for danger, phrases in load_library().red_flags.phrases.items() for name in phrases]


@pytest.fixture(scope="module")
def phrases(library: Library) -> Phrases:
    return Phrases(library.red_flags)


def present(phrases: Phrases, text: str) -> List[RedFlag]:
    return [flag for flag in phrases.find(NLP(text)) if not flag.dismissed]


def dangers(phrases: Phrases, text: str) -> set:
    return {flag.safety_id for flag in present(phrases, text)}


@pytest.mark.parametrize(("danger", "name"), PHRASES, ids=[f"{d}.{n}" for d, n in PHRASES])
def test_a_phrase_finds_what_it_is_for(phrases: Phrases, library: Library, danger: str, name: str) -> None:
    for text in library.red_flags.phrases[danger][name].raises:
        assert (danger, name) in [(f.safety_id, f.phrase) for f in present(phrases, text)], text


@pytest.mark.parametrize(("danger", "name"), PHRASES, ids=[f"{d}.{n}" for d, n in PHRASES])
def test_a_firm_phrase_spares_what_only_sounds_like_it(phrases: Phrases, library: Library, danger: str, name: str) -> None:
    phrase = library.red_flags.phrases[danger][name]
    if phrase.firm:
        for text in phrase.calm:
            assert (danger, name) not in [(f.safety_id, f.phrase) for f in present(phrases, text)], text


def test_every_danger_has_phrases_with_examples_on_both_sides(library: Library) -> None:
    assert set(library.red_flags.phrases) == set(library.safety)
    for danger, entries in library.red_flags.phrases.items():
        assert any(phrase.firm for phrase in entries.values()) or danger == "urgent_same_day"
        assert sum(len(p.raises) for p in entries.values()) >= 6 and sum(len(p.calm) for p in entries.values()) >= 4, danger


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("no chest pain", "negated"),
        ("what if my throat swells", "asked"),
        ("can toradol make your throat close", "asked"),
        ("I had chest pain three years ago", "past"),
        ("my uncle died of a heart attack, he had a stroke", "others"),
        ("I'm scared of anaphylaxis", "feared"),
        ("this bill gave me a heart attack lol, I'm having a heart attack", "figurative"),
    ],
)
def test_a_cue_makes_a_phrase_harmless(phrases: Phrases, text: str, cue: str) -> None:
    flags = phrases.find(NLP(text))
    assert flags and all(flag.dismissed for flag in flags), flags
    assert cue in {kind for flag in flags for kind in flag.dismissed}


@pytest.mark.parametrize(
    "text",
    [
        "no fever but my throat is closing up",
        "I had a stroke in 2015. Now my left arm is numb again",
        "not sure what this is, my chest hurts badly",
        "how much is the drip? my throat is closing up",
        "my uncle had a heart attack last year and right now my chest hurts",
        "I don't know why my face is drooping",
    ],
)
def test_a_cue_reaches_no_further_than_it_means(phrases: Phrases, text: str) -> None:
    assert present(phrases, text), phrases.find(NLP(text))


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("cant breeeeathe", "emergency_chest_or_collapse"),
        ("i can\u2019t breathe", "emergency_chest_or_collapse"),
        ("SHES HAVING A SIEZURE", "emergency_headache"),
        ("i want to kill my self", "crisis_self_harm"),
        ("im sucidal", "crisis_self_harm"),
        ("i over\u00addosed", "overdose"),
        ("\uff49 \uff43\uff41\uff4e\uff54 \uff42\uff52\uff45\uff41\uff54\uff48\uff45", "emergency_chest_or_collapse"),
    ],
)
def test_spelling_does_not_hide_a_danger(phrases: Phrases, text: str, danger: str) -> None:
    assert danger in dangers(phrases, text)


def test_words_keep_their_places_in_the_message() -> None:
    text = "I can't breathe! Mini-stroke?"
    words = words_of(NLP(text))
    assert [w.text for w in words] == ["i", "cant", "breathe", ".", "mini", "stroke", "."]
    assert all(0 <= w.start < w.end <= len(text) for w in words)


def test_a_speller_leaves_english_words_alone() -> None:
    speller = Speller(["seizure", "breathe"])
    assert [speller.right(word) for word in ("siezure", "breathe", "leisure", "breath", "xqzt")] == [
        "seizure", "breathe", "leisure", "breath", "xqzt",
    ]  # fmt: skip


def test_a_danger_at_the_end_of_a_very_long_message_is_found(phrases: Phrases) -> None:
    text = "I wonder about the price and the parking. " * 2000 + "my throat is closing up"
    assert dangers(phrases, text) == {"emergency_reaction"}


CALM_IN_EVERY_LANGUAGE_OF_THE_KEYBOARD: Tuple[str, ...] = (
    "",
    " ",
    "?!",
    "\u200b",
    "\U0001f600\U0001f600",
    "12345",
    "....",
    "\n\n",
    "' ' '",
)


@pytest.mark.parametrize("text", CALM_IN_EVERY_LANGUAGE_OF_THE_KEYBOARD)
def test_messages_without_words_tell_of_nothing(phrases: Phrases, text: str) -> None:
    assert phrases.find(NLP(text)) == []
