"""Which column of a table is the text, the label or the id, where nobody names it: usual names.

Every door that takes a table chooses by this rule: files, pipes, datasets, and tables of pandas.
"""

from __future__ import annotations

from collections.abc import Sequence

from protolabel.errors import InputError

USUAL_NAMES = {
    "text": ("text", "body", "content", "utterance", "sentence", "message", "document"),
    "label": ("label", "category", "class", "intent", "type", "tag"),
    "id": ("id",),
    "source": ("source", "file", "filename", "file name", "file_name", "path"),
}


def chosen_field(
    role: str,
    present: Sequence[str],
    source: str,
    choice: str | None = None,
    *,
    several: bool = False,
) -> str | None:
    """Return which of the present fields is the text, label or id (``role``); None if none is.

    ``several``: documents may have several labels, so that ``labels`` is a name as good as
    ``label``.

    Raises InputError where two fields have usual names.
    """
    if choice is not None:
        if choice in present:
            return choice
        candidates = [name for name in present if name.casefold() == choice.casefold()]
        return candidates[0] if len(candidates) == 1 else None
    equal = [role, "labels"] if role == "label" and several else [role]
    if sum(name in present for name in equal) == 1:
        return next(name for name in equal if name in present)
    for names in (equal, USUAL_NAMES[role]):
        candidates = [name for name in present if name.strip().casefold() in names]
        if len(candidates) > 1:
            raise InputError(
                f"{source}: {' and '.join(map(repr, candidates[:3]))} may each be the {role}",
                expected=f"one field with a usual name for the {role}",
                remedy=f"say which one is the {role} field ({role}_field=)",
            )
        if candidates:
            return candidates[0]
    return None
