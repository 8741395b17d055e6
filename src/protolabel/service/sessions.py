"""The routes of the page's session: sign in with a key, who am I, sign out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from protolabel.client import sessions
from protolabel.service.access import COOKIE, SESSION_SECONDS, Caller
from protolabel.service.bodies import SessionBody
from protolabel.service.body_routes import BodyRoute
from protolabel.service.roles import role
from protolabel.service.state import state_of
from protolabel.service.undeclared_fields import refuse_undeclared

router = APIRouter(route_class=BodyRoute, prefix="/v1/session", tags=["session"])


@router.post("", dependencies=[Depends(refuse_undeclared)], response_model=sessions.Session)
def begin(request: Request, body: SessionBody) -> Response:
    """Begin a session with a key: a cookie, and the token that changes must send beside it."""
    cookie, csrf, caller = state_of(request).access.begin_session(body.key)
    answer = JSONResponse(_session(request, caller, csrf))
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return answer


def _session(request: Request, caller: Caller, csrf: str) -> dict[str, Any]:
    options = state_of(request).options
    return {
        "name": caller.name,
        "role": "label" if options.read_only and caller.may("label") else caller.role,
        "csrf": csrf,
        "review_below": options.review_below,
        "read_only": options.read_only,
    }


@router.get("", dependencies=[role("read")], response_model=sessions.Session)
def who(request: Request) -> dict[str, Any]:
    """Say whose session this is, what it may do, and the token that its changes must send."""
    caller = request.state.caller
    csrf = state_of(request).access.csrf_of(request.cookies.get(COOKIE, ""))
    return _session(request, caller, csrf)


@router.delete("", dependencies=[role("read")], response_model=sessions.Empty)
def end(request: Request) -> Response:
    """End the session."""
    state_of(request).access.end_session(request.cookies.get(COOKIE, ""))
    answer = JSONResponse({})
    answer.delete_cookie(COOKIE, path="/")
    return answer
