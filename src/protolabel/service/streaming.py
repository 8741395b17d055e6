"""The route that answers a stream: lines of documents in, lines of answers out, while both go on.

Nothing waits without end. A line that finds no room in time is answered with 503. A service that
stops ends each stream behind the lines that it has read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from protolabel.answers import Answer
from protolabel.errors import ProtolabelError
from protolabel.service.bodies import DocumentBody
from protolabel.service.body_routes import BYTES_ALONE
from protolabel.service.json_bodies import refuse_repeated_keys
from protolabel.service.limits import (
    STREAM,
    Alternatives,
    Bounds,
    EvidenceCount,
    SpaceName,
)
from protolabel.service.problems import Refusal, problem
from protolabel.service.replies import broken, line_error, line_of
from protolabel.service.roles import role
from protolabel.service.schema_words import expected_in_place_of, faults_in_words
from protolabel.service.spaces import Served, stopped
from protolabel.service.state import State, state_of
from protolabel.types import Document

router = APIRouter(tags=["label"])

_OPENINGS = 3  # of one label space for one batch, where its file is replaced meanwhile


_BODY = {"requestBody": {"required": True, "content": {STREAM: {"schema": {"type": "string"}}}}}


class Lines(Response):
    """Lines that are made while the request is still being read.

    Starlette's own streaming answer listens for the end of the connection, and so would take
    parts of the body away from whoever reads it.
    """

    media_type = STREAM

    def __init__(self, lines: AsyncIterator[bytes], places: Mapping[str, str]) -> None:
        super().__init__()
        self._places = places
        del self.headers["content-length"]
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send each part as soon as it is there; an error ends the stream as its last line."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async for part in self._lines:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except (ProtolabelError, Refusal) as error:
            await send(_last(error, self._places))
        except (ClientDisconnect, OSError):
            return
        except Exception as error:
            await send(_last(broken(error), self._places))
            raise  # to be logged
        else:
            await send({"type": "http.response.body", "body": b""})


@router.post(
    "/v1/spaces/{space}/label/stream",
    dependencies=[role("label"), BYTES_ALONE],
    response_class=Lines,
    status_code=200,
    openapi_extra=_BODY,
)
async def label_stream(
    request: Request, space: SpaceName, alternatives: Alternatives = 5, evidence: EvidenceCount = 0
) -> Response:
    """Label a stream of JSON lines, a document each; the answers come as a stream of lines.

    A line that cannot be used has an object with ``line`` and ``error`` in its place. Who reads
    slowly is sent answers slowly, and its lines are read slowly.
    """
    state = state_of(request)
    await state.served(space)

    async def answer_lines() -> AsyncIterator[bytes]:
        async for batch in batches(request.stream(), state.stopping, state.bounds):
            served = await state.served(space)  # it may have been closed in a pause
            yield await _answer_lines(state, served, batch, (alternatives, evidence))

    return Lines(answer_lines(), state.spaces.names_by_path)


def _last(error: ProtolabelError | Refusal, places: Mapping[str, str]) -> dict[str, Any]:
    body = line_of({"error": problem(error, places)})
    return {"type": "http.response.body", "body": body, "more_body": False}


async def batches(
    chunks: AsyncIterator[bytes], stopping: asyncio.Event, bounds: Bounds
) -> AsyncIterator[list[tuple[int, bytes]]]:
    """Yield lines with their numbers, as many at once as have come, up to the bound.

    Raises:
        Refusal: a line is too long (413), or the service stops (503).
    """
    beginning, number = b"", 0
    batch: list[tuple[int, bytes]] = []
    while (chunk := await _next_chunk(chunks, stopping)) is not None:
        *lines, beginning = (beginning + chunk).split(b"\n")
        if len(beginning) > bounds.line_bytes or any(
            len(line) > bounds.line_bytes for line in lines
        ):
            raise Refusal(
                413, f"a line of more than {bounds.line_bytes:,} bytes", expected="shorter ones"
            )
        for line in lines:
            number += 1
            if line.strip():
                batch.append((number, line))
            if len(batch) == bounds.stream_batch:
                yield batch
                batch = []
        if batch:
            yield batch
            batch = []
    if beginning.strip():
        yield [(number + 1, beginning)]


async def _next_chunk(chunks: AsyncIterator[bytes], stopping: asyncio.Event) -> bytes | None:
    """Return the next part of the body, None at its end. Raises Refusal (503) at the stop."""
    part = asyncio.ensure_future(_first(chunks))
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((part, stop), return_when=asyncio.FIRST_COMPLETED)
        if not part.done():
            raise stopped()
        return part.result()
    finally:
        stop.cancel()
        part.cancel()


async def _first(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)


async def _answer_lines(
    state: State, served: Served, batch: list[tuple[int, bytes]], ranks: tuple[int, int]
) -> bytes:
    """Return the answers of some lines, as lines, in their order."""
    documents_or_errors: list[Document | dict[str, Any]] = []
    places = state.spaces.names_by_path
    for number, line in batch:
        try:
            line_body = DocumentBody.model_validate_json(line)
            refuse_repeated_keys(line, f"line {number}")
            document = line_body.document(number)
            state.bounds.check_documents([document])
            documents_or_errors.append(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            fault = {**first, "loc": ("body", *first["loc"])}
            (words,) = faults_in_words([fault], DocumentBody)
            refusal = Refusal(
                422,
                f"line {number}{words['where'].removeprefix('body')}: {words['what']}",
                expected=expected_in_place_of(fault, DocumentBody),
            )
            documents_or_errors.append(line_error(number, refusal, places))
        except (ProtolabelError, Refusal) as error:
            documents_or_errors.append(line_error(number, error, places))
    documents = [body for body in documents_or_errors if isinstance(body, Document)]
    answers = iter(await answer_each(state, served, documents, ranks))
    records = []
    for (number, _), body in zip(batch, documents_or_errors, strict=True):
        answer = next(answers) if isinstance(body, Document) else body
        if isinstance(answer, Answer):
            records.append(answer.to_dict())
        elif isinstance(answer, ProtolabelError | Refusal):
            records.append(line_error(number, answer, places))
        else:
            records.append(answer)
    return b"".join(map(line_of, records))


async def answer_each(
    state: State, served: Served, documents: list[Document], ranks: tuple[int, int]
) -> list[Answer | ProtolabelError | Refusal]:
    """Return an answer or an error for each document.

    A full queue is waited for as long as the bounds say. A label space that is closed meanwhile,
    since its file was replaced, is opened again, but not once the service stops.
    """
    if not documents:
        return []
    refusal = stopped()
    for _ in range(_OPENINGS):
        try:
            patience = state.bounds.stream_seconds
            return [*await served.batcher.label_each(documents, *ranks, patience)]
        except ProtolabelError as error:
            return [error] * len(documents)
        except Refusal as error:
            refusal = error
        if not served.batcher.is_closed:
            break
        try:
            served = await state.served(served.name)
        except (ProtolabelError, Refusal) as error:
            return [error] * len(documents)
    return [refusal] * len(documents)
