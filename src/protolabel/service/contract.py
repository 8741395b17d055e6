"""The OpenAPI document: what every route may answer, errors included, so that clients can be made.

Success bodies stand at the routes. Which errors a route may meet follows from what it takes: a
body, a label space, a role, a version.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import BaseRoute

from protolabel.client.answers import Problem
from protolabel.service.access import COOKIE
from protolabel.service.problems import NAMES
from protolabel.service.replies import PROBLEM
from protolabel.service.roles import Role
from protolabel.service.same_space import HEADER

_METHODS = ("get", "post", "put", "delete", "patch")
_SCHEMAS = "#/components/schemas/"

ERRORS = {
    400: "A header or the body cannot be read.",
    401: "No key, or one that is not known here.",
    403: "The key's role does not allow it, or the service refuses all changes.",
    404: "No such label space, class, example or file.",
    408: "The body stopped coming, and the rest did not follow in time.",
    409: "Others have changed meanwhile what the request is about.",
    412: "The label space is not at the version of `If-Match`, or not that of `Label-Space`.",
    413: "The body, a text or a list is larger than this service takes.",
    415: "The body is of a type that this route does not read.",
    421: "The service does not answer under this host name.",
    422: "The request differs from its schema, or something in it cannot be used.",
    429: "More requests in a minute than this service allows.",
    501: "An optional package (an extra) that this needs is not installed.",
    503: "The service is busy or stopping, or cannot use its keys, a file or an encoder now.",
    507: "The disk is full; nothing was changed.",
}
WITHOUT_VERSION = (  # answers that are of no version, or of one after the other
    "/v1/spaces/{space}/read",
    "/v1/spaces/{space}/label/stream",
    "/v1/spaces/{space}/jobs/{job}/events",
)
_SAME_SPACE = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `identity` of the label space that the request is for.",
}
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def describe(app: FastAPI, routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """Return the OpenAPI document of a service.

    Args:
        app: the service.
        routes: its routes, those of its routers among them.
    """
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    components = document["components"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of 422
        components["schemas"].pop(name, None)
    problem = TypeAdapter(Problem).json_schema(
        ref_template=_SCHEMAS + "{model}", mode="serialization"
    )
    components["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
    components["responses"] = {NAMES[status]: _error(status) for status in ERRORS}
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    roles = _roles(routes)
    for path, operations in document["paths"].items():
        for method in operations.keys() & set(_METHODS):
            operation, role = operations[method], roles.get((method.upper(), path))
            if role is not None:  # a service without keys asks for none
                operation["security"] = [{"key": []}, {"session": []}, {}]
                operation["description"] += f"\n\nRole: {role}."
            responses = operation["responses"]
            responses.pop("422", None)
            for status in sorted(_statuses(path, method, operation, role)):
                reference = f"#/components/responses/{NAMES[status]}"
                responses[str(status)] = {"$ref": reference}
            if "{space}" in path:
                operation["parameters"].append(_SAME_SPACE)
            if "{space}" in path and path not in WITHOUT_VERSION:
                (success,) = responses.keys() & {"200", "202"}
                headers = responses[success].setdefault("headers", {})
                headers["ETag"] = {"schema": {"type": "string"}, "description": "The version."}
    return document


def _statuses(path: str, method: str, operation: dict[str, Any], role: str | None) -> set[int]:
    """Return the errors that an operation may meet."""
    content = operation.get("requestBody", {}).get("content", {})
    statuses = {400, 421, 422}
    if role is not None:
        statuses |= {401, 403, 429}
    if path == "/v1/session" and method == "post":
        statuses |= {401, 403}
    if content:
        statuses |= {408, 413, 415}
    if "{space}" in path or path in ("/v1/ready", "/v1/systemone"):
        statuses |= {404, 501, 503, 507}
    if "{space}" in path:
        statuses |= {412}
    if role in ("curate", "admin") or "{version}" in path or path == "/v1/systemone":
        statuses |= {409}
    return statuses


def _error(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": ERRORS[status],
        "content": {PROBLEM: {"schema": {"$ref": _SCHEMAS + "Problem"}}},
    }
    if status in _HEADERS:
        response["headers"] = {_HEADERS[status]: {"schema": {"type": "string"}}}
    return response


def _roles(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], str]:
    """Return the role of each route, by method and path."""
    return {
        (method, route.path): dependency.dependency.name
        for route in routes
        if isinstance(route, APIRoute)
        for dependency in route.dependencies
        if isinstance(dependency.dependency, Role)
        for method in route.methods or ()
    }
