"""Which requests there are, by kind; and a request from its fields. It carries none out."""

from __future__ import annotations

from collections.abc import Mapping

from protolabel.errors import InputError
from protolabel.label_space.changes.classes import Describe, Merge, Rename, Split
from protolabel.label_space.changes.corrections import Correct
from protolabel.label_space.changes.encoder import Reencode
from protolabel.label_space.changes.examples import Add
from protolabel.label_space.changes.history import Redo, ReturnTo, Undo
from protolabel.label_space.changes.imports import Import
from protolabel.label_space.changes.labels import Relabel
from protolabel.label_space.changes.moves import Move, Remove
from protolabel.label_space.changes.negatives import Refute
from protolabel.label_space.changes.nesting import Nest
from protolabel.label_space.changes.request import ChangeRequest
from protolabel.label_space.changes.retirement import Retire, Unretire
from protolabel.label_space.changes.settings import Configure, PlaceEncoder, Remember, Tune
from protolabel.label_space.changes.sharpening import Sharpen

REQUESTS: dict[str, type[ChangeRequest]] = {
    request.kind: request
    for request in (
        Describe,
        Add,
        Import,
        Rename,
        Merge,
        Split,
        Nest,
        Retire,
        Unretire,
        Move,
        Correct,
        Relabel,
        Refute,
        Remove,
        Sharpen,
        Configure,
        Tune,
        PlaceEncoder,
        Remember,
        Undo,
        Redo,
        ReturnTo,
        Reencode,
    )
}
"""The class of each kind of change, by the name that the log and JSON give it."""


def request_from(fields: Mapping[str, object]) -> ChangeRequest:
    """Return the request that ``to_dict`` made the fields of.

    Raises:
        InputError: for an unknown kind, or fields that the kind does not have.
    """
    kind = fields.get("kind")
    request = REQUESTS.get(kind) if isinstance(kind, str) else None
    if request is None:
        raise InputError(f"a change of kind {kind!r}", expected=f"one of {', '.join(REQUESTS)}")
    return request.from_dict({key: value for key, value in fields.items() if key != "kind"})


def require_request(value: object) -> ChangeRequest:
    """Return a change. Raises InputError for anything else."""
    if not isinstance(value, ChangeRequest):
        raise InputError(
            f"the change {repr(value)[:60]}, of type {type(value).__name__}",
            expected="a record of protolabel.label_space.changes, such as Rename(old, new)",
            remedy="call the method of the change, such as rename(old, new)",
        )
    return value
