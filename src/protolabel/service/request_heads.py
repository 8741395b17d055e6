"""The head of a request, which is its line and its headers: bounded in size and in time.

The parser of uvicorn keeps whatever comes, and waits for ever. A connection without a request costs
a file handle and memory, also where its sender has no key.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from protolabel.service.guard import LAST_HEADERS
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.service.replies import error_reply


class BoundedHeads(HttpToolsProtocol):
    """A connection that is closed where a head is too large, or takes too long to come."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        bounds: Bounds,
    ) -> None:
        """Expect a connection; the other arguments are those of uvicorn."""
        super().__init__(config, server_state, app_state, _loop)
        self._bounds = bounds
        self._deadline: asyncio.TimerHandle | None = None  # there while a head is awaited
        self._is_in_head, self._n_heads, self._head_bytes = False, 0, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first head."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Await nothing more."""
        self._await_no_head()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Await the rest of a head."""
        super().on_message_begin()
        self._is_in_head, self._n_heads, self._head_bytes = True, self._n_heads + 1, 0
        self._await_no_head()
        self._await_head()

    def on_headers_complete(self) -> None:
        """Leave the body to the guard, which bounds it."""
        self._is_in_head = False
        self._await_no_head()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse what has come, and close the connection where that is too much of one head."""
        n_heads = self._n_heads
        super().data_received(data)
        if self._deadline is None and not self._is_busy():  # empty lines, which begin no head
            self._await_head()
        if self._is_in_head and n_heads == self._n_heads:  # a head counts from its second part on
            self._head_bytes += len(data)
        if self._is_in_head and self._head_bytes > self._bounds.head_bytes:
            self._refuse(
                Refusal(
                    431,
                    f"headers of more than {self._bounds.head_bytes:,} bytes",
                    expected="smaller ones",
                )
            )

    def _is_busy(self) -> bool:
        """Return whether a request on the connection is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(self._bounds.head_seconds, self._give_up)

    def _await_no_head(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        """Close the connection, unless an earlier request on it is still being answered."""
        if self._is_busy():
            self._await_head()
        elif not self._is_in_head:  # nobody asks for anything
            self.transport.close()
        else:
            seconds = self._bounds.head_seconds
            self._refuse(
                Refusal(
                    408,
                    f"headers that were not complete within {seconds:g} s",
                    expected="headers that are sent at once",
                )
            )

    def _refuse(self, refusal: Refusal) -> None:
        """Send a refusal and close the connection; nothing that is left of its head is read."""
        self._await_no_head()
        reply = error_reply(refusal)
        lines = [f"HTTP/1.1 {reply.status_code} {HTTPStatus(reply.status_code).phrase}".encode()]
        lines += [b": ".join(header) for header in (*reply.raw_headers, *LAST_HEADERS)]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + bytes(reply.body))
        self.transport.close()
