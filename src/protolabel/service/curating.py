"""The routes that look at a label space and change it. A change is the library's own record."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from protolabel.label_space.changes import request_from
from protolabel.label_space.label_space import LabelSpace
from protolabel.service.bodies import ChangeBody, ChangeMade, CorrectionBody, SpaceName
from protolabel.service.guard import STREAM
from protolabel.service.problems import Refusal
from protolabel.service.roles import role
from protolabel.service.state import state_of
from protolabel.types import Change

router = APIRouter(tags=["label space"])

IfMatch = Annotated[str | None, Header(max_length=40)]
EvidenceCount = Annotated[int, Query(ge=0, le=50)]

_ETAG = re.compile(r'(?:W/)?"?(\d+)"?')


def space_of(request: Request, name: str) -> LabelSpace:
    """Return the label space that a route names, open."""
    return state_of(request).spaces.served(name).space


@router.get("/v1/spaces", dependencies=[role("read")])
def spaces(request: Request) -> dict[str, Any]:
    """List the label spaces."""
    return {"spaces": state_of(request).spaces.names}


@router.get("/v1/spaces/{space}", dependencies=[role("read")])
def info(request: Request, space: SpaceName) -> Response:
    """Say what a label space is: encoder, settings, sizes, calibration."""
    view = space_of(request, space).view()
    about = view.info()
    record = about.to_dict() | {"path": space, "lacking": list(view.lacking)}
    return versioned(record, about.version)


@router.get("/v1/spaces/{space}/classes", dependencies=[role("read")])
def classes(request: Request, space: SpaceName) -> Response:
    """List the classes, retired ones included, oldest first."""
    view = space_of(request, space).view()
    return versioned({"classes": [asdict(one) for one in view.classes()]}, view.version)


@router.get("/v1/spaces/{space}/examples", dependencies=[role("read")])
def examples(
    request: Request,
    space: SpaceName,
    label: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show one class with its examples, oldest first, a page at a time."""
    view = space_of(request, space).view()
    about, stored = view.show(label)
    page = [asdict(example) for example in stored[start : start + limit]]
    return versioned({"class": asdict(about), "examples": page, "total": len(stored)}, view.version)


@router.get("/v1/spaces/{space}/history", dependencies=[role("read")])
def history(
    request: Request,
    space: SpaceName,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """List the newest changes, newest first: what, when, by whom."""
    label_space = space_of(request, space)
    changes = [change_record(change) for change in label_space.history(limit)]
    return versioned({"changes": changes}, label_space.version)


@router.post("/v1/spaces/{space}/changes", response_model=ChangeMade, dependencies=[role("curate")])
def change(
    request: Request,
    space: SpaceName,
    body: ChangeBody,
    if_match: IfMatch = None,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Change a label space: one durable transaction, which can be undone.

    ``If-Match`` holds it to a version (412 at another). With an ``Idempotency-Key``, a request that
    is sent twice is carried out once.
    """
    _refuse_long(body.model_extra, state_of(request).options.bounds.text_characters)
    change = space_of(request, space).commit(
        request_from(body.model_dump()),
        only_at=only_version(if_match),
        key=idempotency_key or "",
        who=request.state.caller.name or None,
    )
    return versioned(change_record(change), change.version)


@router.post("/v1/spaces/{space}/preview", dependencies=[role("curate")])
def preview(
    request: Request, space: SpaceName, body: ChangeBody, evidence: EvidenceCount = 3
) -> Response:
    """Say which answers a change would change, and from what to what; it changes nothing."""
    _refuse_long(body.model_extra, state_of(request).options.bounds.text_characters)
    label_space = space_of(request, space)
    previews = label_space.preview.using(evidence=evidence)
    return versioned(previews(request_from(body.model_dump())).to_dict(), label_space.version)


@router.post("/v1/spaces/{space}/correct", dependencies=[role("curate")])
def correct(
    request: Request,
    space: SpaceName,
    body: CorrectionBody,
    preview: bool = False,
    if_match: IfMatch = None,
) -> Response:
    """Say which class a document has that was answered, or is an example; it is named.

    With ``preview`` the answer says what that would change, and nothing is changed. Sent twice, it
    changes nothing the second time. A name never means a file of the server.
    """
    label_space = space_of(request, space)
    correction = label_space.correction(body.document, body.to, files=False)
    if preview:
        return versioned(label_space.preview(correction).to_dict(), label_space.version)
    who = request.state.caller.name or None
    change = label_space.commit(correction, only_at=only_version(if_match), who=who)
    return versioned(change_record(change), change.version)


@router.get("/v1/spaces/{space}/audit", dependencies=[role("admin")])
def audit(request: Request, space: SpaceName) -> Response:
    """Export who changed what and when, as JSON lines: all changes, oldest first."""
    changes = reversed(list(space_of(request, space).history()))
    lines = (json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in changes)
    return StreamingResponse(lines, media_type=STREAM)


@router.post("/v1/spaces/{space}/settle", dependencies=[role("curate")])
def settle(request: Request, space: SpaceName, refined: bool = False) -> Response:
    """Make the fits that answers wait for; without ``refined`` those of the prototypes alone."""
    label_space = space_of(request, space)
    label_space.settle(refined=refined)
    return versioned({"lacking": list(label_space.view().lacking)}, label_space.version)


@router.get("/v1/spaces/{space}/export", dependencies=[role("admin")])
def export(request: Request, space: SpaceName) -> Response:
    """Export everything that people put into a label space, as JSON lines."""
    view = space_of(request, space).view()
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in view.export())
    return StreamingResponse(lines, media_type=STREAM)


def _refuse_long(value: object, most: int) -> None:
    """Raise Refusal (413) for a text in a change that would hold up all others."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, str) and len(part) > most:
            raise Refusal(413, f"a text of {len(part):,} characters", expected=f"at most {most:,}")
        if isinstance(part, dict):
            parts.extend(one for name, one in part.items() if name != "image")
        elif isinstance(part, list):
            parts.extend(part)


def change_record(change: Change) -> dict[str, Any]:
    """Return a change as JSON can hold it."""
    return asdict(change) | {"hints": list(change.hints)}


def only_version(if_match: str | None) -> int | None:
    """Return the version that a request is held to. Raises Refusal."""
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise Refusal(
            400, f"If-Match: {if_match[:40]}", expected='the ETag of an answer, such as "17"'
        )
    return int(match[1])


def versioned(body: dict[str, Any], version: int) -> Response:
    """Return an answer that says to which version it belongs."""
    return JSONResponse(body, headers={"ETag": f'"{version}"'})
