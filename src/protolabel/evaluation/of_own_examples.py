"""Evaluation of a label space on its own examples: each is labelled without it and its copies.

It reads rows and a view, and encodes and changes nothing. The other files here compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arguments import MOST, MOST_SEED, require_between
from protolabel.arithmetic.intervals import Estimate, combined_share
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.reach import classes_with_queries
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.variances import documents_variance, draws_variance
from protolabel.arrays import Labels, Mask, Positions
from protolabel.errors import InputError
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.decided_documents import decided_examples, notes_on_examples
from protolabel.evaluation.forecast import CannotTell, Forecast, forecast
from protolabel.evaluation.learning_curve import OwnCurve, own_curve, own_luck
from protolabel.evaluation.refusals import MORE_EXAMPLES
from protolabel.evaluation.results import (
    CurvePoint,
    Evaluation,
    Table,
    document_name,
)
from protolabel.evaluation.several_labels import evaluate_labels
from protolabel.evaluation.shares import share_of
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.fits.fit_support import FitSupport, read_support
from protolabel.label_space.fits.fitting import trial_of
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent
from protolabel.words.quantity import quantity

PROTOTYPES = "leave-one-out, prototypes"
REFINED = "held out in four parts, refined"
ABOUT = {
    PROTOTYPES: "each document labelled by the prototypes of all other documents",
    REFINED: "each document labelled by refined weights that were fitted without it",
}
MOST_DRAWS = 1000
OWN_SIZES = (1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 40, 56, 80, 112, 160)


def evaluate_space(
    space: LabelSpace,
    *,
    more: int = 3,
    draws: int = 10,
    seed: int = 0,
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate how well a label space tells its own examples apart.

    Nothing is encoded or changed. Each example is left out of its class, together with its copies,
    and labelled by the rest: with all the others (the shares, and the confusion table of the head
    that answers: refined weights where they can be fitted), and with k examples a class (the
    learning curve of the prototypes, which extrapolates what ``more`` examples of each class would
    bring). Examples that the encoder has learned from are not asked about.

    Raises:
        InputError: too few examples can be left out.
    """
    require_between(more, "more", 1, MOST)
    require_between(draws, "draws", 2, MOST_DRAWS)
    require_between(seed, "seed", 0, MOST_SEED)
    view, fit_support = _read(space)
    if fit_support is None:
        return _with_decisions(view, evaluate_labels(view, space.path))
    support, names, keys = fit_support.support, view.prototypes.labels, view.prototypes.keys
    _require_pairs(support)
    progress(Step("leave-one-out", 0, 1))
    heads = _heads(fit_support, view.settings)
    answering = list(heads)[-1]
    confusion = Confusion(len(names))
    confusion.add(*heads[answering])
    shares = {
        name: share_of(truth == answers, support.groups[positions])
        for name, (truth, answers, positions) in heads.items()
    }
    progress(Step("leave-one-out", 1, 1))
    plan = _CurvePlan(view.settings.kappa, more, draws, seed)
    curve, estimate = _curve_and_forecast(support, plan, progress)
    rows_of = confusion.table(names)
    ids = {d for row in rows_of for other in row.confused for d in other.documents}
    evaluation = Evaluation(
        kind="space",
        subject=space.path,
        encoder=view.prototypes.fingerprint,
        metric=view.prototypes.metric,
        classes=len(names),
        examples=int(support.classes.counts.sum()),
        settings={
            "version": view.version,
            "kappa": view.settings.kappa,
            "draws": draws,
            "more": more,
            "seed": seed,
        },
        curve=curve,
        confusion=Table(ABOUT[answering], rows_of, confusion.pairs(names)),
        shares=shares,
        forecast=estimate,
        documents=_own_documents(view, keys[support.labels], ids),
        notes=tuple(_notes(support, names, shares[answering].n)),
    )
    return _with_decisions(view, evaluation)


def _with_decisions(view: View, evaluation: Evaluation) -> Evaluation:
    """Return an evaluation that says how many of the examples came from decisions on answers."""
    decided = decided_examples(view)
    notes = (*evaluation.notes, *notes_on_examples(decided))
    return replace(evaluation, decided=decided, notes=notes)


def _read(space: LabelSpace) -> tuple[View, FitSupport | None]:
    """Return a view and its examples, read in one transaction; None where labels are several."""
    while True:
        view = space.view()
        with view.rows.reading():
            if view.rows.version() != view.version:  # changed in between, or moved to an encoder
                continue
            if view.settings.several:
                return view, None
            return view, read_support(view.rows, view.prototypes)


def _require_pairs(support: Support) -> None:
    """Refuse what leaves no example to answer with. Raises InputError."""
    counts = support.classes.counts
    pairs = int((counts[support.labels] > 1).sum())
    if len(counts) < 2 or not pairs:
        raise InputError(
            f"a label space of {quantity(len(counts), 'class')}, {quantity(pairs, 'example')} in "
            "classes of two or more",
            expected="two classes, and a class with two examples: one to leave out, one to stay",
            remedy=MORE_EXAMPLES,
        )


@dataclass(frozen=True, slots=True)
class _CurvePlan:
    """How a learning curve is drawn: the weight of descriptions, and what the caller asked for."""

    kappa: float
    more: int
    draws: int
    seed: int


