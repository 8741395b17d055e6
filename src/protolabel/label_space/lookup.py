"""Which class and which example a person means: names in any form, examples by id or by source."""

from __future__ import annotations

from protolabel.errors import InputError
from protolabel.names import clean_name, reference
from protolabel.store import ClassRow, ExampleRow, Rows


def class_named(rows: Rows, name: str, version: int) -> ClassRow | None:
    """Return the class of exactly that name, else of its clean form; None if there is none."""
    return rows.class_named(reference(name), version) or rows.class_named(clean_name(name), version)


def example_named(rows: Rows, name: str, version: int) -> ExampleRow | None:
    """Return the example of that id, else the one of that source; None if there is none.

    Raises:
        InputError: if several examples have that source.
    """
    row = rows.example_with_id(name, version)
    if row is not None:
        return row
    same = [e for c in rows.classes(version) for e in rows.examples(c.key, version)
            if e.source == name]  # fmt: skip
    if len(same) > 1:
        ids = ", ".join(repr(e.id) for e in same[:3]) + (" and more" if len(same) > 3 else "")
        raise InputError(
            f"{len(same)} examples have the source {name!r}: {ids}",
            expected="the id of one example, or a source that one example has",
            remedy="name them by their ids",
        )
    return same[0] if same else None
