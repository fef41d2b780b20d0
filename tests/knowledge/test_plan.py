"""What is answered in the light of the conversation: leaning messages, new values, several questions, choices."""

from typing import Any, Dict, List, Optional, Sequence, Tuple

import pytest

from assistant.knowledge import Library
from assistant.knowledge.followups import Context
from assistant.knowledge.misses import misses_in_a_row
from assistant.knowledge.plan import chosen, plan
from assistant.knowledge.understood import Understood


def understood(text: str, intent: str, names: Sequence[Tuple[str, str, str]] = (), **more: Any) -> Understood:
    """A message with `names` (words in the text, entity, value); the first reading of each name is its entity."""
    mentions: Dict[str, Dict[str, Any]] = {}
    for words, entity, value in names:
        start = text.index(words)
        found = mentions.setdefault(words, {"start": start, "end": start + len(words), "readings": []})
        found["readings"].append([entity, value])
    entities = [{"entity": e, "value": v} for e, v in (m["readings"][0] for m in mentions.values())]
    return Understood.from_parse(
        {"text": text, "intent": {"name": intent}, "entities": entities, "mentions": list(mentions.values()), **more}
    )


def answers(library: Library, message: Understood, last: Optional[str] = None) -> List[str]:
    return [given.answer_id for given in plan(library, message, Context(last)).answers]


@pytest.mark.parametrize(
    ("text", "intent", "last", "expected"),
    [
        ("does it have side effects", "ask_side_effects", "ingredient/magnesium", "ingredient/magnesium"),
        ("does it have side effects", "ask_side_effects", None, "side_effects"),
        ("does it have side effects", "ask_side_effects", "cost", "side_effects"),
        ("is the drip safe", "ask_general_safety", "ingredient/magnesium", "general_safety"),
        ("is the drip safe", "ask_general_safety", "condition/pregnancy", "condition/pregnancy"),
        ("how often", "ask_how_often", "eptinezumab", "eptinezumab"),
        ("how often", "ask_how_often", "ingredient/magnesium", "how_often"),
        ("does it work", "ask_effectiveness", "ingredient", "effectiveness"),
        ("how much is it", "ask_cost", "ingredient/magnesium", "cost"),
        ("well I read a lot about all this last night and now I keep wondering whether it has side effects",
         "ask_side_effects", "ingredient/magnesium", "side_effects"),
        ("/ask_side_effects", "ask_side_effects", "ingredient/magnesium", "side_effects"),
    ],
)  # fmt: skip
def test_a_leaning_message_means_what_was_talked_about(
    library: Library, text: str, intent: str, last: Optional[str], expected: str
) -> None:
    assert answers(library, understood(text, intent), last) == [expected]


def test_a_new_name_alone_takes_the_place_of_the_old_one(library: Library) -> None:
    toradol = understood("and toradol?", "ask_ingredient", [("toradol", "ingredient", "ketorolac")])
    assert answers(library, toradol, "ingredient/magnesium") == ["ingredient/ketorolac"]
    botox = understood("what about my botox", "ask_preventive_medicines", [("botox", "medicine", "botox")])
    assert answers(library, botox, "medicine_interactions/triptan") == ["medicine_interactions/botox"]
    assert answers(library, botox, "cost") == ["preventive_medicines"]
    oxy = understood(
        "and oxycodone", "ask_ingredient", [("oxycodone", "ingredient", "opioids"), ("oxycodone", "medicine", "opioid")]
    )
    assert answers(library, oxy, "medicine_interactions/triptan") == ["medicine_interactions/opioid"]
    pregnant = understood("what if i'm pregnant", "ask_condition", [("pregnant", "condition", "pregnancy")])
    assert answers(library, pregnant, "ingredient/magnesium") == ["condition/pregnancy"]


