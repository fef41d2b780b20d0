"""Names are found however people write them, and English words are left alone."""

from pathlib import Path
from typing import Dict, List

import pytest
import spacy

from assistant.knowledge.library import load_lexicon
from assistant.knowledge.schema import Lexicon, LexiconValue
from assistant.nlu.language import build_language
from assistant.nlu.names import entities_of, is_only_a_name, mentions_of, names_in, names_put_right


@pytest.fixture(scope="module")
def nlp():
    return build_language("blank", load_lexicon())


def found(nlp, text: str, intent: str = "") -> Dict[str, List[str]]:
    values: Dict[str, List[str]] = {}
    for entity in entities_of(names_in(nlp(text)), intent):
        values.setdefault(entity["entity"], []).append(entity["value"])
    return values


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("what's Toradol for", "ingredient", "ketorolac"),
        ("whats toridol for", "ingredient", "ketorolac"),
        ("does mag help", "ingredient", "magnesium"),
        ("MAGNISIUM drip", "ingredient", "magnesium"),
        ("is compezine ok", "ingredient", "prochlorperazine"),
        ("can they leave out the benedryl", "ingredient", "diphenhydramine"),
        ("zophran for nausea", "ingredient", "ondansetron"),
        ("is b12 any use", "ingredient", "b_vitamins"),
        ("that steroid they gave me", "ingredient", "dexamethasone"),
        ("what anti-nausea stuff is in it", "ingredient", "anti_nausea"),
        ("I am pregnant", "condition", "pregnancy"),
        ("I'm expecting in May", "condition", "pregnancy"),
        ("i\u2019m expecting in may", "condition", "pregnancy"),
        ("my 14 year old gets them", "condition", "child_or_teen"),
        ("I'm on a blood thinner", "condition", "blood_thinners"),
        ("took warfrin", "condition", "blood_thinners"),
        ("I took sumatryptan", "medicine", "triptan"),
        ("imitrex this morning", "medicine", "triptan"),
        ("at the emergency room", "setting", "emergency_room"),
        ("a med spa near me", "setting", "med_spa"),
    ],
)
def test_names_are_found(nlp, text: str, entity: str, value: str) -> None:
    assert value in found(nlp, text).get(entity, [])


@pytest.mark.parametrize(
    "text",
    ["I regain my strength", "the position of the nurse", "any reaction", "a region of pain", "thanks for the information"],
)
def test_english_words_are_not_taken_for_names(nlp, text: str) -> None:
    assert found(nlp, text) == {}


def test_a_name_with_two_readings_is_read_in_the_light_of_the_intent(nlp) -> None:
    assert found(nlp, "are opioids in it", "ask_ingredient") == {"ingredient": ["opioids"]}
    assert found(nlp, "I take opioids", "ask_medicine_interactions") == {"medicine": ["opioid"]}
    assert set(found(nlp, "opioids", "ask_cost")) == {"ingredient", "medicine"}


def test_entities_say_where_they_stand(nlp) -> None:
    text = "is Toradol safe"
    (entity,) = entities_of(names_in(nlp(text)), None)
    assert text[entity["start"] : entity["end"]] == "Toradol"


def test_a_very_long_message_is_searched_only_so_far(nlp) -> None:
    misspelt = nlp.get_pipe("misspelt_names")
    calls = []
    closest = misspelt.closest
    misspelt.closest = lambda word: calls.append(word) or closest(word)
    try:
        nlp("wrd " * 5000)
    finally:
        misspelt.closest = closest
    assert len(calls) <= 150


def test_of_words_equally_near_by_sound_the_one_nearest_as_written_is_meant() -> None:
    lexicon = {"medicine": Lexicon(entity="medicine", values={
        "thinner": LexiconValue(title="thinner", names=["sintrom"]), "other": LexiconValue(title="other", names=["odd syndrome"]),
    })}  # fmt: skip
    assert found(build_language("blank", lexicon), "sintrim and odd syndrom") == {"medicine": ["thinner", "other"]}


def test_a_value_can_opt_out_of_the_search_for_misspellings() -> None:
    lexicon = {"ingredient": Lexicon(entity="ingredient", values={
        "abc": LexiconValue(title="abc", names=["abcdefgh"], fuzzy=False), "xyz": LexiconValue(title="xyz", names=["stuvwxyz"]),
    })}  # fmt: skip
    nlp = build_language("blank", lexicon)
    assert found(nlp, "abcdefgx") == {}
    assert found(nlp, "stuvwxzz") == {"ingredient": ["xyz"]}


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("Benadryl", True),
        ("benedryl?", True),
        ("reglan and zofran", True),
        ("my kidneys", True),
        ("is benadryl bad", False),
        ("hello", False),
        ("", False),
    ],
)
def test_a_message_that_is_only_a_name_is_recognised(nlp, text: str, alone: bool) -> None:
    assert is_only_a_name(nlp(text)) is alone


def test_names_show_when_misspelt_words_are_put_right_at_their_place_as_typed() -> None:
    values = {
        "cardiac": LexiconValue(title="cardiac", names=["sick heart"]),
        "renal": LexiconValue(title="renal", names=["bad kidneys"]),
    }
    nlp = build_language("blank", {"condition": Lexicon(entity="condition", values=values)})
    text = "canni have it wiht sikc heart and bad kidneys?"
    corrections = [(0, 5, "can i"), (14, 18, "with"), (19, 23, "sick")]
    already = names_in(nlp(text))
    (further,) = names_put_right(nlp, text, corrections, already)
    assert text[further.start : further.end] == "sikc heart"
    assert further.readings == (("condition", "cardiac"),)
    assert [text[name.start : name.end] for name in already] == ["bad kidneys"]


def test_a_name_written_as_one_word_with_its_neighbour_takes_the_whole_word(nlp) -> None:
    (found,) = names_put_right(nlp, "has magnesiumhelped", [(4, 19, "magnesium helped")], [])
    assert (found.start, found.end) == (4, 19)


def test_a_name_put_right_never_touches_one_that_is_there(nlp) -> None:
    text = "toradol"
    assert names_put_right(nlp, text, [(0, 7, "tylenol")], names_in(nlp(text))) == []
    assert names_put_right(nlp, text, [], []) == []


def test_a_name_that_says_little_counts_only_where_the_message_asks_about_its_kind() -> None:
    values = {"stroke_or_tia": LexiconValue(title="stroke", names=["mini stroke"], in_topic=["stroke"])}
    nlp = build_language("blank", {"condition": Lexicon(entity="condition", values=values)})
    assert found(nlp, "I had a brain stroke, can I have it", "ask_condition") == {"condition": ["stroke_or_tia"]}
    assert found(nlp, "is it aura or a stroke", "ask_aura_or_stroke") == {}
    assert found(nlp, "a mini stroke", "ask_aura_or_stroke") == {"condition": ["stroke_or_tia"]}
    assert mentions_of(names_in(nlp("a stroke"))) == []
    assert not is_only_a_name(nlp("stroke"))


def test_a_name_may_hold_signs_that_settings_are_written_with(tmp_path: Path) -> None:
    values = {"one": LexiconValue(title="one", names=["needles", "needles = panic", "ratio: bad"])}
    build_language("blank", {"condition": Lexicon(entity="condition", values=values)}).to_disk(tmp_path)
    assert found(spacy.load(tmp_path), "needles = panic and a ratio: bad") == {"condition": ["one", "one"]}
