"""The server of one process: it says when it accepts requests, and leaves none of them unanswered.

uvicorn by itself closes the socket at the stop, and with it the connections that still wait there
to be accepted. It also closes each connection whose request it has not read yet. A caller sees a
reset in both cases, and cannot tell whether the request was carried out. It also takes two signals
at once, as `timeout` sends them, for the wish to cut off what it still answers.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from protolabel.system.stop_signals import INTERRUPT, stop_signals

_OTHERS = tuple(one for one in HANDLED_SIGNALS if one != INTERRUPT)
_LAST_SECONDS = 0.1  # in which requests that are on their way still arrive, at the stop


class AcceptingServer(uvicorn.Server):
    """A server that answers all who have connected before it stops."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], stopping: asyncio.Event
    ) -> None:
        """Accept nothing yet.

        Args:
            config: of the server.
            ready: is called once requests are accepted.
            stopping: is set when the stop begins. Streams, which might go on for ever, end then,
                and each answer says that its connection is closed.
        """
        super().__init__(config)
        self._ready, self._stopping = ready, stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal; a Ctrl-C that comes later cuts off what is still being answered."""
        with (
            stop_signals(self._stop, signals=_OTHERS),
            stop_signals(self._stop_or_cut_off, signals=(INTERRUPT,)),
        ):
            yield

    def _stop(self) -> None:
        self.should_exit = True

    def _stop_or_cut_off(self) -> None:
        self.force_exit, self.should_exit = self.should_exit, True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept whoever has connected, answer all requests, then close the connections."""
        self._stopping.set()
        for connection in self._last_connections(sockets or ()):
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        await asyncio.sleep(_LAST_SECONDS)
        await super().shutdown(sockets)

    def _last_connections(self, sockets: Sequence[socket.socket]) -> list[socket.socket]:
        """Close the sockets, and return the connections that waited there.

        The event loop closes its own socket with whatever waits there; a second one for the same
        queue keeps that open meanwhile.
        """
        queues = [listening.dup() for listening in sockets]
        for server in self.servers:
            server.close()
        connections = []
        for listening, queue in zip(sockets, queues, strict=True):
            listening.close()
            queue.setblocking(False)
            with queue, suppress(OSError):  # nobody waits any more
                for _ in range(self.config.backlog):
                    connections.append(queue.accept()[0])
        return connections

    def _protocol(self) -> asyncio.Protocol:
        """Return what reads the requests of one more connection, as uvicorn makes it."""
        make = self.config.http_protocol_class
        return make(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
