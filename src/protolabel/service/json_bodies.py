"""JSON that is sent to the service: in each object a key stands once, as in files.

Python's reader, and pydantic's, take the last value of a key that stands twice. Which one is meant,
the sender must say.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from protolabel.errors import InputError
from protolabel.readers.json_objects import json_object, refuse_repeated


class RepeatedKeyInBody(HTTPException):
    """A body in which a key stands twice; ``error`` says which.

    It is one of Starlette's errors because the framework passes only these on while it reads a
    body. It takes any other error for a body that is no JSON.
    """

    def __init__(self, error: InputError) -> None:
        super().__init__(422, error.got)
        self.error = error


class JsonRequest(Request):
    """A request whose body, where it is JSON, is read with each key once."""

    async def json(self) -> Any:
        """Return the body. Raises RepeatedKeyInBody, and JSONDecodeError for what is no JSON."""
        if not hasattr(self, "_value"):
            try:
                self._value = read_json(await self.body(), "the body")
            except InputError as error:
                raise RepeatedKeyInBody(error) from error
        return self._value


def refuse_repeated_keys(content: bytes, source: str) -> None:
    """Refuse JSON in which a key stands twice, where another reader has the value of it.

    Raises:
        InputError: as :func:`read_json` does. What is no JSON is for the other reader to refuse.
    """
    with suppress(ValueError):
        read_json(content, source)


def read_json(content: bytes, source: str) -> Any:
    """Return the value that JSON holds.

    Raises:
        InputError: a key stands twice in an object, at any depth; it begins with ``source``.
        JSONDecodeError: it is no JSON.
    """

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = json_object(pairs)
        refuse_repeated(value, source)
        return value

    return json.loads(content, object_pairs_hook=read_object)