def _curve_and_forecast(
    support: Support, plan: _CurvePlan, progress: Progress
) -> tuple[tuple[CurvePoint, ...], Forecast | CannotTell]:
    """Return the learning curve of the prototypes, and what more examples would bring."""
    labels, described = support.labels, support.classes.described
    documents = np.bincount(labels[support.independent()], minlength=len(described))
    largest = int(documents.max()) - 1
    sizes = sorted({k for k in OWN_SIZES if k < largest} | {largest})
    sizes = ([0] if described.all() and plan.kappa > 0 else []) + sizes
    drawn = own_curve(support, sizes=sizes, draws=plan.draws, seed=plan.seed, progress=progress)
    drawn = _of(drawn, support.is_evidence[drawn.query])
    query_labels = labels[drawn.query]
    worth = plan.kappa * described[query_labels]
    positive = np.array(drawn.sizes) > 0
    estimate = forecast(
        drawn.right[:, positive],
        drawn.support[positive] + worth,
        documents[query_labels] + worth,
        plan.more,
        luck=own_luck(support, plan.more, seed=plan.seed, progress=progress),
        seed=plan.seed,
    )
    n = len(drawn.query)
    points = tuple(
        CurvePoint(k, _curve_estimate(drawn, i, query_labels, support.groups), None, n)
        for i, k in enumerate(drawn.sizes if n else ())
    )
    return points, estimate


def _heads(
    fit_support: FitSupport, settings: Settings
) -> dict[str, tuple[Labels, Labels, Positions]]:
    """Return what became of the documents by each head, the one that answers last.

    Each document counts once: its class, the class that answers without it, and its position among
    the examples. Those that the encoder has learned from do not count.
    """
    support = fit_support.support
    simulations = {PROTOTYPES: simulate(support)}
    trial = trial_of(fit_support, modes=settings.modes) if settings.refine else None
    if trial is not None and trial.simulation is not None:
        simulations[REFINED] = trial.simulation
    heads = {}
    for name, simulation in simulations.items():
        fair = fit_support.simulated(simulation).of_rows(support.is_evidence)
        one = fair.documents
        heads[name] = fair.labels[one], fair.answers[one], fair.rows[one]
    return heads


def _notes(support: Support, names: Sequence[str], n: int) -> list[str]:
    """Return which examples count, and why others do not. ``n``: the documents that count."""
    groups, learned = support.groups, support.learned
    inside = support.in_descriptions & ~learned
    notes = []
    if learned.any():
        notes.append(
            f"the encoder has learned from {int(learned.sum())} of the {len(learned)} examples; "
            "they are not asked about, and the others may still look easier than new documents"
        )
    distinct = len(np.unique(groups[~learned]))
    copies = int((~learned).sum()) - distinct
    n_inside = len(np.unique(groups[inside]))
    if n_inside:
        notes.append(
            "not measured, in the description or the name of their class, by which it answers "
            f"too: {quantity(n_inside, 'document')}"
        )
    if copies:
        notes.append(
            "copies or near copies of another example, which count with it as one document: "
            f"{copies}"
        )
    unmeasured = ~classes_with_queries(support, np.ones(len(groups), np.bool_))
    counts = support.classes.counts
    alone = [names[k] for k in np.flatnonzero(unmeasured & (counts > 0)).tolist()]
    if alone:
        notes.append(f"not measured, a single document: {', '.join(alone)}")
    if n_bare := int((unmeasured & (counts == 0)).sum()):
        notes.append(f"not measured, no example: {quantity(n_bare, 'class')}")
    if n < distinct - n_inside - len(alone):
        notes.append(
            f"{n} of {distinct} documents are measured; each class keeps one at least, and of "
            "many some are drawn"
        )
    return notes


def _of(curve: OwnCurve, fair: Mask) -> OwnCurve:
    """Return the curve of some of its queries."""
    return replace(
        curve,
        right=curve.right[:, :, fair],
        support=curve.support[:, fair],
        query=curve.query[fair],
    )


def _curve_estimate(curve: OwnCurve, size: int, labels: Positions, groups: Positions) -> Estimate:
    """Return the accuracy at one size; its interval speaks of new examples and new documents."""
    right = curve.right[:, size]
    rates = right.mean(axis=0)
    parts = [documents_variance(rates, labels, groups[curve.query])]
    counts = np.bincount(labels)[labels]
    shared = float(np.minimum(curve.sizes[size] / counts, 1.0).mean())
    if curve.sizes[size] and shared < 1:
        parts.append(draws_variance(right.mean(axis=1), shared))
    documents = len(np.unique(groups[curve.query]))
    return combined_share(float(rates.mean()), len(rates), parts, documents)


def _own_documents(view: View, keys: Labels, places: set[int]) -> dict[int, tuple[str, str]]:
    """Return id and excerpt of examples by their place in the training set."""
    documents = {}
    starts = {key: int(np.searchsorted(keys, key)) for key in np.unique(keys).tolist()}
    for key in sorted({int(keys[d]) for d in places if d >= 0}):
        for place, row in enumerate(view.rows.examples(key, view.version), start=starts[key]):
            if place in places:
                documents[place] = document_name(row.id, row.text, row.source)
    return documents
