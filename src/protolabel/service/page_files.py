"""The files of the page: the one at ``/``, and what it asks for. They are the same for everybody.

They hold no data and ask for no key. What they show comes through the other routes.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.service.problems import Refusal

FOLDER = Path(__file__).parent / "page"
_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css",
    ".svg": "image/svg+xml", ".woff2": "font/woff2"}  # fmt: skip
_COMPRESSED = {".woff2"}  # already, by their own format
_NAMES = {p.name: p for p in (FOLDER / "assets").glob("*") if p.suffix in _KINDS}

router = APIRouter(include_in_schema=False)


@router.get("/")
def page(request: Request) -> Response:
    """Return the page."""
    return _reply(request, FOLDER / "index.html")


@router.get("/assets/{name}")
def asset(request: Request, name: str) -> Response:
    """Return a script, a style or a picture of the page; its name changes with its content."""
    if name not in _NAMES:
        raise Refusal(404, "no such file of the page")
    reply = _reply(request, _NAMES[name])
    reply.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return reply


def _reply(request: Request, path: Path) -> Response:
    """Return a file, compressed for who takes it so."""
    kind = _KINDS[path.suffix]
    if path.suffix in _COMPRESSED:
        return Response(_content(path), media_type=kind)
    vary = {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(_content(path), media_type=kind, headers=vary)
    headers = vary | {"Content-Encoding": "gzip"}
    return Response(_small_content(path), media_type=kind, headers=headers)


@cache
def _content(path: Path) -> bytes:
    """Return the bytes of a file, which stay in memory."""
    return path.read_bytes()


@cache
def _small_content(path: Path) -> bytes:
    """Return the same compressed; it is done once."""
    return gzip.compress(_content(path), mtime=0)
