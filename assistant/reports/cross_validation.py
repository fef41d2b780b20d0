"""Cross-validation by voices: each fold's writers are read by a model that was trained on all the others.

With the encoder as published: the tuned one has read every voice, and would flatter.
"""

import tempfile
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

from assistant.nlu.intent_model import IntentModel, Settings
from assistant.nlu.sentence_encoder import SentenceEncoder
from assistant.reports.calibration import read_examples

FOLDS = 3
BATCH = 200


def folds_of(voices: List[str]) -> List[List[str]]:
    """The voices in FOLDS groups of about equal size, the largest voices first."""
    sizes = {voice: voices.count(voice) for voice in sorted(set(voices))}
    folds: List[List[str]] = [[] for _ in range(FOLDS)]
    for voice in sorted(sizes, key=lambda v: -sizes[v]):
        min(folds, key=lambda fold: sum(sizes[v] for v in fold)).append(voice)
    return folds


def cross_validate() -> Dict[str, Tuple[int, float]]:
    """Voice -> (number of examples, share of right intents)."""
    texts, intents, voices = read_examples()
    with tempfile.TemporaryDirectory() as folder:
        SentenceEncoder.write(Path(folder), layers=None)
        encoder = SentenceEncoder(Path(folder))
    vectors = encoder.encode_all(texts)
    names, labels, voice_of = np.array(texts, dtype=object), np.array(intents), np.array(voices)
    found = {}
    for fold in folds_of(voices):
        test = np.isin(voice_of, fold)
        model = IntentModel.fit(Settings(), list(names[~test]), vectors[~test], list(labels[~test]))
        for voice in fold:
            chosen = np.where(voice_of == voice)[0]
            right: List[bool] = []
            for part in np.array_split(chosen, max(1, len(chosen) // BATCH)):
                ranked = model.predict_all(list(names[part]), vectors[part], encoder.encode)
                right += [ranking[0][0] == label for ranking, label in zip(ranked, labels[part])]
            found[voice] = len(chosen), float(np.mean(right))
            print(f"{voice}: {found[voice][1]:.1%} of {found[voice][0]} right", flush=True)
    return dict(sorted(found.items()))
