"""Routes whose body is a file: its bytes are taken as they come, whatever type the sender names.

Programs name the type by the ending of the file, and a body of the type JSON would be parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Body, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

BYTES = "application/octet-stream"
FileBytes = Annotated[bytes, Body(media_type=BYTES)]


class FileRoute(APIRoute):
    """A route that reads the body of a file as bytes; other bodies are read as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handler = super().get_route_handler()
        if getattr(self.body_field and self.body_field.field_info, "media_type", "") != BYTES:
            return handler

        async def handle_bytes(request: Request) -> Response:
            headers = [h for h in request.scope["headers"] if h[0] != b"content-type"]
            headers.append((b"content-type", BYTES.encode()))
            scope = {**request.scope, "headers": headers}
            return await handler(Request(scope, request.receive))

        return handle_bytes
