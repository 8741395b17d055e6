"""The guard at the door: which host is asked for, how large and how slow a body is, what browsers
are told. It looks at no body and knows no route.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protolabel.service.options import Options
from protolabel.service.problems import Refusal, response

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
STREAM = "application/x-ndjson"

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


class Guard:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        self._app, self._options = app, options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on with a bounded body and guarded headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope["method"], Headers(scope=scope))
        if refusal is not None:
            await response(refusal)(scope, receive, guarded)
            return
        await self._app(scope, self._bounded(scope, receive), guarded)

    def _refusal(self, method: str, headers: Headers) -> Refusal | None:
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
        if origin is not None and method not in SAFE and urlsplit(origin).netloc != host:
            return Refusal(
                403, f"a request from a page of {origin[:100]!r}", expected="a page of this service"
            )
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            return Refusal(400, "a Content-Length that is no number", expected="a number")
        if int(length) > self._options.bounds.body_bytes and not _is_stream(headers):
            return _too_large(self._options.bounds.body_bytes)
        return None

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Return a way to receive that counts bytes, and gives up on a body that does not come."""
        bounds = self._options.bounds
        streams = _is_stream(Headers(scope=scope))
        received, complete = 0, False

        async def counted() -> Message:
            nonlocal received, complete
            if complete:  # what comes now is the end of the connection, whenever
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), bounds.body_seconds)
            except TimeoutError:
                raise Refusal(
                    408,
                    f"no more of the body within {bounds.body_seconds:.0f} s",
                    expected="a body that comes without such a pause",
                ) from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > bounds.body_bytes and not streams:
                raise _too_large(bounds.body_bytes)
            return message

        return counted


def _is_stream(headers: Headers) -> bool:
    return headers.get("content-type", "").split(";")[0].strip().lower() == STREAM


def _too_large(most: int) -> Refusal:
    return Refusal(
        413,
        f"a body of more than {most:,} bytes",
        expected="a smaller one",
        remedy=f"send fewer documents at once, or a stream of {STREAM}",
    )
