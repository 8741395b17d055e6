"""How the client asks: one pool of connections, errors as exceptions, retries that change once."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from protolabel.arguments import require_whole
from protolabel.client.arguments import (
    AnyVersion,
    authorization,
    file_content,
    path_part,
    seconds_to_wait,
    service_address,
    version_and_mark,
)
from protolabel.errors import InputError
from protolabel.system.extras import require
from protolabel.system.hosts import is_this_machine
from protolabel.system.retry_after import seconds_asked

require("client", "protolabel.client")

import httpx2  # noqa: E402

from protolabel.client.service_error import (  # noqa: E402
    cut,
    no_record,
    refusal,
    unanswered,
    unreachable,
)

LINES = "application/x-ndjson"  # the type of an export: a record a line
_BUSY = (429, 503)  # nothing was done: asked again after a while
_MOST_SECONDS = 60.0  # that one pause takes, whatever the service asks for
_USUAL_SECONDS = 1.0  # that one takes where a busy service does not say
_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
_KEY = "Idempotency-Key"


class Requests:
    """Asks one service about one label space.

    A request whose answer is lost is sent again. One that changes something has an idempotency key,
    so that the service carries it out once. Where the last attempt has no answer either, the error
    says that it may have been carried out.
    """

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
        """Take where the service is. Nothing is asked before a method is called.

        Args:
            url: where the service is, such as ``http://127.0.0.1:8765``.
            space: the name of the label space: its file without the ending.
            key: of a service that asks for keys.
            seconds: for which an answer is waited for.
            attempts: how often a request is sent while the service is busy or cannot be reached.
            http: a client of your own, such as one with a proxy or a certificate. Without it, a
                proxy that the environment names is asked, but for addresses of this machine.

        Raises:
            InputError: an argument can be none of these.
        """
        self._url = service_address(url)
        self._space = path_part(space, "space")
        self._headers = authorization(key)
        self._attempts = require_whole(attempts, "attempts", 1)
        wait = seconds_to_wait(seconds)
        is_local = is_this_machine(urlsplit(self._url).hostname)
        direct = httpx2.HTTPTransport() if is_local else None  # without it: proxies, if any
        self._http = http or httpx2.Client(timeout=wait, transport=direct)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _json(self, method: str, path: str, **parts: Any) -> Any:
        """Return the record that a route answers: asked twice, it looks twice or carries a key."""
        return self._record(method, self._place(path), parts)

    def _change(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        only_at: AnyVersion | None = None,
        **query: Any,
    ) -> Any:
        """Return the record of a change. It is carried out once, however often it is sent."""
        headers = {_KEY: secrets.token_urlsafe(16), **at_version(only_at)}
        parts: dict[str, Any] = {"headers": headers, "params": given_values(query)}
        if body is not None:
            parts["json"] = dict(body)
        return self._json("POST", path, **parts)

    def _send_once(self, path: str, content: bytes, query: Mapping[str, Any]) -> Any:
        """Return the record that a route answers to bytes, which it takes up once."""
        headers, content = {_KEY: secrets.token_urlsafe(16)}, file_content(content)
        return self._json(
            "POST", path, content=content, headers=headers, params=given_values(query)
        )

    def _lines(self, path: str) -> Iterator[Any]:
        """Yield the records of an export, as they come.

        A line ends where the service ends it: other characters that some programs take for the end
        of a line are part of a text.
        """
        request = self._request("GET", self._place(path), {})
        answer = self._send(request, stream=True)
        try:
            if answer.headers.get("content-type", "").partition(";")[0].strip() != LINES:
                raise no_record(answer, changes=False)
            beginning = b""
            for chunk in answer.iter_bytes():
                *lines, beginning = (beginning + chunk).split(b"\n")
                for line in lines:
                    yield _record_of(line, answer)
            if beginning:
                raise cut(answer)
        except httpx2.HTTPError as error:
            raise unanswered(self._url, error, changes=False) from error
        finally:
            answer.close()

    def _place(self, path: str) -> str:
        return f"/v1/spaces/{self._space}{path}"

    def _record(self, method: str, place: str, parts: dict[str, Any]) -> Any:
        """Return the record of an answer. Raises ServiceError."""
        request = self._request(method, place, parts)
        answer = self._send(request)
        try:
            record = answer.json()
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise no_record(answer, changes=_KEY in request.headers)
        return record

    def _request(self, method: str, place: str, parts: dict[str, Any]) -> httpx2.Request:
        """Return a request. Raises InputError for what JSON cannot hold."""
        headers = self._headers | parts.pop("headers", {})
        try:
            return self._http.build_request(method, self._url + place, headers=headers, **parts)
        except (TypeError, ValueError, RecursionError, httpx2.InvalidURL) as error:
            raise InputError(
                f"what cannot be sent as JSON: {error}",
                expected="texts, finite numbers, True, False, None, and lists and dicts of these",
            ) from error

    def _send(self, request: httpx2.Request, *, stream: bool = False) -> httpx2.Response:
        """Return an answer of success. Raises ServiceError.

        Args:
            request: sent again while the service is busy, or where its answer was lost.
            stream: whether the caller reads the body of the answer, and closes it.
        """
        changes = _KEY in request.headers
        for attempt in range(1, self._attempts + 1):
            is_last = attempt == self._attempts
            pause = min(2.0**attempt / 8, _MOST_SECONDS)
            try:
                answer = self._http.send(request, stream=True)
                if stream and answer.is_success:
                    return answer
                answer.read()  # and closes it
            except _NOT_SENT as error:
                if is_last:
                    raise unreachable(self._url, error) from error
            except httpx2.HTTPError as error:
                if is_last:
                    raise unanswered(self._url, error, changes=changes) from error
            else:
                if answer.is_success:
                    return answer
                if is_last or answer.status_code not in _BUSY:
                    raise refusal(answer, changes=changes)
                wait = seconds_asked(answer.headers.get("Retry-After"), _MOST_SECONDS)
                pause = _USUAL_SECONDS if wait is None else wait
            time.sleep(pause)
        raise AssertionError("one attempt at least has returned or raised")


def at_version(version: AnyVersion | None) -> dict[str, str]:
    """Return the header that holds a request to a version; none without one."""
    if version is None:
        return {}
    number, mark = version_and_mark(version, "only_at")
    return {"If-Match": f'"{number}-{mark}"' if mark else f'"{number}"'}


def _record_of(line: bytes, answer: httpx2.Response) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise no_record(answer, changes=False) from None


def given_values(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are given."""
    return {name: value for name, value in query.items() if value is not None}
