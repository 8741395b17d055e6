"""Refuses a body where a route reads none: what somebody has sent is never left out unsaid."""

from __future__ import annotations

from fastapi import Request
from fastapi.routing import APIRoute

from protolabel.service.methods import SAFE
from protolabel.service.problems import Refusal

NOTHING = (b"", b"{}", b"null")  # bodies that say nothing


async def refuse_unread_body(request: Request) -> None:
    """Raise Refusal for a body of a route that reads none."""
    route = request.scope.get("route")
    if request.method in SAFE or not isinstance(route, APIRoute):  # whose bodies mean nothing
        return
    if route.body_field is not None or "requestBody" in (route.openapi_extra or {}):
        return
    if (await request.body()).strip() not in NOTHING:
        raise Refusal(
            422,
            "a body, which this request does not read",
            expected="no body; what may be said of it stands in the query",
            remedy="leave the body out",
        )
