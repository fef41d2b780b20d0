"""Boosted decision trees as plain data: scikit-learn fits them, JSON keeps them, numpy asks them.

Nothing of a pickle is loaded, and a change in the fitted numbers can be read in a diff of the repository.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

LEAF = -1
DIGITS = 4


@dataclass(frozen=True)
class Tree:
    """A tree by nodes, the root first: which number is asked (LEAF: none), its threshold, both children, and a leaf's value."""

    feature: Tuple[int, ...]
    threshold: Tuple[float, ...]
    left: Tuple[int, ...]
    right: Tuple[int, ...]
    value: Tuple[float, ...]

    def log_odds(self, numbers: Sequence[float]) -> float:
        """The value of the leaf in which `numbers` end."""
        node = 0
        while self.feature[node] != LEAF:
            node = self.left[node] if numbers[self.feature[node]] <= self.threshold[node] else self.right[node]
        return self.value[node]


@dataclass(frozen=True)
class Trees:
    """The sum of trees over an offset, as log-odds; `names` are those of the numbers asked."""

    names: Tuple[str, ...]
    offset: float
    trees: Tuple[Tree, ...]

    def chance(self, numbers: Sequence[float]) -> float:
        """Probability of "yes" for one row of numbers, in the order of `names`."""
        log_odds = self.offset + sum(tree.log_odds(numbers) for tree in self.trees)
        return float(1 / (1 + np.exp(-log_odds)))

    @classmethod
    def of_fitted(cls, model: GradientBoostingClassifier, names: Sequence[str]) -> "Trees":
        """The trees of a fitted two-class model, rounded to DIGITS digits behind the point."""
        prior = float(model.init_.class_prior_[1])
        trees = [_tree(estimator.tree_, model.learning_rate) for estimator in model.estimators_[:, 0]]
        return cls(tuple(names), round(float(np.log(prior / (1 - prior))), DIGITS), tuple(trees))

    def write(self, path: Path) -> None:
        """Write one line for each tree."""
        lines = ",\n".join(
            json.dumps([t.feature, t.threshold, t.left, t.right, t.value], separators=(",", ":")) for t in self.trees
        )
        head = f'"names": {json.dumps(self.names)},\n"offset": {self.offset}'
        path.write_text(f'{{{head},\n"trees": [\n{lines}\n]}}\n', encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Trees":
        """Read what `write` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it holds something else.
        """
        found: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        trees = tuple(Tree(*(tuple(column) for column in columns)) for columns in found["trees"])
        return cls(tuple(found["names"]), float(found["offset"]), trees)


def _tree(fitted: Any, learning_rate: float) -> Tree:
    leaf = fitted.children_left == LEAF
    values: List[float] = [
        round(float(v), DIGITS) if is_leaf else 0.0 for v, is_leaf in zip(learning_rate * fitted.value[:, 0, 0], leaf)
    ]
    return Tree(
        tuple(int(f) if not is_leaf else LEAF for f, is_leaf in zip(fitted.feature, leaf)),
        tuple(round(float(t), DIGITS) if not is_leaf else 0.0 for t, is_leaf in zip(fitted.threshold, leaf)),
        tuple(int(i) for i in fitted.children_left),
        tuple(int(i) for i in fitted.children_right),
        tuple(values),
    )
