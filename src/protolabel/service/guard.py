"""Checks a request before its route: the host, and the sender, size and time of its body.

It also sets headers: those that tell browsers what a page may do, and at the stop the one that
closes the connection. It reads no body. Which role a route asks for stands in ``roles``.
"""

from __future__ import annotations

import asyncio
import math
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protolabel.service.access import Access
from protolabel.service.limits import STREAM
from protolabel.service.methods import SAFE
from protolabel.service.options import Options
from protolabel.service.problems import Refusal
from protolabel.service.replies import error_reply

# The page is all there is: nothing from elsewhere, nothing inline, no frame around it.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
LAST_HEADERS = [*_RAW_HEADERS, (b"connection", b"close")]  # while the service stops


class Guard:
    """ASGI middleware around the whole service."""

    def __init__(
        self, app: ASGIApp, options: Options, access: Access, stopping: asyncio.Event
    ) -> None:
        self._app, self._options, self._access = app, options, access
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on with a bounded body and guarded headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        may_be_read = not _has_body(scope) or _is_sign_in(scope)
        stranger = None if may_be_read else self._access.refusal(Request(scope))
        most = self._most(scope) if stranger is None else math.inf
        body = _Body(receive, self._options.bounds.body_seconds, most, stranger)
        reply = _Reply(scope, receive, send, body, self._stopping)
        refusal = self._refusal(scope["method"], Headers(scope=scope), most)
        if refusal is not None:
            await error_reply(refusal)(scope, receive, reply.plain)
            return
        await self._app(scope, body.receive, reply.send)

    def _most(self, scope: Scope) -> float:
        """Return how many bytes the body of a request may have."""
        if _is_sign_in(scope):
            return self._options.bounds.sign_in_bytes
        return math.inf if _is_stream(scope) else self._options.bounds.body_bytes

    def _refusal(self, method: str, headers: Headers, most: float) -> Refusal | None:
        """Return why a request is refused by its headers alone, None if it is not."""
        host = headers.get("host", "")
        if not self._options.answers_to(host):
            return Refusal(
                421,
                f"the host {host[:100]!r}",
                expected="the name of this service",
                remedy="start it with --allow-host and that name, if it is meant",
            )
        origin = headers.get("origin")
        if origin is not None and method not in SAFE and _place(origin) != host:
            return Refusal(
                403, f"a request from a page of {origin[:100]!r}", expected="a page of this service"
            )
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            return Refusal(400, "a Content-Length that is no number", expected="a number")
        return _too_large(most) if int(length) > most else None


class _Body:
    """The body of one request, bounded in size and time. ``refusal`` says why it was given up.

    Of a stranger's, no part is asked for: whoever wants to read it gets why it is nobody's.
    """

    def __init__(
        self, receive: Receive, seconds: float, most: float, stranger: Refusal | None
    ) -> None:
        self._receive, self._seconds, self._most = receive, seconds, most
        self._stranger = stranger
        self.refusal: Refusal | None = None
        self._received, self._complete = 0, False

    async def receive(self) -> Message:
        """Return the next part. Raises Refusal (401, 403, 503 for a stranger; 408, 413)."""
        if self._stranger is not None:
            self.refusal = self._stranger
            raise self.refusal
        if self._complete:  # what comes now is the end of the connection, whenever
            return await self._receive()
        try:
            async with asyncio.timeout(self._seconds):
                message = await self._receive()
        except TimeoutError:
            self.refusal = Refusal(
                408,
                f"no more of the body within {self._seconds:.0f} s",
                expected="a body that comes without such a pause",
            )
            raise self.refusal from None
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._received > self._most:
            self.refusal = _too_large(self._most)
            raise self.refusal
        return message


class _Reply:
    """The answer to one request, with guarded headers.

    The parser turns a body that was given up into an error of its own. The refusal of the body is
    sent in its place.
    """

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, body: _Body, stopping: asyncio.Event
    ) -> None:
        self._scope, self._receive, self._send, self._body = scope, receive, send, body
        self._stopping = stopping
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        """Send a part of the answer that the application makes."""
        if self._is_replaced:
            return
        is_error = message["type"] == "http.response.start" and message["status"] >= 400
        if is_error and self._body.refusal is not None:
            self._is_replaced = True
            await error_reply(self._body.refusal)(self._scope, self._receive, self.plain)
        else:
            await self.plain(message)

    async def plain(self, message: Message) -> None:
        """Send a part of any answer."""
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ())]
            names = {name for name, _ in headers}
            own = LAST_HEADERS if self._stopping.is_set() else _RAW_HEADERS
            headers += (header for header in own if header[0] not in names)
            message = {**message, "headers": headers}
        await self._send(message)


def _place(origin: str) -> str:
    """Return host and port of an origin; empty where it is no origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _has_body(scope: Scope) -> bool:
    """Return whether a request has a body, by its headers."""
    headers = Headers(scope=scope)
    return headers.get("content-length", "0").strip("0") != "" or "transfer-encoding" in headers


def _is_sign_in(scope: Scope) -> bool:
    """Return whether a body comes from somebody who is not known yet; only one route takes it."""
    return (scope["method"], scope["path"]) == ("POST", "/v1/session")


def _is_stream(scope: Scope) -> bool:
    """Return whether a body is read line by line; only one route does that."""
    kind = Headers(scope=scope).get("content-type", "").split(";")[0].strip().lower()
    return kind == STREAM and str(scope["path"]).endswith("/label/stream")


def _too_large(most: float) -> Refusal:
    return Refusal(
        413,
        f"a body of more than {most:,.0f} bytes",
        expected="a smaller one",
        remedy=f"send fewer documents at once, or a stream of {STREAM}",
    )
