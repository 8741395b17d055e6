"""Finds classes in declined documents: groups them, and says of each group what a person needs.

``grouping`` groups, ``key_terms`` names, ``stored_proposals`` remembers. Accepting makes a class by
the usual changes, so that it can be previewed and undone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import suppress

import numpy as np

from protolabel.arguments import require_whole
from protolabel.errors import StoreBusyError
from protolabel.label_space.answer_path.threshold_advice import low_threshold_sentence
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import Session, session_of
from protolabel.label_space.view import View
from protolabel.open_world.cells import MOST_WHOLE, cells_of
from protolabel.open_world.grouping import MergedDocuments
from protolabel.open_world.pool import Filled, Pool, filled
from protolabel.open_world.pool_groups import Classes, PoolGroups, example_texts
from protolabel.open_world.proposals import (
    MOST_MEMBERS,
    Discovery,
    Proposal,
    identities,
)
from protolabel.open_world.repeats import DifferentDocuments
from protolabel.open_world.stored_proposals import (
    Basis,
    ForgottenError,
    keep,
    refused_proposals,
    stored_proposals,
)
from protolabel.progress import Progress, silent
from protolabel.store import ProposalRow
from protolabel.system.extras import require
from protolabel.time_stamps import now
from protolabel.types import Document

__all__ = ["discover", "refused_proposals", "stored_proposals"]

LEAST = 5  # documents of a group that is proposed
_TRIES = 5  # of smaller sizes of a group, where nothing is proposed
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
    support = read_support(session.store.rows, view.prototypes).support
    texts = example_texts(session.store.rows, view.version)
    classes = Classes.of(support, view.prototypes.labels, texts)
    cells = cells_of(vectors, support, progress)
    different = DifferentDocuments.of(pool, cells, progress)
    places = different.places
    merged = MergedDocuments.of(
        pool.some_vectors(places),
        support,
        None if cells is None or len(places) <= MOST_WHOLE else cells[places],
    )
    encoding = view.embedder.encoding

    def groups_of(least: int, progress: Progress = silent) -> PoolGroups:
        grouping = different.grouped(*merged.groups(least, progress))
        return PoolGroups(pool, vectors, grouping, merged.limits)

    groups = groups_of(least, progress)
    proposals, refused = _stored(session, groups, classes, encoding, basis)
    labels = groups.grouping.labels[places]
    noise = int((labels < 0).sum())
    n_refused = int(np.isin(labels, sorted(refused)).sum())
    enough, n_smaller = None, 0
    if noise and not proposals:
        enough, n_smaller = _smaller_groups(session, groups_of, encoding, basis)
    return Discovery(
        proposals=tuple(proposals),
        documents=len(places),
        copies=len(pool) - len(places),
        noise=noise,
        refused=n_refused,
        left_out=left_out,
        version=view.version,
        enough=enough,
        like_refused=max(0, n_smaller - n_refused),
        undeclined=_why_undeclined(view, pool, len(proposals)),
    )


def _why_undeclined(view: View, pool: Pool, proposals: int) -> str:
    """Return why no document is or can be declined, or few; empty where there is no need."""
    if proposals or view.settings.several:
        return ""
    metric = view.prototypes.metric
    if not len(pool) and (why := view.rule.nothing_declined_sentence(metric)):
        return why
    threshold = view.settings.threshold
    if not len(pool) and threshold is not None and math.isfinite(pool.lowest_answered):
        return low_threshold_sentence(threshold, pool.lowest_answered, metric)
    return view.rule.few_declined_sentence(metric)


def _smaller_groups(
    session: Session, groups_of: Callable[[int], PoolGroups], encoding: int, basis: Basis
) -> tuple[int | None, int]:
    """Look for groups of fewer documents than ``least``.

    With another ``least`` the groups come out differently. So the sizes of the groups of pairs are
    tried, the largest first, a few at most, and then 2.

    Returns:
        A smaller ``least`` with which something is proposed, or None; and how many documents are in
        groups of two or more that a person has refused.
    """
    pairs = groups_of(2)
    rows, refused = _rows(session, pairs, encoding, basis)
    n_refused = int(pairs.grouping.moments.counts[sorted(refused)].sum())
    sizes = {min(int(pairs.grouping.moments.counts[g]), basis.least - 1) for g in rows}
    for size in sorted((size for size in sizes if size > 2), reverse=True)[:_TRIES]:
        if _rows(session, groups_of(size), encoding, basis)[0]:
            return size, n_refused
    return (2 if rows and basis.least > 2 else None), n_refused


def _stored(
    session: Session, groups: PoolGroups, classes: Classes, encoding: int, basis: Basis
) -> tuple[list[Proposal], set[int]]:
    """Store the proposals of groups and return them, with the groups that were refused.

    Where others decide on proposals meanwhile, or store their own, the groups are compared with
    those again.

    Raises:
        ForgottenError: documents were forgotten since the pool was read; nothing is stored.
    """
    while True:
        marks = session.store.proposals.marks()
        rows, refused = _rows(session, groups, encoding, basis)
        proposals = groups.proposals(rows, classes)
        if keep(session.store, [rows[i] for i in sorted(rows)], proposals, marks, basis):
            return proposals, refused


def _rows(
    session: Session, groups: PoolGroups, encoding: int, basis: Basis
) -> tuple[dict[int, ProposalRow], set[int]]:
    """Return a row for each group that is to be proposed, and the groups that were refused.

    One that was accepted since this grouping began is a class, and neither of the two.
    """
    stored = session.store.proposals.rows()
    moments = groups.grouping.moments
    members = [
        frozenset(groups.pool.key(int(i)) for i in groups.places(g)[:MOST_MEMBERS])
        for g in range(len(moments.counts))
    ]
    matches = identities(moments, members, stored, encoding, groups.limits.height)
    number = session.store.proposals.newest()
    rows: dict[int, ProposalRow] = {}
    refused: set[int] = set()
    for g, earlier in enumerate(matches):
        if earlier is not None and earlier.state == "refused":
            refused.add(g)
            continue
        if earlier is not None and basis.precedes(earlier):
            continue
        if earlier is None:
            number += 1
        rows[g] = ProposalRow(
            number=number if earlier is None else earlier.number,
            state="open",
            at=now(),
            encoding=encoding,
            n=int(moments.counts[g]),
            total=moments.sums[g],
            squares=float(moments.squares[g]),
            members=members[g],
            record="{}",
        )
    return rows, refused
