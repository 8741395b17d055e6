"""A hub on this machine: folders of encoders, served as the Hugging Face hub serves them."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local_servers import serving

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """``url``: for HF_ENDPOINT. ``downloads``: the names of the files that were fetched."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.downloads: list[str] = []


@contextlib.contextmanager
def hub_of(name: str, folder: Path) -> Iterator[Hub]:
    """Serve one encoder, ``owner/name``, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """Print nothing."""

        def do_HEAD(self) -> None:
            self._answer(head=True)

        def do_GET(self) -> None:
            self._answer(head=False)

        def _answer(self, *, head: bool) -> None:
            path = self.path.partition("?")[0].replace("/resolve/main/", f"/resolve/{COMMIT}/")
            file = folder / path.removeprefix(f"/{name}/resolve/{COMMIT}/")
            if path.startswith(f"/api/models/{name}"):
                files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
                tree = [{"type": "file", "path": p.relative_to(folder).as_posix(), "oid": "0",
                         "size": p.stat().st_size} for p in files]  # fmt: skip
                names = [{"rfilename": p.relative_to(folder).as_posix()} for p in files]
                record = {"id": name, "sha": COMMIT, "siblings": names}
                content = json.dumps(tree if "/tree/" in path else record).encode()
            elif path.startswith(f"/{name}/resolve/{COMMIT}/") and file.is_file():
                content = file.read_bytes()
                if not head:
                    hub.downloads.append(file.relative_to(folder).as_posix())
            else:
                self.send_response(404)
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("X-Error-Code", "EntryNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not head:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_address[1]}")
    with serving(server):
        yield hub
