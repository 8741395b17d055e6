"""Work for a caller who has left is stopped: nobody reads what it would say.

A page leaves a document as soon as a person opens the next one. What is under way in a thread ends
by itself; what waits for its turn never begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from protolabel.service.problems import Refusal

T = TypeVar("T")
_LEFT = 499  # what servers note of a caller who closed the connection; nobody receives it


async def unless_left(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; cancel it once the caller has closed the connection.

    Raises:
        Refusal: the caller has left.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_end_of(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise Refusal(_LEFT, "a connection that its caller has closed", remedy="send it again")
    finally:
        working.cancel()
        leaving.cancel()


async def _end_of(request: Request) -> None:
    """Wait until the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
