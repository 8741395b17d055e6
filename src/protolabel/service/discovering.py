"""The routes that propose classes for declined documents, and take what a person decides."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from protolabel.client import proposed_classes, reports
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.terms import Terms
from protolabel.open_world.accepting import accept, reconsider, refuse
from protolabel.open_world.accepting import preview as preview_of
from protolabel.open_world.conflicts import find_conflicts
from protolabel.open_world.discovery import (
    LEAST,
    discover,
    refused_proposals,
    stored_proposals,
)
from protolabel.open_world.named_proposals import lists_others, proposals_named
from protolabel.open_world.next_to_label import COUNT, next_to_label
from protolabel.open_world.proposals import Proposal, clean_key, without_words
from protolabel.open_world.sent_texts import with_texts
from protolabel.service.acts import claimed, earlier_body, earlier_change, keep_body, note_act
from protolabel.service.bodies import DiscoverBody, ProposalBody
from protolabel.service.body_routes import BodyRoute
from protolabel.service.limits import MEMBERS, Least, PageLimit, ProposalKey, SpaceName
from protolabel.service.preconditions import Keyed, OnlyAt
from protolabel.service.problems import Refusal
from protolabel.service.replies import made_record, preview_reply, versioned
from protolabel.service.roles import asker, may_see_words, role
from protolabel.service.state import space_of, state_of
from protolabel.words.quantity import quantity

router = APIRouter(route_class=BodyRoute, tags=["discovery"])


@router.get(
    "/v1/spaces/{space}/conflicts", dependencies=[role("read")], response_model=reports.Conflicts
)
def conflicts(request: Request, space: SpaceName) -> Response:
    """List likely label errors, and classes to split or to merge; nothing is changed."""
    label_space = space_of(request, space)
    report = find_conflicts(label_space)
    return versioned(report.to_dict(), label_space, report.version)


@router.get("/v1/spaces/{space}/next", dependencies=[role("read")], response_model=reports.Next)
def to_label_next(request: Request, space: SpaceName, count: PageLimit = COUNT) -> Response:
    """List the remembered documents whose label would help most, no two of the same kind.

    The role read sees none of their words, here and in all other lists of documents.
    """
    label_space = space_of(request, space)
    advice = next_to_label(label_space, count=count)
    body = advice.to_dict()
    if not may_see_words(request):
        body["documents"] = [one | {"text": None} for one in body["documents"]]
    return versioned(body, label_space, advice.version)


@router.post(
    "/v1/spaces/{space}/discover",
    dependencies=[role("curate")],
    response_model=proposed_classes.Proposals,
)
def propose(
    request: Request,
    space: SpaceName,
    key: Keyed,
    body: DiscoverBody | None = None,
    least: Least | None = None,
) -> Response:
    """Group the remembered documents that are declined now, and propose classes for them.

    ``least`` may stand in the body or in the query. Sent again with its ``Idempotency-Key``, it is
    no other act in the audit trail.
    """
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        is_sent_again = earlier_body(label_space, key) is not None
        discovery = discover(label_space, least=_least(least, body))
        if not is_sent_again:
            words = f"proposed {quantity(len(discovery.proposals), 'class')}"
            note_act(request, label_space, "discover", words, key)
    report = discovery.to_dict(MEMBERS) | {"undeclined": discovery.undeclined}
    return versioned(report, label_space, discovery.version)


@router.get(
    "/v1/spaces/{space}/proposals",
    dependencies=[role("read")],
    response_model=proposed_classes.Proposals,
)
def proposals(request: Request, space: SpaceName) -> Response:
    """List the proposals as they were last made; what only a new grouping counts is null."""
    label_space = space_of(request, space)
    stored = _as_seen(request, stored_proposals(label_space))
    counts = ("copies", "noise", "refused", "left_out", "version", "enough", "like_refused",
              "undeclined")  # fmt: skip
    body = {"proposals": stored, "documents": sum(one["size"] for one in stored)}
    body |= dict.fromkeys(counts)
    return versioned(body, label_space)


@router.get(
    "/v1/spaces/{space}/proposals/refused",
    dependencies=[role("read")],
    response_model=proposed_classes.RefusedGroups,
)
def refused(request: Request, space: SpaceName) -> Response:
    """List the proposals that are refused, as they were listed, the newest refusal first."""
    label_space = space_of(request, space)
    return versioned({"proposals": _as_seen(request, refused_proposals(label_space))}, label_space)


@router.post(
    "/v1/spaces/{space}/proposals/{key}/accept",
    dependencies=[role("curate")],
    response_model=reports.Change | reports.Preview,
)
def make_class(
    request: Request,
    space: SpaceName,
    proposal: Annotated[ProposalKey, Path(alias="key")],
    body: ProposalBody,
    only_at: OnlyAt,
    key: Keyed,
    least: Least | None = None,
    preview: bool = False,
) -> Response:
    """Make a proposal a class: one change, which can be undone; or only say what it would do.

    With ``leave_out``, the class is refused for these documents; with ``pass_over``, nothing is
    decided on them; with ``texts``, documents whose texts are not kept become examples. The
    proposal is taken as it was listed, without what was decided since. So ``least`` changes
    nothing.
    """
    state_of(request).bounds.check_texts(body.texts.values())
    label_space = space_of(request, space)
    description = body.description or ""
    if preview:
        candidate = _with_texts(label_space, proposal, body)
        report = preview_of(label_space, candidate, body.name, description, only_at=only_at)
        return preview_reply(label_space, report)
    with claimed(request, label_space, key):
        record = earlier_body(label_space, key)
        if record is None:
            change = earlier_change(label_space, key)
            if change is None:
                candidate = _with_texts(label_space, proposal, body)
                terms = Terms.of(only_at, asker(request), key=key or "")
                change = accept(label_space, candidate, body.name, description, terms=terms)
            record = made_record(label_space, change)
            keep_body(label_space, key, record)
    return versioned(record, label_space, record["version"])


@router.post(
    "/v1/spaces/{space}/proposals/{key}/refuse",
    dependencies=[role("curate")],
    response_model=proposed_classes.RefusedProposal,
)
def decline(
    request: Request,
    space: SpaceName,
    proposal: Annotated[ProposalKey, Path(alias="key")],
    key: Keyed,
    least: Least | None = None,
) -> Response:
    """Never propose this again, as it was listed: ``least`` changes nothing."""
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        record = earlier_body(label_space, key)
        if record is None:
            candidate = _named(label_space, proposal)
            refuse(label_space, [candidate])
            record = {"refused": candidate.key}
            note_act(
                request, label_space, "refuse", f"refused proposal {candidate.key}", key, record
            )
    return versioned(record, label_space)


@router.post(
    "/v1/spaces/{space}/proposals/{key}/reconsider",
    dependencies=[role("curate")],
    response_model=proposed_classes.ReconsideredProposal,
)
def take_back(
    request: Request,
    space: SpaceName,
    proposal: Annotated[ProposalKey, Path(alias="key")],
    key: Keyed,
) -> Response:
    """Take back the refusal of a proposal: it is listed again as it was."""
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        record = earlier_body(label_space, key)
        if record is None:
            reconsider(label_space, [proposal])
            record = {"reconsidered": clean_key(proposal)}
            words = f"took back the refusal of proposal {record['reconsidered']}"
            note_act(request, label_space, "reconsider", words, key, record)
    return versioned(record, label_space)


def _as_seen(request: Request, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return proposals as whoever asks may see them."""
    return records if may_see_words(request) else [without_words(one) for one in records]


