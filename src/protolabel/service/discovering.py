"""The routes that propose classes for declined documents, and take what a person decides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from protolabel.open_world.accepting import accept, proposal_named, refuse
from protolabel.open_world.accepting import preview as preview_of
from protolabel.open_world.conflicts import find_conflicts
from protolabel.open_world.discovery import LEAST, discover, stored_proposals
from protolabel.open_world.next_to_label import COUNT, next_to_label
from protolabel.service.bodies import ProposalBody, SpaceName
from protolabel.service.curating import IfMatch, change_record, only_version, space_of, versioned
from protolabel.service.roles import role

router = APIRouter(tags=["discovery"])

Least = Annotated[int, Query(ge=2, le=1_000_000, description="Documents of the smallest one.")]
MEMBERS = 100  # documents of a proposal that an answer lists


@router.get("/v1/spaces/{space}/conflicts", dependencies=[role("read")])
def conflicts(request: Request, space: SpaceName) -> Response:
    """List likely label errors, and classes to split or to merge; nothing is changed."""
    report = find_conflicts(space_of(request, space))
    return versioned(report.to_dict(), report.version)


@router.get("/v1/spaces/{space}/next", dependencies=[role("read")])
def to_label_next(
    request: Request, space: SpaceName, count: Annotated[int, Query(ge=1, le=1000)] = COUNT
) -> Response:
    """List the remembered documents whose label would help most, no two of the same kind."""
    advice = next_to_label(space_of(request, space), count=count)
    return versioned(advice.to_dict(), advice.version)


@router.post("/v1/spaces/{space}/discover", dependencies=[role("curate")])
def propose(request: Request, space: SpaceName, least: Least = LEAST) -> Response:
    """Group the remembered documents that are declined now, and propose classes for them."""
    discovery = discover(space_of(request, space), least=least)
    return versioned(discovery.to_dict(MEMBERS), discovery.version)


@router.get("/v1/spaces/{space}/proposals", dependencies=[role("read")])
def proposals(request: Request, space: SpaceName) -> Response:
    """List the proposals as they were last made; what only a new grouping counts is null."""
    label_space = space_of(request, space)
    stored = stored_proposals(label_space)
    body = {"proposals": stored, "documents": sum(one["size"] for one in stored), "noise": None,
            "refused": None, "left_out": None, "version": None}  # fmt: skip
    return versioned(body, label_space.version)


@router.post("/v1/spaces/{space}/proposals/{key}/accept", dependencies=[role("curate")])
def make_class(
    request: Request,
    space: SpaceName,
    key: Annotated[str, Field(max_length=20)],
    body: ProposalBody,
    least: Least = LEAST,
    preview: bool = False,
    if_match: IfMatch = None,
) -> Response:
    """Make a proposal a class: one change, which can be undone; or only say what it would do."""
    label_space = space_of(request, space)
    chosen = proposal_named(discover(label_space, least=least), key)
    if preview:
        record = preview_of(label_space, chosen, body.name, body.description or "").to_dict()
        return versioned(record, label_space.version)
    change = accept(
        label_space,
        chosen,
        body.name,
        body.description or "",
        only_at=only_version(if_match),
        who=request.state.caller.name or None,
    )
    return versioned(change_record(change), change.version)


@router.post("/v1/spaces/{space}/proposals/{key}/refuse", dependencies=[role("curate")])
def decline(
    request: Request,
    space: SpaceName,
    key: Annotated[str, Field(max_length=20)],
    least: Least = LEAST,
) -> Response:
    """Never propose this again."""
    label_space = space_of(request, space)
    chosen = proposal_named(discover(label_space, least=least), key)
    refuse(label_space, [chosen])
    return versioned({"refused": chosen.key}, label_space.version)
