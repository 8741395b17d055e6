"""Refined scores of documents that the refinement did not see, as simulated queries.

A refinement is pulled towards the examples that it was fitted on, so leave-one-out from sums does
not apply to it. It is fitted again on parts of the documents, and so are the modes of the classes.
What a refinement is stands in ``refinement``, what the scores mean in ``calibration``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from protolabel.arithmetic.lbfgs import Stop
from protolabel.arithmetic.mode_share import blended, chosen_share
from protolabel.arithmetic.modes import modes_of
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support, ranks_within
from protolabel.arrays import Floats, Integers, Labels, Mask, Positions

FOLDS = 4  # of documents, each left out of one fit
ABSENCES = 4  # fits at least, each without some classes
PRESENT = 4  # classes with examples that strangers need: belonging.FOR_STRANGERS says so
ENOUGH = 1500  # simulated queries, or strangers, after which no further part is scored
CLASSES = 40  # classes that strangers should come from: the bounds of risks count classes
FEW_EXAMPLES = 2000  # up to which a fit is quick, so that further ones may be made for strangers

Parts = Callable[[int, int], None]
"""Takes how many parts are done, of how many."""


class _Overtaken(Exception):
    """A fit was stopped, or there was nothing to fit."""


@dataclass
class _Scores:
    """What has been scored so far."""

    scores: list[Floats] = field(default_factory=list)
    rows: list[Positions] = field(default_factory=list)
    moves: list[Floats] = field(default_factory=list)
    strangers: list[Floats] = field(default_factory=list)
    stranger_moves: list[Floats] = field(default_factory=list)
    stranger_rows: list[Positions] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class CrossFit:
    """What became of documents by refinements that did not see them.

    Attributes:
        linear: their scores by the weights alone.
        moves: ``(m, K)``, what a share of 1 of the nearest modes adds to the scores.
        stranger_moves: ``(s, K)``, the same of strangers.
    """

    linear: Simulation
    moves: Floats
    stranger_moves: Floats

    def share(self, usable: Mask) -> float:
        """Return the share of the nearest mode that some of the documents ask for: ``(n,)``."""
        return chosen_share(self.linear.of_rows(usable), self.moves[usable[self.linear.rows]])

    def at(self, share: float) -> Simulation:
        """Return the scores with modes of that share."""
        if share == 0.0:
            return self.linear
        strangers = self.linear.stranger_scores + np.float32(share) * self.stranger_moves
        return replace(
            blended(self.linear, self.moves, share),
            stranger_scores=np.asarray(strangers, np.float32),
        )


def cross_fit(
    support: Support, *, should_stop: Stop | None = None, progress: Parts | None = None
) -> CrossFit | None:
    """Return the scores of documents by refinements, and modes, that did not see them.

    The documents of each class are dealt to up to four parts; a document goes to one part with all
    its labels, copies and near copies. Each part is scored by a refinement of the others, from
    prototypes (eq. 3) of the others. The only document of a class is never left out. Documents that
    stand in the description of their class are not scored.
    Strangers come from further fits, each without a tenth of the classes (at least one) and all
    their documents: weights that were fitted with a class's examples have learnt to turn them
    away. There are four of these fits, or as many as leave ``CLASSES`` classes out, where examples
    are few. Neither the order of the examples nor that of the classes matters.

    Args:
        support: examples and class totals; the totals count only as far as they are of them.
        should_stop: asked at every step.
        progress: called after each part.

    Returns:
        None where no class has two documents, and where :func:`refine` returns None. No strangers
        with fewer than four classes that have examples.
    """
    order, ranks, hierarchy = support.order(), support.class_ranks(), support.hierarchy
    order = order[np.argsort(ranks[support.labels[order]], kind="stable")]
    support = support.take(order)
    absent = absent_classes(support.classes.counts, len(support.labels), ranks)
    parts = parts_of(support)
    documents = support.independent()
    further = int(absent.max(initial=-1)) + 1
    scored = _Scores()
    try:
        for part in range(FOLDS):
            out = parts == part
            queries = documents[(out & ~support.in_descriptions)[documents]]
            if len(queries) and sum(map(len, scored.rows)) < ENOUGH:
                scores, moves = _scores(support, ~out, queries, None, should_stop)
                scored.scores.append(scores)
                scored.moves.append(moves)
                scored.rows.append(queries)
            if progress is not None:
                progress(part + 1, FOLDS + further)
        for part in range(further):
            absentees = absent[support.labels] == part
            strangers = documents[absentees[documents]]
            if len(strangers) and sum(map(len, scored.strangers)) < ENOUGH:
                # no copy of theirs stays behind under another label
                stays = ~np.isin(support.groups, support.groups[absentees])
                present = absent != part
                every = np.full((len(strangers), support.n_classes), -np.inf, np.float32)
                scores, moves = _scores(support, stays, strangers, present, should_stop)
                every[:, present] = scores
                scored.strangers.append(every)
                every = np.zeros_like(every)
                every[:, present] = moves
                scored.stranger_moves.append(every)
                scored.stranger_rows.append(strangers)
            if progress is not None:
                progress(FOLDS + part + 1, FOLDS + further)
    except _Overtaken:
        return None
    if not scored.rows:
        return None
    rows = np.concatenate(scored.rows)
    strangers = np.concatenate([np.empty(0, np.int64), *scored.stranger_rows])
    nothing = np.empty((0, support.n_classes), np.float32)
    linear = Simulation(
        scores=np.concatenate(scored.scores),
        labels=support.labels[rows],
        rows=order[rows],
        groups=support.groups[rows],
        stranger_scores=np.concatenate([nothing, *scored.strangers]),
        stranger_labels=support.labels[strangers],
        stranger_rows=order[strangers],
        stranger_groups=support.groups[strangers],
        hierarchy=hierarchy,
    )
    return CrossFit(
        linear, np.concatenate(scored.moves), np.concatenate([nothing, *scored.stranger_moves])
    )


def _scores(
    support: Support,
    stays: Mask,
    queries: Positions,
    classes: Mask | None,
    should_stop: Stop | None,
) -> tuple[Floats, Floats]:
    """Return scores of some examples by weights that were made of others, and what modes add.

    Both are of the classes kept.
    """
    training = support.take(stays, classes)
    model = refine(training, should_stop=should_stop)
    if model is None:
        raise _Overtaken
    scores = model.scores(support.embeddings[queries])
    modes = modes_of(training, model, should_stop=should_stop)
    if modes is None:
        return scores, np.zeros_like(scores)
    return scores, np.asarray(modes.moves(support.embeddings[queries], scores), np.float32)


def parts_of(support: Support) -> Integers:
    """Return the part that each example is left out in, -1 for none. *Shape:* ``(n,)``.

    A document is dealt with those of the class that its first example stands under. Where all
    documents of a class are in one part, the first of them is never left out, so that something of
    the class always stays.
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