def _named(space: LabelSpace, proposal: str) -> Proposal:
    """Return a proposal as it was listed, of remembered documents. Raises Refusal (422) else."""
    try:
        (candidate,) = proposals_named(space, [proposal])
    except InputError as error:
        if not lists_others(space, proposal):
            raise
        raise Refusal(
            422,
            error.got,
            expected="a proposal of documents that the label space remembers",
            remedy="send its documents to `POST .../inbox`, then ask for proposals (`POST "
            ".../discover`) and take theirs; or take it on the machine of the service, where its "
            "documents are",
        ) from error
    return candidate


def _with_texts(space: LabelSpace, key: str, body: ProposalBody) -> Proposal:
    """Return a proposal as a request takes it. Raises Refusal (422) where it has no text at all."""
    proposal = with_texts(space, _named(space, key), body.texts)
    proposal = proposal.without(body.leave_out).pass_over(body.pass_over)
    if not any(member.text for member in proposal.members):
        raise Refusal(
            422,
            f"{proposal.key}: no text of its documents is kept here or sent",
            expected="the text of one of them at least, which becomes an example",
            remedy="send their texts in `texts`, by the keys of the documents; or keep texts from "
            "now on (`POST .../remember`), and send the documents to `POST .../inbox` again",
        )
    return proposal


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
