"""The service without a label space, made once: what it says of itself is read from it."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI

from protolabel.service.app import make_app
from protolabel.service.options import Options


@cache
def app() -> FastAPI:
    """Return the service; nothing changes it."""
    return make_app({}, Options())[0]
