"""Which classes a text is not of, because a person has said so of a near copy of it.

``arithmetic.negatives`` compares vectors, which is all that is kept of most documents. Here words
are compared, as ``near_copies`` does: another date or name, or a signature, makes no other
document. The texts are read when they are first needed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats
from protolabel.label_space.near_texts import NearTexts
from protolabel.label_space.negatives_of_version import columns_of
from protolabel.near_copies import near_groups
from protolabel.sketches import NUMBER, Sketch, sketch_of, template_of
from protolabel.store import Rows


class NegativeTexts:
    """The texts of the negative examples of one version; threads may share it."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._lock = threading.Lock()
        self._read = False
        self._templates: dict[str, set[int]] = {}  # class keys by the words of a text
        self._near = NearTexts()
        self._sketches: list[Sketch] = []
        self._owners: list[int] = []  # the class key of each sketch
        self._parents: dict[int, int] = {}

    def head_for(self, head: Snapshot, texts: Sequence[str | None], vectors: Floats) -> Snapshot:
        """Return weights that never answer documents by a class that a near copy is not of.

        Args:
            head: the weights, with the negatives of the same version.
            texts: of n documents; None for one without.
            vectors: (n, d) theirs.
        """
        self._load()
        pairs: dict[bytes, frozenset[int]] = {}
        for text, vector in zip(texts, vectors, strict=True):
            keys = self.classes_of(text) if text is not None else set()
            if keys:
                every = np.array(sorted(keys), np.int64)
                columns, _ = columns_of(every, head.keys, self._parents)
                pairs[vector.tobytes()] = frozenset(columns.tolist())
        if not pairs or head.negatives is None:
            return head
        return replace(head, negatives=replace(head.negatives, copies=pairs))

    def classes_of(self, text: str) -> set[int]:
        """Return the keys of the classes that a near copy of a text is not of."""
        self._load()
        keys = set(self._templates.get(template_of(text)[0], ()))
        sketch = sketch_of(text)
        if sketch is None:
            return keys
        near = sorted(self._near.candidates(sketch))
        sketches = [*(self._sketches[i] for i in near), sketch]
        groups = near_groups(sketches, np.zeros(len(sketches), np.int64)).tolist()
        copies = (i for i, group in zip(near, groups, strict=False) if group == groups[-1])
        return keys | {self._owners[i] for i in copies}

    def _load(self) -> None:
        """Read the texts, once."""
        with self._lock:
            if self._read:
                return
            with self._rows.reading():
                self._parents = self._rows.class_parents(self._version)
                rows = self._rows.negatives(self._version)
            for row in rows:
                if row.text is None or row.has_image:
                    continue
                template, sketch = template_of(row.text)[0], sketch_of(row.text)
                if template not in ("", NUMBER):
                    self._templates.setdefault(template, set()).add(row.class_key)
                if sketch is not None:
                    self._near.add(len(self._sketches), sketch)
                    self._sketches.append(sketch)
                    self._owners.append(row.class_key)
            self._read = True
