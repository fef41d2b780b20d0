"""Understanding of separately written questions through the trained model: a floor that a bad change falls through."""

from pathlib import Path
from typing import List

import pytest

from assistant.knowledge import Library
from assistant.reports.calibration import DEVELOPMENT, DEVELOPMENT_COMPOUNDS
from assistant.reports.evaluation import names_in_sentences
from assistant.reports.understanding import OFFERED, RIGHT, WRONG, Judged, ask_model, judge, kind_of, read_questions, share
from tests.nlu.test_overlap import QUESTION_FILES

# Of ordinary questions five in a thousand were measured, half of which a nurse would look at twice ("tablets doubled", "day four").
MOST_ALARMS = 0.008
# Written as in the wild: the hardest sets, asked as a whole. Of the others a quarter is asked, some 140 messages each.
MOST_WRONG = {"questions_eight": 0.06, "questions_nine": 0.045, "questions_ten": 0.06}


@pytest.fixture(scope="module")
def judged(model: Path) -> List[Judged]:
    """Every fourth message of the development sets, and all of the hardest and the others; `make evaluate` asks all."""
    used = {*DEVELOPMENT, *DEVELOPMENT_COMPOUNDS} - set(MOST_WRONG)
    asked = [
        read_questions([path])[:: 4 if path.stem in used else 1]
        for path in QUESTION_FILES
        if not path.stem.startswith("entities")
    ]
    return ask_model(model, [question for questions in asked for question in questions])


def test_nine_in_ten_questions_are_answered_right_and_few_wrongly(judged: List[Judged]) -> None:
    for source in sorted({j.question.source for j in judged}):
        group = [j for j in judged if j.question.source == source]
        if source.startswith("questions_"):
            assert share(group, RIGHT) >= 0.90, source
            assert share(group, WRONG) <= MOST_WRONG.get(source, 0.05), source


def test_most_compounds_get_all_their_answers_and_few_single_questions_are_taken_apart(judged: List[Judged]) -> None:
    compounds = [j for j in judged if ";" in j.question.expected]
    answered = [j for j in compounds if set(j.question.expected.split(";")) <= set(j.got.split(";")) or j.outcome == RIGHT]
    assert len(compounds) >= 100 and len(answered) / len(compounds) >= 0.8
    singles = [j for j in judged if ";" not in j.question.expected]
    assert sum(";" in j.got for j in singles) / len(singles) <= 0.03


# The second set is harder: of its 30 settings seven are read where none is wanted.
@pytest.mark.parametrize(("source", "least_precision"), [("entities_one", 0.85), ("entities_two", 0.78)])
def test_names_are_found_however_they_are_written(model: Path, source: str, least_precision: float) -> None:
    for entity, (precision, recall, _) in names_in_sentences(model, Path(__file__).parent / f"{source}.csv").items():
        assert recall >= 0.92, entity
        assert precision >= least_precision, entity


def test_what_is_outside_is_rarely_answered_as_if_inside(judged: List[Judged], library: Library) -> None:
    outside = [j for j in judged if kind_of(library, j.question.expected) == "outside"]
    inside = [j.question.text for j in outside if kind_of(library, j.got.split(";")[0]) in ("answer", "decline")]
    assert len(inside) / len(outside) <= 0.06, inside


def test_present_danger_is_recognised_and_calm_questions_raise_no_alarm(judged: List[Judged], library: Library) -> None:
    danger = [j for j in judged if kind_of(library, j.question.expected) == "safety"]
    calm = [j for j in judged if kind_of(library, j.question.expected) != "safety"]
    assert share(danger, RIGHT) >= 0.95
    assert sum(kind_of(library, j.got.split(";")[0]) == "safety" for j in calm) / len(calm) <= MOST_ALARMS


def test_an_offer_counts_as_offered_and_not_as_right(library: Library) -> None:
    question = read_questions([Path(__file__).parent / "questions_one.csv"])[0]
    ranking = [{"name": "nlu_fallback", "confidence": 0.6}, {"name": f"ask_{question.expected}", "confidence": 0.5}]
    offered = judge(library, question, {"intent": ranking[0], "intent_ranking": ranking, "entities": []})
    answered = judge(library, question, {"intent": ranking[1], "intent_ranking": ranking[1:], "entities": []})
    assert (offered.outcome, answered.outcome) == (OFFERED, RIGHT)
