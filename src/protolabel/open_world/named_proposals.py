"""Proposals by their keys: the documents that were listed under them, and no others.

A person reads a list and then decides by a key. Meanwhile documents come, classes change, and other
groups form. So nothing is grouped here. ``discovery`` groups and stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.spread import limits_of
from protolabel.errors import InputError
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import Session, session_of
from protolabel.open_world.cells import sample
from protolabel.open_world.grouping import moments_of
from protolabel.open_world.pool import Filled, filled
from protolabel.open_world.pool_groups import Classes, PoolGroups, example_texts
from protolabel.open_world.proposals import (
    DECISIONS,
    SAME,
    Proposal,
    clean_key,
    key_of,
    no_proposal,
)
from protolabel.open_world.repeats import DifferentDocuments, DistinctGroups
from protolabel.progress import Progress, silent
from protolabel.store import ProposalRow, Store
from protolabel.types import Document
from protolabel.words.quantity import quantity


def proposals_named(
    space: LabelSpace,
    keys: Sequence[str],
    documents: Iterable[Document] | None = None,
    *,
    progress: Progress = silent,
) -> list[Proposal]:
    """Return the proposals of some keys as they were listed, without what was decided since.

    Near copies count as they did in the list.

    Args:
        space: the label space.
        keys: such as ``P3``.
        documents: those that they were made from; where not given, the remembered ones.
        progress: follows what takes long.

    Raises:
        InputError: nothing was listed under a key, or it was decided on. Or most of its documents
            are not among these, or of a class by now.
    """
    session = session_of(space)
    stored = {key_of(row.number): row for row in session.store.proposals.rows()}
    for key in keys:
        row = stored.get(clean_key(key))
        if row is None or row.state in DECISIONS:
            raise no_proposal(key, row)
    rows = [stored[key] for key in dict.fromkeys(map(clean_key, keys))]
    members = frozenset[bytes]().union(*(row.members for row in rows))
    with filled(session, documents, progress, only=members) as pooled:
        return _as_listed(session, pooled, rows, progress)


def lists_others(space: LabelSpace, key: str) -> bool:
    """Return whether a proposal is open whose documents are not remembered, not one of them."""
    store = session_of(space).store
    return any(
        key_of(row.number) == clean_key(key)
        and row.state not in DECISIONS
        and not _remembers(store, row)
        for row in store.proposals.rows()
    )


def _as_listed(
    session: Session, pooled: Filled, rows: Sequence[ProposalRow], progress: Progress
) -> list[Proposal]:
    """Return stored proposals of those of their documents that are in a pool.

    Where all of one were different when it was listed, all are now: their texts, which tell near
    copies, may not have been known then.
    """
    pool, view = pooled.pool, pooled.view
    vectors = pool.vectors()
    support = read_support(session.store.rows, view.prototypes).support
    texts = example_texts(session.store.rows, view.version)
    classes = Classes.of(support, view.prototypes.labels, texts)
    limits = limits_of(sample(vectors), support)
    different = DifferentDocuments.of(pool, None, progress)
    proposals = []
    for row in rows:
        n = len(pool)
        places = np.array([i for i in range(n) if pool.key(i) in row.members], np.int64)
        if not len(places) or len(places) < SAME * len(row.members):
            raise _not_there(session.store, row, len(places))
        labels, distinct = np.full(n, -1), np.zeros(n, np.bool_)
        labels[places] = 0
        distinct[places if row.n >= len(row.members) else different.first_of(places)] = True
        moments = moments_of(vectors, np.where(distinct, labels, -1), 1)
        group = PoolGroups(pool, vectors, DistinctGroups(labels, distinct, moments), limits)
        (proposal,) = group.proposals({0: row}, classes)
        present = {pool.key(i) for i in places.tolist()}
        former = frozenset(key.hex() for key in row.members - present)
        proposals.append(replace(proposal, former_members=former))
    return proposals


def _not_there(store: Store, row: ProposalRow, n: int) -> InputError:
    key, of = key_of(row.number), len(row.members)
    count = f": {n:,} of its {of:,} are here and of no class" if n else ""
    return InputError(
        f"proposal {key!r} is not among those of these documents{count}",
        expected=f"the {quantity(of, 'document')} that it was made from",
        remedy="list the proposals again: protolabel discover SPACE"
        if _remembers(store, row)
        else "name the documents as where it was listed, or list the proposals again: "
        "protolabel discover SPACE",
    )


def _remembers(store: Store, row: ProposalRow) -> bool:
    """Return whether a document of a proposal is remembered."""
    return any(answer.document in row.members for answer in store.answers.rows())
