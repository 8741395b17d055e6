"""A proxy that the environment names: it keeps what it is asked, and answers nothing useful."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local_servers import serving

NAMES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Proxy(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, str, str | None]] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which programs are told to ask it, for whatever host."""
        address = f"http://127.0.0.1:{self.server_address[1]}"
        return dict.fromkeys(NAMES, address) | {"no_proxy": "", "NO_PROXY": ""}


class _Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        words = self.rfile.read(length).decode("utf-8", "replace")
        self.server.requests.append((self.path, words, self.headers.get("Authorization")))
        self.send_response(418)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_CONNECT = do_POST

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def proxy() -> Iterator[Proxy]:
    with serving(Proxy()) as server:
        yield server
