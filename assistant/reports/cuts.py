"""Fits the trees by which a message is taken apart (`assistant.nlu.compound`), for `make calibrate`.

On the development compounds, on pairs of short development questions joined as people join them, and on the single questions
that have a joint. The threshold is the lowest at which at most SPLIT_AT_MOST of the single questions are taken apart, each judged by
trees fitted on the others; a second answer is offered where at most OFFERED_AT_MOST of them get such an offer.
"""

import random
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict

from assistant.knowledge.library import load_lexicon
from assistant.nlu.clauses import cuts, tells
from assistant.nlu.compound import FEATURES, Part, features, two_questions
from assistant.nlu.language import build_language
from assistant.nlu.names import names_in
from assistant.nlu.questions import CUTS, names_of_parts
from assistant.nlu.trees import Trees
from assistant.reports.calibration import Reader
from assistant.reports.understanding import Question, leads_to

SPLIT_AT_MOST, OFFERED_AT_MOST = 0.015, 0.04
TREES = {"n_estimators": 250, "max_depth": 4, "subsample": 0.6, "learning_rate": 0.05, "max_features": 0.4, "random_state": 5}
JOINTS = (" and ", " and ", ", ", ". ", "? ", "? ", " also ", " plus ", "? and ", ". also ", " n ", " & ", " ", ". oh and ")
# Pairs made by joining count less than compounds that somebody wrote.
PAIRS, LONGEST_OF_A_PAIR, WEIGHT_OF_A_PAIR = 1500, 16, 0.3
FOLDS = 10
MADE = "made"
SEED = 5


def made_compounds(questions: Sequence[Question]) -> List[Question]:
    """Pairs of short questions of different topics, joined as people join them."""
    rng = random.Random(SEED)
    short = [q for q in questions if len(q.text.split()) <= LONGEST_OF_A_PAIR and not tells(q.text)]
    pairs = [rng.sample(short, 2) for _ in range(PAIRS)]
    return [
        Question(one.text.rstrip("?.! ") + rng.choice(JOINTS) + two.text, f"{one.expected};{two.expected}", MADE, MADE)
        for one, two in pairs
        if one.expected.split("/")[0] != two.expected.split("/")[0]
    ]


def cut_rows(reader: Reader, questions: Sequence[Question]) -> List[Tuple[int, List[float], bool]]:
    """(question, features, whether the cut is right) of every cut that could be made, see `compound.two_questions`."""
    nlp = build_language("blank", load_lexicon())
    rows = []
    for number, question in enumerate(questions):
        text, places = question.text, cuts(question.text)
        whole, named = reader.understand(text), names_of_parts(names_in(nlp(text)))
        for cut in places:
            before = Part(0, cut.end, reader.understand(text[: cut.end]))
            after = Part(cut.start, len(text), reader.understand(text[cut.start :]))
            if two_questions(before, after, named):
                wanted = question.expected.split(";")
                fits = leads_to(before.intent, wanted[0]) and any(leads_to(after.intent, one) for one in wanted[1:])
                rows.append((number, features(text, whole, cut, before.ranking, after.ranking, len(places)), fits))
    return rows


def fit_compounds(reader: Reader, questions: Sequence[Question], compounds: Sequence[Question], is_question: Any) -> None:
    """Fit the trees of the cuts, write them, and print the lines for config.yml."""
    asked = [q for q in questions if is_question(q.expected)]
    singles = [q for q in [*questions, *compounds] if ";" not in q.expected and cuts(q.text)]
    every = [*singles, *made_compounds(asked), *(q for q in compounds if ";" in q.expected)]
    rows = cut_rows(reader, every)
    of_question = np.array([number for number, _, _ in rows])
    numbers, fits = np.array([n for _, n, _ in rows]), np.array([fit for _, _, fit in rows])
    made = np.array([every[n].source == MADE for n in of_question])
    weighed = {"sample_weight": np.where(made, WEIGHT_OF_A_PAIR, 1.0)}
    model = GradientBoostingClassifier(**TREES)
    folds = GroupKFold(FOLDS).split(numbers, groups=of_question)
    unseen = cross_val_predict(model, numbers, fits, cv=folds, fit_params=weighed, method="predict_proba")[:, 1]
    Trees.of_fitted(model.fit(numbers, fits, **weighed), FEATURES).write(CUTS)
    best: Dict[int, Tuple[float, bool]] = {}
    for number, chance, fit in zip(of_question, unseen, fits):
        best[number] = max(best.get(number, (0.0, False)), (float(chance), bool(fit)))
    all_singles = sum(";" not in q.expected for q in [*questions, *compounds])
    sure = sorted((best.get(number, (0.0, False))[0] for number in range(len(singles))), reverse=True)
    threshold, perhaps = (sure[int(share * all_singles)] + 0.005 for share in (SPLIT_AT_MOST, OFFERED_AT_MOST))
    real = [n for n, q in enumerate(every) if ";" in q.expected and q.source != MADE]
    right = [best[n][1] and best[n][0] >= threshold for n in real if n in best]
    print(
        f"cuts: {len(rows)} of {len(singles)} singles with a joint (of {all_singles}) and the compounds; written to {CUTS.name}"
    )
    print(f"where {SPLIT_AT_MOST:.1%} of the singles are cut, {sum(right) / len(real):.1%} of {len(real)} compounds are rightly")
    print(f"config.yml: threshold: {threshold:.2f}, perhaps_from: {perhaps:.2f}")
