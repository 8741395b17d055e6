"""The routes of the inbox: read a file, label what is in it, list what was labelled, decide.

What a document is answered now, and what a decision does, the library says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from protolabel.answers import Answer
from protolabel.client import answers, reports
from protolabel.identity.document_key import document_key
from protolabel.images import data_address
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.remembered_documents.inbox import InboxDocument
from protolabel.label_space.remembered_documents.remembered import Remembered
from protolabel.service.acts import earlier_change
from protolabel.service.bodies import DecisionsBody, ExplainBody, LabelBody
from protolabel.service.body_routes import BYTES_ALONE, BodyRoute, FileBytes
from protolabel.service.file_options import FileReading
from protolabel.service.left_callers import unless_left
from protolabel.service.limits import (
    EXCERPT,
    DocumentKey,
    EvidenceCount,
    FileName,
    InboxLimit,
    SpaceName,
)
from protolabel.service.preconditions import Keyed
from protolabel.service.replies import (
    change_reply,
    marked_reply,
    remembered_mark,
    versioned,
)
from protolabel.service.roles import asker, may_see_words, role
from protolabel.service.seen_decisions import decided_on, held_to
from protolabel.service.state import served_of, space_of, state_of
from protolabel.types import Document
from protolabel.words.text import excerpt

router = APIRouter(route_class=BodyRoute, tags=["inbox"])

_EXPLAINED = 5  # classes that an explanation ranks


@router.post(
    "/v1/spaces/{space}/read",
    dependencies=[role("label"), BYTES_ALONE],
    response_model=answers.ReadDocuments,
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
    """Answer one document with evidence; this answer is not remembered.

    For a caller who leaves before its turn has come, it is not answered.
    """
    state = state_of(request)
    document = body.document.document(0)
    state.bounds.check_documents([document])
    served = await state.served(space)
    reply = await unless_left(request, served.batcher.explain(document, _EXPLAINED, body.evidence))
    (answer,) = reply.answers
    return marked_reply({"answer": answer.to_dict()}, reply.version, reply.mark)


@router.get(
    "/v1/spaces/{space}/inbox", dependencies=[role("read")], response_model=answers.InboxList
)
def listing(request: Request, space: SpaceName, limit: InboxLimit = 500) -> Response:
    """List the documents that are remembered, newest first, with the answers that they have now."""
    served = served_of(request, space)
    view, label_space = served.views.calibrated(), served.space
    mark = remembered_mark(label_space)  # before the list: what comes later is seen later
    documents, total = label_space.inbox.documents(limit, view=view)
    items = [_item(document, may_see_words(request)) for document in documents]
    listed = {"documents": items, "total": total, "remembered_mark": mark}
    return versioned(listed, label_space, view.version)


@router.get(
    "/v1/spaces/{space}/inbox/{key}",
    dependencies=[role("label")],
    response_model=answers.InboxDocument,
)
async def explanation(
    request: Request,
    space: SpaceName,
    key: DocumentKey,
    evidence: EvidenceCount = 5,
) -> Response:
    """Show one remembered document, and its answer now with evidence.

    Without evidence it is there at once, as in the list: its text is not read anew. With evidence
    it waits for its turn; for a caller who leaves before that, it is not explained.
    """
    served = await state_of(request).served(space)
    view = await asyncio.to_thread(served.space.view)
    one = await asyncio.to_thread(served.space.inbox.explain, key, evidence=0, view=view)
    text = one.document.text
    if evidence and text is not None and one.answer is not None:
        document = Document(one.document.id, text, source=one.document.source)
        reply = await unless_left(request, served.batcher.explain(document, _EXPLAINED, evidence))
        one, view = replace(one, answer=reply.answers[0]), reply.view
    elif evidence:
        view = await asyncio.to_thread(served.views.newest)
        explain_by = served.space.inbox.explain
        one = await asyncio.to_thread(explain_by, key, evidence=evidence, view=view)
    item = _item(one, may_see_words(request)) | {"text": text}
    return await asyncio.to_thread(versioned, item, served.space, view.version)


@router.post(
    "/v1/spaces/{space}/inbox/decisions",
    dependencies=[role("curate")],
    response_model=reports.Change,
)
def decide(request: Request, space: SpaceName, body: DecisionsBody, key: Keyed) -> Response:
    """Say which classes remembered documents have: they become examples, as one change.

    An empty list in place of a class says that a document is of none of the classes. With
    ``as_seen``, the answer is 409 where somebody has decided otherwise on a document since.
    """
    label_space = space_of(request, space)
    change = earlier_change(label_space, key)
    if change is None:
        held_key = held_to(label_space, body.as_seen, decided_on(label_space, body.labels), key)
        change = label_space.inbox.decide(body.labels, who=asker(request), key=held_key or "")
    return change_reply(label_space, change)


@router.get(
    "/v1/spaces/{space}/history/{version}/moved",
    dependencies=[role("read")],
    response_model=reports.Movement,
)
def moved(request: Request, space: SpaceName, version: int) -> Response:
    """Say which remembered documents got another answer by one change of the history.

    ``by`` is ``answers`` where all fits of the version and of the one before are stored. Otherwise
    it is ``prototypes``: these alone are compared, and the answers of the inbox can differ.
    """
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
