"""Which examples of a version stand in the description of their class.

``copies.descriptions`` holds the rule. Here the descriptions of a version are read, and of a later
version only those rows are compared again whose class is described otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.row_change import RowChange
from protolabel.arrays import Floats, Keys, Labels, Mask, Positions
from protolabel.copies.descriptions import (
    are_description_vectors,
    description_words,
    in_descriptions,
    texts_in_descriptions,
)
from protolabel.copies.sketches import Sketch
from protolabel.label_space.fits.text_traits import TextTraits
from protolabel.store import Rows

Texts = Sequence[str | None]


def description_texts(rows: Rows, keys: Keys, version: int) -> list[str | None]:
    """Return the text that describes each of some classes at a version; None without one.

    *Shape:* keys ``(K,)``, ascending.
    """
    texts = {row.key: row.description for row in rows.classes(version) if not row.retired}
    return [texts.get(key) for key in keys.tolist()]


def described_examples(
    texts: Texts, embeddings: Floats, labels: Labels, classes: ClassTotals, descriptions: Texts
) -> Mask:
    """Return which examples stand in the description of their class. *Shape:* ``(n,)``.

    Args:
        texts: n, of the examples; None for one that is a vector or an image alone.
        embeddings: (n, d).
        labels: (n,), columns of the totals.
        classes: the totals of K classes.
        descriptions: K, the texts that describe them.
    """
    inside = texts_in_descriptions(texts, labels, descriptions)
    without_text = np.flatnonzero([text is None for text in texts])
    inside[without_text] = _by_vectors(embeddings, labels, classes, without_text)
    return inside


@dataclass(frozen=True, slots=True, eq=False)
class DescribedExamples:
    """Which examples stand in the description of their class, kept for the next version.

    Attributes:
        keys: ``(n,)``, the class of each example.
        texts: of the descriptions, by class key.
        mask: ``(n,)`` bool, by the texts alone.
    """

    keys: Keys
    texts: dict[int, str | None]
    mask: Mask

    @classmethod
    def of(
        cls,
        traits: TextTraits,
        keys: Keys,
        texts: dict[int, str | None],
        last: tuple[DescribedExamples, RowChange] | None,
    ) -> DescribedExamples:
        """Return those of a version.

        Args:
            traits: of the n examples.
            keys: (n,), their classes, ascending.
            texts: of the descriptions of these classes, by key.
            last: those of an earlier version, and what became of its rows; None where all is new.
        """
        classes, labels = np.unique(keys, return_inverse=True)
        labels = np.asarray(labels, np.int64).reshape(-1)
        descriptions = [texts.get(key) for key in classes.tolist()]
        if last is None:
            sketches = traits.sketches.tolist()
            return cls(keys, texts, _compared(traits.templates, sketches, labels, descriptions))
        old, change = last
        mask = change.column(old.mask, np.zeros(len(change.fresh), np.bool_))
        differs = np.array(
            [key not in old.texts or old.texts[key] != texts.get(key) for key in classes.tolist()],
            np.bool_,
        )
        again = differs[labels] | (change.before < 0)
        if len(old.keys):
            again |= old.keys[np.maximum(change.before, 0)] != keys
        rows = np.flatnonzero(again)
        mask[rows] = _compared(
            traits.templates[rows], traits.sketches[rows].tolist(), labels[rows], descriptions
        )
        return cls(keys, texts, mask)

    def with_vectors(
        self, traits: TextTraits, embeddings: Floats, labels: Labels, classes: ClassTotals
    ) -> Mask:
        """Return the mask ``(n,)``, with examples that are the vector of a description."""
        rows = np.flatnonzero(traits.texts == 0)
        if not len(rows):
            return self.mask
        mask = self.mask.copy()
        mask[rows] = _by_vectors(embeddings, labels, classes, rows)
        return mask


def _compared(
    templates: np.ndarray, sketches: Sequence[Sketch | None], labels: Labels, descriptions: Texts
) -> Mask:
    words = [description_words(text) for text in descriptions]
    return in_descriptions(templates, sketches, labels, words)


def _by_vectors(embeddings: Floats, labels: Labels, classes: ClassTotals, rows: Positions) -> Mask:
    """Return which of some rows, of documents without a text, have the vector of a description."""
    return are_description_vectors(
        embeddings[rows], labels[rows], classes.descriptions, classes.described
    )
