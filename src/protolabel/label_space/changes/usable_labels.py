"""Which of many examples have a label that a class may have. One that may not stops no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from protolabel.errors import ClassError, InputError
from protolabel.label_space.changes.rows import live
from protolabel.label_space.stored_items.whole_documents import without_faulty_documents
from protolabel.label_space.view import View
from protolabel.names import refuse_reserved
from protolabel.readers.reports import Unreadable
from protolabel.types import Example


def examples_of_usable_labels(
    view: View, examples: Sequence[Example], *, retired: Collection[str] = ()
) -> tuple[list[Example], list[Unreadable]]:
    """Return the examples whose classes can take them, in order, and the others with their errors.

    A document of several labels is left out with all of them, and has one error.

    Args:
        view: the label space that is to take them.
        examples: with clean labels.
        retired: retired classes that take examples all the same, as an import's own do.
    """
    errors: dict[tuple[str, bool], InputError | None] = {}
    faults: dict[int, InputError] = {}
    for position, example in enumerate(examples):
        key = example.label, not example.negative and example.label in retired
        if key not in errors:
            errors[key] = error_of_label(view, example.label, retired=key[1])
        error = errors[key]
        if error is not None:
            faults[position] = error
    positions, unusable = without_faulty_documents(examples, faults)
    return [examples[position] for position in positions], unusable


def error_of_label(view: View, label: str, *, retired: bool = False) -> InputError | None:
    """Return why no example can come to the class of this label, or None.

    ``retired``: it may be retired.
    """
    row = view.rows.class_named(label, view.version)
    try:
        if row is None:
            refuse_reserved(label)
        elif not retired:
            live(row)
    except ClassError as error:
        return InputError(
            error.got, expected=error.expected, remedy=error.remedy, command=error.command
        )
    return None
