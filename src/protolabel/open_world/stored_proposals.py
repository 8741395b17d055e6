"""Proposals in the file: stored only if nothing has happened since what they rest on was read.

A grouping takes seconds or minutes, and others go on meanwhile: they forget documents, decide on
proposals, and group themselves. ``discovery`` groups.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import Session, session_of
from protolabel.open_world.proposals import Proposal, key_of
from protolabel.store import ProposalMarks, ProposalRow, Store
from protolabel.store.proposal_records import State

LEAST_KEY = "least"  # what ``least`` is called in the record of a stored proposal
NOTHING_KEPT: dict[str, Any] = {
    "kind": None, "tightness": None, "nearest": None, "terms": [], "name": "", "description": "",
    "exemplars": [], "members": [],
}  # fmt: skip


class ForgottenError(Exception):
    """Documents were forgotten since the pool was read, or less may be remembered of them."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What proposals rest on. Take it before any document is read.

    Attributes:
        forgettings: how often something had been forgotten by then.
        accepted: number and time of the proposals that had been accepted by then.
        least: different documents of the smallest group.
    """

    forgettings: int
    accepted: frozenset[tuple[int, str]]
    least: int

    @classmethod
    def now(cls, session: Session, least: int) -> Basis:
        """Return the basis of a grouping that begins now."""
        rows = session.store.proposals.rows()
        accepted = frozenset((row.number, row.at) for row in rows if row.state == "accepted")
        return cls(session.store.answers.forgettings(), accepted, least)

    def precedes(self, row: ProposalRow) -> bool:
        """Return whether a proposal was accepted since: what is grouped may be a class by now."""
        return row.state == "accepted" and (row.number, row.at) not in self.accepted


def keep(
    store: Store,
    rows: Sequence[ProposalRow],
    proposals: Sequence[Proposal],
    marks: ProposalMarks,
    basis: Basis,
) -> bool:
    """Make these the open proposals, with what may be remembered of their documents now.

    Nothing that people read is stored of a group with a document that was forgotten before it was
    read from a file. A label space that cannot be written stores nothing.

    Args:
        store: of the label space.
        rows: by which each proposal is known again.
        proposals: as people see them, in the same order.
        marks: of the stored proposals that they were compared with.
        basis: what they rest on.

    Returns:
        False where other proposals are stored by now, or others were decided on: nothing is stored.

    Raises:
        ForgottenError: documents were forgotten since; nothing is stored.
    """
    if not store.rows.writable:
        return True
    with store.exclusively():
        if store.answers.forgettings() != basis.forgettings:
            raise ForgottenError
        if store.proposals.marks() != marks:
            return False
        settings = settings_of(store.rows)
        forgotten = store.answers.forgotten()
        open_rows = []
        for row, proposal in zip(rows, proposals, strict=True):
            remember = settings.remember if row.members.isdisjoint(forgotten) else "off"
            record = {LEAST_KEY: basis.least} | proposal.record(remember)
            open_rows.append(replace(row, record=json.dumps(record)))
        store.proposals.replace_open(open_rows)
    return True


def stored_proposals(space: LabelSpace) -> list[dict[str, Any]]:
    """Return the open proposals as they were last stored, largest first, as JSON can hold them."""
    rows = _rows(space, "open")
    return [_as_json(row) for row in sorted(rows, key=lambda row: (-row.n, row.number))]


def refused_proposals(space: LabelSpace) -> list[dict[str, Any]]:
    """Return the refused proposals as they were listed, the newest refusal first.

    Each says since when it is refused, under ``at``.
    """
    rows = sorted(_rows(space, "refused"), key=lambda row: (row.at, row.number), reverse=True)
    return [_as_json(row) | {"at": row.at} for row in rows]


def _rows(space: LabelSpace, state: State) -> list[ProposalRow]:
    return [row for row in session_of(space).store.proposals.rows() if row.state == state]


def _as_json(row: ProposalRow) -> dict[str, Any]:
    return {"key": key_of(row.number), "size": row.n} | NOTHING_KEPT | _without_least(row.record)


def _without_least(record: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(record).items() if name != LEAST_KEY}
