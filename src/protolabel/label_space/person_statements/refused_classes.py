"""Which classes are refused for a document, with all classes that stand under these.

A document that is not of a class is not of any class under it either. A class above the one that a
person gave a document was too wide for it: it is refused alone, without what stands under it.
Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from protolabel.label_space.kinds_of_change import kinds_that_end_examples
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.store import AnswerRow, Store
from protolabel.store.class_paths import family, way_up

NONE: frozenset[int] = frozenset()  # no class is refused
Refusals = tuple[Collection[int], Mapping[int, int]]  # the classes refused, and those above others


class RefusedClasses:
    """Which classes people have refused for remembered documents, as the classes stand now."""

    def __init__(self, store: Store) -> None:
        self._store, version = store, store.rows.version()
        self._parents = store.rows.class_parents(version)
        self._classes_now = ClassesNow(store.rows, version)
        self._noted: dict[bytes, set[int]] = {}
        for document, key in store.answers.refusals():
            self._noted.setdefault(document, set()).add(key)

    def refuses_open(self, document: bytes, key: int) -> bool:
        """Return whether a class is refused for a document to which no person gave a class."""
        return is_refused(key, self._noted.get(document, NONE), self._parents)

    def refuses(self, row: AnswerRow, key: int) -> bool:
        """Return whether a class is not to be proposed for a document."""
        keys = self._noted.get(row.document, NONE) | self._removed.get(row.content, NONE)
        own = self._classes_now.key(row.class_key) if row.person else None
        wider = way_up(self._parents, own)[1:] if own is not None else ()
        return key in keys or is_refused(key, keys.difference(wider), self._parents)

    @cached_property
    def _removed(self) -> dict[bytes, set[int]]:
        """The classes that equal examples were taken out of, by content."""
        removed: dict[bytes, set[int]] = {}
        for text, key in self._store.answers.removed(kinds_that_end_examples()):
            removed.setdefault(content_of(text, None, None), set()).add(key)
        return removed


def is_refused(key: int, refused: Collection[int], parents: Mapping[int, int]) -> bool:
    """Return whether a class is one of those that are refused, or stands under one of them."""
    return bool(refused) and not set(refused).isdisjoint(way_up(parents, key))


def lost_refusals(before: Refusals, after: Refusals, but: Collection[int] = ()) -> list[int]:
    """Return the classes to refuse for a document so that none is of it that was not before.

    Those under one of them need no refusal of their own.

    Args:
        before: what was refused, and how the classes stood.
        after: what is refused of that now, and how they stand.
        but: classes that may be of the document now.
    """
    refused, parents = set(after[0]), after[1]
    below = set(family(before[1], before[0])).difference(before[0], but)
    lost = []
    for key in sorted(below, key=lambda key: (len(way_up(parents, key)), key)):
        if not is_refused(key, refused, parents):
            refused.add(key)
            lost.append(key)
    return lost
