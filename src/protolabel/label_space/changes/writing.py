"""Writes one change inside a transaction of the caller, who commits it or rolls it back."""

from __future__ import annotations

from collections.abc import Mapping

from protolabel.label_space.changes.request import ChangeRequest, Material, NothingToChangeError
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.store import Store
from protolabel.types import Change


def write_change(
    store: Store,
    request: ChangeRequest,
    material: Material,
    indexes: Indexes,
    who: str,
    detail: Mapping[str, object] | None = None,
) -> tuple[Change, int | None]:
    """Write a change, and return its record in the log and the encoding that it puts in force.

    Args:
        store: in a transaction of the caller.
        request: what is to be changed.
        material: what was embedded for it.
        indexes: what the session keeps of what is here.
        who: whom the log names.
        detail: what the log says of it besides.

    Returns:
        The change, and the number of an encoding, or None where that stays the same.
    """
    with store.writing(request.kind, who) as writing:
        try:
            request.write(writing, material, indexes)
        except NothingToChangeError as nothing:
            if not (nothing.decision and request.decides_anew(store)):
                raise
            writing.summary, writing.detail = nothing.decision, nothing.detail
        of_answers = request.detail_of_answers(store, writing)
        writing.detail = {**writing.detail, **of_answers, **(detail or {})}
        encoding = writing.encoding.number if writing.re_encoded else None
    assert writing.record is not None
    return writing.record, encoding
