"""Fits the weights by which a message is taken apart (`assistant.nlu.compound`), for `make calibrate`.

On the development compounds, on pairs of short development questions joined as people join them, and on the single questions
that have a joint. The threshold is the lowest at which at most SPLIT_AT_MOST of the single questions are taken apart, each judged by
weights fitted on the others.
"""

import random
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant.knowledge.library import load_lexicon
from assistant.nlu.clauses import cuts, tells
from assistant.nlu.compound import WEIGHTS, Part, features, two_questions
from assistant.nlu.language import build_language
from assistant.nlu.names import names_in
from assistant.nlu.questions import names_of_parts
from assistant.reports.calibration import Reader
from assistant.reports.understanding import Question, leads_to

SPLIT_AT_MOST = 0.01
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


def raw_weights(model: Pipeline) -> List[float]:
    """Weights of the unscaled numbers and, last, the offset of a scaled logistic regression."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    return [*(float(w) for w in weights), float(regression.intercept_[0] - weights @ scaler.mean_)]


def fit_compounds(reader: Reader, questions: Sequence[Question], compounds: Sequence[Question], is_question: Any) -> None:
    """Fit the weights of the cuts and print their lines for config.yml."""
    asked = [q for q in questions if is_question(q.expected)]
    singles = [q for q in [*questions, *compounds] if ";" not in q.expected and cuts(q.text)]
    every = [*singles, *made_compounds(asked), *(q for q in compounds if ";" in q.expected)]
    rows = cut_rows(reader, every)
    of_question = np.array([number for number, _, _ in rows])
    numbers, fits = np.array([n for _, n, _ in rows]), np.array([fit for _, _, fit in rows])
    made = np.array([every[n].source == MADE for n in of_question])
    weighed = {"logisticregression__sample_weight": np.where(made, WEIGHT_OF_A_PAIR, 1.0)}
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
    folds = GroupKFold(FOLDS).split(numbers, groups=of_question)
    unseen = cross_val_predict(model, numbers, fits, cv=folds, fit_params=weighed, method="predict_proba")[:, 1]
    weights = raw_weights(model.fit(numbers, fits, **weighed))
    chances: Dict[int, float] = {}
    for number, chance in zip(of_question, unseen):
        chances[number] = max(chances.get(number, 0.0), float(chance))
    all_singles = sum(";" not in q.expected for q in [*questions, *compounds])
    allowed = int(SPLIT_AT_MOST * all_singles)
    threshold = sorted((chances.get(number, 0.0) for number in range(len(singles))), reverse=True)[allowed]
    print(f"cuts: {len(rows)} of {len(singles)} singles with a joint (of {all_singles}) and the compounds; {WEIGHTS} weights")
    print(f"config.yml: threshold: {threshold + 0.005:.2f}")
    print(f"config.yml: weights: [{', '.join(f'{w:.2f}' for w in weights)}]")
