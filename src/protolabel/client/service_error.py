"""What the client raises: a refusal of the service, an answer of something else, or no answer."""

from __future__ import annotations

from typing import Any

import httpx2

from protolabel.errors import ProtolabelError

_DONE_PERHAPS = (
    "it may have been carried out all the same: look with history(), jobs() or remembered() before "
    "you send it again; for slow requests give the client more seconds="
)


class ServiceError(ProtolabelError):
    """The service refused a request, or did not answer.

    ``status`` is that of HTTP, 0 where there was no answer; ``kind`` names the error, such as
    ``urn:protolabel:UnknownClass``. ``urn:protolabel:Unreachable``: the request was not sent.
    ``urn:protolabel:NoAnswer``: it was sent, and may have been carried out.
    """

    def __init__(
        self, status: int, kind: str, got: str, *, expected: str = "", remedy: str = ""
    ) -> None:
        self.status, self.kind = status, kind
        super().__init__(got, expected=expected, remedy=remedy)


def refusal(answer: httpx2.Response, *, changes: bool) -> ServiceError:
    """Return the error of an answer whose status is none of success.

    Args:
        answer: whose body has been read.
        changes: whether the request was to change something.
    """
    status = answer.status_code
    if status < 400:
        place = answer.headers.get("location", "")
        return ServiceError(
            status,
            "",
            f"status {status}, which leads to {place[:200]!r}" if place else f"status {status}",
            expected="an answer of the service itself",
            remedy="give its own address as url=",
        )
    broken = changes and status in (408, 500, 502, 504)  # others were refused before they began
    try:
        problem: Any = answer.json()
        return ServiceError(
            status,
            str(problem["type"]),
            str(problem["title"]),
            expected=str(problem.get("expected", "")),
            remedy=str(problem.get("remedy", _DONE_PERHAPS if broken else "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        words = f"an answer of status {status}{_media(answer)}"
        return ServiceError(status, "", words, remedy=_DONE_PERHAPS if broken else "")


def no_record(answer: httpx2.Response, *, changes: bool) -> ServiceError:
    """Return the error of an answer of success that is none of the service's records."""
    return ServiceError(
        answer.status_code,
        "",
        f"an answer of status {answer.status_code}{_media(answer)} that is no JSON of the service",
        expected="an answer of the service itself, not of a proxy or a page of login",
        remedy=_DONE_PERHAPS if changes else "give its own address as url=",
    )


def cut(answer: httpx2.Response) -> ServiceError:
    """Return the error of lines that end in the middle of one."""
    return ServiceError(
        answer.status_code,
        "urn:protolabel:NoAnswer",
        "an answer that was cut off in the middle of a line",
        expected="whole lines up to the end",
        remedy="ask again, and use nothing of this answer",
    )


def unreachable(url: str, error: httpx2.HTTPError) -> ServiceError:
    """Return the error of a request that was never sent."""
    return ServiceError(
        0,
        "urn:protolabel:Unreachable",
        f"{url}: {type(error).__name__}",
        expected="a service that answers",
        remedy="start the service, or give another url=",
    )


def unanswered(url: str, error: httpx2.HTTPError, *, changes: bool) -> ServiceError:
    """Return the error of a request that was sent, and whose answer did not come whole.

    ``changes``: whether it was to change something, so that sending it again may do it twice.
    """
    return ServiceError(
        0,
        "urn:protolabel:NoAnswer",
        f"{url}: the request was sent, and no whole answer came ({type(error).__name__})",
        expected="an answer in time",
        remedy=_DONE_PERHAPS
        if changes
        else "send it again; for slow requests give the client more seconds=",
    )


def _media(answer: httpx2.Response) -> str:
    kind = str(answer.headers.get("content-type", "")).partition(";")[0].strip()
    return f" ({kind[:60]})" if kind else ""
