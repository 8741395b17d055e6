"""What is written when a proposal has become a class, in the transaction of the change.

Equal documents are decided with those of the proposal, as with a correction; near copies are among
its documents. ``accepting`` makes the change itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from protolabel.errors import InputError
from protolabel.label_space.person_statements.corrected_answers import note_labels, note_refused
from protolabel.label_space.person_statements.statements import Statements, documents_meant
from protolabel.label_space.remembered_documents.suggestion_decisions import PersonDecision
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.open_world.left_out import counts_of
from protolabel.open_world.pool import PooledDocument
from protolabel.open_world.proposals import DECISIONS, Proposal, no_proposal, number_of
from protolabel.store import ProposalRow, Store
from protolabel.time_stamps import now
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class AcceptedProposal(PersonDecision):
    """A proposal has become a class, and its documents have it, but for those left out."""

    proposal: Proposal
    label: str

    @property
    def detail(self) -> Mapping[str, object]:
        """Which proposal it was, and of how many that were left out little or nothing is noted."""
        return {"proposal": self.proposal.key} | counts_of(self.proposal, self.label)

    def write(self, store: Store, change: int | None) -> None:
        """Say so of the proposal, and of its documents that are remembered."""
        require_current(store, self.proposal, self.label)
        store.proposals.set_state(number_of(self.proposal.key), "accepted", now(), change=change)
        members, left_out = self.proposal.members, self.proposal.left_out
        labels = _said_of(store, members, self.label)
        note_labels(store, labels, change, decisions=_by_key(members, self.label))
        refusals = _said_of(store, left_out, self.label)
        note_refused(store, refusals, change, _by_key(left_out, self.label))


def require_current(store: Store, proposal: Proposal, label: str) -> None:
    """Raise InputError unless a proposal may become a class: asked in the transaction.

    Others may have decided since it was listed: on the proposal, or on some of its documents.
    """
    row = row_of(store, proposal)
    documents = {bytes.fromhex(member.key) for member in proposal.members}
    if row is None or row.state in DECISIONS:
        raise no_proposal(proposal.key, row)
    if not store.answers.forgotten().intersection(documents) <= row.members:
        raise no_proposal(proposal.key, None)  # as it was listed
    classes = {info.key for info in store.rows.classes(store.rows.version()) if not info.retired}
    classes_now = ClassesNow(store.rows, store.rows.version())
    target = store.rows.class_named(label, store.rows.version())
    meant = documents_meant(store, _said_of(store, proposal.members, label), documents)
    others = [
        answer
        for answer in map(classes_now.row, meant)
        if answer.person
        and answer.class_key in classes
        and (target is None or answer.class_key != target.key)
    ]
    if others:
        raise InputError(
            f"{proposal.key}: a person has given {quantity(len(others), 'document')} of it another "
            "class since it was listed",
            expected="a proposal as it is now",
            remedy="list them: protolabel discover SPACE",
        )


def row_of(store: Store, proposal: Proposal) -> ProposalRow | None:
    """Return what is stored of a proposal; None where it is not there."""
    number = number_of(proposal.key)
    return next((row for row in store.proposals.rows() if row.number == number), None)


def _by_key(documents: Sequence[PooledDocument], label: str) -> dict[bytes, list[str]]:
    return {bytes.fromhex(one.key): [label] for one in documents}


def _said_of(store: Store, documents: Sequence[PooledDocument], label: str) -> Statements:
    """Return that documents are of a class, or not of it, by their content.

    What is neither remembered nor has a text is known by its key alone.
    """
    statements = Statements()
    if not documents:
        return statements
    contents = {row.document: row.content for row in store.answers.rows()}
    for one in documents:
        content = contents.get(bytes.fromhex(one.key))
        if content is None and one.text:
            content = content_of(one.text, None, None)
        if content is not None:
            statements.labels[content] = [label]
            statements.sources[content].add(one.source)
    return statements
