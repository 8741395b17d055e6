"""Which documents a label space holds already: by folded text, by image, or by bare vector.

Items are never changed or deleted, so the index of their texts only grows: each look reads the
items that came since the one before. The index is kept in memory, from the first addition on: about
120 bytes a text. The texts themselves are read some at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from protolabel.arrays import Floats
from protolabel.copies.equality import document_digest, short_digest, text_digest
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.stored_items.near_texts import NearTexts
from protolabel.store import Writing
from protolabel.types import Example

TEXTS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Twin:
    """An example that is equal to a new one. ``position`` is that of the new one.

    ``came_along``: it is none that was here, but an earlier one of the same change.
    """

    position: int
    id: str
    label: str
    came_along: bool = False


@dataclass(slots=True, eq=False)
class KnownTexts:
    """The items of each text, by the text's digest."""

    _first: dict[bytes, int] = field(default_factory=dict)
    _further: dict[bytes, list[int]] = field(default_factory=dict)  # of texts that are stored twice
    _newest: int = 0
    near: NearTexts = field(default_factory=NearTexts)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def items_of(self, writing: Writing, text: str) -> list[int]:
        """Return the items whose text is equal to this one, without those of the open change.

        A change that is refused leaves no item behind, and the next one uses its numbers again.
        """
        rows, newest = writing.rows, writing.newest_before
        with self._lock:
            while self._newest < newest:
                stored = rows.texts_since(self._newest, TEXTS_AT_ONCE)
                committed = [pair for pair in stored if pair[0] <= newest]
                if not committed:
                    break
                for item, stored_text in committed:
                    key = short_digest(text_digest(stored_text))
                    if self._first.setdefault(key, item) != item:
                        self._further.setdefault(key, []).append(item)
                    self._newest = item
                self.near.take(committed, newest)
            key = short_digest(text_digest(text))
            first = [self._first[key]] if key in self._first else []
            return first + self._further.get(key, [])


def twins_of(
    writing: Writing,
    examples: Sequence[Example],
    vectors: Floats,
    items: Sequence[Sequence[int]],
) -> list[Twin]:
    """Return the living examples, or the earlier ones of the batch, that new ones are equal to.

    There is one for each pair of a new example and a label: of several with the same label, the
    oldest. ``items``: the :func:`equal_items` of the examples. *Shape:* n examples, ``(n, d)``.
    """
    all_items = {item for equal in items for item in equal}
    living = writing.rows.examples_of_items(all_items, writing.before) if all_items else {}
    oldest = {item: _oldest_of_each_label(identities) for item, identities in living.items()}
    twins: list[Twin] = []
    batch: dict[str, dict[str, str]] = {}  # of each digest the first name of each label
    for position, (example, vector, equal) in enumerate(zip(examples, vectors, items, strict=True)):
        digest = document_digest(example.text, example.image, vector)
        earlier = batch.setdefault(digest, {})
        stored: dict[str, str] = {}
        for item in equal:
            for label, name in oldest.get(item, {}).items():
                stored.setdefault(label, name)
        twins += [Twin(position, name, label) for label, name in stored.items()]
        twins += [
            Twin(position, name, label, came_along=True)
            for label, name in earlier.items()
            if label not in stored
        ]
        earlier.setdefault(example.label, example.id or example.source or f"number {position + 1}")
    return twins


def _oldest_of_each_label(examples: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the first id of each label, of pairs of an id and a label, the oldest first."""
    first: dict[str, str] = {}
    for identity, label in examples:
        first.setdefault(label, identity)
    return first


def equal_items(
    writing: Writing, examples: Sequence[Example], vectors: Floats, texts: KnownTexts
) -> list[list[int]]:
    """Return the stored items that each of n new examples ``(n, d)`` is equal to."""
    items: list[list[int]] = []
    for example, vector in zip(examples, vectors, strict=True):
        if example.text is not None and example.image is None:
            items.append(texts.items_of(writing, example.text))
        else:
            item = writing.item_of(example.text, vector, example.image)
            items.append([] if item is None else [item])
    return items


def repeated_examples(
    writing: Writing, examples: Sequence[Example], twins: Sequence[Twin]
) -> list[Twin]:
    """Return the twins by which new examples are here already.

    Where documents may have several labels, these are the twins of the same label alone: under
    another one, a document is an example that is new.
    """
    if not settings_of(writing.rows, writing.version).several:
        return list(twins)
    return [twin for twin in twins if twin.label == examples[twin.position].label]
