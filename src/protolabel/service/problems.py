"""Errors as answers over HTTP: one JSON form (RFC 9457), and a status for each kind of error."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from protolabel import errors

MEDIA_TYPE = "application/problem+json"

# The first that an error is an instance of counts.
_STATUS: tuple[tuple[type[errors.ProtolabelError], int], ...] = (
    (errors.RepeatedKeyError, 422),
    (errors.VersionConflictError, 412),
    (errors.UnknownClassError, 404),
    (errors.UnknownExampleError, 404),
    (errors.SpaceNotFoundError, 404),
    (errors.InputError, 422),
    (errors.ClassError, 409),
    (errors.MissingPackageError, 501),
    (errors.StoreFullError, 507),
    (errors.StoreError, 503),
    (errors.EncoderError, 503),
)


class Refusal(Exception):
    """A request that is refused before the library is asked. ``headers`` go with the answer."""

    def __init__(
        self,
        status: int,
        got: str,
        *,
        expected: str = "",
        remedy: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(got)
        self.status, self.got, self.expected, self.remedy = status, got, expected, remedy
        self.headers = headers or {}


def status_of(error: errors.ProtolabelError) -> int:
    """Return the HTTP status of an error of the library; 500 for one of no kind here."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(error: errors.ProtolabelError | Refusal) -> dict[str, Any]:
    """Return an error as JSON can hold it."""
    status = error.status if isinstance(error, Refusal) else status_of(error)
    name = type(error).__name__.removesuffix("Error")
    kind = HTTPStatus(status).phrase.replace(" ", "") if isinstance(error, Refusal) else name
    parts = {"expected": error.expected, "remedy": error.remedy}
    return {"type": f"urn:protolabel:{kind}", "status": status, "title": error.got} | {
        name: words for name, words in parts.items() if words
    }


class ProblemResponse(JSONResponse):
    """An error as an answer. All beyond ASCII is escaped, so that any message can be sent."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return json.dumps(content, allow_nan=False).encode("ascii")


def response(error: errors.ProtolabelError | Refusal) -> ProblemResponse:
    """Return the answer to a request that met an error."""
    body = problem(error)
    headers = dict(error.headers) if isinstance(error, Refusal) else {}
    if body["status"] == 503:
        headers.setdefault("Retry-After", "1")
    return ProblemResponse(body, body["status"], headers)
