"""The route that takes back a change, or what was decided on documents; the library says how."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from protolabel.client import reports
from protolabel.errors import InputError
from protolabel.label_space.changes import Undo
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.terms import Claim, RequestKey
from protolabel.label_space.undo import undo_target
from protolabel.service.acts import claimed, earlier_body, earlier_change, note_act
from protolabel.service.bodies import UndoBody
from protolabel.service.body_routes import BodyRoute
from protolabel.service.limits import SpaceName
from protolabel.service.preconditions import Keyed
from protolabel.service.problems import Refusal
from protolabel.service.replies import made_record, mark_in, versioned
from protolabel.service.roles import asker, role
from protolabel.service.seen_decisions import Decided, held_to
from protolabel.service.state import space_of
from protolabel.types import Change
from protolabel.words.quantity import quantity

router = APIRouter(route_class=BodyRoute, tags=["inbox"])


@router.post(
    "/v1/spaces/{space}/undo", dependencies=[role("curate")], response_model=reports.Undone
)
def undo(request: Request, space: SpaceName, body: UndoBody, key: Keyed) -> Response:
    """Take back one change, if it is the newest in force: 409 where others have changed since.

    The documents that it decided are open again. Without a version, the documents of ``keys`` are,
    and no change is taken back; with neither, the answer is 422. With ``examples``, these are
    removed in the same change, whose undo decides again. With its ``mark``, the change of that
    number in a copy of the label space is another one.
    """
    label_space = space_of(request, space)
    if body.version is not None:
        change = earlier_change(label_space, key)
        if change is None:
            claim = _NewestInForce(label_space, body.version, body.mark)
            undo_key = replace(key or RequestKey(""), claim=claim)
            change = label_space.commit(Undo(), who=asker(request), key=undo_key)
        return versioned({"change": made_record(label_space, change)}, label_space)
    if not body.keys:
        raise Refusal(
            422,
            "neither a version nor keys",
            expected="the version of the change to take back, or the keys of documents",
            remedy="`GET .../history` lists the changes with their versions and marks; to take "
            "back the newest, send a change of the kind 'undo'",
        )
    nothing: dict[str, Any] = {"change": None}
    with claimed(request, label_space, key):
        change = earlier_change(label_space, key)
        if change is None and earlier_body(label_space, key) is None:
            change, n = _taken_back(request, label_space, body, key)
            if change is None:
                words = f"took back decisions on {quantity(n, 'document')}"
                note_act(request, label_space, "reconsider", words, key, nothing)
    record = nothing if change is None else {"change": made_record(label_space, change)}
    return versioned(record, label_space)


def _taken_back(
    request: Request, space: LabelSpace, body: UndoBody, key: RequestKey | None
) -> tuple[Change | None, int]:
    """Open documents again, as one change where examples are removed; say how many they are."""
    if body.examples is None and not body.as_seen:
        try:
            return None, space.answer_log.reconsider(body.keys)
        except InputError:  # documents that are not remembered have nothing to be open
            return None, 0
    examples = [] if body.examples is None else None if body.examples == "all" else body.examples
    held_key = held_to(space, body.as_seen, Decided(), key)
    change = space.inbox.take_back(body.keys, examples, who=asker(request), key=held_key or "")
    return change, len(body.keys)


@dataclass(frozen=True)
class _NewestInForce(Claim):
    """A change may be undone by its version while no newer one is in force."""

    label_space: LabelSpace
    version: int
    mark: str

    def require(self) -> None:
        """Raise Refusal (409) where it is another one that would be undone."""
        target = undo_target(self.label_space.history())
        is_meant = not self.mark or self.mark == mark_in(self.label_space, target.version)
        if target.version != self.version or not is_meant:
            raise Refusal(
                409,
                f"version {self.version} is not the newest change in force",
                expected=f"version {target.version}: {target.summary}",
                remedy="return to an earlier version in the history",
            )