def test_an_ingredient_that_the_illness_answer_speaks_of_is_asked_in_its_light(library: Library) -> None:
    reglan = understood("and reglan?", "ask_ingredient", [("reglan", "ingredient", "metoclopramide")])
    compazine = understood("what about compazine", "ask_ingredient", [("compazine", "ingredient", "prochlorperazine")])

    def after(message: Understood, illness: str) -> List[Tuple[str, Optional[str]]]:
        return [(one.answer_id, one.part) for one in plan(library, message, Context(illness, illness)).answers]

    assert after(reglan, "condition/parkinsons") == [("condition/parkinsons", "more")]
    # Only the short text speaks of it, so that is what answers.
    assert after(compazine, "condition/parkinsons") == [("condition/parkinsons", "short")]
    assert after(reglan, "condition/diabetes") == [("ingredient/metoclopramide", None)]
    what = understood("what is reglan for", "ask_ingredient", [("reglan", "ingredient", "metoclopramide")])
    assert after(what, "condition/parkinsons") == [("ingredient/metoclopramide", None)]


def test_an_illness_told_earlier_is_not_forgotten_when_the_talk_went_elsewhere(library: Library) -> None:
    dhe = understood("and DHE?", "ask_ingredient", [("DHE", "ingredient", "dihydroergotamine")])

    def after(last: str) -> List[str]:
        return [given.answer_id for given in plan(library, dhe, Context(last, "condition/pregnancy")).answers]

    assert after("cost") == ["condition/pregnancy"]
    assert after("ingredient/magnesium") == ["ingredient/dihydroergotamine"]


def test_whether_an_ingredient_is_safe_is_asked_in_the_light_of_the_illness_in_any_words(library: Library) -> None:
    safe = understood("is toradol safe for me then", "ask_general_safety", [("toradol", "ingredient", "ketorolac")])
    (given,) = plan(library, safe, Context("cost", "condition/pregnancy")).answers
    assert (given.answer_id, given.part) == ("condition/pregnancy", "more")
    (given,) = plan(library, safe, Context("cost", "condition/blood_thinners")).answers
    assert (given.answer_id, given.part) == ("condition/blood_thinners", "short")
    assert answers(library, safe, "cost") == ["ingredient/ketorolac"]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("actually im not pregnant anymore", True),
        ("she isn't pregnant", True),
        ("I don't have a pregnancy", True),
        ("no, pregnant", False),
        ("isn't pregnant a problem", False),
        ("not sure, pregnant maybe", False),
    ],
)
def test_an_illness_that_somebody_does_not_have_is_not_named(library: Library, text: str, denied: bool) -> None:
    word = "pregnancy" if "pregnancy" in text else "pregnant"
    message = understood(text, "ask_condition", [(word, "condition", "pregnancy")])
    assert message.denied == (("pregnancy",) if denied else ())
    assert bool(message.values.get("condition")) != denied and bool(message.mentions) != denied
    if denied:
        assert answers(library, message, "condition/pregnancy") == ["condition"]


def test_a_kind_of_ingredient_named_in_passing_is_not_what_it_means(library: Library) -> None:
    drowsy = understood("do those make you drowsy", "ask_side_effects", [("drowsy", "ingredient", "sedating")])
    assert answers(library, drowsy, "ingredient/anti_nausea") == ["ingredient/anti_nausea"]
    assert answers(library, understood("is that safe", "ask_general_safety"), "where_to_get/home") == ["where_to_get/home"]


def test_what_is_not_understood_but_says_it_is_about_the_thing(library: Library) -> None:
    guesses = [{"name": "ask_preventive_medicines", "confidence": 0.5}, {"name": "ask_prevention", "confidence": 0.2}]
    why = understood("how come they avoid it", "nlu_fallback", intent_ranking=guesses)
    assert answers(library, why, "ingredient/opioids") == ["ingredient/opioids"]
    assert answers(library, why, "cost") == []
    bare = understood("how come", "nlu_fallback", intent_ranking=guesses)
    assert answers(library, bare, "ingredient/opioids") == []


def test_an_unsure_message_is_read_after_what_was_said(library: Library) -> None:
    ranking = [("nlu_fallback", 0.5), ("ask_effectiveness", 0.4), ("ask_side_effects", 0.2), ("ask_cost", 0.1)]
    guesses = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    unsure = understood("and that any good or bad", "nlu_fallback", intent_ranking=guesses)
    assert answers(library, unsure, "ingredient/magnesium") == ["ingredient/magnesium"]
    assert answers(library, unsure, "cost") == []


