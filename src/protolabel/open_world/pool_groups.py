"""The groups of a pool as proposals: which documents stand for each, its terms, its nearest class.

``grouping`` groups. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.average_linkage import Moments
from protolabel.arithmetic.spread import GroupLimits
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Positions
from protolabel.open_world.grouping import nearest_first
from protolabel.open_world.key_terms import description_of, key_terms, proposed_name
from protolabel.open_world.pool import Pool, PooledDocument
from protolabel.open_world.proposals import MOST_MEMBERS, Kind, Nearest, Proposal, key_of
from protolabel.open_world.repeats import DistinctGroups
from protolabel.store import ProposalRow, Rows

EXEMPLARS = 3
MOST_BESIDE = 1000  # documents of no group, and examples, whose words are counted beside
WITH_TEXT = 200  # documents of a group whose texts are read


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """The classes with examples: their names, moments, and how far each is from its nearest.

    ``texts``: of some of their examples, from which the words of a group are to be told.
    """

    names: Sequence[str]
    moments: Moments
    nearest: Doubles
    texts: Sequence[str] = ()

    @classmethod
    def of(cls, support: Support, names: Sequence[str], texts: Sequence[str] = ()) -> Classes:
        """Return the classes of a support."""
        rows = support.documents()
        moments = Moments.of(support.embeddings[rows], support.labels[rows], support.n_classes)
        nonempty = np.flatnonzero(moments.counts > 0)
        moments = moments.only(nonempty)
        far = moments.distances(moments)
        np.fill_diagonal(far, np.inf)
        nearest = far.min(axis=1) if len(nonempty) > 1 else np.empty(0)
        return cls([names[k] for k in nonempty.tolist()], moments, nearest, texts)


def example_texts(rows: Rows, version: int) -> list[str]:
    """Return the texts of examples, of some of them where they are many."""
    items = rows.example_items(version)
    some = items[:: max(1, -(-len(items) // MOST_BESIDE))].tolist()
    return [text for text in rows.texts(some) if text]


@dataclass(frozen=True, slots=True, eq=False)
class PoolGroups:
    """A pool that is grouped."""

    pool: Pool
    vectors: Floats
    grouping: DistinctGroups
    limits: GroupLimits

    def places(self, group: int) -> Positions:
        """Return the documents of a group: different ones, then near copies; central ones first."""
        grouping = self.grouping
        places = nearest_first(self.vectors, grouping.labels, grouping.moments, group)
        return places[np.argsort(~grouping.distinct[places], kind="stable")]

    def proposals(self, rows: dict[int, ProposalRow], classes: Classes) -> list[Proposal]:
        """Return the proposals of the groups that have rows, with what a person needs."""
        order = sorted(rows)
        different = {g: self._documents(self._different(g)) for g in order}
        noise = np.flatnonzero(self.grouping.labels < 0)[:MOST_BESIDE].tolist()
        beside = _texts([self.pool.document(i) for i in noise])
        terms = key_terms([_texts(different[g]) for g in order], [*beside, *classes.texts])
        return [
            self._proposal(g, rows[g], different[g][:EXEMPLARS], terms[i], classes)
            for i, g in enumerate(order)
        ]

    def _different(self, group: int) -> Positions:
        """Return the first documents of a group, without near copies among them."""
        places = self.places(group)
        return places[self.grouping.distinct[places]][:WITH_TEXT]

    def _documents(self, places: Positions) -> list[PooledDocument]:
        """Return documents, the first ones with their texts."""
        return [
            self.pool.document(place, text=rank < WITH_TEXT)
            for rank, place in enumerate(places.tolist())
        ]

    def _proposal(
        self,
        group: int,
        row: ProposalRow,
        exemplars: Sequence[PooledDocument],
        terms: Sequence[str],
        classes: Classes,
    ) -> Proposal:
        nearest, kind = self._nearest(group, classes)
        moments = self.grouping.moments
        loose = 2.0 * float(moments.scatter()[group])
        apart = self.limits.between or 1.0
        return Proposal(
            key=key_of(row.number),
            size=int(moments.counts[group]),
            kind=kind,
            tightness=float(np.clip(1.0 - loose / apart, 0.0, 1.0)),
            nearest=nearest,
            terms=tuple(terms),
            name=proposed_name(terms),
            description=description_of(terms),
            exemplars=tuple(exemplars),
            members=tuple(self._documents(self.places(group)[:MOST_MEMBERS])),
        )

    def _nearest(self, group: int, classes: Classes) -> tuple[Nearest | None, Kind]:
        if not classes.names:
            return None, "new"
        far = self.grouping.moments.only(np.array([group])).distances(classes.moments)[0]
        k = int(far.argmin())
        nearest = Nearest(classes.names[k], float(far[k]), self.limits.height)
        if far[k] < self.limits.height:
            return nearest, "part"
        if len(classes.nearest) and far[k] > classes.nearest.max():
            return nearest, "outlier"
        return nearest, "new"


def _texts(documents: Sequence[PooledDocument]) -> list[str]:
    return [document.text for document in documents if document.text]
