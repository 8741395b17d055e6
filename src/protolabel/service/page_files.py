"""The files of the page: the one at ``/``, and what it asks for. They are the same for everybody.

They hold no data and ask for no key. What they show comes through the other routes.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from protolabel.service.problems import Refusal

FOLDER = Path(__file__).parent / "page"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
    ".woff2": "font/woff2"}  # fmt: skip
_NAMES = {p.name: p for p in (FOLDER / "assets").glob("*") if p.suffix in _KINDS}

router = APIRouter(include_in_schema=False)


@router.get("/")
def page() -> Response:
    """Return the page."""
    return FileResponse(FOLDER / "index.html", media_type="text/html")


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """Return a script, a style or a picture of the page; its name changes with its content."""
    if name not in _NAMES:
        raise Refusal(404, "no such file of the page")
    path = _NAMES[name]
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(path, media_type=_KINDS[path.suffix], headers=headers)