def test_things_named_in_one_breath_are_all_answered(library: Library) -> None:
    both = [("toradol", "ingredient", "ketorolac"), ("magnesium", "ingredient", "magnesium")]
    together = understood("what do toradol and magnesium do", "ask_ingredient", both)
    assert answers(library, together) == ["ingredient/ketorolac", "ingredient/magnesium"]
    apart = understood("toradol worked for my sister but why add magnesium", "ask_ingredient", both)
    assert answers(library, apart) == ["ingredient/ketorolac"]
    kind = [("reglan", "ingredient", "metoclopramide"), ("anti nausea", "ingredient", "anti_nausea")]
    assert answers(library, understood("reglan or anti nausea", "ask_ingredient", kind)) == ["ingredient/metoclopramide"]
    taken = [("zoloft", "medicine", "antidepressant"), ("imitrex", "medicine", "triptan")]
    assert answers(library, understood("zoloft and imitrex", "ask_medicine_interactions", taken)) == ["medicine_interactions"]
    aged = [("74", "condition", "older_adult"), ("TIA", "condition", "stroke_or_tia")]
    assert answers(library, understood("he is 74 and had a TIA, ok?", "ask_condition", aged)) == [
        "condition/older_adult",
        "condition/stroke_or_tia",
    ]


def question(text: str, intent: str, start: int) -> Dict[str, Any]:
    return {"text": text, "intent": intent, "confidence": 0.9, "entities": [], "start": start}


def test_several_questions_are_answered_in_order_each_once(library: Library) -> None:
    two = [question("how much is it", "ask_cost", 0), question("does insurance pay", "ask_insurance", 19)]
    assert answers(library, understood("how much is it and does insurance pay", "ask_cost", questions=two)) == [
        "cost",
        "insurance",
    ]
    same = [question("what is vyepti", "ask_eptinezumab", 0), question("how often is it given", "ask_how_often", 19)]
    assert answers(library, understood("what is vyepti and how often is it given", "ask_eptinezumab", questions=same)) == [
        "eptinezumab"
    ]
    apart = [
        {
            **question("what's the zofran for", "ask_ingredient", 0),
            "entities": [{"entity": "ingredient", "value": "ondansetron"}],
        },
        question("can the recipe be changed", "ask_customization", 26),
    ]
    assert answers(
        library, understood("what's the zofran for and can the recipe be changed", "ask_ingredient", questions=apart)
    ) == [
        "ingredient/ondansetron",
        "customization",
    ]


def test_a_second_question_that_is_only_likely_is_offered_first(library: Library) -> None:
    two = [question("how much is it", "ask_cost", 0), question("how long", "ask_session_length", 16)]
    (cost,) = plan(library, understood("how much is it, how long", "ask_cost", perhaps_questions=two)).answers
    assert (cost.answer_id, cost.also) == ("cost", ["session_length"])
    (other,) = plan(library, understood("how much is it, how long", "ask_driving", perhaps_questions=two)).answers
    assert (other.answer_id, other.also) == ("driving", [])


@pytest.mark.parametrize(
    ("value", "offered", "expected"),
    [
        ("1", ["a", "b", "c"], "a"),
        ("3", ["a", "b", "c"], "c"),
        ("4", ["a", "b", "c"], None),
        ("last", ["a", "b"], "b"),
        ("middle", ["a", "b", "c"], "b"),
        ("middle", ["a", "b"], None),
        ("1", [], None),
        ("last", [], None),
    ],
)
def test_a_choice_by_place(value: str, offered: List[str], expected: Optional[str]) -> None:
    assert chosen({"choice": [value]}, offered) == expected


def turn(*ids: str) -> List[Dict[str, Any]]:
    return [{"event": "user"}, *({"event": "bot", "metadata": {"answer_id": answer_id}} for answer_id in ids)]


def test_misses_are_counted_back_to_the_last_turn_that_was_understood() -> None:
    now = [{"event": "user"}]
    assert misses_in_a_row(now) == 0
    assert misses_in_a_row([*turn("fallback"), *now]) == 1
    assert misses_in_a_row([*turn("cost", "disclaimer"), *turn("fallback"), *turn("outside"), *now]) == 2
    assert misses_in_a_row([*turn("fallback"), *turn("cost", "disclaimer"), *now]) == 0
