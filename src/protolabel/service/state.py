"""What the routes of one service share, and how they get it from a request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request

from protolabel.label_space.label_space import LabelSpace
from protolabel.progress import Step
from protolabel.service.access import Access
from protolabel.service.job_runner import Jobs
from protolabel.service.limits import Bounds
from protolabel.service.measures import Measures
from protolabel.service.options import Options
from protolabel.service.results import Results
from protolabel.service.spaces import Served, Spaces, stopped
from protolabel.service.throughput import Throughput
from protolabel.service.uploads import Uploads


@dataclass(frozen=True, slots=True)
class State:
    """One running service. ``stopping`` is set when it begins to stop."""

    options: Options
    spaces: Spaces
    access: Access
    measures: Measures
    uploads: Uploads
    jobs: Jobs
    throughput: Throughput
    results: Results = field(default_factory=Results)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def bounds(self) -> Bounds:
        """What requests may ask for."""
        return self.options.bounds

    def until_stop(self, step: Step) -> None:
        """Let long work that changes nothing go on; once the service stops, its next step ends it.

        Raises:
            Refusal: the service stops (503).
        """
        if self.stopping.is_set():
            raise stopped()

    async def served(self, name: str) -> Served:
        """Return a label space, open; the event loop goes on while it is opened."""
        present = self.spaces.present(name)
        if present is not None:
            return present
        return await asyncio.to_thread(self.spaces.served, name)


def state_of(request: Request) -> State:
    """Return the service that a request came to."""
    state: State = request.app.state.service
    return state


def served_of(request: Request, name: str) -> Served:
    """Return the label space that a route names, open, with what answers for it."""
    return state_of(request).spaces.served(name)


def space_of(request: Request, name: str) -> LabelSpace:
    """Return the label space that a route names, open."""
    return served_of(request, name).space
