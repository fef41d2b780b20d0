"""The intent classifier itself, free of Rasa: three views of a message, averaged.

1. Logistic regression on the sentence vector: what the message means.
2. A linear support vector machine on TF-IDF of words (1-2) and characters (1-4 inside words): how it is worded. Its margins
   are made comparable to probabilities by a softmax. It was as good as logistic regression here and trains ten times faster.
3. A softmax over the mean cosine to the two nearest training examples of each intent: how near is the nearest example.

Independent views make mistakes independently, and the third knows when a message resembles nothing at all. A message with misspelt
words is looked at twice, as typed and put right (`spelling`), and both looks are averaged. Confidence is the winning score times the
square of that mean cosine, mapped to a probability of being right by a logistic curve (Platt scaling) that is fitted on separately
written questions. What each idea gained: docs/evaluation.md.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from assistant.nlu.spelling import Correction, Spelling

Encode = Callable[[str], np.ndarray]
# Characters of a message whose wording is read; a longer message costs no more than one of this length.
MAX_CHARACTERS = 2000


@dataclass(frozen=True)
class Settings:
    """What can be tuned; the defaults are what docs/evaluation.md was measured with."""

    vector_weight: float = 0.30
    words_weight: float = 0.40
    neighbours_weight: float = 0.30
    vector_c: float = 20.0
    words_c: float = 0.3
    words_sharpness: float = 6.0
    neighbours: int = 2
    neighbours_sharpness: float = 20.0
    calibration_slope: float = 1.0
    calibration_offset: float = 0.0
    calibrated: bool = False


def softmax(scores: np.ndarray) -> np.ndarray:
    """Softmax along the last axis."""
    exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)


def logit(confidence: np.ndarray) -> np.ndarray:
    """Log-odds of `confidence` (0 to 1, ends excluded by clipping)."""
    clipped = np.clip(confidence, 1e-6, 1 - 1e-6)
    return np.log(clipped / (1 - clipped))


def calibrate(raw: np.ndarray, slope: float, offset: float) -> np.ndarray:
    """Probability of being right from raw confidence, by the logistic curve that `make calibrate` fits."""
    return 1 / (1 + np.exp(-(slope * logit(raw) + offset)))


def make_vectorizer() -> FeatureUnion:
    """TF-IDF of words and of characters inside words, as one sparse matrix."""
    return FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b|\?", dtype=np.float32)),
            (
                "characters",
                TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2, dtype=np.float32),
            ),
        ]
    )


class IntentModel:
    """Scores intents for a text and its sentence vector."""

    def __init__(
        self,
        settings: Settings,
        intents: Sequence[str],
        vectorizer: FeatureUnion,
        spelling: Spelling,
        arrays: Dict[str, np.ndarray],
    ) -> None:
        self.settings = settings
        self.intents: List[str] = list(intents)
        self._vectorizer = vectorizer
        self._spelling = spelling
        self._arrays = arrays
        self._examples = arrays["examples"].astype(np.float32)
        self._vector_coefficients = np.ascontiguousarray(arrays["vector_coefficients"], dtype=np.float32)
        self._words_coefficients = np.ascontiguousarray(arrays["words_coefficients"], dtype=np.float32)
        # Examples are stored sorted by intent, so that each intent is one slice.
        self._starts: np.ndarray = np.asarray(np.searchsorted(arrays["example_intents"], np.arange(len(self.intents))))

    @classmethod
    def fit(cls, settings: Settings, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str]) -> IntentModel:
        """Train on `texts`, their sentence `vectors` (texts x 384) and their intents.

        Raises:
            ValueError: fewer than two intents.
        """
        intents = sorted(set(labels))
        if len(intents) < 2:
            raise ValueError("an intent classifier needs examples of at least two intents")
        index: np.ndarray = np.asarray(np.searchsorted(np.array(intents), np.array(labels)))
        order = np.argsort(index, kind="stable")
        texts, vectors, index = [texts[i] for i in order], vectors[order], index[order]

        # No class weights: what is outside has the most examples because it is the most varied, and must not weigh less for it.
        by_vector = LogisticRegression(C=settings.vector_c, max_iter=200)
        vectorizer = make_vectorizer()
        features = vectorizer.fit_transform(texts)
        by_words = LinearSVC(C=settings.words_c, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            by_vector.fit(vectors, index)
            by_words.fit(features, index)
        arrays = {
            "vector_coefficients": _both_sides(by_vector.coef_).T.astype(np.float32),
            "vector_offsets": _both_sides(by_vector.intercept_).astype(np.float32),
            "words_coefficients": _both_sides(by_words.coef_).T.astype(np.float16),
            "words_offsets": _both_sides(by_words.intercept_).astype(np.float32),
            "examples": vectors.astype(np.float16),
            "example_intents": index.astype(np.int32),
        }
        return cls(settings, intents, vectorizer, Spelling.fit(texts), arrays)

    def scores(self, texts: Sequence[str], vectors: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Scores of all intents.

        Args:
            texts: the messages.
            vectors: their sentence vectors, shape (texts, 384), length 1 each.

        Returns:
            Averaged scores, shape (texts, intents), rows summing to 1; and the mean cosine to the nearest examples of each
            intent, same shape.
        """
        s = self.settings
        by_vector = softmax(vectors @ self._vector_coefficients + self._arrays["vector_offsets"])
        features = self._vectorizer.transform(texts)
        by_words = softmax(s.words_sharpness * (_few_rows(features, self._words_coefficients) + self._arrays["words_offsets"]))
        cosines = self._nearest(vectors)
        by_neighbours = softmax(s.neighbours_sharpness * cosines)
        averaged = s.vector_weight * by_vector + s.words_weight * by_words + s.neighbours_weight * by_neighbours
        return averaged, cosines

    def predict(self, text: str, vector: np.ndarray, encode: Optional[Encode] = None) -> List[Tuple[str, float]]:
        """All intents with their confidence (0 to 1), best first; nothing for an empty text (see `predict_all`)."""
        return self.predict_all([text], vector[None, :], encode)[0] if text.strip() else []

    def predict_all(
        self, texts: Sequence[str], vectors: np.ndarray, encode: Optional[Encode] = None
    ) -> List[List[Tuple[str, float]]]:
        """All intents with their confidence (0 to 1), best first, for each of several texts at the cost of little more than one.

        Args:
            texts: the texts, none of them empty.
            vectors: their sentence vectors, shape (texts, 384).
            encode: makes the sentence vector of another text; without it misspelt words are not put right.
        """
        corrected = [self._spelling.correct(text) for text in texts] if encode else list(texts)
        changed = [i for i, text in enumerate(texts) if corrected[i] != text]
        looks = [*texts, *(corrected[i] for i in changed)]
        if encode and changed:
            vectors = np.vstack([vectors, *(encode(corrected[i])[None, :] for i in changed)])
        every = self.raw_confidence(looks, vectors)
        raw = every[: len(texts)]
        raw[changed] = (raw[changed] + every[len(texts) :]) / 2
        found = []
        for confidence in self.confidence(raw):
            order = np.argsort(-confidence)
            found.append([(self.intents[i], float(confidence[i])) for i in order])
        return found

    def raw_confidence(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Score times squared nearest cosine of each intent, shape (texts, intents); not yet a probability."""
        scores, cosines = self.scores(texts, vectors)
        return scores * np.clip(cosines, 0.0, 1.0) ** 2

    def corrections(self, text: str) -> List[Correction]:
        """The misspelt words of `text` and what is meant, see `Spelling.corrections`."""
        return self._spelling.corrections(text)

    def confidence(self, raw: np.ndarray) -> np.ndarray:
        """Probability of being right from `raw_confidence`, by the calibration curve if there is one."""
        if not self.settings.calibrated:
            return raw
        return calibrate(raw, self.settings.calibration_slope, self.settings.calibration_offset)

    def _nearest(self, vectors: np.ndarray) -> np.ndarray:
        similarity = vectors @ self._examples.T
        ends = [*self._starts[1:], similarity.shape[1]]
        nearest = np.empty((len(vectors), len(self.intents)), dtype=np.float32)
        for i, (start, end) in enumerate(zip(self._starts, ends)):
            part = similarity[:, start:end]
            count = min(self.settings.neighbours, end - start)
            nearest[:, i] = np.partition(part, -count, axis=1)[:, -count:].mean(axis=1)
        return nearest

    def save(self, folder: Path) -> None:
        """Write the model into `folder`: numbers in one npz, words in one JSON; nothing that runs code when loaded."""
        np.savez_compressed(
            folder / "intent_model.npz",
            **self._arrays,
            **{f"idf_{name}": part.idf_.astype(np.float32) for name, part in self._vectorizer.transformer_list},
        )
        meta: Dict[str, Any] = {
            "intents": self.intents,
            "spelling": self._spelling.dump(),
            "vocabulary": {
                name: sorted(part.vocabulary_, key=part.vocabulary_.get) for name, part in self._vectorizer.transformer_list
            },
        }
        (folder / "intent_model.json").write_text(json.dumps(meta), encoding="utf-8")

    @classmethod
    def load(cls, settings: Settings, folder: Path) -> IntentModel:
        """Read what `save` wrote; the folder may go afterwards."""
        meta = json.loads((folder / "intent_model.json").read_text(encoding="utf-8"))
        with np.load(folder / "intent_model.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        vectorizer = make_vectorizer()
        for name, part in vectorizer.transformer_list:
            part.vocabulary_ = {term: i for i, term in enumerate(meta["vocabulary"][name])}
            part.idf_ = arrays.pop(f"idf_{name}")
        return cls(settings, meta["intents"], vectorizer, Spelling(**meta["spelling"]), arrays)


def _few_rows(features: csr_matrix, coefficients: np.ndarray) -> np.ndarray:
    # scipy's product converts and copies the whole coefficients at every call; a message needs a few hundred of their rows.
    ends = list(zip(features.indptr, features.indptr[1:]))
    return np.array([features.data[a:b].astype(np.float32) @ coefficients[features.indices[a:b]] for a, b in ends])


def _both_sides(coefficients: np.ndarray) -> np.ndarray:
    # With two classes scikit-learn keeps one row, for the second class; the first is its mirror.
    return np.concatenate([-coefficients, coefficients]) if coefficients.shape[0] == 1 else coefficients
