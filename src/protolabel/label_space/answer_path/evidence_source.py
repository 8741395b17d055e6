"""Reads a class as evidence needs it: vectors in blocks, examples singly, as of one version.

Memory is bounded whatever the size of a class. Recently answered classes stay in memory, since a
stream of documents asks for the same ones again and again. It compares nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from cachetools import Cache, LRUCache

from protolabel.arrays import Doubles, Floats, Integers
from protolabel.errors import ImageError
from protolabel.images import thumbnail
from protolabel.store import Rows
from protolabel.types import VectorSpace
from protolabel.words.text import excerpt

MEMORY_BYTES = 128 * 2**20  # vectors kept, of all classes
CLASS_BYTES = 64 * 2**20  # vectors kept, of one class; those of a larger one are read each time
BLOCK_BYTES = 4 * 2**20  # vectors read at once
MOST_DISPLAYED = 4096  # kept in memory, of some hundred bytes each
MOST_THUMBNAILS = 4096  # of some kilobytes each
MOST_CLASSES = 4096  # whose description and sum are kept, of some kilobytes each

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class VectorBlock:
    """Some examples of a class, oldest first: keys ``(b,)`` ascending, embeddings ``(b, d)``."""

    keys: Integers
    embeddings: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ClassSummary:
    """One class without its single examples.

    ``total`` ``(d,)`` float64 is the sum of its ``n`` embeddings; ``description_embedding`` is
    ``(d,)``, or None where the class is not described; ``sharpened``: documents have moved it.
    """

    name: str
    n: int
    total: Doubles
    description: str | None
    description_embedding: Floats | None
    sharpened: bool = False


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An example as evidence shows it. ``image``: its item if it is an image, else 0."""

    id: str
    source: str
    excerpt: str
    image: int


class EvidenceSource:
    """Reads classes as of one version; threads may share it."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._lock = threading.Lock()
        self._encoding: VectorSpace | None = None
        self._descriptions: Floats | None = None
        self._blocks: Cache[int, list[VectorBlock]] = LRUCache(MEMORY_BYTES, _size)
        self._summaries: Cache[int, ClassSummary] = LRUCache(MOST_CLASSES)
        self._examples: Cache[int, ShownExample] = LRUCache(MOST_DISPLAYED)
        self._thumbnails: Cache[int, bytes | None] = LRUCache(MOST_THUMBNAILS)

    def reading(self) -> AbstractContextManager[None]:
        """Hold one state of the file, so that what is read inside is one transaction."""
        return self._rows.reading()

    @property
    def _vector_space(self) -> VectorSpace:
        """The encoding of the version, which never changes."""
        if self._encoding is None:
            self._encoding = self._rows.encoding(self._version)
        return self._encoding

    def summary(self, key: int) -> ClassSummary:
        """Return a class's name, description and the sum of its embeddings."""
        summary = self._cached_value(self._summaries, key)
        if summary is None:
            with self._rows.reading():
                row = self._rows.class_with_key(key, self._version)
                described = None
                if row.description is not None:
                    described = self._rows.description_embedding(key, self._version)
                n, total = 0, np.zeros(self._vector_space.dim)
                for block in self.blocks(key):
                    n += len(block.keys)
                    total += block.embeddings.sum(axis=0, dtype=np.float64)
            sharpened = row.sharpened is not None and described is not None
            summary = ClassSummary(row.name, n, total, row.description, described, sharpened)
            self._keep(self._summaries, key, summary)
        return summary

    def descriptions(self, most: int) -> Floats:
        """Return the vectors of the descriptions of the oldest ``most`` classes. They are kept.

        *Shape:* ``(k, d)``, without classes that have none or are retired.
        """
        with self._lock:
            descriptions = self._descriptions
        if descriptions is None:
            descriptions = self._rows.description_embeddings(self._version, most)
            with self._lock:
                self._descriptions = descriptions
        return descriptions

    def blocks(self, key: int) -> Iterator[VectorBlock]:
        """Yield a class's examples in blocks, oldest first."""
        blocks = self._cached_value(self._blocks, key)
        if blocks is not None:
            yield from blocks
            return
        encoding = self._vector_space
        keys, items = self._rows.example_keys(key, self._version)
        rows = max(1, BLOCK_BYTES // (4 * encoding.dim))
        keeps = 4 * encoding.dim * len(keys) <= CLASS_BYTES
        read: list[VectorBlock] = []
        for start in range(0, len(keys), rows):
            part = items[start : start + rows].tolist()
            vectors = self._rows.vectors_of(part, encoding)
            embeddings = np.stack([vectors[item] for item in part])
            block = VectorBlock(keys[start : start + rows], embeddings)
            if keeps:
                read.append(block)
            yield block
        if keeps:
            self._keep(self._blocks, key, read)

    def examples(self, keys: Iterable[int]) -> dict[int, ShownExample]:
        """Return examples by their keys."""
        examples = {key: self._cached_value(self._examples, key) for key in keys}
        lacking = [key for key, example in examples.items() if example is None]
        rows = self._rows.examples_with_keys(lacking, self._version) if lacking else []
        for key, row in zip(lacking, rows, strict=True):
            line = row.source if row.has_image else excerpt(row.text)
            example = ShownExample(row.id, row.source, line, row.item if row.has_image else 0)
            self._keep(self._examples, key, example)
            examples[key] = example
        return {key: example for key, example in examples.items() if example is not None}

    def thumbnail(self, item: int) -> bytes | None:
        """Return a small PNG of an item's image, or None where the image is damaged."""
        with self._lock:
            if item in self._thumbnails:
                return self._thumbnails[item]
        small = None
        with suppress(ImageError):  # evidence never costs an answer; `check` finds the damage
            small = thumbnail(self._rows.image(item) or b"")
        self._keep(self._thumbnails, item, small)
        return small

    def _cached_value(self, cache: Cache[K, V], key: K) -> V | None:
        with self._lock:
            return cache.get(key)

    def _keep(self, cache: Cache[K, V], key: K, value: V) -> None:
        with self._lock:
            cache[key] = value


def _size(blocks: list[VectorBlock]) -> int:
    return sum(block.embeddings.nbytes for block in blocks)
