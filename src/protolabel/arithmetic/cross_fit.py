"""Refined scores of documents that the refinement did not see, as simulated queries.

A refinement is pulled towards the examples that it was fitted on, so leave-one-out from sums does
not apply to it. It is fitted again on parts of the documents. What a refinement is stands in
``refinement``, what the scores mean in ``calibration``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from protolabel.arithmetic.lbfgs import Stop
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support, ranks_within
from protolabel.arrays import Floats, Integers, Labels, Mask, Positions

FOLDS = 4
REFINEMENTS = 2 * FOLDS - 1
"""Refinements of all examples that :func:`cross_fit` costs at most.

``FOLDS`` fits, each without one of ``FOLDS`` parts of the documents, cost ``FOLDS - 1`` together.
``FOLDS`` more, each without a tenth of the classes, cost ``FOLDS`` at most.
"""
ENOUGH = 1500  # simulated queries, or strangers, after which no further part is scored

Parts = Callable[[int, int], None]
"""Takes how many parts are done, of how many."""


class _Overtaken(Exception):
    """A fit was stopped, or there was nothing to fit."""


@dataclass
class _Scored:
    """What has been scored so far."""

    scores: list[Floats] = field(default_factory=list)
    rows: list[Positions] = field(default_factory=list)
    strangers: list[Floats] = field(default_factory=list)
    stranger_rows: list[Positions] = field(default_factory=list)


def cross_fit(
    support: Support, *, should_stop: Stop | None = None, progress: Parts | None = None
) -> Simulation | None:
    """Return the scores of documents by refinements that did not see them.

    The documents of each class are dealt to up to four parts, a document whole, with all its
    copies, near ones too, and labels; each part is scored by a refinement of the others, from
    prototypes (eq. 3) of the others. The only document of a class is never left out.
    Strangers come from up to four further fits, each without a tenth of the classes (at least one)
    and all their documents: weights that were fitted with a class's examples have learnt to turn
    them away. The order of the examples does not matter.

    Args:
        support: examples and class totals; the totals count only as far as they are of them.
        should_stop: asked at every step.
        progress: called after each part.

    Returns:
        None where no class has two documents, and where :func:`refine` returns None. No strangers
        with fewer than four classes that have examples.
    """
    order = support.order()
    support = support.take(order)
    parts, absent = _dealt(support), _absent(support.classes.counts)
    documents = support.independent()
    scored = _Scored()
    try:
        for part in range(FOLDS):
            out, absentees = parts == part, absent[support.labels] == part
            queries = documents[out[documents]]
            if len(queries) and sum(map(len, scored.rows)) < ENOUGH:
                scored.scores.append(_scores(support, ~out, queries, None, should_stop))
                scored.rows.append(queries)
            strangers = documents[absentees[documents]]
            if len(strangers) and sum(map(len, scored.strangers)) < ENOUGH:
                # no copy of theirs stays behind under another label
                stays = ~np.isin(support.groups, support.groups[absentees])
                kept = absent != part
                every = np.full((len(strangers), support.n_classes), -np.inf, np.float32)
                every[:, kept] = _scores(support, stays, strangers, kept, should_stop)
                scored.strangers.append(every)
                scored.stranger_rows.append(strangers)
            if progress is not None:
                progress(part + 1, FOLDS)
    except _Overtaken:
        return None
    if not scored.rows:
        return None
    rows = np.concatenate(scored.rows)
    strangers = np.concatenate([np.empty(0, np.int64), *scored.stranger_rows])
    return Simulation(
        np.concatenate(scored.scores),
        support.labels[rows],
        np.concatenate([np.empty((0, support.n_classes), np.float32), *scored.strangers]),
        order[rows],
        support.groups[rows],
        order[strangers],
        support.labels[strangers],
        support.groups[strangers],
    )


def _scores(
    support: Support,
    stays: Mask,
    queries: Positions,
    classes: Mask | None,
    should_stop: Stop | None,
) -> Floats:
    """Return scores of some examples by weights that were made of others, for the classes kept."""
    model = refine(support.take(stays, classes), should_stop=should_stop)
    if model is None:
        raise _Overtaken
    return model.scores(support.embeddings[queries])


def _dealt(support: Support) -> Integers:
    """Return the part that each example is left out in, -1 for none. *Shape:* ``(n,)``.

    A document is dealt with those of its first class. Where all documents of a class are in one
    part, the first of them is never left out, so that something of the class always stays.
    """
    documents = support.independent()
    labels, groups = support.labels[documents], support.groups[documents]
    distinct, first, place = np.unique(groups, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    owner = labels[first]
    order = np.lexsort((first, owner))  # by class, in the order of their first examples
    parts = ranks_within(owner, order) % FOLDS
    classes, at = np.unique(labels, return_index=True)
    low, high = np.full(support.n_classes, FOLDS), np.full(support.n_classes, -1)
    np.minimum.at(low, labels, parts[place])
    np.maximum.at(high, labels, parts[place])
    parts[place[at[low[classes] == high[classes]]]] = -1
    return np.asarray(parts[np.searchsorted(distinct, support.groups)], np.int64)


def _absent(counts: Integers) -> Labels:
    """Return the part ``(K,)`` in which a class is left out, -1 for none: a tenth in each."""
    absent = np.full(len(counts), -1)
    present = np.flatnonzero(counts)
    size = max(1, len(present) // 10)
    if len(present) >= FOLDS:
        chosen = np.random.default_rng(0).permutation(present)[: FOLDS * size]
        absent[chosen] = np.arange(len(chosen)) % FOLDS
    return absent
