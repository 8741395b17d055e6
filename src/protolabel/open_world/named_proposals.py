"""Proposals by their keys: grouped again as they were when they were listed.

``discovery`` groups and stores them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.open_world.discovery import LEAST, discover_listed
from protolabel.open_world.proposals import (
    DECISIONS,
    Proposal,
    clean_key,
    key_of,
    no_proposal,
)
from protolabel.open_world.stored_proposals import LEAST_KEY
from protolabel.progress import Progress, silent
from protolabel.quantity import quantity
from protolabel.store import ProposalRow
from protolabel.types import Document


def proposals_named(
    space: LabelSpace,
    keys: Sequence[str],
    documents: Iterable[Document] | None = None,
    *,
    least: int | None = None,
    progress: Progress = silent,
) -> list[Proposal]:
    """Return the proposals of some keys, from the documents as they are now.

    Where documents are given, and a proposal is no longer one, it is taken as it was listed: their
    texts tell near copies, which without them count as different documents.

    Args:
        space: the label space.
        keys: such as ``P3``.
        documents: those that they were made from; where not given, the remembered ones.
        least: as :func:`discover` takes it; where not given, the one that they were made with.
        progress: follows what takes long.

    Raises:
        InputError: there is no proposal of a key.
    """
    rows = {key_of(row.number): row for row in session_of(space).store.proposals.rows()}
    proposal_rows = [rows[key] for key in map(clean_key, keys) if key in rows]
    if least is None:
        leasts = (json.loads(row.record).get(LEAST_KEY, min(LEAST, row.n)) for row in proposal_rows)
        least = max(2, min(leasts, default=LEAST))
    undecided = [row for row in proposal_rows if row.state not in DECISIONS]
    discovery, as_listed = discover_listed(
        space, undecided if documents is not None else (), documents, least=least, progress=progress
    )
    proposals = {proposal.key: proposal for proposal in (*as_listed, *discovery.proposals)}
    for key in keys:
        if clean_key(key) not in proposals:
            stored = session_of(space).store.proposals.rows()  # others may have decided since
            rows = {key_of(row.number): row for row in stored}
            raise _no_proposal(key, rows.get(clean_key(key)))
    return [proposals[key] for key in dict.fromkeys(map(clean_key, keys))]


def was_proposed(space: LabelSpace, key: str) -> bool:
    """Return whether there is a proposal of a key, of whatever documents, and no decision of it."""
    rows = session_of(space).store.proposals.rows()
    return any(key_of(row.number) == clean_key(key) and row.state not in DECISIONS for row in rows)


def _no_proposal(key: str, row: ProposalRow | None) -> InputError:
    if row is None or row.state in DECISIONS:
        return no_proposal(key, row)
    return InputError(
        f"proposal {key!r} is not among those of these documents",
        expected=f"the {quantity(row.n, 'document')} that it was made from",
        remedy="name the documents as where it was listed, or list the proposals again: "
        "protolabel discover SPACE",
    )
