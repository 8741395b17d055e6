"""The routes that read what label spaces hold: sizes, classes, examples, history, exports."""

from __future__ import annotations

import heapq
from dataclasses import asdict
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import reports
from protolabel.label_space.session import session_of
from protolabel.label_space.undo import redo_target, undo_target, version_taken_back
from protolabel.service.acts import acts_of
from protolabel.service.body_routes import BodyRoute
from protolabel.service.documents_of_changes import documents_of
from protolabel.service.limits import ClassName, PageLimit, SpaceName, Start
from protolabel.service.replies import (
    LinesResponse,
    change_record,
    identity_in,
    lines_of,
    mark_in,
    remembered_mark,
    versioned,
)
from protolabel.service.roles import role
from protolabel.service.state import space_of, state_of
from protolabel.store.log import mark_of

router = APIRouter(route_class=BodyRoute, tags=["label space"])


@router.get("/v1/spaces", dependencies=[role("read")], response_model=reports.SpaceNames)
def spaces(request: Request) -> dict[str, Any]:
    """List the label spaces."""
    return {"spaces": state_of(request).spaces.names}


@router.get("/v1/spaces/{space}", dependencies=[role("read")], response_model=reports.SpaceInfo)
def info(request: Request, space: SpaceName) -> Response:
    """Say what a label space is: encoder, settings, sizes, calibration.

    ``remembered_mark`` changes whenever documents come to the inbox, are decided on, or leave.
    ``follows`` says whether documents of a folder come by themselves. ``identity`` tells the label
    space from every other one that may have its name.
    """
    label_space = space_of(request, space)
    view = label_space.view()
    about = view.info()
    mark = mark_in(label_space, about.version)
    record = about.to_dict() | {
        "path": space,
        "lacking": list(view.lacking),
        "mark": mark,
        "remembered_mark": remembered_mark(label_space),
        "identity": identity_in(label_space),
        "follows": bool(state_of(request).options.follow),
    }
    return versioned(record, label_space, about.version)


@router.get(
    "/v1/spaces/{space}/classes", dependencies=[role("read")], response_model=reports.ClassList
)
def classes(request: Request, space: SpaceName) -> Response:
    """List the classes, retired ones included, oldest first."""
    label_space = space_of(request, space)
    view = label_space.view()
    body = {"classes": [asdict(one) for one in view.classes()]}
    return versioned(body, label_space, view.version)


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
    label_space = space_of(request, space)
    view = label_space.view()
    about, stored = view.show(label)
    page = [asdict(example) for example in stored[start : start + limit]]
    body = {"class": asdict(about), "examples": page, "total": len(stored)}
    return versioned(body, label_space, view.version)


@router.get(
    "/v1/spaces/{space}/history", dependencies=[role("read")], response_model=reports.Changes
)
def history(
    request: Request,
    space: SpaceName,
    limit: PageLimit = 100,
    start: Start = 0,
) -> Response:
    """List changes, newest first, a page at a time: what, when, by whom."""
    label_space = space_of(request, space)
    changes = islice(label_space.history(start + limit), start, None)
    rows = session_of(label_space).store.rows
    records = [
        change_record(one, mark_of(rows.identity, one)) | documents_of(rows, one) for one in changes
    ]
    body = {
        "changes": records,
        "undo": version_taken_back(undo_target, label_space.history()),
        "redo": version_taken_back(redo_target, label_space.history()),
    }
    return versioned(body, label_space)


@router.get("/v1/spaces/{space}/audit", dependencies=[role("admin")], response_class=LinesResponse)
def audit(request: Request, space: SpaceName) -> Response:
    """Export who did what and when, as JSON lines, oldest first: changes, and other acts.

    Acts make no version: decisions on suggestions and proposals, what was forgotten, fits. They
    have the version and the mark that the label space had; a mark that no change has is one of
    another copy.
    """
    label_space = space_of(request, space)
    identity = session_of(label_space).store.rows.identity
    newest_first = list(label_space.history())
    changes = ((one, mark_of(identity, one)) for one in reversed(newest_first))
    merged = heapq.merge(changes, acts_of(label_space).all(), key=lambda pair: pair[0].at)
    version = newest_first[0].version
    return lines_of((change_record(*pair) for pair in merged), label_space, version)


@router.get("/v1/spaces/{space}/export", dependencies=[role("admin")], response_class=LinesResponse)
def export(request: Request, space: SpaceName) -> Response:
    """Export everything that people put into a label space, as JSON lines."""
    label_space = space_of(request, space)
    view = label_space.view()
    return lines_of(view.export(), label_space, view.version)
