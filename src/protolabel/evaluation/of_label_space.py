"""Evaluation of label spaces: on their own examples, or as they are on labelled documents.

It reads rows and asks a view; the other files of ``evaluation/`` compute. It changes no label
space, except that :func:`evaluate_space_on` brings the fits up to date, as labelling does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.intervals import (
    Estimate,
    clustered_share,
    combined,
    documents_variance,
    draws_variance,
)
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arrays import Labels, Mask, Positions
from protolabel.encoders.provenance import Digests, learned_from, were_learned
from protolabel.equality import document_digests, groups_of
from protolabel.errors import EncoderError, InputError
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.learning_curve import OwnCurve, forecast, own_curve
from protolabel.evaluation.of_encoder import CHUNK
from protolabel.evaluation.results import CurvePoint, Evaluation, Share, Table, excerpt
from protolabel.label_space.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.progress import Progress, Step, silent
from protolabel.types import Document, Example

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
    if more < 1 or draws < 2 or seed < 0:
        raise InputError(f"more {more}, draws {draws}, seed {seed}", expected="at least 1, 2 and 0")
    while True:
        view = space.view()
        snapshot, rows, settings = view.prototypes, view.rows, view.settings
        with rows.reading():
            if rows.version() != view.version:  # changed in between, or moved to another encoder
                continue
            support = read_support(rows, snapshot).support
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
    simulation = simulate(support)
    counted = Confusion(len(names))
    fair = ~learned[simulation.rows]
    asked = simulation.rows[fair]
    counted.add(simulation.labels[fair], simulation.answered[fair], asked)
    shares = {"leave-one-out, prototypes": _share(simulation.right[fair], groups[asked])}
    crossed = None
    if settings.refine and snapshot.metric == "cosine":
        crossed = cross_fit(support)
    if crossed is not None:
        fair = ~learned[crossed.rows]
        shares["held out in four parts, refined"] = _share(
            crossed.right[fair], groups[crossed.rows[fair]]
        )
    progress(Step("leave-one-out", 1, 1))
    largest = int(np.bincount(labels).max()) - 1
    sizes = sorted({k for k in OWN_SIZES if k < largest} | {largest})
    sizes = ([0] if described.all() and settings.kappa > 0 else []) + sizes
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(Step("draws of the learning curve", done, draws))

    curve = own_curve(support, sizes=sizes, draws=draws, seed=seed, step=step)
    curve = _of(curve, ~learned[curve.query])
    own = labels[curve.query]
    worth = settings.kappa * described[own]
    positive = np.array(curve.sizes) > 0
    estimate = forecast(
        curve.right[:, positive],
        curve.support[positive] + worth,
        counts[own] + worth,
        more,
        seed=seed,
    )
    rows_of = counted.table(names)
    ids = {d for row in rows_of for other in row.confused for d in other.documents}
    notes = []
    if learned.any():
        notes.append(
            f"the encoder has learned from {int(learned.sum())} of the {len(learned)} examples; "
            "they are not asked about, and the others may still look easier than new documents"
        )
    copies = len(groups) - len(np.unique(groups))
    if copies:
        notes.append(f"copies of another example, which are left out with it: {copies}")
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
        confusion=Table("each example left out of its class, prototypes", rows_of),
        shares=shares,
        forecast=estimate,
        documents=_own_documents(view, snapshot.keys[labels], ids),
        notes=tuple(notes),
    )


def _share(hits: Mask, groups: Positions) -> Share:
    """Return the share of hits; equal documents have the same group and count as one."""
    n = len(hits)
    if not n:
        return Share(float("nan"), 0.0, 1.0, 0)
    return Share(float(hits.mean()), *clustered_share(hits, groups), n)


def _learned_documents(folder: str) -> Digests | None:
    try:
        return learned_from(folder) if folder else None
    except EncoderError:  # a damaged folder is reported where it is loaded
        return None


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


def _own_documents(view: View, keys: Labels, wanted: set[int]) -> dict[int, tuple[str, str]]:
    """Return id and excerpt of examples by their place in the training set."""
    documents = {}
    starts = {key: int(np.searchsorted(keys, key)) for key in np.unique(keys).tolist()}
    for key in sorted({int(keys[d]) for d in wanted if d >= 0}):
        for place, row in enumerate(view.rows.examples(key, view.version), start=starts[key]):
            if place in wanted:
                documents[place] = (row.id, excerpt(row.text, row.source))
    return documents


def evaluate_space_on(
    space: LabelSpace,
    examples: Iterable[Example],
    *,
    subject: str = "examples",
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate how well a label space, as it is, labels documents whose labels are known.

    Accuracy is that of the best class. A document whose score is below the threshold counts as not
    answered. Documents of classes that the label space does not have are strangers: to decline them
    is right. Documents that are examples of the label space already, or that its encoder has
    learned from, are left out.

    Raises:
        InputError: no document is of one of its classes.
    """
    labelled = list(examples)
    space.settle()
    view = space.view()
    labelled, groups, notes = _unknown_to(view, labelled)
    place = {name: k for k, name in enumerate(view.head.labels)}
    truth = np.array([place.get(clean_name(e.label), -1) for e in labelled], np.int64)
    known = truth >= 0
    if not known.any():
        raise InputError(
            f"{len(labelled)} documents, none of a class of this label space"
            + (f" (the first is labelled {labelled[0].label!r})" if labelled else ""),
            expected="labels among " + ", ".join(map(repr, list(place)[:8])),
            remedy="rename labels or classes so that they agree: protolabel rename SPACE OLD NEW",
        )
    best = np.full(len(labelled), -1, np.int64)
    answered = np.zeros(len(labelled), np.bool_)
    for i, answer in enumerate(
        view.label_many(_followed(labelled, progress), alternatives=2, evidence=0)
    ):
        best[i] = place[answer.alternatives[0].label]
        answered[i] = answer.label is not None
    counted = Confusion(len(place))
    counted.add(truth[known], best[known], np.flatnonzero(known))
    right = best == truth
    shares = {
        "best class right": _share(right[known], groups[known]),
        "answered": _share(answered[known], groups[known]),
        "right among the answered": _share(right[known & answered], groups[known & answered]),
    }
    if not known.all():
        shares["strangers declined"] = _share(~answered[~known], groups[~known])
        other = sorted({labelled[i].label for i in np.flatnonzero(~known)})
        notes.append(f"strangers, of classes that it does not have: {', '.join(other)}")
    rows = counted.table(view.head.labels)
    positions = {d for row in rows for mistaken in row.confused for d in mistaken.documents}
    threshold = view.settings.threshold
    if threshold is None and isinstance(view.calibration, Calibration):
        threshold = view.calibration.threshold
    finite = threshold is not None and np.isfinite(threshold)
    return Evaluation(
        kind="space on data",
        subject=f"{space.path} on {subject}",
        encoder=view.head.fingerprint,
        metric=view.head.metric,
        classes=len(place),
        examples=len(labelled),
        settings={
            "version": view.version,
            "kappa": view.settings.kappa,
            "threshold": threshold if finite else None,
            "head": view.head.head,
        },
        confusion=Table(f"best class of each document, {view.head.head}", rows),
        shares=shares,
        documents={
            d: (labelled[d].id or labelled[d].source, excerpt(labelled[d].text, labelled[d].source))
            for d in sorted(positions)
        },
        notes=tuple(notes),
    )


