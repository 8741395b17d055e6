"""The routes of the inbox: read a file, label what is in it, list what was labelled, decide.

What a document is answered now, and what a decision does, the library says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from protolabel.answers import Answer
from protolabel.client import answers, reports
from protolabel.document_key import document_key
from protolabel.errors import InputError
from protolabel.images import data_address
from protolabel.label_space.changes import Undo
from protolabel.label_space.inbox import InboxDocument
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.remembered import Remembered
from protolabel.label_space.terms import Claim, RequestKey
from protolabel.label_space.undo import undo_target
from protolabel.quantity import quantity
from protolabel.service.acts import claimed, earlier_body, earlier_change, note_act
from protolabel.service.bodies import DecisionsBody, ExplainBody, LabelBody, UndoBody
from protolabel.service.body_routes import BodyRoute, FileBytes
from protolabel.service.file_options import FileReading
from protolabel.service.limits import (
    EXCERPT,
    DocumentKey,
    EvidenceCount,
    FileName,
    InboxLimit,
    SpaceName,
)
from protolabel.service.preconditions import Keyed
from protolabel.service.problems import Refusal
from protolabel.service.replies import (
    change_reply,
    made_record,
    mark_in,
    marked_reply,
    remembered_mark,
    versioned,
)
from protolabel.service.roles import asker, may_see_words, role
from protolabel.service.state import space_of, state_of
from protolabel.text import excerpt
from protolabel.types import Document

router = APIRouter(route_class=BodyRoute, tags=["inbox"])

_EXPLAINED = 5  # classes that an explanation ranks


@router.post(
    "/v1/spaces/{space}/read", dependencies=[role("label")], response_model=answers.ReadDocuments
)
async def read(
    request: Request,
    space: SpaceName,
    name: FileName,
    content: FileBytes,
    reading: FileReading,
) -> Response:
    """Read a file, whose bytes are the body, and return its documents. Nothing is labelled."""
    state = state_of(request)
    served = await state.served(space)
    as_text = pictures_are_text(served.space.view())
    documents = await state.uploads.documents_of(
        name, content, reading.options() | {"ocr": as_text}
    )
    return JSONResponse({"documents": [_document(document) for document in documents]})


@router.post(
    "/v1/spaces/{space}/inbox", dependencies=[role("label")], response_model=answers.InboxList
)
async def put(request: Request, space: SpaceName, body: LabelBody) -> Response:
    """Label documents and list them as the inbox does; they are remembered as the settings say.

    What a person has decided on before stays decided. A file that the command line has labelled is
    that document again, although a browser does not tell its whole path.
    """
    state = state_of(request)
    files = body.to_documents(state.bounds)
    served = await state.served(space)
    documents = await asyncio.to_thread(
        served.space.inbox.known_again, files, [state.options.follow]
    )
    replies = await served.batcher.label(documents, body.alternatives, body.evidence)
    items = await asyncio.to_thread(_labelled, served.space, documents, replies)
    version = replies[0].space_version if replies else None
    mark = await asyncio.to_thread(remembered_mark, served.space)
    listed = {"documents": items, "total": len(items), "remembered_mark": mark}
    return await asyncio.to_thread(versioned, listed, served.space, version)


@router.post(
    "/v1/spaces/{space}/explain", dependencies=[role("label")], response_model=answers.Explanation
)
async def explain(request: Request, space: SpaceName, body: ExplainBody) -> Response:
    """Answer one document with evidence; this answer is not remembered."""
    state = state_of(request)
    document = body.document.document(0)
    state.bounds.check_documents([document])
    served = await state.served(space)
    reply = await served.batcher.explain(document, _EXPLAINED, body.evidence)
    (answer,) = reply.answers
    return marked_reply({"answer": answer.to_dict()}, reply.version, reply.mark)


@router.get(
    "/v1/spaces/{space}/inbox", dependencies=[role("read")], response_model=answers.InboxList
)
def listing(request: Request, space: SpaceName, limit: InboxLimit = 500) -> Response:
    """List the documents that are remembered, newest first, with the answers that they have now."""
    label_space = space_of(request, space)
    label_space.settle(refined=False)
    mark = remembered_mark(label_space)  # before the list: what comes later is seen later
    documents, total = label_space.inbox.documents(limit)
    items = [_item(document, may_see_words(request)) for document in documents]
    listed = {"documents": items, "total": total, "remembered_mark": mark}
    return versioned(listed, label_space)


@router.get(
    "/v1/spaces/{space}/inbox/{key}",
    dependencies=[role("label")],
    response_model=answers.InboxDocument,
)
def explanation(
    request: Request,
    space: SpaceName,
    key: DocumentKey,
    evidence: EvidenceCount = 5,
) -> Response:
    """Show one remembered document, and its answer now with evidence."""
    label_space = space_of(request, space)
    one = label_space.inbox.explain(key, evidence=evidence)
    item = _item(one, may_see_words(request)) | {"text": one.document.text}
    return versioned(item, label_space)


@router.post(
    "/v1/spaces/{space}/inbox/decisions",
    dependencies=[role("curate")],
    response_model=reports.Change,
)
def decide(request: Request, space: SpaceName, body: DecisionsBody, key: Keyed) -> Response:
    """Say which classes remembered documents have: they become examples, as one change."""
    label_space = space_of(request, space)
    change = earlier_change(label_space, key)
    if change is None:
        change = label_space.inbox.decide(body.labels, who=asker(request), key=key or "")
    return change_reply(label_space, change)


@router.post(
    "/v1/spaces/{space}/undo", dependencies=[role("curate")], response_model=reports.Undone
)
def undo(request: Request, space: SpaceName, body: UndoBody, key: Keyed) -> Response:
    """Take back one change, if it is the newest in force: 409 where others have changed since.

    The documents that it decided are open again. Without a version, the documents of ``keys`` are,
    and no change is taken back; with neither, the answer is 422. With its ``mark``, the change of
    that number in a copy of the label space is another one.
    """
    label_space = space_of(request, space)
    if body.version is not None:
        change = earlier_change(label_space, key)
        if change is None:
            claim = _NewestInForce(label_space, body.version, body.mark)
            undo_key = replace(key or RequestKey(""), claim=claim)
            change = label_space.commit(Undo(), who=asker(request), key=undo_key)
        return versioned({"change": made_record(label_space, change)}, label_space)
    if not body.keys:
        raise Refusal(
            422,
            "neither a version nor keys",
            expected="the version of the change to take back, or the keys of documents",
            remedy="`GET .../history` lists the changes with their versions and marks; to take "
            "back the newest, send a change of the kind 'undo'",
        )
    nothing: dict[str, Any] = {"change": None}
    with claimed(request, label_space, key):
        if earlier_body(label_space, key) is None:
            with suppress(InputError):  # documents that are not remembered have nothing to be open
                n = label_space.answer_log.reconsider(body.keys)
                words = f"took back decisions on {quantity(n, 'document')}"
                note_act(request, label_space, "reconsider", words, key, nothing)
    return versioned(nothing, label_space)


@dataclass(frozen=True)
class _NewestInForce(Claim):
    """A change may be undone by its version while no newer one is in force."""

    label_space: LabelSpace
    version: int
    mark: str

    def require(self) -> None:
        """Raise Refusal (409) where it is another one that would be undone."""
        target = undo_target(self.label_space.history())
        is_meant = not self.mark or self.mark == mark_in(self.label_space, target.version)
        if target.version != self.version or not is_meant:
            raise Refusal(
                409,
                f"version {self.version} is not the newest change in force",
                expected=f"version {target.version}: {target.summary}",
                remedy="return to an earlier version in the history",
            )


@router.get(
    "/v1/spaces/{space}/history/{version}/moved",
    dependencies=[role("read")],
    response_model=reports.Movement,
)
def moved(request: Request, space: SpaceName, version: int) -> Response:
    """Say which remembered documents got another answer by one change of the history."""
    label_space = space_of(request, space)
    after = label_space.at(version)
    before = label_space.at(max(1, version - 1))
    return versioned(label_space.inbox.moved_at(before, after).to_dict(), label_space)


def _document(document: Document) -> dict[str, Any]:
    image = None if document.image is None else data_address(document.image)
    return {
        "id": document.id,
        "text": document.text,
        "source": document.source,
        "image": image,
        "unreadable": document.unreadable,
        "message_path": document.message_path,
    }


def _labelled(
    space: LabelSpace, documents: Sequence[Document], replies: Sequence[Answer]
) -> list[dict[str, Any]]:
    """Return documents that were labelled just now, as the inbox lists them."""
    space.answer_log.write()
    keys = [document_key(document).hex() for document in documents]
    decided = space.inbox.decided(keys)
    items = []
    for key, document, answer in zip(keys, documents, replies, strict=True):
        about = Remembered(
            key, document.id, document.source, answer.label, None, answer.space_version, "",
            "label space", document.text,
        )  # fmt: skip
        earlier = decided.get(key)
        if earlier is not None:
            about = replace(
                about, label=earlier.label, labels=earlier.labels, by=earlier.by, at=earlier.at,
                version=earlier.version,
            )  # fmt: skip
        items.append(_item(InboxDocument(about, answer), words=True))
    return items


def _item(one: InboxDocument, words: bool) -> dict[str, Any]:
    about = one.document
    more = {} if about.labels is None else {"labels": [*about.labels]}
    if about.refused:
        more["refused"] = [*about.refused]
    return more | {
        "key": about.key,
        "id": about.id,
        "source": about.source,
        "by": about.by,
        "at": about.at,
        "label": about.label,
        "version": about.version,
        "excerpt": excerpt(about.text, EXCERPT) if words else "",
        "has_text": about.text is not None,
        "answer": None if one.answer is None else one.answer.to_dict(),
    }
