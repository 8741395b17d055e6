"""The routes that change a label space. A change is the library's own record."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from protolabel.client import reports
from protolabel.label_space.changes import ChangeRequest, request_from
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import RequestKey, Terms
from protolabel.service.acts import claimed, earlier_body, earlier_change, note_act
from protolabel.service.bodies import ChangeBody, CorrectionBody, RefutationBody, SeenChangeBody
from protolabel.service.body_routes import BodyRoute
from protolabel.service.limits import EvidenceCount, SpaceName
from protolabel.service.preconditions import Keyed, OnlyAt
from protolabel.service.replies import (
    change_reply,
    preview_reply,
    versioned,
)
from protolabel.service.roles import asker, role
from protolabel.service.seen_decisions import Decided, decided_by, held_to
from protolabel.service.state import space_of, state_of

PreviewAsked = Annotated[bool, Query(alias="preview")]

router = APIRouter(route_class=BodyRoute, tags=["label space"])


@router.post(
    "/v1/spaces/{space}/changes", dependencies=[role("curate")], response_model=reports.Change
)
def change(
    request: Request,
    space: SpaceName,
    body: SeenChangeBody,
    only_at: OnlyAt,
    key: Keyed,
) -> Response:
    """Change a label space: one durable transaction, which can be undone.

    ``If-Match`` holds it to a version (412 at another), ``as_seen`` to what was decided (409 where
    that is otherwise now). With an ``Idempotency-Key``, a request that is sent twice is carried out
    once.
    """
    state_of(request).bounds.check_change(body.model_extra)
    label_space = space_of(request, space)
    requested = request_from(body.model_dump(exclude={"as_seen"}))
    own_key = RequestKey(key.name) if key else None  # with the digest of the change itself
    change = label_space.commit(
        requested,
        only_at=only_at,
        key=held_to(label_space, body.as_seen, decided_by(requested), own_key) or "",
        who=asker(request),
    )
    return change_reply(label_space, change)


@router.post(
    "/v1/spaces/{space}/preview", dependencies=[role("curate")], response_model=reports.Preview
)
def preview(
    request: Request,
    space: SpaceName,
    body: ChangeBody,
    only_at: OnlyAt,
    evidence: EvidenceCount = 3,
) -> Response:
    """Say which answers a change would change, and from what to what; it changes nothing.

    ``If-Match`` holds it to a version, as it does the change (412 at another).
    """
    state_of(request).bounds.check_change(body.model_extra)
    label_space = space_of(request, space)
    previews = label_space.preview.using(evidence=evidence)
    change = request_from(body.model_dump())
    return preview_reply(label_space, previews.commit(change, only_at=only_at, who=asker(request)))


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
    key: Keyed,
    is_preview: PreviewAsked = False,
) -> Response:
    """Say which class a document has that was answered, or is an example; it is named.

    With ``preview`` the answer says what that would change, and nothing is changed. Sent twice, it
    changes nothing the second time. A name never means a file of the server.
    """
    label_space = space_of(request, space)
    decided = Decided(labels=dict.fromkeys(body.as_seen, body.to))
    held_key = held_to(label_space, body.as_seen, decided, key)
    terms = Terms.of(only_at, asker(request), key=held_key or "")
    correction = partial(label_space.correction, body.document, body.to, files=False)
    return _previewed_or_made(request, label_space, correction, terms, key, is_preview=is_preview)


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
    key: Keyed,
    is_preview: PreviewAsked = False,
) -> Response:
    """Say of which class a document is not, without saying of which one it is; it is named.

    With ``preview`` the answer says what that would change, and nothing is changed. Sent twice, it
    changes nothing the second time. A name never means a file of the server.
    """
    label_space = space_of(request, space)
    decided = Decided(refused=[body.label] if isinstance(body.label, str) else body.label)
    held_key = held_to(label_space, body.as_seen, decided, key)
    terms = Terms.of(only_at, asker(request), key=held_key or "")
    refutation = partial(label_space.refutation, body.document, body.label, files=False)
    return _previewed_or_made(request, label_space, refutation, terms, key, is_preview=is_preview)


def _previewed_or_made(
    request: Request,
    space: LabelSpace,
    change: Callable[[], ChangeRequest],
    terms: Terms,
    key: RequestKey | None,
    *,
    is_preview: bool,
) -> Response:
    """Return what a change would change, or make it once and return its record.

    ``change``: looks its document up by name. It is not called for a change of this key that was
    made before: by now the name may mean another document.
    """
    if is_preview:
        record = space.preview.commit(change(), only_at=terms.only_at, who=terms.who)
        return preview_reply(space, record)
    with claimed(request, space, key):
        earlier = earlier_change(space, key)
        if earlier is None:
            earlier = session_of(space).commit(change(), terms=terms)
    return change_reply(space, earlier)


@router.post(
    "/v1/spaces/{space}/settle", dependencies=[role("curate")], response_model=reports.Lacking
)
def settle(request: Request, space: SpaceName, key: Keyed, refined: bool = False) -> Response:
    """Make the fits that answers wait for; without ``refined`` those of the prototypes alone."""
    label_space = space_of(request, space)
    with claimed(request, label_space, key):
        body = earlier_body(label_space, key)
        if body is None:
            label_space.settle(refined=refined)
            body = {"lacking": list(label_space.view().lacking)}
            words = "made the fits that answers wait for"
            note_act(request, label_space, "settle", words, key, body)
    return versioned(body, label_space)
