"""The written rule that joins the signals."""

from itertools import pairwise
from typing import Iterator

from assistant.nlu.red_flags import RedFlag
from assistant.nlu.verdict import PART, WHOLE, Limits, Look, Told, decide

LIMITS = Limits(agreed=0.2, sure=0.6, doubtful=0.2, another=0.6)
FIRM = RedFlag("emergency_stroke", "face_droops", firm=True)
SOFT = RedFlag("overdose", "more_than_allowed", firm=False)
DISMISSED = RedFlag("emergency_stroke", "face_droops", firm=True, dismissed=("past",))


def look(classifier: float, reader: float, danger: str = "emergency_stroke") -> Look:
    return Look({danger: classifier}, {danger: reader})


def part(reader: float, danger: str) -> Look:
    return Look(None, {danger: reader})


def test_two_models_that_agree_need_no_phrase() -> None:
    assert decide([], look(0.3, 0.8), [], LIMITS).dangers == ("emergency_stroke",)
    assert decide([], look(0.3, 0.4), [], LIMITS).dangers == ()


def test_a_classifier_that_is_sure_lowers_what_the_reader_must_bring() -> None:
    assert decide([], look(0.7, 0.4), [], LIMITS).dangers == ("emergency_stroke",)
    assert decide([], look(0.7, 0.1), [], LIMITS).dangers == ()


def test_one_model_alone_is_not_enough() -> None:
    assert decide([], look(0.0, 1.0), [], LIMITS).dangers == ()
    assert decide([], look(1.0, 0.0), [], LIMITS).dangers == ()


def test_a_phrase_lowers_what_the_reader_must_bring() -> None:
    assert decide([FIRM], look(0.3, 0.3), [], LIMITS).dangers == ("emergency_stroke",)
    assert decide([SOFT], look(0.3, 0.3, "overdose"), [], LIMITS).dangers == ("overdose",)
    assert decide([SOFT], look(0.3, 0.05, "overdose"), [], LIMITS).dangers == ()


def test_a_phrase_stands_in_for_a_classifier_that_sees_nothing() -> None:
    assert decide([FIRM], look(0.0, 0.6), [], LIMITS).dangers == ("emergency_stroke",)
    assert decide([FIRM], look(0.0, 0.4), [], LIMITS).dangers == ()
    assert decide([SOFT], look(0.0, 0.95, "overdose"), [], LIMITS).dangers == ("overdose",)
    assert decide([SOFT], look(0.0, 0.7, "overdose"), [], LIMITS).dangers == ()


def test_a_firm_phrase_beside_a_word_for_now_needs_next_to_nothing() -> None:
    now = RedFlag("emergency_stroke", "face_droops", firm=True, now=True)
    assert decide([now], look(0.0, 0.15), [], LIMITS).dangers == ("emergency_stroke",)
    assert decide([FIRM], look(0.0, 0.15), [], LIMITS).dangers == ()
    dismissed = RedFlag("emergency_stroke", "face_droops", firm=True, dismissed=("past",), now=True)
    assert decide([dismissed], look(0.0, 0.15), [], LIMITS).dangers == ()


def test_a_dismissed_phrase_asks_for_more() -> None:
    assert decide([DISMISSED], look(0.4, 0.7), [], LIMITS).dangers == ()
    assert decide([], look(0.4, 0.7), [], LIMITS).dangers == ("emergency_stroke",)
    assert decide([DISMISSED], look(0.4, 0.9), [], LIMITS).dangers == ("emergency_stroke",)


def test_a_firm_phrase_and_a_sure_part_need_no_classifier() -> None:
    assert decide([FIRM], look(0.0, 0.0), [part(0.98, "emergency_stroke")], LIMITS).dangers == ("emergency_stroke",)
    assert decide([SOFT], look(0.0, 0.0), [part(0.98, "overdose")], LIMITS).dangers == ()


def test_more_told_and_a_surer_classifier_never_ask_for_more() -> None:
    for table in (WHOLE, PART):
        rows = [table[kind] for kind in Told]
        assert all(above >= below for one, other in pairwise(rows) for above, below in zip(one, other))
        assert all(one >= other for row in rows for one, other in pairwise(row))


def test_without_models_a_phrase_is_enough() -> None:
    blind = Look(None, None)
    assert decide([SOFT], blind, [], LIMITS).dangers == ("overdose",)
    assert decide([SOFT, FIRM], blind, [], LIMITS).dangers == ("emergency_stroke", "overdose")
    assert decide([DISMISSED], blind, [], LIMITS).dangers == ()


def test_where_one_model_is_missing_the_other_stands_for_both() -> None:
    assert decide([], Look(None, {"overdose": 0.7}), [], LIMITS).dangers == ("overdose",)
    assert decide([], Look({"overdose": 0.7}, None), [], LIMITS).dangers == ("overdose",)


def test_a_part_counts_when_it_leaves_no_doubt_or_stands_beside_a_phrase() -> None:
    calm = look(0.3, 0.1)
    assert decide([], calm, [part(0.99, "crisis_self_harm")], LIMITS).dangers == ("crisis_self_harm",)
    assert decide([], calm, [part(0.95, "crisis_self_harm")], LIMITS).dangers == ()
    assert decide([SOFT], calm, [part(0.95, "overdose")], LIMITS).dangers == ("overdose",)
    assert decide([DISMISSED], calm, [part(0.95, "emergency_stroke")], LIMITS).dangers == ()
    assert decide([], look(0.0, 0.1), [part(0.99, "crisis_self_harm")], LIMITS).dangers == ()


def test_parts_are_read_only_where_they_can_change_the_verdict() -> None:
    read = []

    def parts() -> Iterator[Look]:
        read.append(1)
        yield part(0.99, "emergency_stroke")

    assert decide([], look(0.0, 0.9), parts(), LIMITS).dangers == () and not read
    assert decide([], look(0.3, 0.4), parts(), LIMITS).dangers == ("emergency_stroke",) and read


def test_the_verdict_says_what_it_rests_on() -> None:
    for verdict in (decide([FIRM], look(0.3, 0.05), [], LIMITS), decide([FIRM], look(0.3, 0.9), [], LIMITS)):
        assert verdict.reasons and verdict.reasons.told is Told.FIRM
        assert (verdict.reasons.classifier, verdict.reasons.asked) == (0.3, WHOLE[Told.FIRM][1])
        assert verdict.reasons.reader == verdict.sure
    assert decide([FIRM], Look(None, None), [], LIMITS).reasons is None


def test_what_is_neither_calm_nor_dangerous_is_doubtful() -> None:
    assert decide([], look(0.3, 0.3), [], LIMITS).doubtful
    assert not decide([], look(0.05, 0.05), [], LIMITS).doubtful


def test_a_second_danger_has_to_be_sure_by_itself_or_told_by_a_firm_phrase() -> None:
    parts = [part(0.99, "overdose"), part(0.8, "crisis_self_harm"), part(0.1, "emergency_headache")]
    assert set(decide([], look(0.3, 0.5), parts, LIMITS).dangers) == {"overdose", "crisis_self_harm"}
    assert set(decide([FIRM], look(0.9, 0.9, "overdose"), [], LIMITS).dangers) == {"overdose", "emergency_stroke"}


def test_a_phrase_helps_to_tell_which_danger_it_is() -> None:
    unsure = Look(None, {"emergency_headache": 0.5, "emergency_stroke": 0.4})
    assert decide([FIRM], unsure, [], LIMITS).dangers[0] == "emergency_stroke"
    assert decide([], unsure, [], LIMITS).dangers[0] == "emergency_headache"
