"""The routes that propose classes for declined documents, and take what a person decides."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import reports
from protolabel.open_world.accepting import accept, refuse
from protolabel.open_world.accepting import preview as preview_of
from protolabel.open_world.conflicts import find_conflicts
from protolabel.open_world.discovery import LEAST, discover, stored_proposals
from protolabel.open_world.named_proposals import proposals_named
from protolabel.open_world.next_to_label import COUNT, next_to_label
from protolabel.open_world.proposals import without_words
from protolabel.quantity import quantity
from protolabel.service.acts import note_act
from protolabel.service.bodies import DiscoverBody, ProposalBody
from protolabel.service.limits import MEMBERS, Least, PageLimit, ProposalKey, SpaceName
from protolabel.service.preconditions import OnlyAt
from protolabel.service.problems import Refusal
from protolabel.service.replies import change_reply, versioned
from protolabel.service.roles import may_see_words, name_of, role
from protolabel.service.state import space_of

router = APIRouter(tags=["discovery"])


@router.get(
    "/v1/spaces/{space}/conflicts", dependencies=[role("read")], response_model=reports.Conflicts
)
def conflicts(request: Request, space: SpaceName) -> Response:
    """List likely label errors, and classes to split or to merge; nothing is changed."""
    report = find_conflicts(space_of(request, space))
    return versioned(report.to_dict(), report.version)


@router.get("/v1/spaces/{space}/next", dependencies=[role("read")], response_model=reports.Next)
def to_label_next(request: Request, space: SpaceName, count: PageLimit = COUNT) -> Response:
    """List the remembered documents whose label would help most, no two of the same kind.

    The role read sees none of their words, here and in all other lists of documents.
    """
    advice = next_to_label(space_of(request, space), count=count)
    body = advice.to_dict()
    if not may_see_words(request):
        body["documents"] = [one | {"text": None} for one in body["documents"]]
    return versioned(body, advice.version)


@router.post(
    "/v1/spaces/{space}/discover", dependencies=[role("curate")], response_model=reports.Proposals
)
def propose(
    request: Request,
    space: SpaceName,
    body: DiscoverBody | None = None,
    least: Least | None = None,
) -> Response:
    """Group the remembered documents that are declined now, and propose classes for them.

    ``least`` may stand in the body or in the query.
    """
    label_space = space_of(request, space)
    discovery = discover(label_space, least=_least(least, body))
    words = f"proposed {quantity(len(discovery.proposals), 'class')}"
    note_act(request, label_space, "discover", words)
    return versioned(discovery.to_dict(MEMBERS), discovery.version)


@router.get(
    "/v1/spaces/{space}/proposals", dependencies=[role("read")], response_model=reports.Proposals
)
def proposals(request: Request, space: SpaceName) -> Response:
    """List the proposals as they were last made; what only a new grouping counts is null."""
    label_space = space_of(request, space)
    stored = stored_proposals(label_space)
    if not may_see_words(request):
        stored = [without_words(one) for one in stored]
    body = {"proposals": stored, "documents": sum(one["size"] for one in stored), "noise": None,
            "refused": None, "left_out": None, "version": None}  # fmt: skip
    return versioned(body, label_space.version)


@router.post(
    "/v1/spaces/{space}/proposals/{key}/accept",
    dependencies=[role("curate")],
    response_model=reports.Change | reports.Preview,
)
def make_class(
    request: Request,
    space: SpaceName,
    key: ProposalKey,
    body: ProposalBody,
    only_at: OnlyAt,
    least: Least | None = None,
    preview: bool = False,
) -> Response:
    """Make a proposal a class: one change, which can be undone; or only say what it would do."""
    label_space = space_of(request, space)
    (chosen,) = proposals_named(label_space, [key], least=least)
    if preview:
        record = preview_of(label_space, chosen, body.name, body.description or "").to_dict()
        return versioned(record, label_space.version)
    change = accept(
        label_space,
        chosen,
        body.name,
        body.description or "",
        only_at=only_at,
        who=name_of(request),
    )
    return change_reply(change)


@router.post(
    "/v1/spaces/{space}/proposals/{key}/refuse",
    dependencies=[role("curate")],
    response_model=reports.RefusedProposal,
)
def decline(
    request: Request,
    space: SpaceName,
    key: ProposalKey,
    least: Least | None = None,
) -> Response:
    """Never propose this again."""
    label_space = space_of(request, space)
    (chosen,) = proposals_named(label_space, [key], least=least)
    refuse(label_space, [chosen])
    note_act(request, label_space, "refuse", f"refused proposal {chosen.key}")
    return versioned({"refused": chosen.key}, label_space.version)


def _least(query: int | None, body: DiscoverBody | None) -> int:
    """Return how many documents the smallest proposal has. Raises Refusal for two numbers."""
    numbers = {query, None if body is None else body.least} - {None}
    if len(numbers) > 1:
        raise Refusal(
            422,
            "two numbers for least, in the query and in the body",
            expected="one of them",
            remedy="leave one out",
        )
    return next((number for number in numbers if number is not None), LEAST)