def absent_classes(counts: Integers, examples: int, ranks: Integers) -> Labels:
    """Return the part ``(K,)`` in which a class is left out, -1 for none: a tenth in each.

    ``ranks`` ``(K,)``: of the classes, by which they are drawn.
    """
    absent = np.full(len(counts), -1)
    present = np.flatnonzero(counts)
    present = present[np.argsort(ranks[present])]
    parts, size = _absences(examples, len(present))
    picks = np.random.default_rng(0).permutation(present)[: parts * size]
    absent[picks] = np.arange(len(picks)) % max(parts, 1)
    return absent


def _absences(examples: int, classes: int) -> tuple[int, int]:
    """Return in how many parts classes are left out, and how many classes in each."""
    size = max(1, classes // 10)
    if classes < PRESENT:
        return 0, size
    if examples > FEW_EXAMPLES:
        return ABSENCES, size
    return max(ABSENCES, -(-min(classes, CLASSES) // size)), size


def refinements(examples: int, classes: int) -> int:
    """Return how many refinements of all examples :func:`cross_fit` costs at most.

    ``FOLDS`` fits, each without one of ``FOLDS`` parts of the documents, cost ``FOLDS - 1``
    together; each one without a tenth of the classes costs one at most.
    """
    return FOLDS - 1 + _absences(examples, classes)[0]
