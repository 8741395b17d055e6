"""Holds a request to one label space: another one that has its name now does not answer it."""

from __future__ import annotations

import asyncio

from fastapi import Request

from protolabel.service.problems import Refusal
from protolabel.service.replies import identity_in
from protolabel.service.state import state_of

HEADER = "Label-Space"


async def refuse_for_another(request: Request) -> None:
    """Raise Refusal (412) where the label space has another identity than the request says.

    A request without the header is held to none.
    """
    identity, name = request.headers.get(HEADER), request.path_params.get("space")
    if identity is None or name is None:
        return
    served = await state_of(request).served(name)
    if identity != await asyncio.to_thread(identity_in, served.space):
        raise Refusal(
            412,
            f"another label space than the one that {HEADER} says; nothing was changed",
            expected=f"the `identity` that `GET /v1/spaces/{name}` says",
            remedy="serve that label space again, or ask for what this one holds first",
        )
