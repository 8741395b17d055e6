"""Which of many examples a label space can take. One that it cannot take stops no other."""

from __future__ import annotations

from collections.abc import Sequence

from protolabel.documents import name_in_errors
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.lookup import taken_id
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent
from protolabel.readers.reports import Unreadable
from protolabel.types import Encoded, Example

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
    positions: list[int] = []
    ids: set[str] = set()
    unusable: list[Unreadable] = []
    for position, example in enumerate(examples):
        is_taken = example.id and (
            example.id in ids
            or view.rows.example_with_id(example.id, view.version) is not None
            or view.rows.negative_with_id(example.id, view.version) is not None
        )
        if is_taken:
            unusable.append(Unreadable(name_in_errors(example, position), taken_id(example)))
        else:
            ids.add(example.id)
            unique.append(example)
            positions.append(position)

    def embedded(part: Sequence[Example], first: int) -> Encoded:
        """Embed a part. Of a part of one, an error names its position among all examples."""
        return view.embedder.documents(part, positions[first])

    usable: list[Example] = []
    for at in range(0, len(unique), CHUNK):
        progress(Step("examples checked", at, len(unique)))
        chunk = unique[at : at + CHUNK]
        first = at
        for part, encoded in usable_parts(chunk, embedded, at):
            if isinstance(encoded, InputError):
                name = name_in_errors(part[0], positions[first])
                unusable.append(Unreadable(name, encoded))
            else:
                usable += part
            first += len(part)
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
