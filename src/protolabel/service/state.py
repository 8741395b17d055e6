"""What the routes of one service share, and how they get it from a request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from protolabel.service.access import Access
from protolabel.service.measures import Measures
from protolabel.service.options import Options
from protolabel.service.spaces import Served, Spaces
from protolabel.service.uploads import Uploads


@dataclass(frozen=True, slots=True)
class State:
    """One running service."""

    options: Options
    spaces: Spaces
    access: Access
    measures: Measures
    uploads: Uploads

    async def served(self, name: str) -> Served:
        """Return a label space, open; the event loop goes on while it is opened."""
        return await asyncio.to_thread(self.spaces.served, name)


def state_of(request: Request) -> State:
    """Return the service that a request came to."""
    state: State = request.app.state.service
    return state
