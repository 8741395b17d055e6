"""The chance of each label by itself, where a document may have several or none.

A label's log odds are linear in three numbers about a document: its score against the prototype,
that score beside those of the other classes, and the margin of a ridge regression of this class
against the rest. All three are computed for documents that are left out, which is what the chances
are fitted to. One curve is fitted to all labels; ``label_curves`` says how each label lies beside
it. Which labels a document gets is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.label_curves import PULLS, LabelCurves, fit_curves
from protolabel.arithmetic.leave_one_out import FEWEST, document_scores
from protolabel.arithmetic.logistic import fit_logistic
from protolabel.arithmetic.ridge import NegativeRows, Ridge, fit_ridge
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Integers, Mask, Positions

MOST_CELLS = 2_000_000  # documents x classes that the chances are fitted to: some are drawn beyond
MOST_THRESHOLD = 0.5  # no greater least chance has a better F1, where chances are true
FOLDS = 10  # of documents, to judge by those that nothing was fitted to
FEW_CELLS = 200_000  # documents x classes; beyond that fewer folds do
FEW_FOLDS = 3


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """How well documents get their labels that were left out of all fits, the threshold's too.

    ``documents``: how many. ``labels``: how many they have together. ``micro_f1``: F1 over all
    pairs of a document and a class. ``macro_f1``: the mean of the classes' own F1. ``subset``:
    documents with exactly their labels.
    """

    documents: int
    labels: int
    micro_f1: float
    macro_f1: float
    subset: float


@dataclass(frozen=True, slots=True, eq=False)
class LabelModel:
    """What gives each label its chance.

    Attributes:
        ridge: the regressions of each class against the rest; None where they are too large.
        coefficients: of the score, the standard score, the margin, and 1, for all labels.
        curves: of each label beside that.
        threshold: the least chance of a label that answers best by F1.
        quality: what is expected of it.
    """

    ridge: Ridge | None = field(repr=False)
    coefficients: tuple[float, float, float, float]
    curves: LabelCurves = field(repr=False)
    threshold: float
    quality: LabelQuality

    def probabilities(self, embeddings: Floats, scores: Floats) -> Doubles:
        """Return the chance of each label, whatever the other labels are.

        Each document's are computed by themselves, so that they do not depend on which others are
        asked about with it.

        *Shape:* embeddings ``(n, d)`` and scores ``(n, K)`` -> ``(n, K)`` float64.
        """
        margins = np.zeros(scores.shape) if self.ridge is None else self.ridge.margins(embeddings)
        odds = _common_odds(_features(scores, margins), np.array(self.coefficients))
        return np.where(np.isfinite(scores), self.curves.chances(odds), 0.0)

    def values(self) -> dict[str, Any]:
        """Return the numbers as JSON can hold them, without the weights of the regressions."""
        return {
            "coefficients": list(self.coefficients),
            "curves": True,  # fits of earlier code have none
            "threshold": self.threshold,
            **asdict(self.quality),
        }


@dataclass(frozen=True, slots=True, eq=False)
class LabelTrial:
    """Documents that were left out, also of what gives them their chances.

    model: fitted to all of them. rows ``(g,)``: an example of each. chances ``(g, K)`` and
    thresholds ``(g, 1)``: from a curve that was fitted without the document. members ``(g, K)``:
    the labels that they have.
    """

    model: LabelModel
    rows: Positions
    chances: Doubles
    thresholds: Doubles
    members: Mask


def fit_labels(support: Support, negatives: NegativeRows | None = None) -> LabelModel | Shortage:
    """Return what gives each label its chance, or what is missing: :func:`try_labels`."""
    trial = try_labels(support, negatives)
    return trial.model if isinstance(trial, LabelTrial) else trial


def try_labels(support: Support, negatives: NegativeRows | None = None) -> LabelTrial | Shortage:
    """Return documents with the chances that their labels get without them, or what is missing.

    Each document is left out of all of its classes with its near copies. Its labels are what a
    reader would say; all other classes are what a reader would not say. Documents that the encoder
    has learned from, and documents that stand in the description of a class of theirs, are not
    asked about: their scores are not those of new ones. Negatives are rows
    of the regressions of their classes.
    """
    documents = document_scores(support, MOST_CELLS)
    ridge = fit_ridge(support, documents.groups, negatives)
    margins = np.zeros(documents.scores.shape) if ridge is None else ridge.without
    fair = support.is_evidence[documents.rows]
    finite = np.isfinite(documents.scores) & fair[:, None]
    inside = documents.members & finite
    n, beside = int(inside.any(axis=1).sum()), int((~documents.members & finite).sum())
    if n < FEWEST or beside < FEWEST:
        return Shortage(
            f"needs {FEWEST} different documents whose class has another document or a "
            f"description, and {FEWEST} cases of a class that a document is not in; has {n} and "
            f"{beside}"
        )
    features = _features(documents.scores, margins)
    parts = [_Part(features, documents.members, finite, fold) for fold in _folds(finite)]
    pull = min(PULLS, key=lambda strength: sum(part.loss(strength) for part in parts))
    chances, thresholds = np.zeros(finite.shape), np.zeros((len(finite), 1))
    for part in parts:
        chances[part.fold], thresholds[part.fold] = part.chances(pull), part.threshold(pull)
    every = _Part(features, documents.members, finite, np.zeros(0, np.int64))
    model = LabelModel(
        None if ridge is None else ridge.model,
        (*map(float, every.coefficients),),  # type: ignore[arg-type]
        every.curves(pull),
        every.threshold(pull),
        quality_of((chances >= thresholds)[fair], documents.members[fair]),
    )
    rows = documents.rows[fair]
    return LabelTrial(model, rows, chances[fair], thresholds[fair], documents.members[fair])


class _Part:
    """Documents that are held out, and what the others say of them."""

    def __init__(self, features: Doubles, members: Mask, finite: Mask, fold: Positions) -> None:
        """Hold out the documents ``fold``. *Shape:* ``(n, K, 3)``, ``(n, K)`` twice."""
        is_outside = np.ones(len(finite), np.bool_)
        is_outside[fold] = False
        self.fold = fold
        self.coefficients = _rising(
            features[is_outside][finite[is_outside]], members[is_outside][finite[is_outside]]
        )
        odds = _common_odds(features, self.coefficients)
        self._odds, self._members, self._cases = (
            odds[is_outside],
            members[is_outside],
            finite[is_outside],
        )
        self._own_odds, self._own_members, self._own_cases = odds[fold], members[fold], finite[fold]
        self._curves: dict[float, LabelCurves] = {}

    def curves(self, pull: float) -> LabelCurves:
        """Return the curves that the other documents give."""
        if pull not in self._curves:
            self._curves[pull] = fit_curves(self._odds, self._members, self._cases, pull)
        return self._curves[pull]

    def threshold(self, pull: float) -> float:
        """Return the threshold that is best for the other documents."""
        chances = self.curves(pull).chances(self._odds)
        return best_threshold(chances[self._cases], self._members[self._cases])

    def chances(self, pull: float) -> Doubles:
        """Return the chances of the documents that are held out."""
        return np.where(self._own_cases, self.curves(pull).chances(self._own_odds), 0.0)

    def loss(self, pull: float) -> float:
        """Return the log loss of the documents that are held out."""
        chances = self.chances(pull)[self._own_cases]
        right = np.where(self._own_members[self._own_cases], chances, 1.0 - chances)
        return -float(np.log(np.maximum(right, 1e-12)).sum())


def _common_odds(features: Doubles, coefficients: Doubles) -> Doubles:
    """Return the log odds by the curve of all labels. *Shape:* ``(n, K, 3)`` -> ``(n, K)``."""
    odds: Doubles = features @ coefficients[:3] + coefficients[3]
    return odds


def _folds(cells: Mask) -> list[Positions]:
    """Return the documents in parts; near copies are one document, and so in one part."""
    folds = FOLDS if cells.size <= FEW_CELLS else FEW_FOLDS
    order = np.random.default_rng(0).permutation(len(cells))
    return [np.sort(part) for part in np.array_split(order, folds) if len(part)]


def _features(scores: Floats, margins: Doubles) -> Doubles:
    """Return score, standard score and margin of each cell. *Shape:* ``(n, K)`` -> ``(n, K, 3)``.

    The standard score is that among all classes of the document. A class without a prototype has
    no score: its cells are zeros.
    """
    exact = scores.astype(np.float64)
    finite = np.isfinite(exact)
    exact = np.where(finite, exact, 0.0)
    counts = np.maximum(finite.sum(axis=1, keepdims=True), 1)
    middle = exact.sum(axis=1, keepdims=True) / counts
    away = np.where(finite, exact - middle, 0.0)
    spread = np.sqrt(np.square(away).sum(axis=1, keepdims=True) / counts)
    standard = np.divide(away, spread, out=np.zeros_like(away), where=spread > 1e-9)
    return np.stack([exact, standard, np.where(finite, margins, 0.0)], axis=-1)


def _rising(features: Doubles, members: Mask) -> Doubles:
    """Return coefficients, none of them negative: a higher score never makes a label unlikelier.

    What would have a negative one is left out, the most negative first.

    *Shape:* ``(m, k)`` and ``(m,)`` -> ``(k + 1,)``.
    """
    used = np.arange(features.shape[1])
    while True:
        fitted = fit_logistic(features[:, used], members)
        if not len(used) or fitted[:-1].min() >= 0.0:
            break
        used = np.delete(used, int(fitted[:-1].argmin()))
    coefficients = np.zeros(features.shape[1] + 1)
    coefficients[used], coefficients[-1] = fitted[:-1], fitted[-1]
    return coefficients


def best_threshold(chances: Doubles, members: Mask) -> float:
    """Return the least chance of a label that has the best F1 over all cases, one half at most.

    It lies halfway to the next lower chance.

    *Shape:* ``(m,)`` each; one member or more.

    Source:
        Lipton, Elkan and Naryanaswamy (2014): it is half of the best F1, where chances are true.
    """
    order = np.argsort(-chances, kind="stable")
    falling = chances[order]
    right = np.cumsum(members[order])
    f1 = 2.0 * right / (np.arange(1, len(order) + 1) + members.sum())
    ends = np.append(falling[1:] < falling[:-1], True)  # equal chances are on one side
    cuts = (falling + np.append(falling[1:], 0.0)) / 2.0
    best = ends & (f1 == f1[ends].max()) & (cuts <= MOST_THRESHOLD)
    return float(cuts[best].max()) if best.any() else MOST_THRESHOLD


def quality_of(answers: Mask, members: Mask) -> LabelQuality:
    """Return how well labels that were answered agree with those that documents have.

    A class that no document has and none was answered has no F1.

    *Shape:* ``(n, K)`` each.
    """
    matches: Integers = (answers & members).sum(axis=0)
    either: Integers = answers.sum(axis=0) + members.sum(axis=0)
    present = either > 0
    f1 = np.divide(2.0 * matches, either, out=np.zeros(len(matches)), where=present)
    total = int(either.sum())
    return LabelQuality(
        documents=len(members),
        labels=int(members.sum()),
        micro_f1=2.0 * float(matches.sum()) / total if total else 0.0,
        macro_f1=float(f1[present].mean()) if present.any() else 0.0,
        subset=float((answers == members).all(axis=1).mean()) if len(members) else 0.0,
    )
