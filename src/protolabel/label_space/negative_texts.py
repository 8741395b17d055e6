"""Which classes a text is not of, because a person has said so of a near copy of it.

``arithmetic.negatives`` compares vectors, which is all that is kept of some documents. Here words
are compared, as ``near_copies`` does: another date or name, or a signature, makes no other
document. Whoever answers by stored vectors or by new ones asks here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats
from protolabel.label_space.document_texts import DocumentTexts
from protolabel.label_space.fits.negatives_of_version import columns_of
from protolabel.label_space.near_texts import NearTexts
from protolabel.near_text_pairs import near_text_pairs
from protolabel.sketches import Sketch, sketch_of, template_digest
from protolabel.store import Rows

TEXTS_AT_ONCE = 256


class NegativeWords:
    """The words of negative examples, each with the number of the class that it is not of."""

    def __init__(self, negatives: Iterable[tuple[str, int]]) -> None:
        self._templates: dict[bytes, set[int]] = {}  # classes by the digest of a template
        self._near = NearTexts()
        self._sketches: list[Sketch] = []
        self._owners: list[int] = []  # the class of each sketch
        for text, owner in negatives:
            template, sketch = template_digest(text), sketch_of(text)
            if template is not None:
                self._templates.setdefault(template, set()).add(owner)
            if sketch is not None:
                self._near.add(len(self._sketches), sketch)
                self._sketches.append(sketch)
                self._owners.append(owner)

    def classes_of(self, texts: DocumentTexts) -> list[set[int]]:
        """Return of each document the classes that a near copy of it is not of.

        Texts are read only where their words can matter: where a negative example is long enough
        to have near copies with other words, or where no template is known.
        """
        classes: list[set[int]] = [set() for _ in range(texts.n)]
        if not self._templates and not self._sketches:
            return classes
        templates = texts.templates(range(texts.n))
        for place, template in enumerate(templates):
            if template is not None:
                classes[place] |= self._templates.get(template, set())
        unread = [i for i, template in enumerate(templates) if self._sketches or template is None]
        for start in range(0, len(unread), TEXTS_AT_ONCE):
            part = unread[start : start + TEXTS_AT_ONCE]
            words = {i: text for i, text in zip(part, texts.texts(part), strict=True) if text}
            for place, text in words.items():
                if templates[place] is None and (template := template_digest(text)) is not None:
                    classes[place] |= self._templates.get(template, set())
            for place, owners in self._near_classes(words).items():
                classes[place] |= owners
        return classes

    def _near_classes(self, words: dict[int, str]) -> dict[int, set[int]]:
        """Return the classes of near copies with other words, by the numbers of the texts."""
        new = {place: sketch for place, text in words.items() if (sketch := sketch_of(text))}
        links = [
            (place, item)
            for place, sketch in new.items()
            for item in sorted(self._near.candidates(sketch))
        ]
        if not links:
            return {}
        items = sorted({item for _, item in links})
        number = {place: i for i, place in enumerate(new)}
        stored = {item: i for i, item in enumerate(items, start=len(new))}
        near = near_text_pairs(
            [*new.values(), *(self._sketches[item] for item in items)],
            np.array([number[place] for place, _ in links], np.int64),
            np.array([stored[item] for _, item in links], np.int64),
        )
        classes: dict[int, set[int]] = {}
        for place, item in (links[i] for i in np.flatnonzero(near).tolist()):
            classes.setdefault(place, set()).add(self._owners[item])
        return classes


class NegativeTexts:
    """The words of a version's negative examples, read at first use; threads may share it."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._lock = threading.Lock()
        self._words: NegativeWords | None = None
        self._parents: dict[int, int] = {}

    def head_for(self, head: Snapshot, texts: DocumentTexts, vectors: Floats) -> Snapshot:
        """Return weights that never answer documents by a class that a near copy is not of.

        Args:
            head: the weights, with the negatives of the same version.
            texts: of n documents.
            vectors: (n, d) theirs.
        """
        if head.negatives is None:
            return head
        keys = [frozenset(of_document) for of_document in self.classes_of(texts)]
        if not any(keys):
            return head
        columns_by_keys = {
            every: columns_of(np.array(sorted(every), np.int64), head.keys, self._parents)[0]
            for every in set(keys)
        }
        columns = [columns_by_keys[every].tolist() for every in keys]
        return replace(head, negatives=head.negatives.refusing(vectors, columns))

    def classes_of(self, texts: DocumentTexts) -> list[set[int]]:
        """Return of each document the keys of the classes that a near copy of it is not of."""
        return self.load().classes_of(texts)

    def load(self) -> NegativeWords:
        """Return the words, read now if they are not there."""
        with self._lock:
            if self._words is None:
                with self._rows.reading():
                    self._parents = self._rows.class_parents(self._version)
                    rows = self._rows.negatives(self._version)
                self._words = NegativeWords(
                    (row.text, row.class_key)
                    for row in rows
                    if row.text is not None and not row.has_image
                )
            return self._words
