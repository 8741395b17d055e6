"""The routes of the service with the role that each asks for, read from the service itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from own_app import app
from service_process import Client, Reply

from protolabel.service.roles import Role


@cache
def routes() -> list[tuple[str, str, str | None]]:
    """Return (method, path, role) of every route; role is None where a route asks for none."""
    table = []
    for path, methods in app().openapi()["paths"].items():
        for method in methods:
            table.append((method.upper(), path))
    roles: dict[tuple[str, str], str] = {}

    def walk(part: Any) -> None:
        for route in part:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                walk(inner.routes)
            for dependency in getattr(route, "dependencies", None) or ():
                if isinstance(dependency.dependency, Role):
                    for method in route.methods:
                        roles[method, route.path] = dependency.dependency.name

    walk(app().routes)
    return [(method, path, roles.get((method, path))) for method, path in table]


def ask(client: Client, method: str, path: str, secret: str) -> Reply:
    """Ask for a route of the label space mail, with an empty body where it takes one."""
    body = {} if method in ("POST", "PUT") else None
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.ask(method, path.replace("{space}", "mail"), body, headers)
