"""Evaluation of label spaces: on their own examples, or as they are on labelled documents.

It reads rows and asks a view; ``evaluation/`` computes. Nothing here changes a label space but what
labelling changes too: :func:`evaluate_space_on` brings its fits up to date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.calibration import Calibration
from protolabel.arithmetic.cross_fit import cross_fit
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arrays import Labels
from protolabel.errors import InputError
from protolabel.evaluation.confusion import Confusion, wilson
from protolabel.evaluation.episodic import averaged
from protolabel.evaluation.learning_curve import forecast, own_curve
from protolabel.evaluation.of_encoder import CHUNK, silent
from protolabel.evaluation.plan import Progress
from protolabel.evaluation.results import CurvePoint, Evaluation, Share, Table, excerpt
from protolabel.label_space.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.names import clean_name
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
    """How well a label space tells its own examples apart, and what more of them would buy.

    Nothing is encoded or changed. Each example is left out of its class and labelled by the rest:
    with all the others (leave-one-out, the confusion table), and with k examples a class (the
    curve, from which ``more`` examples of each class are extrapolated).
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
    progress("leave-one-out", 0, 1)
    simulation = simulate(support)
    counted = Confusion(len(names))
    counted.add(simulation.labels, simulation.answered, simulation.rows)
    shares = {"leave-one-out, prototypes": _share(simulation.right)}
    crossed = None
    if settings.refine and snapshot.metric == "cosine":
        crossed = cross_fit(support)
    if crossed is not None:
        shares["held out in four parts, refined"] = _share(crossed.right)
    progress("leave-one-out", 1, 1)
    largest = int(np.bincount(labels).max()) - 1
    sizes = sorted({k for k in OWN_SIZES if k < largest} | {largest})
    sizes = ([0] if described.all() and settings.kappa > 0 else []) + sizes
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress("learning curve", done, draws)

    curve = own_curve(support, sizes=sizes, draws=draws, seed=seed, step=step)
    own = labels[curve.query]
    worth = settings.kappa * described[own]
    shown = np.array(curve.sizes) > 0
    found = forecast(
        curve.right[:, shown],
        curve.support[shown] + worth,
        counts[own] + worth,
        more,
        seed=seed,
    )
    rows_of = counted.table(names)
    ids = {d for row in rows_of for other in row.confused for d in other.documents}
    notes = []
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
        curve=tuple(
            CurvePoint(k, averaged(curve.right[:, i].mean(axis=0)), None, len(curve.query))
            for i, k in enumerate(curve.sizes)
        ),
        confusion=Table("each example left out of its class, prototypes", rows_of),
        shares=shares,
        forecast=found,
        documents=_own_documents(view, snapshot.keys[labels], ids),
        notes=tuple(notes),
    )


def _share(holds: npt.NDArray[np.bool_]) -> Share:
    n = len(holds)
    share = float(holds.mean()) if n else float("nan")
    return Share(share, *wilson(share, n), n) if n else Share(share, 0.0, 1.0, 0)


def _own_documents(view: View, keys: Labels, wanted: set[int]) -> dict[int, tuple[str, str]]:
    """Id and excerpt of examples by their place in the training set; classes are read as needed."""
    found = {}
    starts = {key: int(np.searchsorted(keys, key)) for key in np.unique(keys).tolist()}
    for key in sorted({int(keys[d]) for d in wanted if d >= 0}):
        for place, row in enumerate(view.rows.examples(key, view.version), start=starts[key]):
            if place in wanted:
                found[place] = (row.id, excerpt(row.text, row.source))
    return found


def evaluate_space_on(
    space: LabelSpace,
    examples: Iterable[Example],
    *,
    subject: str = "examples",
    progress: Progress = silent,
) -> Evaluation:
    """How well a label space, as it is, labels documents whose labels are known.

    Accuracy is that of the best class; what falls below the threshold is *none of these* and counts
    as not answered. Documents of classes that the label space does not have are strangers: to
    decline them is right. Raises InputError where no document is of one of its classes.
    """
    given = list(examples)
    space.settle()
    view = space.view()
    place = {name: k for k, name in enumerate(view.head.labels)}
    truth = np.array([place.get(clean_name(e.label), -1) for e in given], np.int64)
    known = truth >= 0
    if not known.any():
        raise InputError(
            f"{len(given)} documents, none of a class of this label space"
            + (f" (the first is labelled {given[0].label!r})" if given else ""),
            expected="labels among " + ", ".join(map(repr, list(place)[:8])),
            remedy="rename labels or classes so that they agree: protolabel rename SPACE OLD NEW",
        )
    best = np.full(len(given), -1, np.int64)
    taken = np.zeros(len(given), np.bool_)
    for i, answer in enumerate(
        view.label_many(_followed(given, progress), alternatives=2, evidence=0)
    ):
        best[i] = place[answer.alternatives[0].label]
        taken[i] = answer.label is not None
    counted = Confusion(len(place))
    counted.add(truth[known], best[known], np.flatnonzero(known))
    right = best == truth
    shares = {
        "best class right": _share(right[known]),
        "answered": _share(taken[known]),
        "right among the answered": _share(right[known & taken]),
    }
    notes = []
    if not known.all():
        shares["strangers declined"] = _share(~taken[~known])
        other = sorted({given[i].label for i in np.flatnonzero(~known)})
        notes.append(f"strangers, of classes that it does not have: {', '.join(other)}")
    rows = counted.table(view.head.labels)
    shown = {d for row in rows for mistaken in row.confused for d in mistaken.documents}
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
        examples=len(given),
        settings={
            "version": view.version,
            "kappa": view.settings.kappa,
            "threshold": threshold if finite else None,
            "head": view.head.head,
        },
        confusion=Table(f"best class of each document, {view.head.head}", rows),
        shares=shares,
        documents={
            d: (given[d].id or given[d].source, excerpt(given[d].text, given[d].source))
            for d in sorted(shown)
        },
        notes=tuple(notes),
    )


def _followed(given: Sequence[Example], progress: Progress) -> Iterator[Document]:
    for i, e in enumerate(given):
        if i % CHUNK == 0:
            progress("documents labelled", i, len(given))
        yield Document(e.id or e.source, e.text, e.embedding, e.source, e.image)
    progress("documents labelled", len(given), len(given))
