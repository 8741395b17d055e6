"""Decisions on proposed classes that outlive a document which is forgotten.

A person refused or accepted a group. One document of it that goes takes its vector, its name and
what was taken from its text along, and the decision stays.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from protolabel.label_space.remembered_documents.first_copies import first_of_near_copies
from protolabel.store import AnswerRow, ProposalRow, Store

DECIDED = ("refused", "accepted")
_LISTS = ("exemplars", "members")  # of documents in the record of a proposal


def kept_decisions(store: Store, documents: Collection[bytes]) -> list[ProposalRow]:
    """Return the proposals that were decided on, made anew without some documents.

    What they are known by is computed from their other documents, so that nothing of those that go
    is left in it. Where none of the others is remembered in the same encoding, a proposal cannot be
    made anew, and is not among these.

    Args:
        store: of the label space; its answers are those from before the documents go.
        documents: that are to be forgotten.
    """
    touched = [
        row
        for row in store.proposals.rows()
        if row.state in DECIDED and not row.members.isdisjoint(documents)
    ]
    if not touched:
        return []
    remembered = {row.document: row for row in store.answers.rows()}
    replacements = []
    for proposal in touched:
        members = proposal.members.difference(documents)
        rows = [
            remembered[member]
            for member in sorted(members)
            if member in remembered and remembered[member].encoding == proposal.encoding
        ]
        if rows:
            replacements.append(_of(store, replace(proposal, members=members), rows, documents))
    return replacements


def _of(
    store: Store, proposal: ProposalRow, rows: list[AnswerRow], forgotten: Collection[bytes]
) -> ProposalRow:
    """Return a proposal as its remembered documents make it; near copies are one of them."""
    texts = store.answers.texts_of([row.document for row in rows])
    vectors = np.stack([rows[i].embedding for i in first_of_near_copies(rows, texts)])
    vectors = vectors.astype(np.float64)
    return replace(
        proposal,
        n=len(vectors),
        total=vectors.sum(axis=0),
        squares=float(np.square(vectors).sum()),
        record=_record_without(proposal.record, forgotten),
    )


def _record_without(record: str, forgotten: Collection[bytes]) -> str:
    """Return what is stored for people without some documents, and without terms and names.

    Those were taken from the texts of all documents, so also from these.
    """
    values: dict[str, Any] = json.loads(record)
    keys = {document.hex() for document in forgotten}
    remainder = {name: value for name, value in values.items() if name == "least"}
    for name in _LISTS:
        if name in values:
            remainder[name] = [one for one in values[name] if one["key"] not in keys]
    return json.dumps(remainder)
