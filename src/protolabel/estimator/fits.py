"""What an estimator computes from its examples: prototypes, refined weights, what scores mean.

All numbers come from the arithmetic and the fits of a label space, so both answer alike. The one
exception is the temperature where a label space would have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.class_totals import ClassTotals, ClassVectors
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.fixed_point import fixed_sum
from protolabel.arithmetic.lbfgs import never
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.prototypes import prototypes
from protolabel.arithmetic.scores import scores
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.temperature import temperature_of
from protolabel.arrays import Doubles, Floats, Metric, Positions, unit
from protolabel.copies.equality import rounded_digests
from protolabel.errors import InputError
from protolabel.estimator.examples import EstimatorExamples, NegativeExample
from protolabel.estimator.refused_columns import RefusedColumns, words_of
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.fits.fit_support import FitSupport, support_of
from protolabel.label_space.fits.fitting import calibration_of_prototypes, other_kappa, refined_fit
from protolabel.label_space.fits.negatives_of_version import (
    Contents,
    FitNegatives,
    PairsOfNegatives,
    negatives_beside,
)
from protolabel.label_space.stored_items.document_texts import DocumentTexts


@dataclass(frozen=True, slots=True, eq=False)
class EstimatorFits:
    """Weights that rank the classes, and what their scores mean.

    Attributes:
        kappa: the weight of a description in examples.
        prototypes: ``(K, d)`` float64, of all classes; zeros for a class without one.
        head: the weights that rank, of the classes that can be an answer.
        columns: ``(k,)`` int64: which class each column of the head is.
        calibration: of the head, or why there is none.
        temperature: that of the calibration; where there is none, of :func:`temperature`.
        words: of the negative examples, with the columns of the head that they are about.
    """

    kappa: float
    prototypes: Doubles
    head: Snapshot
    columns: Positions
    calibration: Calibration | Shortage
    temperature: float
    words: RefusedColumns

    def scores(self, queries: Floats, texts: Sequence[str] | None = None) -> Doubles:
        """Return the score of each query against each class that can be an answer.

        They are computed in float64 and rounded to float32: they do not depend on which queries
        come together, and equal classes have equal scores, as in ``scores.pair_scores``.

        Args:
            queries: (n, d).
            texts: n, of the same; None where vectors were given.

        *Shape:* ``(n, d)`` -> ``(n, k)``.
        """
        weights, biases = self.head.weights, self.head.biases
        exact = scores(
            queries.astype(np.float64),
            weights.astype(np.float64),
            biases.astype(np.float64),
            self.head.metric,
        )
        if self.head.modes is not None:
            exact = self.head.modes.scores(queries.astype(np.float64), exact)
        rounded = exact.astype(np.float32)
        if self.head.negatives is not None:
            refused, exempt = self.words.verdicts(DocumentTexts.of(texts or [None] * len(queries)))
            negatives = self.head.negatives.refusing(queries, refused).keeping(queries, exempt)
            rounded = negatives.lowered(queries, rounded)
        return rounded.astype(np.float64)

    def thresholds(self, best: Positions) -> Doubles | None:
        """Return the fitted threshold for an answer of each column ``(n,)``, if there is one."""
        if isinstance(self.calibration, Shortage):
            return None
        return self.calibration.thresholds(self.head.sizes[best])


def fitted(examples: EstimatorExamples, settings: Settings, metric: Metric) -> EstimatorFits:
    """Return the fits of examples. Their order has no influence.

    Args:
        examples: one or more, or a description.
        settings: kappa, whether it is estimated, and whether to refine.
        metric: of the scores.

    Raises:
        InputError: no class has a prototype.
    """
    examples = examples.in_order()
    descriptions, described = examples.description_rows()
    counts = np.bincount(examples.labels, minlength=len(examples.classes))
    rows = [examples.embeddings[examples.labels == k] for k in range(len(counts))]
    sums = np.stack([fixed_sum(member_rows) for member_rows in rows])
    totals = ClassTotals.of_fixed(counts, sums, descriptions, described)
    kappa = settings.kappa
    fit_support = _fit_support(examples, totals, np.arange(len(counts)), kappa, metric)
    if settings.kappa_auto:
        kappa = other_kappa(fit_support, settings) or kappa
    vectors = [
        ClassVectors(k, str(k), int(counts[k]), sums[k], descriptions[k] if described[k] else None)
        for k in range(len(counts))
    ]
    empty = Snapshot(1, 1, fingerprint="", dim=examples.dim, metric=metric, kappa=kappa)
    plain = empty.filled(vectors)
    if plain.n_classes == 0:
        raise InputError(
            "no class has an example with a direction",
            expected="an example whose vector is not zero, or a description",
            remedy="look at the vectors, or use metric='euclidean'",
        )
    columns = plain.keys
    fit_support = _fit_support(examples, totals, columns, kappa, metric)
    usable, of_negatives = _usable_negatives(examples, plain)
    negatives = _negatives(examples, usable, of_negatives, plain, fit_support.support)
    if negatives is not None:
        plain = replace(plain, negatives=negatives.negatives)
        fit_support = replace(fit_support, negatives=negatives)
    head, calibration = plain, calibration_of_prototypes(fit_support, plain)
    if settings.refine:
        refined = refined_fit(
            fit_support, plain, calibration, modes=settings.modes, should_stop=never
        )
        assert refined is not None  # nothing stops it
        if refined.model is not None:
            head, calibration = plain.refined(refined.model, refined.modes), refined.calibration
    temperature_in_force = temperature(calibration, fit_support.support, head)
    return EstimatorFits(
        kappa,
        prototypes(totals, kappa),
        head,
        columns,
        calibration,
        temperature_in_force,
        words_of(usable, of_negatives.tolist(), examples),
    )


def _fit_support(
    examples: EstimatorExamples,
    totals: ClassTotals,
    classes: Positions,
    kappa: float,
    metric: Metric,
) -> FitSupport:
    """Return the examples of some classes ``(k,)``, which ascend, as all fits take them."""
    rows = np.flatnonzero(np.isin(examples.labels, classes))
    embeddings, texts = examples.embeddings[rows], examples.description_texts()
    rounded = rounded_digests(embeddings)
    digests = [
        (*examples.digests[i], *more) for i, more in zip(rows.tolist(), rounded, strict=True)
    ]
    support = support_of(
        embeddings,
        np.searchsorted(classes, examples.labels[rows]).astype(np.int64),
        totals.only(classes),
        Contents([examples.texts[i] for i in rows.tolist()], digests),
        descriptions=[texts[k] for k in classes.tolist()],
        learned=examples.learned[rows],
        kappa=kappa,
        metric=metric,
    )
    return FitSupport(support, None, np.zeros(len(rows), np.bool_), np.arange(len(rows)))


def _usable_negatives(
    examples: EstimatorExamples, plain: Snapshot
) -> tuple[list[NegativeExample], Positions]:
    """Return the negatives of classes that can be an answer, and the columns of these classes."""
    columns_of = {examples.classes.tolist()[k]: i for i, k in enumerate(plain.keys.tolist())}
    usable = [negative for negative in examples.negatives if negative.label in columns_of]
    return usable, np.array([columns_of[negative.label] for negative in usable], np.int64)


def _negatives(
    examples: EstimatorExamples,
    usable: Sequence[NegativeExample],
    columns: Positions,
    plain: Snapshot,
    support: Support,
) -> FitNegatives | None:
    """Return usable negatives, each of a column, beside the examples; None without any."""
    if not usable:
        return None
    numbers = np.arange(len(usable))
    vectors = np.stack([negative.vector for negative in usable])
    positions = np.flatnonzero(np.isin(examples.labels, plain.keys)).tolist()
    return negatives_beside(
        PairsOfNegatives(numbers, vectors, columns, numbers),
        [negative.text for negative in usable],
        plain,
        support,
        Contents([examples.texts[i] for i in positions], [examples.digests[i] for i in positions]),
    )


def temperature(calibration: Calibration | Shortage, support: Support, head: Snapshot) -> float:
    """Return the temperature of the calibration, or one where there is too little to calibrate.

    That one is fitted to documents that were left out, as in a calibration. Where none can be left
    out, each prototype is a query of its own class: the probabilities are then of little worth
    beyond their order, but do not depend on the unit of the vectors.
    """
    if isinstance(calibration, Calibration):
        return calibration.temperature
    trial: Simulation | None = None
    if head.head != "refined":
        trial = simulate(support)
    else:
        crossed = cross_fit(support)
        share = 0.0 if head.modes is None else head.modes.share
        trial = None if crossed is None else crossed.at(share)
    if trial is not None:
        trial = trial.of_rows(support.is_evidence)
        if len(trial.labels):
            return temperature_of(trial)
    centres = prototypes(support.classes, support.kappa).astype(np.float32)
    if head.metric == "cosine":
        centres = unit(centres)
    classes = np.arange(len(centres))
    return temperature_of(Simulation.of_queries(head.scores(centres), classes, classes))


class PendingFits:
    """Fits that are made when they are first asked for: many additions in a row cost one fit."""

    def __init__(self, examples: EstimatorExamples, settings: Settings, metric: Metric) -> None:
        self.examples, self.settings, self.metric = examples, settings, metric
        self._fits: EstimatorFits | None = None

    @classmethod
    def of(
        cls, examples: EstimatorExamples, settings: Settings, metric: Metric, fits: EstimatorFits
    ) -> PendingFits:
        """Return those that are there already."""
        pending = cls(examples, settings, metric)
        pending._fits = fits
        return pending

    def get(self) -> EstimatorFits:
        """Return the fits, made now if they are not there."""
        if self._fits is None:
            self._fits = fitted(self.examples, self.settings, self.metric)
        return self._fits
