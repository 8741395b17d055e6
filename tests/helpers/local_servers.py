"""Servers of a test on this machine, in a thread of it: they end as soon as it does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

Server = TypeVar("Server", bound=BaseServer)
SECONDS = 0.01  # between two looks whether it has to end; half of one otherwise


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve until the block ends, and close the server."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(SECONDS,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
