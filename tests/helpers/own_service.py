"""A service over one label space in the process of the test, and a function that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contract import check
from starlette.testclient import TestClient

from protolabel.service.app import make_app
from protolabel.service.options import Options

SPACE = "/v1/spaces/mail"


@contextmanager
def served(path: Path) -> Iterator[Callable[..., Any]]:
    """Serve a label space as mail; the function takes method, route below it, body and headers."""
    _, guarded = make_app({"mail": path}, Options())
    with TestClient(guarded, base_url="http://localhost") as client:

        def ask(method: str, route: str, body: Any = None, **headers: str) -> Any:
            parts = {"content": body} if isinstance(body, bytes) else {"json": body}
            reply = client.request(method, SPACE + route, headers=headers, **parts)
            check(method, SPACE + route, reply.status_code, reply.headers, reply.content)
            return reply

        yield ask
