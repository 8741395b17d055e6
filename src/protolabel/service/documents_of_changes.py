"""Which documents a change of the history is about: their names, and never their texts."""

from __future__ import annotations

from typing import Any

from protolabel.label_space.kinds_of_change import deciding_kinds
from protolabel.store.read_protocol import Rows
from protolabel.types import Change

_MOST = 4  # names that a change comes with


def documents_of(rows: Rows, change: Change) -> dict[str, Any]:
    """Return what the record of a change says of its documents.

    Returns:
        ``documents``: the names of the first ones, each empty where it has none. ``none``: whether
        one document was said to be of none of the classes.
    """
    if change.reverts is None and change.kind not in deciding_kinds():
        return {}
    documents = rows.documents_of_change(change.version, _MOST)
    if not documents:
        return {}
    record: dict[str, Any] = {"documents": [source for _, source in documents]}
    if change.kind == "refute" and len(documents) == 1:
        record["none"] = _is_of_none(rows, documents[0][0], change.version)
    return record


def _is_of_none(rows: Rows, item: int, version: int) -> bool:
    refused = {row.class_key for row in rows.negatives_of_items([item], version)}
    if len(refused) == 1:
        return False  # that class was meant, also where there is no other
    return all(row.key in refused for row in rows.classes(version) if not row.retired)
