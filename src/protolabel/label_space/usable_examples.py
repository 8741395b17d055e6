"""Which of many examples a label space can take. One that it cannot take stops no other."""

from __future__ import annotations

from collections.abc import Sequence

from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.lookup import taken_id
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent
from protolabel.readers.reports import Unreadable
from protolabel.types import Example

CHUNK = 256  # examples that are embedded between two steps of progress


def usable_examples(
    view: View,
    examples: Sequence[Example],
    progress: Progress = silent,
) -> tuple[list[Example], list[Unreadable]]:
    """Return the examples that can be added, in order, and the others, each with its error.

    Each is embedded, and its id must be new. Embeddings of texts come from the cache of the label
    space when the examples are added afterwards.

    Args:
        view: the label space that is to take them.
        examples: in any number.
        progress: follows how many have been checked.
    """
    unique: list[Example] = []
    ids: set[str] = set()
    unusable: list[Unreadable] = []
    for example in examples:
        is_taken = example.id and (
            example.id in ids
            or view.rows.example_with_id(example.id, view.version) is not None
            or view.rows.negative_with_id(example.id, view.version) is not None
        )
        if is_taken:
            unusable.append(Unreadable(_name(example), taken_id(example)))
        else:
            ids.add(example.id)
            unique.append(example)
    usable: list[Example] = []
    for at in range(0, len(unique), CHUNK):
        progress(Step("examples checked", at, len(unique)))
        chunk = unique[at : at + CHUNK]
        for part, embedded in usable_parts(chunk, view.embedder.documents):
            if isinstance(embedded, InputError):
                unusable.append(Unreadable(_name(part[0]), embedded))
            else:
                usable += part
    progress(Step("examples checked", len(unique), len(unique)))
    return usable, unusable


def of_classes_there(view: View, examples: Sequence[Example]) -> list[Example]:
    """Return examples without the negative ones of classes that nobody has or brings.

    A document is not of a class that is not there, and nobody has to be told.
    """
    labels = {example.label for example in examples if not example.negative}
    return [
        example
        for example in examples
        if not example.negative
        or example.label in labels
        or view.rows.class_named(example.label, view.version) is not None
    ]


def _name(example: Example) -> str:
    return example.source or (f"document {example.id!r}" if example.id else repr(example.text)[:60])
