"""A service in this process that follows a folder."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from protolabel.service.app import make_app
from protolabel.service.options import Options


def following(path: Path, folder: Path) -> TestClient:
    """Return a client of a service over the label space ``mail``, which follows a folder."""
    _, guarded = make_app({"mail": path}, Options(follow=str(folder)))
    return TestClient(guarded, base_url="http://localhost")
