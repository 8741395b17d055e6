"""Refuses what a request says and its route does not read: a slip would change what is answered.

What a route reads stands at the route itself. It looks at no value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from protolabel.service.methods import SAFE
from protolabel.service.preconditions import not_held
from protolabel.service.problems import Refusal

# What each route reads, by its path and its function: there are as many as routes.
_NAMES: dict[tuple[str, Callable[..., Any]], tuple[list[str], list[str]]] = {}


def refuse_undeclared(request: Request) -> None:
    """Raise Refusal for what the route does not read: a parameter (422) or an If-Match (400).

    Also (422) for a parameter that is given twice: the route would read only one of its values.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    queries, headers = _names(route)
    unknown = [name for name in request.query_params if name not in queries]
    if unknown:
        raise Refusal(
            422,
            f"the query parameter {unknown[0][:60]!r}",
            expected=f"only {', '.join(queries)}" if queries else "none",
            remedy="correct its name, or leave it out",
        )
    names = [name for name, _ in request.query_params.multi_items()]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise Refusal(
            422,
            f"the query parameter {repeated!r} is given {names.count(repeated)} times",
            expected="each parameter once",
            remedy="give it once",
        )
    if "if-match" in request.headers and "if-match" not in headers and request.method not in SAFE:
        raise not_held()


def _names(route: APIRoute) -> tuple[list[str], list[str]]:
    """Return the names of the query parameters and of the headers that a route reads."""
    key = (route.path, route.endpoint)
    if key in _NAMES:
        return _NAMES[key]
    names: dict[str, list[str]] = {"query": [], "header": []}
    for field in get_flat_params(route.dependant):
        place = getattr(field.field_info, "in_", None)
        if place is not None and place.value in names:
            names[place.value].append(field.alias)
    _NAMES[key] = names["query"], names["header"]
    return _NAMES[key]
