"""What a person decides about a proposal: it becomes a class, or is not proposed again.

A class is made by one change of the usual kinds. It can be previewed and undone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from protolabel.errors import InputError
from protolabel.label_space.changes import Add, ChangeRequest, Import
from protolabel.label_space.changes.imported_classes import ImportedClass
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.preview import Preview
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import ANY, MarkedVersion, Terms
from protolabel.names import clean_name
from protolabel.open_world.decided_proposals import AcceptedProposal, require_current, row_of
from protolabel.open_world.left_out import as_decided, counts_of
from protolabel.open_world.proposals import (
    Proposal,
    clean_key,
    key_of,
    no_proposal,
)
from protolabel.store import ProposalRow
from protolabel.time_stamps import now
from protolabel.types import Change, Example

__all__ = ["accept", "preview", "reconsider", "refuse"]

MOST_ACCEPTED = 50  # of a proposal's documents that become examples, the most central ones


def accept(
    space: LabelSpace,
    proposal: Proposal,
    name: str,
    description: str = "",
    *,
    terms: Terms = ANY,
) -> Change:
    """Make a proposal a class, or examples of the class that has this name: one change.

    Documents that are not of that class, as a person has said, are left out, with their near
    copies. What :meth:`Proposal.without` has taken out of it becomes negative examples of the
    class. Where no text of such a document may be kept, the class is refused for what is remembered
    of it; later answers may be this class, and the change's detail counts such documents under
    ``refused_without_text``.

    Args:
        space: the label space.
        proposal: of :func:`discover`, or a part of one.
        name: of the class.
        description: what it is, in words; its name describes it where there are none. A class that
            a person has described keeps that description: the change's detail has it then, under
            ``kept_descriptions``.
        terms: at which version, in whose name, under which key.

    Raises:
        InputError: no text of its documents may be kept, or the name cannot be a class's. Or the
            proposal is not what it was: it was decided on or forgotten since, or a person has given
            some of its documents another class.
    """
    proposal = as_decided(space, proposal, clean_name(name))
    request, descriptions = _request(space, proposal, name, description)
    terms = replace(terms, decision=AcceptedProposal(proposal, clean_name(name)))
    session = session_of(space)
    session.answer_queue.write()
    return _with_kept(session.commit(request, terms=terms), descriptions)


def preview(
    space: LabelSpace,
    proposal: Proposal,
    name: str,
    description: str = "",
    *,
    evidence: int = 3,
    only_at: MarkedVersion | None = None,
) -> Preview:
    """Return what :func:`accept` would do. Nothing is changed.

    Raises:
        VersionConflictError: the label space is at another version than ``only_at``.
    """
    proposal = as_decided(space, proposal, clean_name(name))
    require_current(session_of(space).store, proposal, clean_name(name))
    request, descriptions = _request(space, proposal, name, description)
    record = space.preview.using(evidence=evidence).commit(request, only_at=only_at)
    change = _with_kept(record.change, descriptions)
    detail = change.detail | counts_of(proposal, clean_name(name))
    return replace(record, change=replace(change, detail=detail))


def _request(
    space: LabelSpace, proposal: Proposal, name: str, description: str
) -> tuple[ChangeRequest, dict[str, str]]:
    """Return the change, and the description that it keeps, by class, where another one came."""
    label = clean_name(name)
    descriptions = {
        info.name: info.description
        for info in space.classes()
        if info.name == label and info.description_from == "given" and info.description
    }
    lasting = descriptions if description.strip() else {}
    return request_of(proposal, name, "" if descriptions else description), lasting


def _with_kept(change: Change, descriptions: dict[str, str]) -> Change:
    """Return the change with the descriptions that it has kept in its detail, if any."""
    return (
        replace(change, detail=change.detail | {"kept_descriptions": descriptions})
        if descriptions
        else change
    )


def request_of(proposal: Proposal, name: str, description: str = "") -> ChangeRequest:
    """Return the change that makes a proposal a class."""
    label = clean_name(name)
    different = [member for member in proposal.members[: proposal.size] if member.text]
    members = (different or [m for m in proposal.members if m.text])[:MOST_ACCEPTED]
    if not members:
        raise InputError(
            f"{proposal.key}: the texts of its documents are not remembered, so that they cannot "
            "become examples",
            expected="documents that are read now, or were labelled while texts were remembered",
            remedy="name their files: `protolabel discover SPACE FOLDER`; with --skip-bad where "
            "some cannot be read",
        )
    examples = (
        *(Example(label, m.text, source=m.source) for m in members),
        *(
            Example(label, m.text, source=m.source, negative=True)
            for m in proposal.left_out
            if m.text
        ),
    )
    if not description.strip():
        return Add(examples, skip_known=True)
    described = ImportedClass(label, description, "given", retired=False)
    return Import((described,), examples, skip_known=True)


def refuse(space: LabelSpace, proposals: Sequence[Proposal]) -> None:
    """Never propose these again, nor what has become of them: all of them, or none.

    Raises:
        InputError: one was accepted or forgotten since it was listed.
    """
    store = session_of(space).store
    with store.exclusively():
        for proposal in proposals:
            row = row_of(store, proposal)
            if row is None or row.state == "accepted":
                raise no_proposal(proposal.key, row)
            store.proposals.set_state(row.number, "refused", now())


def reconsider(space: LabelSpace, keys: Collection[str] | None = None) -> int:
    """Take back refusals, and return how many there were: all of these keys, or none.

    Args:
        space: the label space.
        keys: of the proposals, which are listed again as they were. None: all refusals, and what is
            grouped next is proposed again.

    Raises:
        InputError: no refused proposal has one of the keys.
    """
    store = session_of(space).store
    with store.exclusively():
        rows = {key_of(row.number): row for row in store.proposals.rows()}
        refusals = {key for key, row in rows.items() if row.state == "refused"}
        targets = refusals if keys is None else dict.fromkeys(map(clean_key, keys))
        for key in targets:
            if key not in refusals:
                raise _not_refused(key, rows.get(key))
            store.proposals.set_state(rows[key].number, "gone" if keys is None else "open", now())
    return len(targets)


@contextmanager
def taken_back(space: LabelSpace) -> Iterator[list[ProposalRow]]:
    """Take back all refusals for what happens inside; where that fails, they are refusals again."""
    store = session_of(space).store
    with store.exclusively():
        refusals = [row for row in store.proposals.rows() if row.state == "refused"]
        reconsider(space)
    try:
        yield refusals
    except BaseException:
        with store.exclusively():
            states = {row.number: row.state for row in store.proposals.rows()}
            for row in refusals:
                if states.get(row.number) in ("gone", "open"):
                    store.proposals.set_state(row.number, "refused", row.at)
        raise


def _not_refused(key: str, row: ProposalRow | None) -> InputError:
    words = "" if row is None else f": it is {row.state}"
    return InputError(
        f"no refused proposal {key!r}{words}",
        expected="the key of one that was refused",
        remedy="list the proposals again: protolabel discover SPACE",
    )
