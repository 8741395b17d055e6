"""Which classes a text is not of, because a person has said so of a near copy of it.

``arithmetic.negatives`` compares vectors, which is all that is kept of some documents. Here words
are compared, as ``near_copies`` does: another date or name, or a signature, makes no other
document. Whoever answers by stored vectors or by new ones asks here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats
from protolabel.label_space.fits.negatives_of_version import columns_of
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.stored_items.negative_words import NegativeWords, Statement
from protolabel.store import ExampleRow, Rows
from protolabel.store.class_paths import family


class NegativeTexts:
    """The words of a version's negative examples, read at first use; threads may share it."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._lock = threading.RLock()
        self._words: NegativeWords | None = None
        self._parents: dict[int, int] = {}
        self._examples: dict[int, Sequence[Statement]] = {}

    def head_for(self, head: Snapshot, texts: DocumentTexts, vectors: Floats) -> Snapshot:
        """Return weights that never answer documents by a class that a near copy is not of.

        Args:
            head: the weights, with the negatives of the same version.
            texts: of n documents.
            vectors: (n, d) theirs.
        """
        if head.negatives is None:
            return head
        with self._lock:
            refused, exempt = self.load().verdicts(texts)
        if not any(refused) and not any(exempt):
            return head
        negatives = head.negatives.refusing(vectors, self._columns(head, refused))
        return replace(head, negatives=negatives.keeping(vectors, self._columns(head, exempt)))

    def classes_of(self, texts: DocumentTexts) -> list[set[int]]:
        """Return of each document the keys of the classes that a near copy of it is not of."""
        with self._lock:
            return self.load().classes_of(texts)

    def load(self) -> NegativeWords:
        """Return the words, read now if they are not there."""
        with self._lock:
            if self._words is None:
                with self._rows.reading():
                    self._parents = self._rows.class_parents(self._version)
                    negatives = self._statements(self._rows.negatives(self._version), True)
                self._words = NegativeWords(negatives, self._examples_of)
            return self._words

    def load_all(self) -> None:
        """Read all that answers can ask for: the rows of a preview are taken back afterwards."""
        with self._lock, self._rows.reading():
            for key in self.load().owners:
                self._examples_of(key)

    def _examples_of(self, key: int) -> Sequence[Statement]:
        """Return the examples of a class and of all under it, in the order of their statements."""
        if key not in self._examples:
            with self._rows.reading():
                rows = [
                    row
                    for one in family(self._parents, [key])
                    for row in self._rows.examples(one, self._version)
                ]
                statements = self._statements(rows, negative=False)
            self._examples[key] = sorted(statements, key=lambda one: one.moment)
        return self._examples[key]

    def _statements(self, rows: Iterable[ExampleRow], negative: bool) -> list[Statement]:
        """Return what rows say of texts."""
        texts = [row for row in rows if row.text is not None and not row.has_image]
        moments = self._rows.statement_moments(texts, self._version, negative)
        return [
            Statement(row.text or "", row.class_key, moment)
            for row, moment in zip(texts, moments, strict=True)
        ]

    def _columns(self, head: Snapshot, keys: Sequence[set[int]]) -> list[list[int]]:
        """Return the columns of some classes of each document, and of all under them."""
        columns = {
            every: columns_of(np.array(sorted(every), np.int64), head.keys, self._parents)[0]
            for every in set(map(frozenset, keys))
        }
        return [columns[frozenset(every)].tolist() for every in keys]
