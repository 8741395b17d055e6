"""The documents that an encoder has learned from, as digests and phrases: what they include.

It reads and writes no file; ``encoders/provenance`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.copies.boilerplate import DocumentClasses
from protolabel.copies.learned_phrases import LearnedPhrases
from protolabel.copies.near_copies import shared_templates
from protolabel.copies.sketches import template_digest

ShortDigests = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class LearnedDocuments:
    """Documents that an encoder has learned from.

    Attributes:
        digests: ``(n,)`` uint64, sorted, each once: of the documents (``equality``), and of the
            words of texts in order, all numbers being alike (``sketches``).
        phrases: of the texts, by which near copies are found.
    """

    digests: ShortDigests
    phrases: LearnedPhrases

    @classmethod
    def none(cls) -> LearnedDocuments:
        """Return no documents."""
        return cls(np.empty(0, np.uint64), LearnedPhrases.none())

    @classmethod
    def of(
        cls, digests: Iterable[str], texts: Sequence[str | None], labels: npt.NDArray[np.int64]
    ) -> LearnedDocuments:
        """Return documents that an encoder learns from.

        Args:
            digests: of them, as ``equality`` makes them.
            texts: m texts, those of the documents and others; None for a document without.
            labels: (m,) the class of each text, by number. A text of several classes is there once
                for each.
        """
        classes = DocumentClasses.of_texts(texts, labels)
        templates = {template.hex() for template in shared_templates(texts, classes) if template}
        every = np.unique(short_digests([*digests, *templates]))
        return cls(every, LearnedPhrases.of(texts, classes))

    def joined(self, earlier: LearnedDocuments | None) -> LearnedDocuments:
        """Return both together."""
        if earlier is None:
            return self
        return LearnedDocuments(
            np.union1d(self.digests, earlier.digests), self.phrases.joined(earlier.phrases)
        )

    def include(
        self, digests: Iterable[Iterable[str]], texts: Sequence[str | None]
    ) -> npt.NDArray[np.bool_]:
        """Return which documents are among them, or nearly repeat one.

        Args:
            digests: of each of m documents (``equality.document_digests``).
            texts: m texts; None for a document without.

        Returns:
            (m,) bool.
        """
        rows = [
            (*document_digests, *_template(text))
            for document_digests, text in zip(digests, texts, strict=True)
        ]
        owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        equal = np.isin(short_digests(digest for row in rows for digest in row), self.digests)
        return (np.bincount(owner[equal], minlength=len(rows)) > 0) | self.phrases.near(texts)


@dataclass(frozen=True, slots=True, eq=False)
class Provenance:
    """What an encoder has learned from, as its folder says.

    Attributes:
        documents: that it has learned from; none where no folder says.
        key: identity of the documents; empty where no folder says. It is part of each fit's key.
        damaged: the folder has documents that cannot be read; every example then counts as learned
            from.
    """

    documents: LearnedDocuments
    key: str
    damaged: bool = False


def short_digests(digests: Iterable[str]) -> ShortDigests:
    """Return the first 64 bits of hexadecimal digests by ``copies.equality``: (n,) uint64."""
    return np.fromiter((int(digest[:16], 16) for digest in digests), np.uint64)


def _template(text: str | None) -> tuple[str, ...]:
    template = None if text is None else template_digest(text)
    return () if template is None else (template.hex(),)
