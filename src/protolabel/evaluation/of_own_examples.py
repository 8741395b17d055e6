"""Evaluation of a label space on its own examples: each is left out in turn, with all its copies.

It reads rows and a view, and encodes and changes nothing. The other files here compute.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protolabel.arguments import require_between
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.intervals import (
    Estimate,
    combined,
    documents_variance,
    draws_variance,
)
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arrays import Labels, Mask, Positions
from protolabel.errors import InputError
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.forecast import forecast
from protolabel.evaluation.learning_curve import OwnCurve, own_curve, own_luck
from protolabel.evaluation.plan import MOST, MOST_SEED
from protolabel.evaluation.results import CurvePoint, Evaluation, Table, document_name
from protolabel.evaluation.several_labels import evaluate_labels
from protolabel.evaluation.shares import share_of
from protolabel.label_space.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent

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
    and labelled by the rest: with all the others (the confusion table), and with k examples a class
    (the learning curve, which extrapolates what ``more`` examples of each class would bring).
    Examples that the encoder has learned from are not asked about.

    Raises:
        InputError: too few examples can be left out.
    """
    require_between(more, "more", 1, MOST)
    require_between(draws, "draws", 2, MOST_DRAWS)
    require_between(seed, "seed", 0, MOST_SEED)
    while True:
        view = space.view()
        snapshot, rows, settings = view.prototypes, view.rows, view.settings
        with rows.reading():
            if rows.version() != view.version:  # changed in between, or moved to another encoder
                continue
            if settings.several:
                return evaluate_labels(view, space.path)
            fit_support = read_support(rows, snapshot)
            support = fit_support.support
            break
    names, labels = snapshot.labels, support.labels
    counts, described = support.classes.counts, support.classes.described
    queries = counts[labels] > 1
    if len(names) < 2 or not queries.any():
        raise InputError(
            f"a label space of {len(names)} classes, {int(queries.sum())} examples in classes of "
            "two or more",
            expected="two classes, and a class with two examples: one to leave out, one to stay",
            remedy="add examples, or evaluate it on labelled documents: protolabel evaluate "
            "--space SPACE DATA",
        )
    groups, learned = support.groups, support.learned
    progress(Step("leave-one-out", 0, 1))
    simulation = fit_support.simulated(simulate(support))
    confusion = Confusion(len(names))
    fair = ~learned[simulation.rows]
    positions = simulation.rows[fair]
    confusion.add(simulation.labels[fair], simulation.answers[fair], positions)
    shares = {"leave-one-out, prototypes": share_of(simulation.right[fair], groups[positions])}
    crossed = None
    if settings.refine and snapshot.metric == "cosine":
        trial = cross_fit(support)
        if trial is not None:
            share = trial.share(~support.learned) if settings.modes else 0.0
            crossed = fit_support.simulated(trial.at(share))
    if crossed is not None:
        fair = ~learned[crossed.rows]
        shares["held out in four parts, refined"] = share_of(
            crossed.right[fair], groups[crossed.rows[fair]]
        )
    progress(Step("leave-one-out", 1, 1))
    documents = np.bincount(labels[support.independent()], minlength=len(names))
    largest = int(documents.max()) - 1
    sizes = sorted({k for k in OWN_SIZES if k < largest} | {largest})
    sizes = ([0] if described.all() and settings.kappa > 0 else []) + sizes
    curve = own_curve(support, sizes=sizes, draws=draws, seed=seed, progress=progress)
    curve = _of(curve, ~learned[curve.query])
    own = labels[curve.query]
    worth = settings.kappa * described[own]
    positive = np.array(curve.sizes) > 0
    estimate = forecast(
        curve.right[:, positive],
        curve.support[positive] + worth,
        documents[own] + worth,
        more,
        luck=own_luck(support, more, seed=seed),
        seed=seed,
    )
    rows_of = confusion.table(names)
    ids = {d for row in rows_of for other in row.confused for d in other.documents}
    notes = []
    if learned.any():
        notes.append(
            f"the encoder has learned from {int(learned.sum())} of the {len(learned)} examples; "
            "they are not asked about, and the others may still look easier than new documents"
        )
    copies = len(groups) - len(np.unique(groups))
    if copies:
        notes.append(
            f"copies or near copies of another example, which are left out with it: {copies}"
        )
    alone = [names[k] for k in np.flatnonzero(counts == 1)]
    if alone:
        notes.append(f"not measured, a single example: {', '.join(alone)}")
    if len(simulation.labels) < int(queries.sum()):
        notes.append(f"{len(simulation.labels)} of {int(queries.sum())} examples were left out")
    return Evaluation(
        kind="space",
        subject=space.path,
        encoder=snapshot.fingerprint,
        metric=snapshot.metric,
        classes=len(names),
        examples=int(counts.sum()),
        settings={
            "version": view.version,
            "kappa": settings.kappa,
            "draws": draws,
            "more": more,
            "seed": seed,
        },
        curve=()
        if not len(curve.query)
        else tuple(
            CurvePoint(k, _curve_estimate(curve, i, own, groups), None, len(curve.query))
            for i, k in enumerate(curve.sizes)
        ),
        confusion=Table(
            "each example left out of its class, prototypes", rows_of, confusion.pairs(names)
        ),
        shares=shares,
        forecast=estimate,
        documents=_own_documents(view, snapshot.keys[labels], ids),
        notes=tuple(notes),
    )


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
    return combined(float(rates.mean()), len(rates), parts)


def _own_documents(view: View, keys: Labels, places: set[int]) -> dict[int, tuple[str, str]]:
    """Return id and excerpt of examples by their place in the training set."""
    documents = {}
    starts = {key: int(np.searchsorted(keys, key)) for key in np.unique(keys).tolist()}
    for key in sorted({int(keys[d]) for d in places if d >= 0}):
        for place, row in enumerate(view.rows.examples(key, view.version), start=starts[key]):
            if place in places:
                documents[place] = document_name(row.id, row.text, row.source)
    return documents
