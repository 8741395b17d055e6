"""The routes of the inbox: read a file, label what is in it, list what was labelled, decide.

What a document is answered now, and what a decision does, the library says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from starlette.responses import JSONResponse, Response

from protolabel.answers import Answer
from protolabel.document_key import document_key
from protolabel.documents import characters_of
from protolabel.errors import InputError, VersionConflictError
from protolabel.images import data_address
from protolabel.label_space.changes import Undo
from protolabel.label_space.inbox import InboxDocument
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.undo import undo_target
from protolabel.service.bodies import (
    DecisionsBody,
    ExplainBody,
    LabelBody,
    SpaceName,
    UndoBody,
)
from protolabel.service.problems import Refusal
from protolabel.service.roles import role
from protolabel.service.state import state_of
from protolabel.types import Change, Document

router = APIRouter(tags=["inbox"])

EXCERPT = 200  # characters of a text that a list shows
_ATTEMPTS = 5  # to undo, where others change the label space meanwhile


def _space(request: Request, name: str) -> LabelSpace:
    return state_of(request).spaces.served(name).space


@router.post("/v1/spaces/{space}/read", dependencies=[role("label")])
async def read(
    request: Request,
    space: SpaceName,
    name: Annotated[str, Query(min_length=1, max_length=255, description="The file's name.")],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> Response:
    """Read a file, whose bytes are the body, and return its documents. Nothing is labelled."""
    state = state_of(request)
    served = await state.served(space)
    as_text = pictures_are_text(served.space.view())
    documents = await state.uploads.documents_of(name, content, ocr=as_text)
    return JSONResponse({"documents": [_document(document) for document in documents]})


@router.post("/v1/spaces/{space}/inbox", dependencies=[role("label")])
async def put(request: Request, space: SpaceName, body: LabelBody) -> Response:
    """Label documents and list them as the inbox does; they are remembered as the settings say."""
    state = state_of(request)
    if len(body.documents) > state.options.bounds.documents:
        raise Refusal(
            413,
            f"{len(body.documents):,} documents",
            expected=f"at most {state.options.bounds.documents:,} in one request",
        )
    documents = [one.document(i) for i, one in enumerate(body.documents)]
    most = state.options.bounds.text_characters
    if any(characters_of(document) > most for document in documents):
        raise Refusal(413, "a text that is too long", expected=f"at most {most:,} characters")
    served = await state.served(space)
    answers = await served.batcher.label(documents, body.alternatives, body.evidence)
    declined = sum(answer.label is None for answer in answers)
    state.measures.count_answers(served.name, len(answers) - declined, declined)
    await asyncio.to_thread(served.space.answer_log.write)
    items = [_labelled(*pair) for pair in zip(documents, answers, strict=True)]
    version = answers[0].space_version if answers else served.space.version
    return _json({"documents": items, "total": len(items)}, version)


@router.post("/v1/spaces/{space}/explain", dependencies=[role("label")])
def explain(request: Request, space: SpaceName, body: ExplainBody) -> Response:
    """Answer one document with evidence; this answer is not remembered."""
    document = body.document.document(0)
    most = state_of(request).options.bounds.text_characters
    if characters_of(document) > most:
        raise Refusal(413, "a text that is too long", expected=f"at most {most:,} characters")
    view = _space(request, space).view().unremembered()
    answer = view.label(document, evidence=body.evidence)
    return _json({"answer": answer.to_dict()}, view.version)


@router.get("/v1/spaces/{space}/inbox", dependencies=[role("read")])
def listing(
    request: Request, space: SpaceName, limit: Annotated[int, Query(ge=1, le=5000)] = 500
) -> Response:
    """List the documents that are remembered, newest first, with the answers that they have now."""
    label_space = _space(request, space)
    label_space.settle(refined=False)
    documents, total = label_space.inbox.documents(limit)
    items = [_item(document, whole=False) for document in documents]
    return _json({"documents": items, "total": total}, label_space.version)


@router.get("/v1/spaces/{space}/inbox/{key}", dependencies=[role("label")])
def explanation(
    request: Request,
    space: SpaceName,
    key: str,
    evidence: Annotated[int, Query(ge=0, le=50)] = 5,
) -> Response:
    """Show one remembered document, and its answer now with evidence."""
    label_space = _space(request, space)
    one = label_space.inbox.explain(key, evidence=evidence)
    return _json(_item(one, whole=True), label_space.version)


@router.post("/v1/spaces/{space}/inbox/decisions", dependencies=[role("curate")])
def decide(request: Request, space: SpaceName, body: DecisionsBody) -> Response:
    """Say which classes remembered documents have: they become examples, as one change."""
    label_space = _space(request, space)
    who = request.state.caller.name or None
    change = label_space.inbox.decide(body.labels, who=who)
    return _json(asdict(change) | {"hints": list(change.hints)}, change.version)


@router.post("/v1/spaces/{space}/undo", dependencies=[role("curate")])
def undo(request: Request, space: SpaceName, body: UndoBody) -> Response:
    """Take back one change, if it is the newest in force: 409 where others have changed since.

    The documents that it decided are open again.
    """
    label_space = _space(request, space)
    change = None
    if body.version is not None:
        change = _taken_back(label_space, body.version, request.state.caller.name or None)
    with suppress(InputError):  # documents that are not remembered have nothing to be open
        label_space.answer_log.reconsider(body.keys)
    record = None if change is None else asdict(change) | {"hints": list(change.hints)}
    return _json({"change": record}, label_space.version)


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


@router.get("/v1/spaces/{space}/history/{version}/moved", dependencies=[role("read")])
def moved(request: Request, space: SpaceName, version: int) -> Response:
    """Say which remembered documents got another answer by one change of the history."""
    label_space = _space(request, space)
    before, after = label_space.at(max(1, version - 1)), label_space.at(version)
    return _json(label_space.inbox.moved_at(before, after).to_dict(), label_space.version)


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
    return {
        "key": document_key(document).hex(),
        "id": document.id,
        "source": document.source,
        "by": "label space",
        "at": "",
        "label": answer.label,
        "version": answer.space_version,
        "excerpt": _excerpt(document.text),
        "has_text": document.text is not None,
        "answer": answer.to_dict(),
    }


def _item(one: InboxDocument, *, whole: bool) -> dict[str, Any]:
    about = one.document
    record: dict[str, Any] = {
        "key": about.key,
        "id": about.id,
        "source": about.source,
        "by": about.by,
        "at": about.at,
        "label": about.label,
        "version": about.version,
        "excerpt": _excerpt(about.text),
        "has_text": about.text is not None,
        "answer": None if one.answer is None else one.answer.to_dict(),
    }
    return record | ({"text": about.text} if whole else {})


def _excerpt(text: str | None) -> str:
    return " ".join((text or "")[: 2 * EXCERPT].split())[:EXCERPT]


def _json(body: dict[str, Any] | Sequence[Any], version: int) -> Response:
    return JSONResponse(body, headers={"ETag": f'"{version}"'})
