"""The routes of health: coverage against risk, and accuracy on a label space's own examples.

Both take seconds in large label spaces: each is made once for a version, and kept until the next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from cachetools import LRUCache
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from protolabel.label_space.label_space import LabelSpace
from protolabel.service.bodies import SpaceName
from protolabel.service.roles import role
from protolabel.service.spaces import Served
from protolabel.service.state import state_of

router = APIRouter(tags=["health of a label space"])

_KEPT = 16  # results, of all label spaces together


class Results:
    """What was made of label spaces, by kind, opening and version; one at a time."""

    def __init__(self) -> None:
        self._records: LRUCache[tuple[str, int, int], dict[str, Any]] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def record(
        self, kind: str, served: Served, make: Callable[[LabelSpace], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return what was made of this version, or make it."""
        with self._lock:
            key = (kind, served.opening, served.space.version)
            if key in self._records:
                return self._records[key]
            record = make(served.space)
            if served.space.version == key[-1]:  # else it may be of either version
                self._records[key] = record
            return record


_results = Results()


@router.get("/v1/spaces/{space}/risk", dependencies=[role("read")])
def risk(request: Request, space: SpaceName) -> Response:
    """Say how many answers are wrong, by how many documents are answered."""
    from protolabel.evaluation.risk_of_space import risk_of_space

    served = state_of(request).spaces.served(space)
    record = _results.record("risk", served, lambda one: risk_of_space(one).record())
    return JSONResponse(record | {"subject": space})


@router.get("/v1/spaces/{space}/evaluation", dependencies=[role("read")])
def evaluation(request: Request, space: SpaceName) -> Response:
    """Say how well the label space tells its own examples apart, each left out in turn."""
    from protolabel.evaluation.of_own_examples import evaluate_space

    served = state_of(request).spaces.served(space)
    record = _results.record("evaluation", served, lambda one: evaluate_space(one).record())
    return JSONResponse(record | {"subject": space})
