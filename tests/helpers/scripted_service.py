"""An embeddings service in this process, whose answers a test writes: status, headers and bytes.

It knows nothing of protolabel. The vector of a text counts its letters, so each is as a test
computes it by itself.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local_servers import serving

DIM = 26


def letters(text: str) -> list[float]:
    return [float(text.lower().count(chr(97 + i))) for i in range(DIM)]


def body_of(rows: list[Any]) -> bytes:
    return json.dumps({"data": [{"index": i, "embedding": r} for i, r in enumerate(rows)]}).encode()


@dataclass
class Reply:
    """One answer. ``sent``: how many bytes of the body are sent before the connection closes."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    has_length: bool = True


Script = Callable[[int, list[str]], Reply]


class ScriptedService:
    """``script``: from the number of a request, from 1, and its texts to the reply."""

    def __init__(self, port: int) -> None:
        self.name = f"http://127.0.0.1:{port}/v1#m"
        self.requests: list[list[str]] = []
        self.follow(lambda n, texts: Reply(body_of([letters(text) for text in texts])))

    def follow(self, script: Script) -> None:
        """Answer so from now on, and count from 1 again."""
        self.requests.clear()
        self.script = script


@contextmanager
def scripted_service() -> Iterator[ScriptedService]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            """Print nothing."""

        def do_POST(self) -> None:
            texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
            with lock:
                service.requests.append(texts)
                reply = service.script(len(service.requests), texts)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.has_length:
                self.send_header("Content-Length", str(len(reply.body)))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body[: reply.sent])
            self.close_connection = True

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = ScriptedService(server.server_address[1])
    with serving(server):
        yield service
