"""Routes that read a body: JSON with each key once, and the bytes of a file as they come.

Programs name the type of a file by its ending, and a body of the type JSON would be parsed. A file
within a form is refused: its envelope is no part of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Body, Depends, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from protolabel.service.json_bodies import JsonRequest
from protolabel.service.problems import Refusal
from protolabel.service.state import state_of

BYTES = "application/octet-stream"
FORM = "multipart/form-data"
FileBytes = Annotated[bytes, Body(media_type=BYTES)]


def media_type(request: Request) -> str:
    """Return the type that a body says to be, without its parameters; empty where it says none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def refuse_form(request: Request) -> None:
    """Raise Refusal (415) for a file within a form; a label space that is not here is said first.

    Other types are taken for the bytes of a file: curl calls each body an urlencoded form.
    """
    if media_type(request) != FORM:
        return
    await state_of(request).served(request.path_params["space"])
    raise Refusal(
        415,
        f"a body of the type {FORM!r}",
        expected="the bytes of the file alone",
        remedy="send the file itself as the body: curl --data-binary @FILE",
    )


BYTES_ALONE = Depends(refuse_form)  # of a route that takes the bytes of a file


class BodyRoute(APIRoute):
    """A route that reads the body of a file as bytes, and any other body as JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler
        is_file = getattr(self.body_field.field_info, "media_type", "") == BYTES

        async def handle_body(request: Request) -> Response:
            if not is_file:
                return await handler(JsonRequest(request.scope, request.receive))
            if media_type(request) == FORM:  # to be refused
                return await handler(request)
            headers = [h for h in request.scope["headers"] if h[0] != b"content-type"]
            headers.append((b"content-type", BYTES.encode()))
            scope = {**request.scope, "headers": headers}
            return await handler(Request(scope, request.receive))

        return handle_body
