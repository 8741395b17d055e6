"""The texts of a proposal that its caller has, so that it becomes a class where none are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.open_world.pool import PooledDocument
from protolabel.open_world.proposals import Proposal


def with_texts(space: LabelSpace, proposal: Proposal, texts: Mapping[str, str]) -> Proposal:
    """Return a proposal with the texts of its remembered documents that are not kept.

    Args:
        space: the label space.
        proposal: of remembered documents.
        texts: by the keys of documents. Keys of others are passed over: a document may have been
            decided on since the proposal was listed.

    Raises:
        InputError: a text is not that of its document.
    """
    documents = (*proposal.members, *proposal.left_out)
    keys = {one.key for one in documents if one.key in texts}
    if not keys:
        return proposal
    contents = {row.document.hex(): row.content for row in session_of(space).store.answers.rows()}
    for key in sorted(keys):
        if content_of(texts[key], None, None) != contents.get(key):
            raise InputError(
                f"{proposal.key}: a text that is not that of its document {key[:8]}",
                expected="the text that was labelled",
                remedy="send the text that was labelled, or none for this document",
            )
    return replace(
        proposal,
        members=_with_texts(proposal.members, texts),
        left_out=_with_texts(proposal.left_out, texts),
    )


def _with_texts(
    documents: Sequence[PooledDocument], texts: Mapping[str, str]
) -> tuple[PooledDocument, ...]:
    return tuple(replace(one, text=one.text or texts.get(one.key)) for one in documents)
