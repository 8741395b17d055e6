"""The routes that look at a label space and change it. A change is the library's own record."""

from __future__ import annotations

import heapq
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import reports
from protolabel.label_space.changes import ChangeRequest, request_from
from protolabel.service.acts import acts_of, note_act
from protolabel.service.bodies import ChangeBody, CorrectionBody, RefutationBody
from protolabel.service.limits import ClassName, EvidenceCount, PageLimit, SpaceName, Start
from protolabel.service.preconditions import IdempotencyKey, OnlyAt
from protolabel.service.replies import (
    LinesResponse,
    change_record,
    change_reply,
    lines_of,
    versioned,
)
from protolabel.service.roles import name_of, role
from protolabel.service.state import space_of, state_of

router = APIRouter(tags=["label space"])


@router.get("/v1/spaces", dependencies=[role("read")], response_model=reports.SpaceNames)
def spaces(request: Request) -> dict[str, Any]:
    """List the label spaces."""
    return {"spaces": state_of(request).spaces.names}


@router.get("/v1/spaces/{space}", dependencies=[role("read")], response_model=reports.SpaceInfo)
def info(request: Request, space: SpaceName) -> Response:
    """Say what a label space is: encoder, settings, sizes, calibration."""
    view = space_of(request, space).view()
    about = view.info()
    record = about.to_dict() | {"path": space, "lacking": list(view.lacking)}
    return versioned(record, about.version)


@router.get(
    "/v1/spaces/{space}/classes", dependencies=[role("read")], response_model=reports.ClassList
)
def classes(request: Request, space: SpaceName) -> Response:
    """List the classes, retired ones included, oldest first."""
    view = space_of(request, space).view()
    return versioned({"classes": [asdict(one) for one in view.classes()]}, view.version)


@router.get(
    "/v1/spaces/{space}/examples", dependencies=[role("read")], response_model=reports.ClassExamples
)
def examples(
    request: Request,
    space: SpaceName,
    label: ClassName,
    limit: PageLimit = 100,
    start: Start = 0,
) -> Response:
    """Show one class with its examples, oldest first, a page at a time."""
    view = space_of(request, space).view()
    about, stored = view.show(label)
    page = [asdict(example) for example in stored[start : start + limit]]
    return versioned({"class": asdict(about), "examples": page, "total": len(stored)}, view.version)


@router.get(
    "/v1/spaces/{space}/history", dependencies=[role("read")], response_model=reports.Changes
)
def history(
    request: Request,
    space: SpaceName,
    limit: PageLimit = 100,
) -> Response:
    """List the newest changes, newest first: what, when, by whom."""
    label_space = space_of(request, space)
    changes = [change_record(change) for change in label_space.history(limit)]
    return versioned({"changes": changes}, label_space.version)


@router.post(
    "/v1/spaces/{space}/changes", dependencies=[role("curate")], response_model=reports.Change
)
def change(
    request: Request,
    space: SpaceName,
    body: ChangeBody,
    only_at: OnlyAt,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Change a label space: one durable transaction, which can be undone.

    ``If-Match`` holds it to a version (412 at another). With an ``Idempotency-Key``, a request that
    is sent twice is carried out once.
    """
    state_of(request).bounds.check_change(body.model_extra)
    change = space_of(request, space).commit(
        request_from(body.model_dump()),
        only_at=only_at,
        key=idempotency_key or "",
        who=name_of(request),
    )
    return change_reply(change)


@router.post(
    "/v1/spaces/{space}/preview", dependencies=[role("curate")], response_model=reports.Preview
)
def preview(
    request: Request, space: SpaceName, body: ChangeBody, evidence: EvidenceCount = 3
) -> Response:
    """Say which answers a change would change, and from what to what; it changes nothing."""
    state_of(request).bounds.check_change(body.model_extra)
    label_space = space_of(request, space)
    previews = label_space.preview.using(evidence=evidence)
    return versioned(previews(request_from(body.model_dump())).to_dict(), label_space.version)


@router.post(
    "/v1/spaces/{space}/correct",
    dependencies=[role("curate")],
    response_model=reports.Change | reports.Preview,
)
def correct(
    request: Request,
    space: SpaceName,
    body: CorrectionBody,
    only_at: OnlyAt,
    preview: bool = False,
) -> Response:
    """Say which class a document has that was answered, or is an example; it is named.

    With ``preview`` the answer says what that would change, and nothing is changed. Sent twice, it
    changes nothing the second time. A name never means a file of the server.
    """
    correction = space_of(request, space).correction(body.document, body.to, files=False)
    return _previewed_or_made(request, space, correction, only_at, preview=preview)


@router.post(
    "/v1/spaces/{space}/refute",
    dependencies=[role("curate")],
    response_model=reports.Change | reports.Preview,
)
def refute(
    request: Request,
    space: SpaceName,
    body: RefutationBody,
    only_at: OnlyAt,
    preview: bool = False,
) -> Response:
    """Say of which class a document is not, without saying of which one it is; it is named.

    With ``preview`` the answer says what that would change, and nothing is changed. Sent twice, it
    changes nothing the second time. A name never means a file of the server.
    """
    refutation = space_of(request, space).refutation(body.document, body.label, files=False)
    return _previewed_or_made(request, space, refutation, only_at, preview=preview)


def _previewed_or_made(
    request: Request, space: str, change: ChangeRequest, only_at: int | None, *, preview: bool
) -> Response:
    """Return what a change would change, or make it and return its record."""
    label_space = space_of(request, space)
    if preview:
        return versioned(label_space.preview(change).to_dict(), label_space.version)
    return change_reply(label_space.commit(change, only_at=only_at, who=name_of(request)))


@router.get("/v1/spaces/{space}/audit", dependencies=[role("admin")], response_class=LinesResponse)
def audit(request: Request, space: SpaceName) -> Response:
    """Export who did what and when, as JSON lines, oldest first: changes, and other acts.

    Acts make no version: decisions on suggestions and proposals, what was forgotten, fits.
    """
    label_space = space_of(request, space)
    changes = reversed(list(label_space.history()))
    merged = heapq.merge(changes, acts_of(label_space).all(), key=lambda one: one.at)
    return lines_of(change_record(one) for one in merged)


@router.post(
    "/v1/spaces/{space}/settle", dependencies=[role("curate")], response_model=reports.Lacking
)
def settle(request: Request, space: SpaceName, refined: bool = False) -> Response:
    """Make the fits that answers wait for; without ``refined`` those of the prototypes alone."""
    label_space = space_of(request, space)
    label_space.settle(refined=refined)
    note_act(request, label_space, "settle", "made the fits that answers wait for")
    return versioned({"lacking": list(label_space.view().lacking)}, label_space.version)


@router.get("/v1/spaces/{space}/export", dependencies=[role("admin")], response_class=LinesResponse)
def export(request: Request, space: SpaceName) -> Response:
    """Export everything that people put into a label space, as JSON lines."""
    return lines_of(space_of(request, space).view().export())
