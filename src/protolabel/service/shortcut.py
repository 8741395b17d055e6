"""The shortcut of the request that comes most often, documents to label: past the framework.

The framework takes two thirds of the application's processor time for such a request
(docs/decisions/0031). The shortcut answers a request about which nothing is unusual. It passes all
others on, with their bodies: the framework says what is wrong with them.
"""

from __future__ import annotations

from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from protolabel.errors import InputError, ProtolabelError
from protolabel.service.bodies import LabelBody
from protolabel.service.json_bodies import refuse_repeated_keys
from protolabel.service.labelling import label, labelled, router
from protolabel.service.problems import Refusal
from protolabel.service.replies import error_reply
from protolabel.service.state import State

MOST_BYTES = 64 * 1024  # of a larger body the framework's share is small
_ROUTE = next(
    route for route in router.routes if isinstance(route, APIRoute) and route.endpoint is label
)
_BEFORE, _AFTER = _ROUTE.path.split("{space}")


class Shortcut:
    """ASGI middleware between the guard and the framework."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a usual request for labels; pass on any other."""
        space = _space_of(scope)
        if not self._state.spaces.has(space):
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        messages: list[Message] = []
        try:
            reply = await self._reply(scope, space, receive, messages)
        except Refusal as refusal:
            reply = error_reply(refusal)
        except ProtolabelError as error:
            reply = error_reply(error, self._state.spaces.names_by_path)
        if reply is None:
            await self._app(scope, _replayed(messages, receive), send)
        else:
            await reply(scope, receive, send)

    async def _reply(
        self, scope: Scope, space: str, receive: Receive, messages: list[Message]
    ) -> Response | None:
        """Return the answer to a request; None where its body is for the framework.

        Args:
            scope: of the request.
            space: the label space that its path names.
            receive: returns the next part of the body.
            messages: gets the parts that were received.
        """
        messages.append(await receive())
        while messages[-1].get("more_body", False):
            messages.append(await receive())
        if messages[-1]["type"] != "http.request":  # the caller is gone
            return None
        content = b"".join(part["body"] for part in messages)
        try:
            body = LabelBody.model_validate_json(content)
            refuse_repeated_keys(content, "the body")
        except (ValidationError, InputError):
            return None
        self._state.access.require(Request(scope), "label")
        return await labelled(self._state, space, body)


def _space_of(scope: Scope) -> str:
    """Return the label space of a usual request for labels; empty for any other request."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["query_string"]:
        return ""
    path: str = scope["path"]
    if not (path.startswith(_BEFORE) and path.endswith(_AFTER)):
        return ""
    kind = length = b""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value
        elif name == b"content-length":
            length = value
        elif name in (b"if-match", b"label-space"):
            return ""
    if kind != b"application/json" or not length or int(length) > MOST_BYTES:
        return ""
    return path[len(_BEFORE) : -len(_AFTER)]


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    """Return what receives some messages again, and then those that follow."""
    waiting = iter(messages)

    async def next_message() -> Message:
        for message in waiting:
            return message
        return await receive()

    return next_message
