"""Errors over HTTP: a status for each kind, and one record (RFC 9457). ``replies`` writes it.

Of the errors of the library, short plain names alone are quoted: a longer text may be a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from protolabel import errors
from protolabel.service.advice import over_http
from protolabel.words.quotations import without_quotations

_NO_PLACES: Mapping[str, str] = MappingProxyType({})

# What a refusal is called in its ``type``; the phrases of HTTP differ between versions of Python.
NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "RequestTimeout",
    409: "Conflict",
    412: "PreconditionFailed",
    413: "RequestEntityTooLarge",
    415: "UnsupportedMediaType",
    421: "MisdirectedRequest",
    422: "UnprocessableEntity",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
    507: "InsufficientStorage",
}

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
    (errors.TemporaryFolderError, 507),
    (errors.StoreError, 503),
    (errors.EncoderError, 503),
)


class Refusal(Exception):
    """A request that is refused before the library is asked.

    ``headers`` go with the answer. ``kind`` is its name in the ``type``, where the status does not
    tell it apart.
    """

    def __init__(
        self,
        status: int,
        got: str,
        *,
        expected: str = "",
        remedy: str = "",
        headers: dict[str, str] | None = None,
        kind: str = "",
    ) -> None:
        super().__init__(got)
        self.status, self.got, self.expected, self.remedy = status, got, expected, remedy
        self.headers = headers or {}
        self.kind = kind or NAMES.get(status, str(status))


def status_of(error: errors.ProtolabelError) -> int:
    """Return the HTTP status of an error of the library; 500 for one of no kind here."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(
    error: errors.ProtolabelError | Refusal,
    places: Mapping[str, str] = _NO_PLACES,
    *,
    is_stored: bool = False,
) -> dict[str, Any]:
    """Return an error as JSON can hold it.

    Args:
        error: of the library or of the service, which quotes the address of its request alone.
        places: the name of each label space, by its path, which is nobody's business outside.
        is_stored: others than the sender read it. The sender is shown which class an error is
            about, whatever its name.
    """
    status = error.status if isinstance(error, Refusal) else status_of(error)
    kind = error.kind if isinstance(error, Refusal) else type(error).__name__.removesuffix("Error")
    expected, remedy = over_http(error.expected), over_http(error.remedy)
    parts = {"title": error.got, "expected": expected, "remedy": remedy}
    is_of_class = isinstance(error, errors.ClassError)
    is_shown = is_of_class and not is_stored and not isinstance(error, errors.UnknownExampleError)
    if not is_shown and not isinstance(error, Refusal):
        parts = {part: without_quotations(words) for part, words in parts.items()}
    for path, space in places.items():
        parts = {part: words.replace(path, space) for part, words in parts.items()}
    return {"type": f"urn:protolabel:{kind}", "status": status} | {
        part: words for part, words in parts.items() if words or part == "title"
    }
