"""Keeps the order of contradicting statements where an import skips one that is already stored.

Near copies follow the later of two statements. A skipped statement keeps the moment that it has
here. So a contrary one that the import brings would count as later, even where the export has it
first. What was said here since against a skipped statement stays the later one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from protolabel.copies.equality import document_digests
from protolabel.copies.near_copies import document_groups
from protolabel.label_space.changes.equal_examples import examples_with
from protolabel.store import ExampleRow, Writing
from protolabel.store.class_paths import family, way_up
from protolabel.types import Example


def say_again(
    writing: Writing,
    examples: Sequence[Example],
    items_by_example: Sequence[Collection[int]],
    additions: Collection[str],
    order: Mapping[str, int],
) -> dict[str, int]:
    """Make statements that are here already a part of a change, where it adds contrary ones before.

    Those are examples after an added negative one of a near copy and of their class, or of one
    above it, and the other way round.

    Args:
        writing: the change.
        examples: all of an export, negative ones too.
        items_by_example: the stored items that each is equal to.
        additions: the ids of the examples that the change has added, of both kinds.
        order: the places of examples among what people said, by ids.

    Returns:
        The places of the statements that are here already, by the ids that they have here.
    """
    contrary = _contrary_copies(examples, additions, order)
    places: dict[str, int] = {}
    for number, (example, items) in enumerate(zip(examples, items_by_example, strict=True)):
        place = order.get(example.id, 0)
        earlier = [e for e in contrary.get(number, ()) if order[e.id] < place]
        if not _contradicted(writing, example, earlier):
            continue
        for row in _rows_of(writing, example, items):
            if row.id in additions or _said_since(writing, example, row, additions):
                continue
            if row.id not in places:
                bear_again = writing.move_negative if example.negative else writing.move_example
                bear_again(row, row.class_key)
            places[row.id] = max(place, places.get(row.id, 0))
    return places


def _contrary_copies(
    examples: Sequence[Example], additions: Collection[str], order: Mapping[str, int]
) -> dict[int, list[Example]]:
    """Return which added examples may contradict those that are here, by the places of these.

    They are of the contrary kind, and a chain of near copies leads to them. All texts are compared
    once: it is far more work to compare each with all that may contradict it.
    """
    added = [e for e in examples if e.id in additions and e.id in order]
    kinds = {not e.negative for e in added}
    present = [
        n
        for n, e in enumerate(examples)
        if e.negative in kinds and e.id not in additions and e.text
    ]
    if not present:
        return {}
    texts = [*(examples[n].text for n in present), *(e.text for e in added)]
    groups = _groups_of(texts)
    by_group: dict[int, list[Example]] = {}
    for example, group in zip(added, groups[len(present) :], strict=True):
        by_group.setdefault(group, []).append(example)
    return {
        n: [e for e in by_group.get(group, ()) if e.negative != examples[n].negative]
        for n, group in zip(present, groups, strict=False)
    }


def _groups_of(texts: Sequence[str | None]) -> list[int]:
    """Return the groups of near copies of texts; each without a text is a group of its own."""
    digests = [(f"no text {n}",) if t is None else document_digests(t) for n, t in enumerate(texts)]
    groups = document_groups(digests, texts, np.zeros(len(texts), np.int64))
    return [int(group) for group in groups]


def _contradicted(writing: Writing, example: Example, others: Sequence[Example]) -> bool:
    """Return whether others of the contrary kind are near copies, and of a class that counts."""
    if not others:
        return False
    keys = {*_contrary_classes(writing, example)}
    classes = {label: writing.rows.class_named(label, writing.version)
               for label in {other.label for other in others}}  # fmt: skip
    contrary = [
        other for other in others if (row := classes[other.label]) is not None and row.key in keys
    ]
    return _has_near_copy(example, [other.text for other in contrary])


def _contrary_classes(writing: Writing, example: Example) -> Collection[int]:
    """Return the keys of the classes whose statements of the contrary kind contradict one."""
    row = writing.rows.class_named(example.label, writing.version)
    if row is None:
        return ()
    parents = writing.rows.class_parents(writing.version)
    return family(parents, [row.key]) if example.negative else [*way_up(parents, row.key)]


def _has_near_copy(example: Example, texts: Sequence[str | None]) -> bool:
    present = [text for text in (example.text, *texts) if text is not None]
    if example.text is None or len(present) == 1:
        return False
    own, *others = _groups_of(present)
    return own in others


def _said_since(
    writing: Writing, example: Example, row: ExampleRow, additions: Collection[str]
) -> bool:
    """Return whether people have said the contrary here since they said what a row says."""
    others = [
        other
        for other in _contrary_rows(writing, example)
        if other.born > row.born and other.id not in additions
    ]
    return _has_near_copy(example, [other.text for other in others])


def _contrary_rows(writing: Writing, example: Example) -> Iterator[ExampleRow]:
    """Yield the living rows of the contrary kind, of classes that count."""
    keys = {*_contrary_classes(writing, example)}
    if example.negative:
        for key in keys:
            yield from writing.rows.examples(key, writing.version)
    else:
        for row in writing.rows.negatives(writing.version):
            if row.class_key in keys:
                yield row


def _rows_of(writing: Writing, example: Example, items: Collection[int]) -> list[ExampleRow]:
    """Return the living rows that say of an equal document what an example says."""
    class_row = writing.rows.class_named(example.label, writing.version)
    if class_row is None or not items:
        return []
    if example.negative:
        rows = list(writing.rows.negatives_of_items(items, writing.version))
    else:
        rows = [row for row, _ in examples_with(writing, items)]
    return [row for row in rows if row.class_key == class_row.key]
