"""Finds classes in declined documents: groups them, and says of each group what a person needs.

``grouping`` groups, ``key_terms`` names, ``stored_proposals`` remembers. Accepting makes a class by
the usual changes, so that it can be previewed and undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from protolabel.arguments import require_whole
from protolabel.arithmetic.average_linkage import Moments
from protolabel.arithmetic.spread import Spread, spread_of, spread_of_pool
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Positions
from protolabel.errors import StoreBusyError
from protolabel.extras import require
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import Session, session_of
from protolabel.label_space.view import View
from protolabel.open_world.grouping import grouped, nearest_first
from protolabel.open_world.key_terms import description_of, key_terms, proposed_name
from protolabel.open_world.pool import Filled, Pool, PooledDocument, filled
from protolabel.open_world.proposals import (
    MOST_MEMBERS,
    Discovery,
    Kind,
    Nearest,
    Proposal,
    identities,
    key_of,
)
from protolabel.open_world.repeats import DistinctGroups, near_copies_once
from protolabel.open_world.stored_proposals import Basis, ForgottenError, keep, stored_proposals
from protolabel.progress import Progress, silent
from protolabel.store import ProposalRow
from protolabel.time_stamps import now
from protolabel.types import Document

__all__ = ["discover", "stored_proposals"]

LEAST = 5  # documents of a group that is proposed
EXEMPLARS = 3
MOST_BESIDE = 1000  # documents of no group, whose words are counted beside
WITH_TEXT = 200  # documents of a group whose texts are read
ATTEMPTS = 3  # where somebody forgets documents meanwhile


def discover(
    space: LabelSpace,
    documents: Iterable[Document] | None = None,
    *,
    least: int = LEAST,
    progress: Progress = silent,
) -> Discovery:
    """Propose classes for the documents that the label space declines.

    Proposals keep their keys from run to run, and what was refused is not proposed again. Where
    documents are forgotten meanwhile, the remembered ones are grouped anew.

    Args:
        space: the label space.
        documents: read these; where not given, the remembered documents.
        least: of how many different documents the smallest proposal is; near copies are one.
        progress: follows what takes long.

    Raises:
        MissingPackageError: scikit-learn is not installed.
        StoreBusyError: something was forgotten while ``documents`` were grouped, or at each of
            several attempts.
    """
    require("discover", "proposing classes", "sklearn")
    least = require_whole(least, "least", 2)
    session = session_of(space)
    for _ in range(1 if documents is not None else ATTEMPTS):
        basis = Basis.now(session, least)
        with filled(session, documents, progress) as pooled, suppress(ForgottenError):
            return _discovery(session, pooled, basis, progress)
    raise StoreBusyError(
        f"{session.store.rows.path}: documents were forgotten while others were grouped",
        expected="no such act at that moment",
        remedy="list the proposals again",
    )


def _discovery(session: Session, pooled: Filled, basis: Basis, progress: Progress) -> Discovery:
    """Return the proposals of a pool, once they are stored. Raises ForgottenError."""
    pool, view, _, left_out = pooled
    vectors, least = pool.vectors(), basis.least
    spread, classes = _spread(session, view, vectors)
    groups = _Groups(
        pool, vectors, _distinct_groups(pool, vectors, spread, least, progress), spread
    )
    proposals, refused = _stored(session, groups, classes, view.embedder.encoding, basis)
    labels = groups.grouping.labels
    noise, n_refused = int((labels < 0).sum()), int(np.isin(labels, sorted(refused)).sum())
    largest = 0 if proposals or not noise else _largest_group(pool, vectors, spread)
    return Discovery(
        tuple(proposals),
        len(pool),
        noise,
        n_refused,
        left_out,
        view.version,
        largest,
        _why_undeclined(view, len(pool), len(proposals)),
    )


def _why_undeclined(view: View, documents: int, proposals: int) -> str:
    """Return why no document can be declined, or few; empty where there is no need."""
    if proposals or view.settings.several:
        return ""
    return ("" if documents else view.rule.lacks_limit) or view.rule.declines_few


def _distinct_groups(
    pool: Pool, vectors: Floats, spread: Spread, least: int, progress: Progress
) -> DistinctGroups:
    """Return the groups of a pool."""
    labels, moments = grouped(vectors, spread, least, progress)
    return near_copies_once(pool, vectors, labels, moments, least, progress)


def _largest_group(pool: Pool, vectors: Floats, spread: Spread) -> int:
    """Return how many different documents the largest group has, however small; 1 without any."""
    counts = _distinct_groups(pool, vectors, spread, 2, silent).moments.counts
    return int(counts.max(initial=1))


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """The classes with examples: their names, moments, and how far each is from its nearest."""

    names: Sequence[str]
    moments: Moments
    nearest: Doubles

    @classmethod
    def of(cls, support: Support, names: Sequence[str]) -> Classes:
        """Return the classes of a support."""
        rows = support.documents()
        moments = Moments.of(support.embeddings[rows], support.labels[rows], support.n_classes)
        nonempty = np.flatnonzero(moments.counts > 0)
        moments = moments.only(nonempty)
        far = moments.distances(moments)
        np.fill_diagonal(far, np.inf)
        nearest = far.min(axis=1) if len(nonempty) > 1 else np.empty(0)
        return cls([names[k] for k in nonempty.tolist()], moments, nearest)


def _spread(session: Session, view: View, vectors: Floats) -> tuple[Spread, Classes]:
    """Return how near documents of one class lie, and the classes."""
    support = read_support(session.store.rows, view.prototypes).support
    classes = Classes.of(support, view.prototypes.labels)
    spread = spread_of(support)
    if spread is None:
        sample = np.asarray(vectors[:: max(1, len(vectors) // 20_000)])
        if not len(sample):
            return Spread(0.0, 0.0), classes
        spread = spread_of_pool(Moments.of(sample, np.zeros(len(sample), np.int64), 1), support)
    return spread, classes


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """A pool that is grouped."""

    pool: Pool
    vectors: Floats
    grouping: DistinctGroups
    spread: Spread

    def places(self, group: int) -> Positions:
        """Return the documents of a group, nearest to its mean first."""
        return nearest_first(self.vectors, self.grouping.labels, self.grouping.moments, group)

    def proposals(self, rows: dict[int, ProposalRow], classes: Classes) -> list[Proposal]:
        """Return the proposals of the groups that have rows, with what a person needs."""
        order = sorted(rows)
        different = {g: self._documents(self._different(g)) for g in order}
        noise = np.flatnonzero(self.grouping.labels < 0)[:MOST_BESIDE].tolist()
        beside = _texts([self.pool.document(i) for i in noise])
        terms = key_terms([_texts(different[g]) for g in order], beside)
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
        between = self.spread.between or 1.0
        return Proposal(
            key=key_of(row.number),
            size=int(moments.counts[group]),
            kind=kind,
            tightness=float(np.clip(1.0 - loose / between, 0.0, 1.0)),
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
        nearest = Nearest(classes.names[k], float(far[k]), self.spread.height)
        if far[k] < self.spread.height:
            return nearest, "part"
        if len(classes.nearest) and far[k] > classes.nearest.max():
            return nearest, "outlier"
        return nearest, "new"


def _texts(documents: Sequence[PooledDocument]) -> list[str]:
    return [document.text for document in documents if document.text]


def _stored(
    session: Session, groups: _Groups, classes: Classes, encoding: int, basis: Basis
) -> tuple[list[Proposal], set[int]]:
    """Store the proposals of groups and return them, with the groups that were refused.

    Where others decide on proposals meanwhile, or store their own, the groups are compared with
    those again.

    Raises:
        ForgottenError: documents were forgotten since the pool was read; nothing is stored.
    """
    while True:
        marks = session.store.proposals.marks()
        rows, refused = _rows(session, groups, encoding)
        proposals = groups.proposals(rows, classes)
        if keep(session.store, [rows[i] for i in sorted(rows)], proposals, marks, basis):
            return proposals, refused


def _rows(
    session: Session, groups: _Groups, encoding: int
) -> tuple[dict[int, ProposalRow], set[int]]:
    """Return a row for each group that is to be proposed, and the groups that were refused."""
    stored = session.store.proposals.rows()
    moments = groups.grouping.moments
    members = [
        frozenset(groups.pool.key(int(i)) for i in groups.places(g)[:MOST_MEMBERS])
        for g in range(len(moments.counts))
    ]
    matches = identities(moments, members, stored, encoding, groups.spread.height)
    number = session.store.proposals.newest()
    rows: dict[int, ProposalRow] = {}
    refused: set[int] = set()
    for g, earlier in enumerate(matches):
        if earlier is not None and earlier.state == "refused":
            refused.add(g)
            continue
        if earlier is None:
            number += 1
        rows[g] = ProposalRow(
            number if earlier is None else earlier.number,
            "open",
            now(),
            encoding,
            int(moments.counts[g]),
            moments.sums[g],
            float(moments.squares[g]),
            members[g],
            "{}",
        )
    return rows, refused
