"""Routes that read a body: JSON with each key once, and the bytes of a file as they come.

Programs name the type of a file by its ending, and a body of the type JSON would be parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Body, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from protolabel.service.json_bodies import JsonRequest

BYTES = "application/octet-stream"
FileBytes = Annotated[bytes, Body(media_type=BYTES)]


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
            headers = [h for h in request.scope["headers"] if h[0] != b"content-type"]
            headers.append((b"content-type", BYTES.encode()))
            scope = {**request.scope, "headers": headers}
            return await handler(Request(scope, request.receive))

        return handle_body
