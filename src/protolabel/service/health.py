"""The routes of health: coverage against risk, accuracy on its own examples, drift, throughput."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import measurements
from protolabel.label_space.label_space import LabelSpace
from protolabel.open_world.drift import watch
from protolabel.open_world.watched_moments import Moment
from protolabel.service.limits import FalseAlarmIn, SpaceName
from protolabel.service.replies import versioned
from protolabel.service.roles import role
from protolabel.service.spaces import Served
from protolabel.service.state import space_of, state_of

router = APIRouter(tags=["health of a label space"])


@router.get(
    "/v1/spaces/{space}/risk", dependencies=[role("read")], response_model=measurements.Risk
)
def risk(request: Request, space: SpaceName) -> Response:
    """Say how many answers are wrong, by how many documents are answered."""
    from protolabel.evaluation.risk_of_space import risk_of_space

    served, record = _measured(request, space, "risk", lambda one: risk_of_space(one).record())
    return versioned(record, served.space, record["version"])


@router.get(
    "/v1/spaces/{space}/evaluation",
    dependencies=[role("read")],
    response_model=measurements.Evaluation,
)
def evaluation(request: Request, space: SpaceName) -> Response:
    """Say how well the label space tells its own examples apart, each left out in turn."""
    from protolabel.evaluation.of_own_examples import evaluate_space

    progress = state_of(request).until_stop
    served, record = _measured(
        request, space, "evaluation", lambda one: evaluate_space(one, progress=progress).record()
    )
    return versioned(record, served.space, record["settings"]["version"])


@router.get(
    "/v1/spaces/{space}/throughput",
    dependencies=[role("read")],
    response_model=measurements.Throughput,
)
def throughput(request: Request, space: SpaceName) -> Response:
    """Say how many documents the service has answered in the last minute."""
    state = state_of(request)
    label_space = state.spaces.served(space).space
    documents, seconds = state.throughput.lately(space)
    return versioned({"documents": documents, "seconds": seconds}, label_space)


@router.get(
    "/v1/spaces/{space}/drift", dependencies=[role("read")], response_model=measurements.DriftReport
)
def drift(
    request: Request,
    space: SpaceName,
    moment: Moment = "hour",
    false_alarm_in: FalseAlarmIn = None,
) -> Response:
    """Say what changed in the stream of remembered documents, class by class, and since when."""
    label_space = space_of(request, space)
    report = watch(label_space, false_alarm_in=false_alarm_in, moment=moment)
    return versioned(report.to_dict(), label_space, report.version)


def _measured(
    request: Request, space: str, name: str, measure: Callable[[LabelSpace], dict[str, Any]]
) -> tuple[Served, dict[str, Any]]:
    """Return a label space and what a measurement of it gives, made once a version."""
    state = state_of(request)
    served = state.spaces.served(space)
    return served, state.results.record(name, served, measure) | {"subject": space}
