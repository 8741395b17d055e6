"""Which class and which example a person means: names in any form, examples by id or by source.

The last part of a source, the name of its file, will do where only one example has it.
"""

from __future__ import annotations

from protolabel.errors import InputError, UnknownClassError
from protolabel.names import clean_name, reference
from protolabel.store import ClassRow, ExampleRow, Rows
from protolabel.types import Example
from protolabel.words.quantity import quantity


def class_named(rows: Rows, name: str, version: int) -> ClassRow | None:
    """Return the class of exactly that name, else of its clean form; None if there is none."""
    return rows.class_named(reference(name), version) or rows.class_named(clean_name(name), version)


def known_class(rows: Rows, name: str, version: int) -> ClassRow:
    """Return the class of that name. Raises UnknownClassError, with near names."""
    row = class_named(rows, name, version)
    if row is None:
        raise UnknownClassError(name, (c.name for c in rows.classes(version)))
    return row


def example_named(
    rows: Rows, name: str, version: int, *, of_document: bool = False
) -> ExampleRow | None:
    """Return the example of that id, else of that source, else of that file name; None if none is.

    Args:
        rows: of the label space.
        name: an id, a source, or the name of a file.
        version: of the label space.
        of_document: whether any example of the document will do: one with several labels has an
            example of each.

    Raises:
        InputError: if several examples, or several documents, have that source or file name.
    """
    row = rows.example_with_id(name, version)
    if row is not None:
        return row
    sources = [e for c in rows.classes(version) for e in rows.examples(c.key, version) if e.source]
    matches = [e for e in sources if e.source == name]
    what = "source"
    if not matches and name:
        what = "file name"
        matches = [e for e in sources if e.source.endswith((f"/{name}", f"\\{name}"))]
    if of_document and len({e.item for e in matches}) == 1:
        return matches[0]
    if len(matches) > 1:
        ids = ", ".join(repr(e.id) for e in matches[:3]) + (" and more" if len(matches) > 3 else "")
        raise InputError(
            f"{quantity(len(matches), 'example')} have the {what} {name!r}: {ids}",
            expected=f"the id of one example, or a {what} that one example has",
            remedy="name them by their ids",
        )
    return matches[0] if matches else None


def taken_id(example: Example, *, skip_known: bool) -> InputError:
    """Return the error about a new example whose id another one has.

    ``skip_known``: whether examples that are here already are left out; this one is not here then.
    """
    where = f"{example.source}: " if example.source else ""
    same = (
        "if it is the same document, leave it out with skip_known=True; if not, give it another "
        "id, or none"
    )
    return InputError(
        f"{where}example id {example.id!r} is taken",
        expected="ids that are new to this label space",
        remedy="give it another id, or none" if skip_known else same,
    )
