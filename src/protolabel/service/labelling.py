"""The routes that answer documents: a list, a file, a stream of lines. Nothing is changed here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from protolabel.answers import Answer
from protolabel.documents import characters_of
from protolabel.errors import ProtolabelError
from protolabel.label_space.pictures import pictures_are_text
from protolabel.service.bodies import AnswersBody, DocumentBody, LabelBody, SpaceName
from protolabel.service.guard import STREAM
from protolabel.service.problems import Refusal, problem
from protolabel.service.roles import role
from protolabel.service.spaces import Served
from protolabel.service.state import State, state_of
from protolabel.types import Document

router = APIRouter(tags=["label"])

Alternatives = Annotated[int, Query(ge=0, le=1000)]
Evidence = Annotated[int, Query(ge=0, le=50)]
Ocr = Literal["auto", "on", "off"]


@router.post("/v1/spaces/{space}/label", response_model=AnswersBody, dependencies=[role("label")])
async def label(request: Request, space: SpaceName, body: LabelBody) -> Response:
    """Label documents: an answer each, in their order, all from one version."""
    state = state_of(request)
    most = state.options.bounds.documents
    if len(body.documents) > most:
        raise Refusal(
            413,
            f"{len(body.documents):,} documents",
            expected=f"at most {most:,} in one request",
            remedy=f"send them as a stream of {STREAM}",
        )
    documents = [one.document(i) for i, one in enumerate(body.documents)]
    _refuse_long(documents, state.options.bounds.text_characters)
    served = await state.served(space)
    answers = await served.batcher.label(documents, body.alternatives, body.evidence)
    return _answers(state, served, answers)


@router.post(
    "/v1/spaces/{space}/label/file", response_model=AnswersBody, dependencies=[role("label")]
)
async def label_file(
    request: Request,
    space: SpaceName,
    name: Annotated[str, Query(min_length=1, max_length=255, description="The file's name.")],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    alternatives: Alternatives = 5,
    evidence: Evidence = 3,
    ocr: Ocr = "auto",
) -> Response:
    """Label what is in a file, whose bytes are the body: one document, or several in an archive.

    ``ocr`` says whether a picture is read as text (it needs the extra ``ocr``) or is an image;
    ``auto`` decides by what the label space holds.
    """
    state = state_of(request)
    served = await state.served(space)
    as_text = pictures_are_text(served.space.view()) if ocr == "auto" else ocr == "on"
    documents = await state.uploads.documents_of(name, content, ocr=as_text)
    _refuse_long(documents, state.options.bounds.text_characters)
    answers = await served.batcher.label(documents, alternatives, evidence)
    return _answers(state, served, answers)


@router.post("/v1/spaces/{space}/label/stream", dependencies=[role("label")])
async def label_stream(
    request: Request, space: SpaceName, alternatives: Alternatives = 5, evidence: Evidence = 0
) -> Response:
    """Label a stream of JSON lines, a document each; the answers come as a stream of lines.

    A line that cannot be used has an object with ``line`` and ``error`` in its place. Who reads
    slowly is sent answers slowly, and its lines are read slowly.
    """
    state = state_of(request)
    await state.served(space)
    lines = _batches(request, state.options.bounds.line_bytes, state.options.bounds.stream_batch)

    async def answer_lines() -> AsyncIterator[bytes]:
        async for batch in lines:
            served = await state.served(space)  # it may have been closed in a pause
            yield await _answer_lines(state, served, batch, (alternatives, evidence))

    return Lines(answer_lines())


class Lines(Response):
    """Lines that are made while the request is still being read.

    Starlette's own streaming answer listens for the end of the connection, and so would take
    parts of the body away from whoever reads it.
    """

    media_type = STREAM

    def __init__(self, lines: AsyncIterator[bytes]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send each part as soon as it is there; an error ends the stream as its last line."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async for part in self._lines:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except Refusal as refusal:
            last = json.dumps({"error": problem(refusal)}).encode() + b"\n"
            await send({"type": "http.response.body", "body": last, "more_body": True})
        except ClientDisconnect:
            return
        await send({"type": "http.response.body", "body": b""})


def _answers(state: State, served: Served, answers: Sequence[Answer]) -> Response:
    declined = sum(answer.label is None for answer in answers)
    state.measures.count_answers(served.name, len(answers) - declined, declined)
    version = answers[0].space_version if answers else served.space.version
    body = {"answers": [answer.to_dict() for answer in answers], "space_version": version}
    return JSONResponse(body, headers={"ETag": f'"{version}"'})


def _refuse_long(documents: Sequence[Document], most: int) -> None:
    """Raise Refusal (413) for a text that would hold up all others."""
    for document in documents:
        if characters_of(document) > most:
            raise Refusal(
                413,
                f"a text of {len(document.text or ''):,} characters",
                expected=f"at most {most:,}",
                remedy="send it in parts, or label it with the command line",
            )


async def _batches(
    request: Request, most_bytes: int, size: int
) -> AsyncIterator[list[tuple[int, bytes]]]:
    """Yield lines with their numbers, as many at once as have come, up to ``size``."""
    rest, number = b"", 0
    batch: list[tuple[int, bytes]] = []
    async for chunk in request.stream():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > most_bytes or any(len(line) > most_bytes for line in lines):
            raise Refusal(413, f"a line of more than {most_bytes:,} bytes", expected="shorter ones")
        for line in lines:
            number += 1
            if line.strip():
                batch.append((number, line))
            if len(batch) == size:
                yield batch
                batch = []
        if batch:
            yield batch
            batch = []
    if rest.strip():
        yield [(number + 1, rest)]


async def _answer_lines(
    state: State, served: Served, batch: list[tuple[int, bytes]], ranks: tuple[int, int]
) -> bytes:
    """Return the answers of some lines, as lines, in their order."""
    outcomes: list[Document | dict[str, Any]] = []
    for number, line in batch:
        try:
            document = DocumentBody.model_validate_json(line).document(number)
            _refuse_long([document], state.options.bounds.text_characters)
            outcomes.append(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            refusal = Refusal(422, f"line {number}: {first['msg']}", expected="a document")
            outcomes.append({"line": number, "error": problem(refusal)})
        except (ProtolabelError, Refusal) as error:
            outcomes.append({"line": number, "error": problem(error)})
    documents = [outcome for outcome in outcomes if isinstance(outcome, Document)]
    answers = iter(await _each(state, served, documents, ranks))
    records = []
    for (number, _), outcome in zip(batch, outcomes, strict=True):
        answer = next(answers) if isinstance(outcome, Document) else outcome
        if isinstance(answer, Answer):
            state.measures.count_answers(
                served.name, answer.label is not None, answer.label is None
            )
            records.append(answer.to_dict())
        elif isinstance(answer, ProtolabelError | Refusal):
            records.append({"line": number, "error": problem(answer)})
        else:
            records.append(answer)
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in records)


async def _each(
    state: State, served: Served, documents: list[Document], ranks: tuple[int, int]
) -> list[Answer | ProtolabelError | Refusal]:
    """Return an answer or an error for each document; a full queue is waited for.

    A label space that is closed meanwhile, since its file was replaced, is opened again.
    """
    if not documents:
        return []
    while True:
        try:
            return [*await served.batcher.label_each(documents, *ranks)]
        except Refusal as refusal:
            await asyncio.sleep(float(refusal.headers.get("Retry-After", "0.1")))
        except ProtolabelError as error:
            return [error] * len(documents)
        try:
            served = await state.served(served.name)
        except (ProtolabelError, Refusal) as error:
            return [error] * len(documents)
