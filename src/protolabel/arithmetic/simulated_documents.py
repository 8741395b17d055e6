"""Which documents of a support are simulated queries, and hashes that tell them from one another.

Two supports have a query in common where its hash is the same in both, and nothing that its own
scores depend on has changed where the hash of its document is. It computes no scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.leave_one_out import Members, corrections, members_of
from protolabel.arithmetic.support import Support
from protolabel.arithmetic.vector_hashes import (
    Hashes,
    mixed,
    number_hashes,
    vector_hashes,
    word_hashes,
)
from protolabel.arrays import Integers, Keys, Labels, Metric, Positions


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """What tells the m simulated queries of a support, and its classes, from those of another.

    keys ``(K,)``, and totals ``(K,)``, a hash of the totals of each class, kappa, metric, dim: what
    prototypes are made of. hashes ``(m,)``: of each query, by its vector and its class. documents
    ``(m,)``: of its document, by all its copies and their classes. pair_queries, pair_labels
    ``(p,)``: each place where the document of a query stands under a class.
    """

    keys: Keys
    totals: Hashes
    kappa: float
    metric: Metric
    dim: int
    hashes: Hashes
    documents: Hashes
    pair_queries: Positions
    pair_labels: Labels

    def places_of(self, hashes: Hashes) -> Positions:
        """Return the query of each hash, or -1. *Shape:* ``(n,)`` -> ``(n,)``."""
        order = np.argsort(self.hashes)
        at = np.minimum(np.searchsorted(self.hashes[order], hashes), len(order) - 1)
        return np.where(self.hashes[order[at]] == hashes, order[at], -1)

    @property
    def distinct(self) -> bool:
        """Whether no two queries have the same hash."""
        ascending = np.sort(self.hashes)
        return not (ascending[1:] == ascending[:-1]).any()

    def changed_keys(self, newer: Traces) -> Keys | None:
        """Return the keys of classes whose totals differ, or that are in one of both alone.

        None where all may differ: another kappa or another kind of vector.
        """
        if (self.kappa, self.metric, self.dim) != (newer.kappa, newer.metric, newer.dim):
            return None
        if np.array_equal(self.keys, newer.keys):
            differing: Keys = self.keys[self.totals != newer.totals]
            return differing
        common, first, second = np.intersect1d(
            self.keys, newer.keys, assume_unique=True, return_indices=True
        )
        differ = self.totals[first] != newer.totals[second]
        alone = np.setxor1d(self.keys, newer.keys, assume_unique=True)
        return np.union1d(common[differ], alone)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedDocuments:
    """The m simulated queries of a support.

    members: of the support. rows, labels, groups ``(m,)``: as in a simulation. traces: theirs.
    """

    support: Support
    members: Members
    rows: Positions
    labels: Labels
    groups: Integers
    traces: Traces

    @classmethod
    def of(cls, support: Support, keys: Keys) -> SimulatedDocuments:
        """Return the queries that ``leave_one_out.simulate`` simulates, in its order.

        *Shape:* keys ``(K,)``, of the classes.
        """
        members, vectors = members_of(support), support.vector_hashes
        queries = members.queries(support)
        rows, groups = members.rows[queries], members.groups[queries]
        examples = mixed(vectors ^ number_hashes(keys)[support.labels])
        order = np.argsort(support.groups, kind="stable")
        present, starts = np.unique(support.groups[order], return_index=True)
        documents = np.add.reduceat(examples[order], starts)[np.searchsorted(present, groups)]
        pair_queries, member = corrections(members.groups, groups)
        traces = Traces(
            keys,
            total_hashes(support.classes),
            support.kappa,
            support.metric,
            support.embeddings.shape[1],
            examples[rows],
            documents,
            pair_queries,
            members.labels[member],
        )
        return cls(support, members, rows, members.labels[queries], groups, traces)


def total_hashes(classes: ClassTotals) -> Hashes:
    """Return a hash of the totals of each class; -0 counts as 0. *Shape:* ``(K,)``."""
    described = classes.described.astype(np.int64)
    hashes = number_hashes(2 * classes.counts + described) ^ vector_hashes(classes.descriptions)
    return mixed(hashes ^ word_hashes((classes.sums + 0.0).view(np.uint64)))
