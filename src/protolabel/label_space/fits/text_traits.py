"""What texts are compared by, kept in their place: a hash of each, its template and its sketch.

``equality`` and ``sketches`` say what these are, and ``near_copies`` which texts follow from them
to be near copies. Two different digests have different hashes but for one pair in 2^64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.row_change import RowChange
from protolabel.arithmetic.vector_hashes import Hashes
from protolabel.arrays import Integers, Labels, Mask
from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.equality import text_digest
from protolabel.copies.joined_groups import joined_groups, repeated_numbers
from protolabel.copies.near_copies import near_groups
from protolabel.copies.sketches import (
    digest_of_template,
    number_of_digest,
    plain_digest,
    sketch_of,
    template_of_words,
    words_of_text,
)
from protolabel.label_space.fits.text_links import TextLinks


@dataclass(frozen=True, slots=True, eq=False)
class TextTraits:
    """The traits of n texts.

    texts ``(n,)``: a hash of each folded text, 0 for a document without one. templates ``(n,)``: a
    hash of its template, 0 where it has none; numbered ``(n,)`` bool: whether numbers are alike in
    that; plain ``(n,)``: where they are, a hash of the words as they are, else 0.
    sketches ``(n,)``: a ``Sketch``, or None for a short text.
    """

    texts: Hashes
    templates: Hashes
    numbered: Mask
    plain: Hashes
    sketches: npt.NDArray[Any]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> TextTraits:
        """Return the traits of texts; None for a document without one."""
        n = len(texts)
        traits = cls(
            np.zeros(n, np.uint64),
            np.zeros(n, np.uint64),
            np.zeros(n, np.bool_),
            np.zeros(n, np.uint64),
            np.full(n, None, object),
        )
        for place, text in enumerate(texts):
            if text is not None:
                words = words_of_text(text)
                template, numbered = template_of_words(words)
                traits.texts[place] = int(text_digest(text)[:16], 16)
                traits.numbered[place] = numbered
                traits.sketches[place] = sketch_of(text, words)
                if template:
                    traits.templates[place] = number_of_digest(digest_of_template(template))
                if numbered:
                    traits.plain[place] = number_of_digest(plain_digest(text))
        return traits

    def after(self, change: RowChange, fresh: TextTraits) -> TextTraits:
        """Return the traits after a change, from those of the documents that are new."""
        return TextTraits(
            change.column(self.texts, fresh.texts),
            change.column(self.templates, fresh.templates),
            change.column(self.numbered, fresh.numbered),
            change.column(self.plain, fresh.plain),
            change.column(self.sketches, fresh.sketches),
        )

    def classes(self, labels: Labels) -> DocumentClasses:
        """Return the classes of the documents, which are known by their texts.

        Args:
            labels: (n,), as in a support.
        """
        documents = self.texts.copy()
        alone = np.flatnonzero(documents == 0)
        documents[alone] = np.arange(1, len(alone) + 1)  # no digest begins with so many zeros
        return DocumentClasses.of(labels, documents.view(np.int64))

    def groups(
        self, classes: DocumentClasses, copies: Integers, links: TextLinks | None
    ) -> Integers:
        """Return the group of each document: near copies of equal documents are one group too.

        It is what ``near_copies.document_groups`` returns.

        Args:
            classes: of the n documents.
            copies: (n,), as in a support.
            links: which texts are near copies; None where that is to be found from all of them.

        Returns:
            (n,).
        """
        if not self.texts.any():
            return copies
        if links is None:
            near = near_groups(self.sketches.tolist(), classes).astype(np.uint64) + np.uint64(1)
        else:
            near = links.groups()
        documents = copies.astype(np.uint64) + np.uint64(1)
        return joined_groups([documents, self.shared_templates(classes), near])

    def shared_templates(self, classes: DocumentClasses) -> Hashes:
        """Return the templates ``(n,)``: words as they are where numbers tell classes apart."""
        rows = np.flatnonzero(repeated_numbers(self.templates) & self.numbered)
        if not len(rows):
            return self.templates
        distinct, number = np.unique(self.templates[rows], return_inverse=True)
        number, is_document = number.reshape(-1), classes.is_document[rows]
        apart = classes.apart(number[is_document], classes.sets[rows[is_document]], len(distinct))
        templates = self.templates.copy()
        differing = rows[apart[number]]
        templates[differing] = self.plain[differing]
        return templates
