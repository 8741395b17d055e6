"""Which of many examples a label space can take. One that it cannot take stops no other document.

Where what is here already is left out afterwards, an equal document under its own id is no fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from protolabel.copies.equality import document_digests
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.stored_items.chunks import steps
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.stored_items.lookup import taken_id
from protolabel.label_space.stored_items.whole_documents import without_faulty_documents
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent
from protolabel.readers.reports import Unreadable
from protolabel.types import Encoded, Example


def usable_examples(
    view: View,
    examples: Sequence[Example],
    progress: Progress = silent,
    *,
    skip_known: bool = False,
) -> tuple[list[Example], list[Unreadable]]:
    """Return the examples that can be added, in order, and the other documents with their errors.

    A document of several labels can be added whole or not at all. Each example is embedded, and
    its id must be new. Embeddings of texts come from the cache of the label
    space when the examples are added afterwards.

    Args:
        view: the label space that is to take them.
        examples: in any number.
        progress: follows how many have been checked.
        skip_known: what is here already is left out when they are added, so it may have its id.
    """
    id_errors = _errors_of_ids(view, examples, skip_known=skip_known)
    positions, unusable = without_faulty_documents(examples, id_errors)
    unique = [examples[position] for position in positions]

    def embedded(part: Sequence[Example], first: int) -> Encoded:
        """Embed a part. Of a part of one, an error names its position among all examples."""
        return view.embedder.documents(part, count(positions[first]))

    errors: dict[int, InputError] = {}
    for step in steps(unique):
        progress(Step("examples checked", step.start, len(unique)))
        first = step.start
        for part, encoded in usable_parts(unique[first : step.stop], embedded, first):
            if isinstance(encoded, InputError):
                errors[positions[first]] = encoded
            first += len(part)
    progress(Step("examples checked", len(unique), len(unique)))
    if errors:
        positions, unusable = without_faulty_documents(examples, id_errors | errors)
    return [examples[position] for position in positions], unusable


def _errors_of_ids(
    view: View, examples: Sequence[Example], *, skip_known: bool
) -> dict[int, InputError]:
    """Return the errors of examples whose ids are taken, by position."""
    ids: dict[str, Example] = {}
    errors: dict[int, InputError] = {}
    for position, example in enumerate(examples):
        is_taken = example.id and (
            example.id in ids
            or view.rows.example_with_id(example.id, view.version) is not None
            or view.rows.negative_with_id(example.id, view.version) is not None
        )
        is_known = skip_known and is_taken and _is_here(view, example, ids.get(example.id))
        if is_taken and not is_known:
            errors[position] = taken_id(example, skip_known=skip_known)
        else:
            ids.setdefault(example.id, example)
    return errors


def _is_here(view: View, example: Example, earlier: Example | None) -> bool:
    """Return whether the example that has the id of this one is the same document.

    With several labels, it is so only under the same label. ``earlier``: the one of the same batch
    that has the id, if any.
    """
    digests = _digests(view, example)
    if earlier is not None:
        same = earlier.label == example.label or not view.settings.several
        return same and not digests.isdisjoint(_digests(view, earlier))
    row = view.rows.example_with_id(example.id, view.version)
    if row is None:
        row = view.rows.negative_with_id(example.id, view.version)
    if row is None:
        return False
    if digests.isdisjoint(next(item_digests(view.rows, view.version, [row.item]))):
        return False
    class_ = view.rows.class_named(example.label, view.version)
    is_under_label = class_ is not None and class_.key == row.class_key
    return not view.settings.several or is_under_label or not n_new(view, [example])


def n_new(view: View, examples: Sequence[Example]) -> int:
    """Return how many different examples their classes do not have yet."""
    digests_by_label: dict[str, set[str]] = {}
    for label in dict.fromkeys(example.label for example in examples):
        class_ = view.rows.class_named(label, view.version)
        members = [] if class_ is None else view.rows.examples(class_.key, view.version)
        items = [member.item for member in members]
        stored = item_digests(view.rows, view.version, items)
        digests_by_label[label] = {digest for digests in stored for digest in digests}
    n = 0
    for example in examples:
        digests, earlier = _digests(view, example), digests_by_label[example.label]
        n += earlier.isdisjoint(digests)
        earlier |= digests
    return n


def _digests(view: View, example: Example) -> set[str]:
    """Return the digests of an example: of its text, its image or its bare vector."""
    if example.text is not None or example.image is not None:
        return set(document_digests(example.text, example.image))
    try:
        vector = view.embedder.documents([example]).embeddings[0]
    except InputError:  # it is reported where all are embedded
        return set()
    return set(document_digests(vector=vector))


def without_needless_negatives(view: View, examples: Sequence[Example]) -> list[Example]:
    """Return examples without the negative ones of classes that do not exist and do not come now.

    Such an example says nothing, so it is dropped without a note.
    """
    labels = {example.label for example in examples if not example.negative}
    return [
        example
        for example in examples
        if not example.negative
        or example.label in labels
        or view.rows.class_named(example.label, view.version) is not None
    ]