def _followed(labelled: Sequence[Example], progress: Progress) -> Iterator[Document]:
    for i, e in enumerate(labelled):
        if i % CHUNK == 0:
            progress(Step("documents labelled", i, len(labelled)))
        yield Document(e.id or e.source, e.text, e.embedding, e.source, e.image)
    progress(Step("documents labelled", len(labelled), len(labelled)))


def _unknown_to(
    view: View, labelled: Sequence[Example]
) -> tuple[list[Example], Positions, list[str]]:
    """Return the documents that a view's examples and its encoder do not know yet.

    With them come their groups of equal documents, and notes on what was left out.
    """
    digests = [document_digests(e.text, e.image, e.embedding) for e in labelled]
    learned = were_learned(digests, _learned_documents(view.rows.encoding(view.version).encoder))
    items = view.rows.example_items(view.version)
    own = {
        digest for text in view.rows.texts(items.tolist()) for digest in document_digests(text=text)
    }
    known = np.array([any(d in own for d in several) for several in digests], np.bool_)
    notes = []
    if known.any():
        notes.append(f"left out, examples of the label space: {int(known.sum())} documents")
    if (learned & ~known).any():
        notes.append(
            "left out, the encoder has learned from them: "
            f"{int((learned & ~known).sum())} documents"
        )
    fair = np.flatnonzero(~known & ~learned)
    groups = groups_of(digests[i] for i in fair)
    if len(labelled) and not len(fair):
        raise InputError(
            f"{len(labelled)} documents, all of which the label space or its encoder knows",
            expected="documents that are new to it",
            remedy="give other documents, or judge it on its own examples: protolabel evaluate "
            "--space SPACE",
        )
    return [labelled[int(i)] for i in fair], groups, notes
