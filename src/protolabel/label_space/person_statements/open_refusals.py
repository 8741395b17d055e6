"""Which classes no answer may give a document that is open again, since a person took it out.

A person took its example out of a class, or gave it another class and took that back. What the
answer log notes of that holds until the document is an example of the class again, or until a
person removes the negative example that said so. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping

from protolabel.copies.equality import short_digest
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.store import Rows
from protolabel.store.class_paths import family

Pair = tuple[bytes, int]  # the content of a document, and a class


class OpenRefusals:
    """The refusals that hold for documents which nobody has decided on, at one version.

    Args:
        rows: of the label space.
        version: of them.
    """

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._parents: Mapping[int, int] = rows.class_parents(version)
        self._members: dict[int, set[bytes]] = {}
        self._lifted: set[Pair] | None = None

    def still_refuses(self, content: bytes, key: int) -> bool:
        """Return whether a class that was refused for a document is no answer for it.

        Args:
            content: of the document, as answers are known by it.
            key: of the class.
        """
        if any(content in self._contents_of(one) for one in family(self._parents, [key])):
            return False
        if self._lifted is None:
            self._lifted = self._without_negatives()
        return (content, key) not in self._lifted

    def _contents_of(self, key: int) -> set[bytes]:
        """Return what the examples of a class hold."""
        if key not in self._members:
            _, items = self._rows.example_keys(key, self._version)
            self._members[key] = set(self._contents(items.tolist()))
        return self._members[key]

    def _without_negatives(self) -> set[Pair]:
        """Return what a negative example said last, and none says any more."""
        ends = self._newest(self._rows.examples_ended_since(0))
        births = self._newest(self._rows.negatives_since(0))
        living = self._rows.negatives(self._version)
        contents = self._contents([row.item for row in living])
        present = {(one, row.class_key) for one, row in zip(contents, living, strict=True)}
        return {
            pair
            for pair, change in births.items()
            if pair not in present and change > ends.get(pair, 0)
        }

    def _newest(self, rows: list[tuple[int, int, int]]) -> dict[Pair, int]:
        """Return the newest change of each content and class; rows are changes, keys and items."""
        contents = self._contents([item for _, _, item in rows])
        newest: dict[Pair, int] = {}
        for (change, key, _), content in zip(rows, contents, strict=True):
            newest[content, key] = max(change, newest.get((content, key), 0))
        return newest

    def _contents(self, items: list[int]) -> list[bytes]:
        """Return what documents are known by in the answer log, of some items."""
        return [
            short_digest(digests[0]) if digests else b""
            for digests in item_digests(self._rows, self._version, items)
        ]
