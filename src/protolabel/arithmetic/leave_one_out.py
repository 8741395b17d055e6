"""Leave-one-out in closed form: scores each document by the prototypes made without it.

A document is left out whole: with all its copies, near ones too, and of every class that it stands
under. What is left follows from counts and sums, so it costs one matrix product. Scores against
classes that lose the document are computed here, since the prototype keeps its length. Nothing is
fitted here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import sums_by_class
from protolabel.arithmetic.prototypes import prototypes, sizes
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Integers, Labels, Mask, Positions, ranges

FEWEST = 10  # simulated queries for any estimate
FEWEST_DOCUMENTS = 3  # that strangers are simulated from
MOST_CELLS = 8_000_000  # simulated queries x classes: subsampled beyond
PAIRS_AT_ONCE = 2048  # of a document and its class, whose sums are in memory together


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Documents of classes: one entry for each class that a document stands under.

    rows, groups, labels ``(p,)``, ordered by group; copies ``(p,)``: examples that the document has
    in that class; place ``(n,)``: the entry that each example belongs to.
    """

    rows: Positions
    groups: Integers
    labels: Labels
    copies: Integers
    place: Positions

    def sums(self, embeddings: Floats, entries: Positions) -> Doubles:
        """Return the sums of the embeddings of some entries. *Shape:* ``(c,)`` -> ``(c, d)``."""
        sums = embeddings[self.rows[entries]].astype(np.float64)
        several = self.copies[entries] > 1
        if several.any():
            sums[several] = self._sums(embeddings, entries[several])
        return sums

    def _sums(self, embeddings: Floats, entries: Positions) -> Doubles:
        classes, where = np.unique(entries, return_inverse=True)
        slots = np.full(len(self.rows), -1)
        slots[classes] = np.arange(len(classes))
        slot = slots[self.place]
        inside = slot >= 0
        sums = sums_by_class(embeddings[inside], slot[inside], len(classes))
        return np.asarray(sums[where])

    def can_be_asked(self, support: Support) -> Mask:
        """Return which entries can be simulated queries. *Shape:* ``(p,)``.

        Their class has another document, and the document does not stand in its description, which
        stays when the document is left out.
        """
        others: Mask = support.classes.counts[self.labels] > self.copies
        return others & ~support.in_descriptions[self.rows]

    def queries(self, support: Support) -> Positions:
        """Return the entries that are simulated queries (:meth:`can_be_asked`).

        Of too many, those whose vectors have the least hashes: most of them stay the same when
        classes and examples come and go.

        Args:
            support: whose members these are.

        Returns:
            ``(m,)``, in the order of their rows.
        """
        queries = np.flatnonzero(self.can_be_asked(support))
        most = max(FEWEST, MOST_CELLS // max(support.n_classes, 1))
        if len(queries) > most:
            hashes = support.vector_hashes[self.rows[queries]]
            last = np.partition(hashes, most - 1)[most - 1]
            drawn, equal = queries[hashes < last], queries[hashes == last]
            equal = equal[np.argsort(self.labels[equal], kind="stable")]
            queries = np.concatenate([drawn, equal[: most - len(drawn)]])
        return queries[np.argsort(self.rows[queries])]


@dataclass(frozen=True, slots=True, eq=False)
class DocumentScores:
    """Documents, each scored without itself.

    rows ``(g,)``: an example of each. groups ``(g,)``: its number. scores ``(g, K)`` float32: minus
    infinity for a class that has neither another document nor a description. members ``(g, K)``
    bool: the classes that it stands under.
    """

    rows: Positions
    groups: Integers
    scores: Floats
    members: Mask


def simulate(support: Support) -> Simulation:
    """Return the scores of documents left out of the prototypes, where their class has another.

    Documents that stand in the description of their class are no queries.

    The sum of a class without a document is scaled by n / (n - m), m being its examples among the
    n of the class: the product of the two then has the expectation that a new query meets, and the
    length of the prototype stays as it is. A Euclidean score is minus the squared distance to the
    prototype of that scaled sum, which does not depend on where the origin lies. A class that has
    no other document is scored by its description alone, and not at all where it has none.
    """
    members = members_of(support)
    queries = members.queries(support)
    rows, labels, groups = members.rows[queries], members.labels[queries], members.groups[queries]
    scores, query, column = scores_without(support, members, rows, groups)
    rival_scores = scores.copy()
    rival_scores[query, column] = -np.inf
    best_rivals = rival_scores.max(axis=1, initial=-np.inf)  # without the classes of the queries
    far = np.isfinite(best_rivals)
    return Simulation(
        scores=scores,
        labels=labels,
        rows=rows,
        groups=groups,
        stranger_scores=rival_scores if far.all() else rival_scores[far],
        stranger_labels=labels[far],
        stranger_rows=rows[far],
        stranger_groups=groups[far],
        hierarchy=support.hierarchy,
    )


def document_scores(support: Support, most_cells: int = MOST_CELLS) -> DocumentScores:
    """Return the scores of each document against the prototypes that were made without it.

    Unlike :func:`simulate` it has each document once, for all the classes that it stands under, and
    those too whose class has no other document: they are scored by its description.

    Args:
        support: the examples; near copies are one document, which stands under all their classes.
        most_cells: documents x classes; beyond that some of the documents are drawn.
    """
    members = members_of(support)
    groups, first = np.unique(members.groups), support.first_of_groups(members.rows)
    most = max(FEWEST, most_cells // max(support.n_classes, 1))
    if len(groups) > most:
        sample = np.sort(np.random.default_rng(0).permutation(len(groups))[:most])
        groups, first = groups[sample], first[sample]
    rows = members.rows[first]
    scores, query, column = scores_without(support, members, rows, groups)
    inside = np.zeros(scores.shape, np.bool_)
    inside[query, column] = True
    return DocumentScores(rows, groups, scores, inside)


def stranger_scores(support: Support) -> Doubles:
    """Return the best score of each document against the classes that it does not stand under.

    Unlike :func:`simulate` it needs no second document of a class: it says how strangers score,
    also with one example a class. Where there are hardly any examples, descriptions count as
    documents.

    Returns:
        (s,) float64, ascending, finite.
    """
    model = LinearModel.of_classes(support.classes, support.kappa, support.metric)
    members = members_of(support)
    rows, vectors = members.rows, support.embeddings
    groups, labels, first = members.groups, members.labels, support.first_of_groups(rows)
    if len(first) < FEWEST_DOCUMENTS:
        rows = labels = groups = np.flatnonzero(support.classes.described)
        vectors, first = support.classes.descriptions, np.arange(len(rows))
    most = max(FEWEST, MOST_CELLS // max(support.n_classes, 1))
    _, place = np.unique(groups, return_inverse=True)
    scores = model.scores(vectors[rows[first[:most]]])
    inside = place < most
    scores[place[inside], labels[inside]] = -np.inf  # all classes of each document
    best = scores.max(axis=1, initial=-np.inf).astype(np.float64)
    return np.sort(best[np.isfinite(best)])


def scores_without(
    support: Support,
    members: Members,
    rows: Positions,
    groups: Integers,
    model: LinearModel | None = None,
) -> tuple[Floats, Positions, Labels]:
    """Return the scores of documents against all classes, each made without the document.

    Args:
        support: the examples.
        members: of the support.
        rows: ``(m,)``, an example of each document.
        groups: ``(m,)``, its number.
        model: the prototypes of the support, where they are there.

    Returns:
        Scores ``(m, K)`` float32, and for each of the ``c`` places where a document stands under a
        class, its query and that class.
    """
    if model is None:
        model = LinearModel.of_classes(support.classes, support.kappa, support.metric)
    scores = model.exact_scores(support.embeddings, rows)
    query, member = corrections(members.groups, groups)
    column = members.labels[member]  # all classes of each query's document
    centres = _centres(support, column)
    for start in range(0, len(query), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        without = _without(support, members, rows[query[part]], member[part], centres)
        scores[query[part], column[part]] = without
    return scores, query, column


def members_of(support: Support) -> Members:
    """Return the documents of each class of a support."""
    pairs = support.groups * support.n_classes + support.labels
    order = np.argsort(pairs)
    ascending = pairs[order]
    is_first = np.append(True, ascending[1:] != ascending[:-1])[: len(pairs)]
    place = np.empty(len(pairs), np.int64)
    place[order] = np.cumsum(is_first) - 1
    copies = np.diff(np.flatnonzero(np.append(is_first, True)))
    rows = np.empty(len(copies), np.int64)
    independent = support.independent()
    rows[place[independent]] = independent
    return Members(rows, support.groups[rows], support.labels[rows], copies, place)


def corrections(groups: Integers, queries: Integers) -> tuple[Positions, Positions]:
    """Return which query meets which member of its own document.

    *Shape:* groups ``(p,)`` ascending, of all members; queries ``(m,)``, the groups of the queries
    -> ``(c,)`` positions of queries, ``(c,)`` positions of members.
    """
    starts = np.searchsorted(groups, queries)
    counts = np.searchsorted(groups, queries, side="right") - starts
    query = np.repeat(np.arange(len(queries)), counts)
    return query, ranges(starts, counts)


def _centres(support: Support, labels: Labels) -> Doubles | None:
    """Return the prototypes ``(K, d)`` of some classes, and zeros for others.

    None for distances, which do not depend on the lengths of prototypes.
    """
    if support.metric != "cosine":
        return None
    centres = np.zeros(support.classes.sums.shape)
    present = np.unique(labels)
    centres[present] = prototypes(support.classes.only(present), support.kappa)
    return centres


def _without(
    support: Support,
    members: Members,
    rows: Positions,
    member: Positions,
    centres_of_all: Doubles | None,
) -> Doubles:
    """Return the score of documents against classes made without them. *Shape:* ``(c,)``."""
    classes, kappa = support.classes, support.kappa
    labels, copies = members.labels[member], members.copies[member]
    x = support.embeddings[rows].astype(np.float64)
    n = classes.counts[labels]
    alone = n == copies  # the description alone is left
    weight = np.where(classes.described[labels], kappa, 0.0)
    size = np.where(alone, weight, sizes(classes, kappa)[labels])
    sums = classes.sums[labels] - members.sums(support.embeddings, member)
    sums *= np.divide(n, n - copies, out=np.zeros(len(n)), where=~alone)[:, None]
    sums += weight[:, None] * classes.descriptions[labels]
    left = np.divide(sums, size[:, None], out=np.zeros_like(sums), where=size[:, None] > 0)
    if centres_of_all is not None:
        centres = centres_of_all[labels]
        centres[alone] = classes.descriptions[labels[alone]]
        lengths = np.sqrt((centres * centres).sum(axis=1))
        products = (x * left).sum(axis=1)
        scores = np.divide(products, lengths, out=np.zeros(len(n)), where=lengths > 0)
        scores[lengths == 0] = -np.inf
    else:
        scores = -np.square(x - left).sum(axis=1)
    scores[size <= 0] = -np.inf
    return np.asarray(scores, np.float64)
