"""The routes of the inbox: read a file, label what is in it, list what was labelled, decide.

What a document is answered now, and what a decision does, the library says.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from starlette.responses import JSONResponse, Response

from protolabel.answers import Answer
from protolabel.client import answers, reports
from protolabel.document_key import document_key
from protolabel.errors import InputError, VersionConflictError
from protolabel.images import data_address
from protolabel.label_space.changes import Undo
from protolabel.label_space.inbox import InboxDocument
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.remembered import Remembered
from protolabel.label_space.undo import undo_target
from protolabel.quantity import quantity
from protolabel.service.acts import note_act
from protolabel.service.bodies import DecisionsBody, ExplainBody, LabelBody, UndoBody
from protolabel.service.limits import (
    EXCERPT,
    DocumentKey,
    EvidenceCount,
    FileName,
    InboxLimit,
    SpaceName,
)
from protolabel.service.problems import Refusal
from protolabel.service.replies import change_record, change_reply, versioned
from protolabel.service.roles import may_see_words, name_of, role
from protolabel.service.state import space_of, state_of
from protolabel.types import Change, Document

router = APIRouter(tags=["inbox"])

_ATTEMPTS = 5  # to undo, where others change the label space meanwhile


@router.post(
    "/v1/spaces/{space}/read", dependencies=[role("label")], response_model=answers.ReadDocuments
)
async def read(
    request: Request,
    space: SpaceName,
    name: FileName,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> Response:
    """Read a file, whose bytes are the body, and return its documents. Nothing is labelled."""
    state = state_of(request)
    served = await state.served(space)
    as_text = pictures_are_text(served.space.view())
    documents = await state.uploads.documents_of(name, content, ocr=as_text)
    return JSONResponse({"documents": [_document(document) for document in documents]})


@router.post(
    "/v1/spaces/{space}/inbox", dependencies=[role("label")], response_model=answers.InboxList
)
async def put(request: Request, space: SpaceName, body: LabelBody) -> Response:
    """Label documents and list them as the inbox does; they are remembered as the settings say."""
    state = state_of(request)
    documents = body.to_documents(state.bounds)
    served = await state.served(space)
    answers = await served.batcher.label(documents, body.alternatives, body.evidence)
    await asyncio.to_thread(served.space.answer_log.write)
    items = [_labelled(*pair) for pair in zip(documents, answers, strict=True)]
    version = answers[0].space_version if answers else served.space.version
    return versioned({"documents": items, "total": len(items)}, version)


@router.post(
    "/v1/spaces/{space}/explain", dependencies=[role("label")], response_model=answers.Explanation
)
def explain(request: Request, space: SpaceName, body: ExplainBody) -> Response:
    """Answer one document with evidence; this answer is not remembered."""
    document = body.document.document(0)
    state_of(request).bounds.check_documents([document])
    view = space_of(request, space).view().unremembered()
    answer = view.label(document, evidence=body.evidence)
    return versioned({"answer": answer.to_dict()}, view.version)


@router.get(
    "/v1/spaces/{space}/inbox", dependencies=[role("read")], response_model=answers.InboxList
)
def listing(request: Request, space: SpaceName, limit: InboxLimit = 500) -> Response:
    """List the documents that are remembered, newest first, with the answers that they have now."""
    label_space = space_of(request, space)
    label_space.settle(refined=False)
    documents, total = label_space.inbox.documents(limit)
    items = [_item(document, may_see_words(request)) for document in documents]
    return versioned({"documents": items, "total": total}, label_space.version)


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
    return versioned(item, label_space.version)


@router.post(
    "/v1/spaces/{space}/inbox/decisions",
    dependencies=[role("curate")],
    response_model=reports.Change,
)
def decide(request: Request, space: SpaceName, body: DecisionsBody) -> Response:
    """Say which classes remembered documents have: they become examples, as one change."""
    label_space = space_of(request, space)
    who = name_of(request)
    change = label_space.inbox.decide(body.labels, who=who)
    return change_reply(change)


@router.post(
    "/v1/spaces/{space}/undo", dependencies=[role("curate")], response_model=reports.Undone
)
def undo(request: Request, space: SpaceName, body: UndoBody) -> Response:
    """Take back one change, if it is the newest in force: 409 where others have changed since.

    The documents that it decided are open again.
    """
    label_space = space_of(request, space)
    change = None
    if body.version is not None:
        change = _taken_back(label_space, body.version, name_of(request))
    else:
        with suppress(InputError):  # documents that are not remembered have nothing to be open
            n = label_space.answer_log.reconsider(body.keys)
            words = f"took back decisions on {quantity(n, 'document')}"
            note_act(request, label_space, "reconsider", words)
    record = None if change is None else change_record(change)
    return versioned({"change": record}, label_space.version)


def _taken_back(label_space: LabelSpace, version: int, who: str | None) -> Change:
    for _ in range(_ATTEMPTS):
        present = label_space.version
        target = undo_target(label_space.history())
        if target.version != version:
            raise Refusal(
                409,
                f"version {version} is not the newest change in force",
                expected=f"version {target.version}: {target.summary}",
                remedy="return to an earlier version in the history",
            )
        try:
            return label_space.commit(Undo(), only_at=present, who=who)
        except VersionConflictError:
            continue
    raise Refusal(503, "a label space that others change all the time", remedy="send it again")


@router.get(
    "/v1/spaces/{space}/history/{version}/moved",
    dependencies=[role("read")],
    response_model=reports.Movement,
)
def moved(request: Request, space: SpaceName, version: int) -> Response:
    """Say which remembered documents got another answer by one change of the history."""
    label_space = space_of(request, space)
    before, after = label_space.at(max(1, version - 1)), label_space.at(version)
    return versioned(label_space.inbox.moved_at(before, after).to_dict(), label_space.version)


def _document(document: Document) -> dict[str, Any]:
    image = None if document.image is None else data_address(document.image)
    return {
        "id": document.id,
        "text": document.text,
        "source": document.source,
        "image": image,
        "unreadable": document.unreadable,
    }


def _labelled(document: Document, answer: Answer) -> dict[str, Any]:
    """Return a document that was labelled just now, as the inbox lists it."""
    about = Remembered(
        document_key(document).hex(), document.id, document.source, answer.label, None,
        answer.space_version, "", "label space", document.text,
    )  # fmt: skip
    return _item(InboxDocument(about, answer), words=True)


def _item(one: InboxDocument, words: bool) -> dict[str, Any]:
    about = one.document
    return {
        "key": about.key,
        "id": about.id,
        "source": about.source,
        "by": about.by,
        "at": about.at,
        "label": about.label,
        "version": about.version,
        "excerpt": excerpt_of(about.text) if words else "",
        "has_text": about.text is not None,
        "answer": None if one.answer is None else one.answer.to_dict(),
    }


def excerpt_of(text: str | None) -> str:
    """Return the beginning of a text, on one line."""
    return " ".join((text or "")[: 2 * EXCERPT].split())[:EXCERPT]
