"""The ways to a class and its parent that ``hierarchy`` compares. They measure nothing."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.hierarchy_sets import Set, hierarchy_of
from benchmarks.results import CACHE
from benchmarks.spaces import name_of, space_of
from protolabel import LabelSpace
from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.softmax import softmax


@dataclass(frozen=True, eq=False)
class Scored:
    """Probabilities of n queries: leaf (n, K), top (n, P); belongs (n,); passes: (n,), by the
    threshold of the label space.
    """

    leaf: np.ndarray
    top: np.ndarray
    belongs: np.ndarray
    passes: np.ndarray


def nested_space(one: Set, support: np.ndarray) -> LabelSpace:
    """The label space, each class under its parent, settled."""
    space = space_of(one.data, support, refine=True)
    space.configure(threshold="auto")
    parents = {
        name_of(one.data, c): f"parent {one.parents[p]}" for c, p in enumerate(one.above.tolist())
    }
    space.nest(parents, new=True)
    space.settle()
    return space


def scored(space: LabelSpace, one: Set, queries: np.ndarray) -> Scored:
    """Probabilities by the label space; at one example, where it has none, by a temperature of 0.05
    and without *none of these*.
    """
    view, x = space.view(), one.data.embeddings[queries]
    scores = view.head.scores(x).astype(float)
    best, sizes = scores.max(axis=1), view.head.sizes[scores.argmax(axis=1)]
    fitted, n = view.calibration, len(queries)
    belongs, passes, temperature = np.ones(n), np.ones(n, bool), 0.05
    if isinstance(fitted, Calibration):
        temperature = fitted.temperature
        none = fitted.none_probability(best, sizes, view.settings.strangers)
        belongs = np.ones(n) if none is None else 1.0 - none
        passes = best >= fitted.thresholds(sizes)
    leaf = softmax(scores, temperature)
    return Scored(leaf, hierarchy_of(one).sums(leaf)[:, len(one.above) :], belongs, passes)


def top_down(one: Set, support: np.ndarray, queries: np.ndarray, temperature: float) -> Scored:
    """The other rule: a prototype for each parent, of all documents and names under it, then a
    softmax among its children: p(class) = p(parent) p(class | parent).
    """
    x, y, data = one.data.embeddings, one.data.y, one.data
    sums = np.zeros((len(one.above), x.shape[1]))
    np.add.at(sums, y[support], x[support])
    sums += data.name_embeddings
    tops = np.zeros((len(one.parents), x.shape[1]))
    np.add.at(tops, one.above, sums)
    unit = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in (sums, tops)]
    leaf_scores, top_scores = (x[queries] @ m.T for m in unit)
    top = softmax(top_scores.astype(float), temperature)
    leaf = np.zeros(leaf_scores.shape)
    for parent in range(len(one.parents)):
        inside = one.above == parent
        leaf[:, inside] = softmax(leaf_scores[:, inside].astype(float), temperature)
        leaf[:, inside] *= top[:, [parent]]
    return Scored(leaf, top, np.ones(len(queries)), np.ones(len(queries), bool))


def rival(one: Set, support: np.ndarray, queries: np.ndarray) -> Scored:
    """Hiclass: a logistic regression a parent on the same vectors, names as examples."""
    sys.path.insert(0, str(CACHE / "hiclass"))
    from hiclass import LocalClassifierPerParentNode

    sys.path.pop(0)
    x = np.concatenate([one.data.embeddings[support], one.data.name_embeddings])
    classes = np.concatenate([one.data.y[support], np.arange(len(one.above))])
    labels = np.array([[f"p{one.above[c]:03d}", f"c{c:03d}"] for c in classes.tolist()])
    model = LocalClassifierPerParentNode(
        local_classifier=LogisticRegression(C=30.0, max_iter=300),
        probability_combiner="multiply",
        return_all_probabilities=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, labels)
        top, leaf = model.predict_proba(one.data.embeddings[queries])
    return Scored(
        np.asarray(leaf), np.asarray(top), np.ones(len(queries)), np.ones(len(queries), bool)
    )
