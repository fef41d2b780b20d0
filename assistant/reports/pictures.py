"""Pictures of an evaluation: confidence histogram, reliability curve, confusion matrix."""

from collections import Counter
from pathlib import Path
from typing import List, Sequence

import matplotlib
import numpy as np

from assistant.reports.calibration import reliability
from assistant.reports.understanding import Judged

matplotlib.use("Agg")
import matplotlib.pyplot as plt

DOTS_PER_INCH = 110
BLUE, RED, GREY = "#2c6e9b", "#c0502f", "#999999"


def _was_right(judged: Sequence[Judged]) -> np.ndarray:
    return np.array([j.first_guess_right for j in judged])


def confidence_histogram(judged: Sequence[Judged], threshold: float, path: Path) -> None:
    """How sure the assistant was of right and of wrong first guesses, on a logarithmic scale."""
    sure, right = np.array([j.confidence for j in judged]), _was_right(judged)
    figure, axes = plt.subplots(figsize=(7, 3.6))
    bins = np.linspace(0, 1, 21)
    axes.hist([sure[right], sure[~right]], bins=bins, color=[BLUE, RED], label=["first guess right", "first guess wrong"])
    axes.axvline(threshold, color=GREY, linestyle="--", label=f"threshold {threshold}")
    axes.set(xlabel="confidence", ylabel="questions", yscale="log", title="How sure the assistant was")
    axes.legend()
    _save(figure, path)


def reliability_curve(judged: Sequence[Judged], path: Path) -> None:
    """Share of right first guesses against confidence, in bins of equal width; the diagonal is perfect."""
    points = reliability(np.array([j.confidence for j in judged]), _was_right(judged))
    figure, axes = plt.subplots(figsize=(4.6, 4.4))
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--")
    axes.plot([sure for sure, _, _ in points], [right for _, right, _ in points], "o-", color=BLUE)
    for sure, right, count in points:
        axes.annotate(str(count), (sure, right), xytext=(4, -12), textcoords="offset points", fontsize=7)
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1.02), title="Does it know what it knows?")
    _save(figure, path)


def confusion_matrix(judged: Sequence[Judged], path: Path) -> None:
    """Topics that were ever taken for another, or another for them: rows should be, columns was."""
    pairs = Counter((j.question.expected.split("/")[0], j.got.split(";")[0].split("/")[0]) for j in judged)
    confused = [pair for pair in pairs if pair[0] != pair[1] and pair[1] != "fallback"]
    names: List[str] = sorted({name for pair in confused for name in pair})
    counts = np.array([[pairs.get((a, b), 0) for b in names] for a in names])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = max(4.0, 0.17 * len(names))
    figure, axes = plt.subplots(figsize=(size + 1.5, size))
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts)):
        dark = shares[row, column] > 0.5
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=5, color="white" if dark else "black")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
    axes.set_yticks(range(len(names)), names, fontsize=6)
    axes.set(xlabel="was answered as", ylabel="should have been", title="Topics taken for each other")
    _save(figure, path)


def _save(figure: "plt.Figure", path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, dpi=DOTS_PER_INCH)
    plt.close(figure)
