"""Ways to give a class several prototypes, and rivals, on the same embeddings; no label space.

Each takes vectors of the examples with their classes, and of the names; it returns scores of
queries ``(n, K)``. What has a free parameter takes it as ``value``; where it says so, it chooses it
by leave-one-out itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from protolabel.arithmetic.conflicts import modes as conflict_modes
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.kappa import kappa_for
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.modes import modes_of
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.spread import spread_of
from protolabel.arithmetic.support import Support

KS = (1, 2, 3, 5, 10, 20)
BLENDS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6)


@dataclass(frozen=True, eq=False)
class Task:
    """Examples of one draw, with queries. x ``(n, d)``; y ``(n,)``; names ``(K, d)``."""

    x: np.ndarray
    y: np.ndarray
    names: np.ndarray
    queries: np.ndarray

    @property
    def support(self) -> Support:
        """The examples with the names as descriptions, at the kappa that fits them."""
        every = np.ones(len(self.names), np.bool_)
        plain = Support.of(self.x, self.y, self.names, every)
        return plain.with_kappa(kappa_for(plain))


Candidate = Callable[[Task, float], np.ndarray]


def one(task: Task, value: float = 0.0) -> np.ndarray:
    """One prototype a class."""
    support = task.support
    return LinearModel.of_classes(support.classes, support.kappa, "cosine").scores(task.queries)


def refined(task: Task, value: float = 0.0) -> np.ndarray:
    """Refined weights, one row a class."""
    model = refine(task.support)
    assert model is not None
    return model.scores(task.queries)


def by_conflicts(task: Task, value: float = 0.0) -> np.ndarray:
    """The modes that ``protolabel conflicts`` reports, each document in the nearest; nearest mode.

    A class in which it sees one mode has one.
    """
    support = task.support
    spread = spread_of(support)
    parts = np.zeros(len(task.y), np.int64)
    for k in range(len(task.names)):
        several = () if spread is None else conflict_modes(support, k, spread)
        if len(several) > 1:
            rows = np.flatnonzero(task.y == k)
            centres = np.stack([task.x[part].mean(axis=0) for part in several])
            parts[rows] = (task.x[rows] @ centres.T).argmax(axis=1)
    return _nearest(*_mode_scores(task, parts), len(task.names))


def infinite_mixture(task: Task, value: float) -> np.ndarray:
    """Infinite mixture prototypes: an example farther than ``value`` from all clusters opens one.

    Source:
        Allen et al. 2019, algorithm 1, on fixed embeddings; the distance is chosen.
    """
    centres = [task.x[task.y == k].mean(axis=0) for k in range(len(task.names))]
    owners = list(range(len(task.names)))
    for i in np.random.default_rng(0).permutation(len(task.y)).tolist():
        own = [at for at, k in enumerate(owners) if k == task.y[i]]
        if min(np.square(task.x[i] - centres[at]).sum() for at in own) > value:
            centres.append(task.x[i].copy())
            owners.append(int(task.y[i]))
    owner = np.array(owners)
    for _ in range(3):
        gaps = -2.0 * task.x @ np.array(centres).T + np.square(centres).sum(axis=1)
        gaps[task.y[:, None] != owner[None]] = np.inf
        parts = gaps.argmin(axis=1)
        for at in np.unique(parts).tolist():
            centres[at] = task.x[parts == at].mean(axis=0)
    return _nearest(*_mode_scores(task, parts), len(task.names))


def k_means(task: Task, value: float) -> np.ndarray:
    """k-means with k by leave-one-out; nearest mode, or log-sum-exp at temperature ``value``."""
    best, right = np.zeros(len(task.y), np.int64), -1
    for k in KS:
        if k > np.bincount(task.y).min():
            break
        parts = _clusters(task, k)
        hits = _left_out(task, parts)
        if hits > right:
            best, right = parts, hits
    scores, owner = _mode_scores(task, best)
    classes = len(task.names)
    return _summed(scores, owner, classes, value) if value else _nearest(scores, owner, classes)


def with_modes(task: Task) -> tuple[np.ndarray, float]:
    """What a label space does: scores with modes, and the share that it takes up."""
    support = task.support
    model, trial = refine(support), cross_fit(support)
    assert model is not None
    assert trial is not None
    scores, share = model.scores(task.queries), trial.share(~support.learned)
    modes = modes_of(support, model) if share else None
    return scores if modes is None else modes.with_share(share).scores(task.queries, scores), share


def refined_modes(task: Task, value: float) -> np.ndarray:
    """Refined weights with a row for each of ``value`` modes of k-means; log-sum-exp."""
    parts = _clusters(task, int(min(value, np.bincount(task.y).min())))
    support, owner = _mode_support(task, parts)
    model = refine(support)
    assert model is not None
    return _summed(model.scores(task.queries), owner, len(task.names), 0.05)


def with_nearest(task: Task, value: float = 0.0) -> np.ndarray:
    """One prototype and the nearest example: the share by leave-one-out."""
    support = task.support
    trial = simulate(support)
    own = task.x[trial.rows] @ task.x.T
    own[np.arange(len(own)), trial.rows] = -np.inf
    near = _nearest(own, task.y, len(task.names))
    hits = [((1 - a) * trial.scores + a * near).argmax(axis=1) == trial.labels for a in BLENDS]
    share = BLENDS[int(np.argmax([right.sum() for right in hits]))]
    return (1 - share) * one(task) + share * _nearest(
        task.queries @ task.x.T, task.y, len(task.names)
    )


def refined_with_nearest(task: Task, value: float) -> np.ndarray:
    """Refined weights and the nearest example, with the share ``value`` for all classes alike."""
    near = _nearest(task.queries @ task.x.T, task.y, len(task.names))
    return (1 - value) * refined(task) + value * near


def neighbours(task: Task, value: float) -> np.ndarray:
    """k-NN of scikit-learn, weighted by distance."""
    k = int(min(value, np.bincount(task.y).min()))
    model = KNeighborsClassifier(n_neighbors=k, weights="distance", metric="cosine")
    return model.fit(task.x, task.y).predict_proba(task.queries)


def logistic(task: Task, value: float = 30.0) -> np.ndarray:
    """Logistic regression that gets the names as one more example a class."""
    model = LogisticRegression(C=value, max_iter=300)
    classes = np.arange(len(task.names))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence
        model.fit(np.concatenate([task.x, task.names]), np.concatenate([task.y, classes]))
    return model.predict_proba(task.queries)


CANDIDATES: dict[str, tuple[Candidate, tuple[float, ...]]] = {
    "one prototype": (one, (0.0,)),
    "modes that `conflicts` reports": (by_conflicts, (0.0,)),
    "infinite mixture prototypes": (infinite_mixture, (0.6, 0.8, 1.0, 1.2)),
    "k-means, k by leave-one-out, nearest mode": (k_means, (0.0,)),
    "k-means, k by leave-one-out, log-sum-exp": (k_means, (0.02, 0.05, 0.1)),
    "prototype and nearest example, share by leave-one-out": (with_nearest, (0.0,)),
    "k-NN": (neighbours, (1.0, 5.0, 15.0)),
    "logistic regression with names": (logistic, (30.0,)),
    "refined": (refined, (0.0,)),
    "refined, a row for each mode of k-means": (refined_modes, (2.0, 5.0, 10.0, 20.0)),
    "refined and nearest example, one share": (refined_with_nearest, (0.2, 0.3, 0.4, 0.5)),
}
"""Each with the values of its parameter that are tried on validation halves."""


def _clusters(task: Task, k: int) -> np.ndarray:
    """The part of each example within its class, by k-means."""
    parts = np.zeros(len(task.y), np.int64)
    for c in range(len(task.names)) if k > 1 else ():
        rows = np.flatnonzero(task.y == c)
        parts[rows] = KMeans(k, n_init=1, random_state=0).fit(task.x[rows]).labels_
    return parts


def _mode_support(task: Task, parts: np.ndarray) -> tuple[Support, np.ndarray]:
    """The modes as classes, each with the description of its class, and the class of each."""
    pairs = task.y * (parts.max() + 1) + parts
    distinct, modes = np.unique(pairs, return_inverse=True)
    owner = distinct // (parts.max() + 1)
    every = np.ones(len(owner), np.bool_)
    kappa = task.support.kappa
    return Support.of(task.x, modes, task.names[owner], every, kappa=kappa), owner


def _mode_scores(task: Task, parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    support, owner = _mode_support(task, parts)
    model = LinearModel.of_classes(support.classes, support.kappa, "cosine")
    return model.scores(task.queries), owner


def _left_out(task: Task, parts: np.ndarray) -> int:
    """How many examples are right when they are left out of the mode that they are in."""
    support, owner = _mode_support(task, parts)
    trial = simulate(support)  # a mode of one document is left with its name alone
    near = _nearest(trial.scores, owner, len(task.names))
    return int((near.argmax(axis=1) == owner[trial.labels]).sum())


def _nearest(scores: np.ndarray, owner: np.ndarray, classes: int) -> np.ndarray:
    """The best score within each class. *Shape:* ``(n, m)``, ``(m,)`` -> ``(n, K)``."""
    best = np.full((len(scores), classes), -np.inf)
    for k in range(classes):
        best[:, k] = scores[:, owner == k].max(axis=1, initial=-np.inf)
    return best


def _summed(scores: np.ndarray, owner: np.ndarray, classes: int, warmth: float) -> np.ndarray:
    """The log of the sum of exponentials within each class, times the temperature."""
    top = _nearest(scores, owner, classes)
    for k in range(classes):
        own = np.exp((scores[:, owner == k] - top[:, [k]]) / warmth)
        top[:, k] += warmth * np.log(own.sum(axis=1))
    return top
