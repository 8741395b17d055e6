"""How the client asks: one pool of connections, errors as exceptions, retries that change once."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from protolabel.errors import ProtolabelError
from protolabel.extras import require

require("client", "protolabel.client")

import httpx2  # noqa: E402

_BUSY = (429, 503)  # nothing was done: asked again after a while
_MOST_SECONDS = 60.0  # that one pause takes, whatever the service asks for


class ServiceError(ProtolabelError):
    """The service refused a request, or did not answer.

    ``status`` is that of HTTP, 0 where there was no answer; ``kind`` names the error, such as
    ``urn:protolabel:UnknownClass``.
    """

    def __init__(
        self, status: int, kind: str, got: str, *, expected: str = "", remedy: str = ""
    ) -> None:
        self.status, self.kind = status, kind
        super().__init__(got, expected=expected, remedy=remedy)


class Requests:
    """Asks one service about one label space."""

    def __init__(
        self,
        url: str,
        space: str,
        *,
        key: str = "",
        seconds: float = 60.0,
        attempts: int = 4,
        http: httpx2.Client | None = None,
    ) -> None:
        """Nothing is asked before a method is called.

        Args:
            url: where the service is, such as ``http://127.0.0.1:8765``.
            space: the name of the label space: its file without the ending.
            key: of a service that asks for keys.
            seconds: for which an answer is waited for.
            attempts: how often a request is sent while the service is busy or cannot be reached.
            http: a client of your own, such as one with a proxy or a certificate.
        """
        self._space, self._attempts = space, attempts
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._url = url.rstrip("/")
        self._http = http or httpx2.Client(timeout=seconds)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _json(self, method: str, path: str, **parts: Any) -> Any:
        """Return the record that a route of the label space answers."""
        return self._ask(method, self._place(path), parts).json()

    def _lines(self, path: str) -> Iterator[bytes]:
        """Yield the lines of an export, as they come."""
        stream = self._http.stream("GET", self._url + self._place(path), headers=self._headers)
        with stream as answer:
            if answer.status_code >= 400:
                answer.read()
                raise _error(answer)
            yield from (line.encode() for line in answer.iter_lines())

    def _change(
        self, path: str, body: Mapping[str, Any], only_at: int | None = None, **query: Any
    ) -> Any:
        """Return the record of a change. It is carried out once, however often it is sent."""
        headers = {"Idempotency-Key": secrets.token_urlsafe(16)}
        if only_at is not None:
            headers["If-Match"] = f'"{only_at}"'
        return self._json("POST", path, json=dict(body), headers=headers, params=_present(query))

    def _send_once(self, path: str, content: bytes, query: Mapping[str, Any]) -> Any:
        """Return the record that a route answers to bytes, which it takes up once."""
        headers = {"Idempotency-Key": secrets.token_urlsafe(16)}
        return self._json("POST", path, content=content, headers=headers, params=_present(query))

    def _place(self, path: str) -> str:
        return f"/v1/spaces/{quote(self._space, safe='')}{path}"

    def _ask(self, method: str, path: str, parts: dict[str, Any]) -> httpx2.Response:
        """Return an answer. Raises ServiceError."""
        headers = self._headers | parts.pop("headers", {})
        is_safe = method == "GET" or path.endswith(
            ("/label", "/changes", "/explain", "/jobs", "/import", "/reencode")
        )
        for attempt in range(self._attempts):
            is_last = attempt == self._attempts - 1
            try:
                answer = self._http.request(method, self._url + path, headers=headers, **parts)
            except httpx2.TransportError as error:
                if is_last or not (is_safe or isinstance(error, httpx2.ConnectError)):
                    raise ServiceError(
                        0,
                        "urn:protolabel:Unreachable",
                        f"{self._url}: {type(error).__name__}",
                        expected="a service that answers",
                        remedy="start the service, or give another url=",
                    ) from error
                time.sleep(min(2.0**attempt / 4, _MOST_SECONDS))
                continue
            if answer.status_code < 400:
                return answer
            if is_last or answer.status_code not in _BUSY:
                raise _error(answer)
            time.sleep(min(float(answer.headers.get("Retry-After", 1)), _MOST_SECONDS))
        raise AssertionError("attempts must be one or more")


def _error(answer: httpx2.Response) -> ServiceError:
    """Return what an answer says was wrong."""
    try:
        problem = answer.json()
        got, kind = problem["title"], problem["type"]
    except (ValueError, KeyError, TypeError):
        return ServiceError(answer.status_code, "", f"an answer of status {answer.status_code}")
    return ServiceError(
        answer.status_code,
        kind,
        got,
        expected=problem.get("expected", ""),
        remedy=problem.get("remedy", ""),
    )


def _present(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are given."""
    return {name: value for name, value in query.items() if value is not None}
