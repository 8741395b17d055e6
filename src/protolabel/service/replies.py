"""How the service writes what it answers: JSON of a version, lines, changes, errors (RFC 9457).

What an answer or a change is, the library says; which status an error has, ``problems``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from traceback import walk_tb
from typing import Any

from pydantic_core import to_json
from starlette.responses import JSONResponse, Response, StreamingResponse

from protolabel.encoders import embedder
from protolabel.errors import EncoderError, ProtolabelError
from protolabel.label_space.answer_path.promising import sentence_after
from protolabel.label_space.changes import REQUESTS
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.preview import Preview
from protolabel.label_space.session import session_of
from protolabel.service.advice import over_http
from protolabel.service.limits import STREAM
from protolabel.service.problems import Refusal, problem
from protolabel.service.schema_words import expected_in_place_of, faults_in_words
from protolabel.types import Change
from protolabel.words.sentences_in_records import reworded

PROBLEM = "application/problem+json"
_ADVICE = (b"protolabel ", b"LabelSpace.")  # one stands in each sentence that is reworded
_MOST_FAULTS = 20  # reported in one reply


def versioned(body: dict[str, Any], space: LabelSpace, version: int | None = None) -> Response:
    """Return an answer that says, as its ``ETag``, to which version it belongs.

    The ETag has the number of the version and its mark. It reads the file: call it in a thread.

    Args:
        body: the answer.
        space: that was asked.
        version: of the answer; the newest one where it is None.
    """
    number = space.version if version is None else version
    return marked_reply(body, number, mark_in(space, number))


def marked_reply(body: dict[str, Any], version: int, mark: str) -> Response:
    """Return an answer as :func:`versioned` does, of a version whose mark is at hand."""
    return _Record(body, headers=_version_headers(version, mark))


def _version_headers(version: int, mark: str) -> dict[str, str]:
    return {"ETag": f'"{version}-{mark}"' if mark else f'"{version}"'}


class _Record(JSONResponse):
    """A record as JSON, by pydantic's writer, which is faster than Python's own (decision 31).

    Its sentences advise requests in the place of commands.
    """

    def render(self, content: Any) -> bytes:
        """Return the body; a number that is not finite is null, as docs/json.md says."""
        body = to_json(content, inf_nan_mode="null")
        if not any(words in body for words in _ADVICE):
            return body
        return to_json(reworded(content, over_http), inf_nan_mode="null")


def mark_in(space: LabelSpace, version: int) -> str:
    """Return the mark of a version of a label space (:meth:`Rows.mark`)."""
    return session_of(space).store.rows.mark(version)


def identity_in(space: LabelSpace) -> str:
    """Return what tells a label space from every other; a backup of it has the same.

    16 hexadecimal digits, from which the identity in the file does not follow.
    """
    identity = session_of(space).store.rows.identity
    return hashlib.sha256(f"label space {identity}".encode()).hexdigest()[:16]


def remembered_mark(space: LabelSpace) -> str:
    """Return a mark that changes whenever documents come to the inbox, are decided on, or leave.

    What waits to be written in this process is written first.
    """
    space.answer_log.write()
    return session_of(space).store.answers.mark()


def change_record(change: Change, mark: str) -> dict[str, Any]:
    """Return a change as JSON can hold it; ``mark`` is that of its version."""
    record = asdict(change)
    return {"version": record.pop("version"), "mark": mark, **record, "hints": [*change.hints]}


def made_record(space: LabelSpace, change: Change) -> dict[str, Any]:
    """Return the record of a change that a request has just made, or found to be made.

    Its hints say where every document is declined from now on, and what a target leaves out.
    """
    record = change_record(change, mark_in(space, change.version))
    request = REQUESTS.get(change.kind)
    decides = request is not None and request.decides
    if sentence := sentence_after(space, decides=decides):
        record["hints"].append(sentence)
    return record


def change_reply(space: LabelSpace, change: Change) -> Response:
    """Return the answer to a request that made a change."""
    return versioned(made_record(space, change), space, change.version)


def preview_reply(space: LabelSpace, preview: Preview) -> Response:
    """Return what a change would do; its ETag is of the version that it would stand on."""
    return versioned(preview.to_dict(), space, preview.base)


class LinesResponse(StreamingResponse):
    """Records as JSON lines."""

    media_type = STREAM


def lines_of(records: Iterable[Any], space: LabelSpace, version: int) -> Response:
    """Return records of one version as JSON lines, each written when it is there."""
    headers = _version_headers(version, mark_in(space, version))
    return LinesResponse(map(line_of, records), headers=headers)


def line_of(record: Any) -> bytes:
    """Return a record as one line of JSON; its sentences advise requests."""
    line = json.dumps(record, ensure_ascii=False).encode()
    if any(words in line for words in _ADVICE):
        line = json.dumps(reworded(record, over_http), ensure_ascii=False).encode()
    return line + b"\n"


def line_error(
    number: int, error: ProtolabelError | Refusal, places: Mapping[str, str]
) -> dict[str, Any]:
    """Return what stands in the place of a line that cannot be answered."""
    return {"line": number, "error": problem(error, places)}


class ProblemResponse(JSONResponse):
    """An error as an answer. All beyond ASCII is escaped, so that any message can be sent."""

    media_type = PROBLEM

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return json.dumps(content, allow_nan=False).encode("ascii")


def error_reply(
    error: ProtolabelError | Refusal, places: Mapping[str, str] | None = None
) -> ProblemResponse:
    """Return the answer to a request that met an error; ``places`` as for :func:`problem`."""
    body = problem(error, places or {})
    headers = dict(error.headers) if isinstance(error, Refusal) else {}
    if body["status"] == 503:
        headers.setdefault("Retry-After", "1")
    return ProblemResponse(body, body["status"], headers)


def schema_reply(faults: list[dict[str, Any]], body: object = None) -> ProblemResponse:
    """Return the answer to a request that differs from its schema, without quoting it.

    Args:
        faults: what pydantic says of it.
        body: what its body is declared to be; None without one.
    """
    unread = next((one for one in faults if one["type"] == "json_invalid"), None)
    if unread is not None:
        return _no_json(unread)
    wrong = faults_in_words(faults, body)[:_MOST_FAULTS]
    record = {
        "type": "urn:protolabel:Schema",
        "status": 422,
        "title": f"{wrong[0]['where']}: {wrong[0]['what']}",
        "expected": expected_in_place_of(faults[0], body),
        "errors": wrong,
    }
    return ProblemResponse(record, 422)


def _no_json(fault: dict[str, Any]) -> ProblemResponse:
    """Return the answer to a body that is no JSON: at which character, and what stands amiss."""
    place = int(fault["loc"][-1]) + 1 if isinstance(fault["loc"][-1], int) else 1
    reason = str(fault.get("ctx", {}).get("error", "")).lower()
    what = f"no JSON from character {place:,} on" + (f": {reason}" if reason else "")
    body = {
        "type": "urn:protolabel:Schema",
        "status": 422,
        "title": f"a body that is {what}",
        "expected": "one JSON value, as /v1/openapi.json says",
        "errors": [{"where": "body", "what": what}],
    }
    return ProblemResponse(body, 422)


def broken(error: BaseException) -> ProtolabelError | Refusal:
    """Return what a caller is answered to an error that nobody raised on purpose.

    One that came out of the encoder says so (503): another model, or more memory, mends it. What
    the error itself says is left out, since it may quote a document; the log has its place.
    """
    modules = {frame.f_globals.get("__name__") for frame, _ in walk_tb(error.__traceback__)}
    if embedder.__name__ in modules:
        return EncoderError(
            f"the encoder failed: {type(error).__name__}",
            expected="an encoder that works",
            remedy="send it again; if that does not help, see the log of the service",
        )
    return Refusal(500, "an error of the service", expected="none: please report it")


def cut_off() -> Refusal:
    """Return what a caller is answered whose request has not ended when the service must."""
    return Refusal(
        503,
        "the service ended before this request did; if the request changes something, that may be "
        "done",
        remedy="send it again, with the same Idempotency-Key if it had one",
    )
