"""The routes that answer documents: a list, or a file. Nothing is changed here."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import answers as answer_types
from protolabel.label_space.pictures import pictures_are_text
from protolabel.service.batching import VersionAnswers
from protolabel.service.bodies import LabelBody
from protolabel.service.body_routes import BYTES_ALONE, BodyRoute, FileBytes
from protolabel.service.file_options import FileReading
from protolabel.service.limits import Alternatives, EvidenceCount, FileName, SpaceName
from protolabel.service.replies import marked_reply
from protolabel.service.roles import role
from protolabel.service.state import State, state_of

router = APIRouter(route_class=BodyRoute, tags=["label"])

_FEW = 8  # answers and examples in them

Ocr = Literal["auto", "on", "off"]


@router.post(
    "/v1/spaces/{space}/label", dependencies=[role("label")], response_model=answer_types.Answers
)
async def label(request: Request, space: SpaceName, body: LabelBody) -> Response:
    """Label documents: an answer each, in their order, all from one version."""
    return await labelled(state_of(request), space, body)


async def labelled(state: State, space: str, body: LabelBody) -> Response:
    """Return the answer to a request for the labels of documents."""
    documents = body.to_documents(state.bounds)
    served = await state.served(space)
    reply = await served.batcher.answers_of_version(documents, body.alternatives, body.evidence)
    return await _response(reply, body.evidence)


@router.post(
    "/v1/spaces/{space}/label/file",
    dependencies=[role("label"), BYTES_ALONE],
    response_model=answer_types.Answers,
)
async def label_file(
    request: Request,
    space: SpaceName,
    name: FileName,
    content: FileBytes,
    reading: FileReading,
    alternatives: Alternatives = 5,
    evidence: EvidenceCount = 3,
    ocr: Ocr = "auto",
) -> Response:
    """Label what is in a file, whose bytes are the body: one document, or several in an archive.

    ``ocr`` says whether a picture is read as text (it needs the extra ``ocr``) or is an image;
    ``auto`` decides by what the label space holds.
    """
    state = state_of(request)
    served = await state.served(space)
    as_text = pictures_are_text(served.space.view()) if ocr == "auto" else ocr == "on"
    documents = await state.uploads.documents_of(
        name, content, reading.options() | {"ocr": as_text}
    )
    state.bounds.check_documents(documents)
    reply = await served.batcher.answers_of_version(documents, alternatives, evidence)
    return await _response(reply, evidence)


async def _response(reply: VersionAnswers, evidence: int) -> Response:
    """Return answers as JSON; the event loop writes a few of them faster than it asks a thread."""
    if len(reply.answers) * (1 + evidence) <= _FEW:
        return _json(reply)
    return await asyncio.to_thread(_json, reply)


def _json(reply: VersionAnswers) -> Response:
    records = [answer.to_dict() for answer in reply.answers]
    body = {"answers": records, "space_version": reply.version}
    return marked_reply(body, reply.version, reply.mark)
