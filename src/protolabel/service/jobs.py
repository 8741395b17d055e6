"""The routes of long work: begin it, follow it, cancel it. ``job_kinds`` has what a job does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from protolabel.client import jobs
from protolabel.label_space.changes import request_from
from protolabel.label_space.terms import RequestKey
from protolabel.service.acts import note_act
from protolabel.service.bodies import JobBody, ReencodeBody
from protolabel.service.body_routes import BYTES_ALONE, BodyRoute, FileBytes
from protolabel.service.file_options import LabelledFileReading
from protolabel.service.job_kinds import (
    change_work,
    decide_work,
    discover_work,
    import_work,
    reencode_work,
    settle_work,
)
from protolabel.service.job_runner import Work
from protolabel.service.limits import FileName, JobName, PageLimit, SpaceName
from protolabel.service.preconditions import Keyed, OnlyAt, not_held, request_key
from protolabel.service.problems import Refusal
from protolabel.service.replies import LinesResponse, line_of, versioned
from protolabel.service.roles import asker, role
from protolabel.service.side.job_table import Job, Start
from protolabel.service.state import State, state_of
from protolabel.service.uploads import Upload

router = APIRouter(route_class=BodyRoute, prefix="/v1/spaces/{space}", tags=["jobs"])

_LOOK_SECONDS = 0.2  # between two looks at a job that is followed
_SILENT_SECONDS = 15.0  # after which its line is sent again, so that the connection stays


@router.post("/jobs", dependencies=[role("curate")], status_code=202, response_model=jobs.Job)
def start(
    request: Request,
    space: SpaceName,
    body: JobBody,
    only_at: OnlyAt,
    key: Keyed,
) -> Response:
    """Begin long work, and say at once which job it is: a change, decisions, proposals, or fits.

    ``If-Match`` holds a job of the kind ``change`` to a version, and no other (400).
    """
    if only_at is not None and body.change is None:
        raise not_held()
    if body.change is not None:
        state_of(request).bounds.check_change(body.change.model_extra)
        change = request_from(body.change.model_dump(exclude={"as_seen"}))
        work = change_work(change, only_at, body.change.as_seen, asker(request))
    elif body.decisions is not None:
        work = decide_work(body.decisions, asker(request))
    elif body.kind == "discover":
        work = discover_work(body.least)
    else:
        work = settle_work(body.refined)
    return _begin(request, space, _Begin(body.kind, "curate", key), work)


@router.post(
    "/import", dependencies=[role("curate"), BYTES_ALONE], status_code=202, response_model=jobs.Job
)
def import_file(
    request: Request,
    space: SpaceName,
    name: FileName,
    content: FileBytes,
    reading: LabelledFileReading,
    key: Keyed,
    skip_known: bool = True,
) -> Response:
    """Begin to add the labelled examples of a file, whose bytes are the body: all, or none.

    A table has a text and a label in each row; exports of Label Studio, Argilla, doccano and
    Prodigy are recognised. Examples that are here already are left out, unless
    ``skip_known=false``.
    """
    work = import_work(
        Upload(name, content, reading.options()),
        state_of(request).bounds,
        skip_known,
        asker(request),
    )
    return _begin(request, space, _Begin("import", "curate", key), work)


@router.post("/reencode", dependencies=[role("admin")], status_code=202, response_model=jobs.Job)
def reencode(
    request: Request,
    space: SpaceName,
    body: ReencodeBody,
    key: Keyed,
) -> Response:
    """Begin to move a label space onto another encoder or pooling: one change, as any other.

    The encoder is one of those that the service was started with. A job that was stopped has kept
    the vectors that it made; the next one goes on there.
    """
    offers = state_of(request).options.encoders
    if body.encoder is None and body.pooling is None:
        raise Refusal(422, "neither an encoder nor a pooling", expected="one of them, or both")
    if body.encoder is not None and body.encoder not in offers:
        raise Refusal(
            422,
            f"the encoder {body.encoder!r}",
            expected=f"one of {', '.join(offers)}" if offers else "a pooling alone",
            remedy="start the service with --offer-encoder and its name",
        )
    work = reencode_work(body.encoder, body.pooling, body.only_if_better, asker(request))
    return _begin(request, space, _Begin("reencode", "admin", key), work)


@router.get("/jobs", dependencies=[role("read")], response_model=jobs.JobList)
def list_jobs(request: Request, space: SpaceName, limit: PageLimit = 100) -> Response:
    """List the newest jobs, newest first."""
    state = state_of(request)
    served = state.spaces.served(space)
    listed = [job.record for job in state.jobs.all(served, limit)]
    return versioned({"jobs": listed}, served.space)


@router.get("/jobs/{job}", dependencies=[role("read")], response_model=jobs.Job)
def show_job(request: Request, space: SpaceName, job: JobName) -> Response:
    """Say how far a job is, or how it ended.

    ``interrupted``: the service ended before the job did; it has changed nothing then.
    """
    state = state_of(request)
    served = state.spaces.served(space)
    return versioned(state.jobs.one(served, job).record, served.space)


@router.get("/jobs/{job}/events", dependencies=[role("read")], response_class=LinesResponse)
def follow_job(request: Request, space: SpaceName, job: JobName) -> Response:
    """Follow a job: a line each time it has moved on, as JSON lines; the last one has ended."""
    state = state_of(request)
    first = state.jobs.one(state.spaces.served(space), job)
    return LinesResponse(_events(state, space, first))


@router.delete(
    "/jobs/{job}", dependencies=[role("curate"), Depends(request_key)], response_model=jobs.Job
)
def cancel_job(request: Request, space: SpaceName, job: JobName) -> Response:
    """Ask for the end of a job: at once where it waits, else at its next step.

    It changes nothing then. A job whose change is made already ends as ``done``.
    """
    state = state_of(request)
    served = state.spaces.served(space)
    present = state.jobs.one(served, job)
    if not request.state.caller.may(present.role):
        raise Refusal(
            403, "a job of a greater role", expected=f"a key whose role is {present.role}"
        )
    if not (present.is_final or present.cancel):  # asked for once more, it is no other act
        note_act(request, served.space, "cancel", f"asked for the end of job {job}")
    return versioned(state.jobs.cancel(served, job).record, served.space)


@dataclass(frozen=True, slots=True)
class _Begin:
    """A request for a job: its kind, the role that it took, its key."""

    kind: str
    role: str
    key: RequestKey | None


def _begin(request: Request, space: str, about: _Begin, work: Work) -> Response:
    state = state_of(request)
    served = state.spaces.served(space)
    label_space = served.space
    who = asker(request) or ""
    key = about.key or RequestKey("")
    start = Start(about.kind, about.role, who, key.name, key.digest)
    job = state.jobs.start(served, start, work)
    if job.is_new and about.kind in (
        "discover",
        "settle",
    ):  # what else a job does is in the history
        note_act(request, label_space, about.kind, f"began job {job.id}")
    answer = versioned(job.record, label_space)
    answer.status_code = 202
    answer.headers["Location"] = f"/v1/spaces/{quote(space, safe='')}/jobs/{job.id}"
    return answer


async def _events(state: State, space: str, first: Job) -> AsyncIterator[bytes]:
    """Yield the lines of a job until it has ended, or the service stops."""
    job: Job = first
    last: dict[str, Any] = {}
    sent_at = 0.0
    while True:
        if job.record != last or time.monotonic() - sent_at > _SILENT_SECONDS:
            yield line_of(job.record)
            last, sent_at = job.record, time.monotonic()
        if job.is_final or state.stopping.is_set():
            return
        await asyncio.sleep(_LOOK_SECONDS)
        job = await asyncio.to_thread(_look, state, space, first.id)


def _look(state: State, space: str, job: str) -> Job:
    return state.jobs.one(state.spaces.served(space), job)
