"""The rule by which a person's decision about a remembered document ends.

A document stays of the class that a person gave it until a person takes the last equal example out
of that class, or says *not this*. It is open again then: it has no label until it is answered
again, and the class is refused. One that may have several labels keeps the others that a person
gave it. A merge or a move ends no decision. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from protolabel.equality import short_digest
from protolabel.label_space.classes_now import ClassesNow
from protolabel.label_space.decided_labels import labels_of_examples
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.lookup import example_named
from protolabel.label_space.stored_settings import settings_of
from protolabel.store import AnswerRow, Rows, Store
from protolabel.time_stamps import now

Pair = tuple[bytes, int]  # a document, and a class that is refused for it


class LabelsLeft:
    """The labels that people gave a document and that stay when one of them ends."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version

    @cached_property
    def are_several(self) -> bool:
        """Return whether a document may have several labels."""
        return settings_of(self._rows, self._version).several

    def of(self, row: AnswerRow) -> list[int]:
        """Return the keys of the classes that a document is an example of, sorted by name."""
        return self._by_content.get(row.content, []) if self.are_several else []

    @cached_property
    def _by_content(self) -> dict[bytes, list[int]]:
        keys = {row.name: row.key for row in self._rows.classes(self._version)}
        return {
            content: [keys[name] for name in names]
            for content, names in labels_of_examples(self._rows, self._version).items()
        }


def ended(row: AnswerRow, left: Sequence[int], version: int) -> AnswerRow:
    """Return a row whose label ends.

    It has the first of the labels that are left, by the person who gave it. With none left it is a
    document that no person has decided on.
    """
    if row.person and left:
        return replace(row, class_key=left[0], version=version, at=now())
    return replace(row, class_key=None, version=version, at=now(), probability=None, person=False)


def ended_by_removal(
    store: Store, names: Sequence[str], change: int
) -> tuple[list[AnswerRow], list[Pair]]:
    """Return the remembered documents whose decisions end, as they are then, and what is refused.

    One that may have several labels, and is an example of others, has these from now on.

    Args:
        store: of the label space, in the transaction of the change.
        names: of the examples that a person removed, by id or source.
        change: the version that the removal made.
    """
    removed = _classes_of_removed(store.rows, names, change - 1)
    return without_removed(store.rows, store.answers.rows(contents=removed), removed, change)


def without_removed(
    rows: Rows, documents: Iterable[AnswerRow], removed: Mapping[bytes, set[int]], change: int
) -> tuple[list[AnswerRow], list[Pair]]:
    """Return those of some remembered documents whose decisions end, and what is refused.

    Args:
        rows: of the label space.
        documents: these.
        removed: the classes that a person took equal examples out of, by what answers call their
            content.
        change: the version that the removal made.
    """
    decided = [row for row in documents if row.person]
    if not decided:
        return [], []
    classes_now, labels_left = ClassesNow(rows, change), LabelsLeft(rows, change)
    judged, refused = list[AnswerRow](), list[Pair]()
    for row in decided:
        key = classes_now.among(row.class_key, removed[row.content])
        if key is None:
            continue
        left = labels_left.of(row)
        is_still_of_it = (
            key in left if labels_left.are_several else _is_member(rows, key, row.content, change)
        )
        if not is_still_of_it:
            judged.append(ended(row, left, change))
            refused.append((row.document, key))
    return judged, refused


def _classes_of_removed(rows: Rows, names: Sequence[str], before: int) -> dict[bytes, set[int]]:
    """Return the classes of examples at a version, by what answers call their content."""
    examples = [
        row
        for name in names
        if rows.negative_with_id(name, before) is None
        and (row := example_named(rows, name, before)) is not None
    ]
    classes: dict[bytes, set[int]] = {}
    contents = item_digests(rows, before, [row.item for row in examples])
    for row, digests in zip(examples, contents, strict=True):
        if digests:
            classes.setdefault(short_digest(digests[0]), set()).add(row.class_key)
    return classes


def _is_member(rows: Rows, key: int, content: bytes, version: int) -> bool:
    """Return whether a document is an example of a class, by its content."""
    items = [row.item for row in rows.examples(key, version)]
    return any(
        digests and short_digest(digests[0]) == content
        for digests in item_digests(rows, version, items)
    )
