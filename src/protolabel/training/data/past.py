"""A labelled past as training takes it: documents, classes and words. No torch, no files.

Everything that can be wrong with it is found before any time is spent on training.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from protolabel.arguments import require_flag, require_name
from protolabel.columns.data_frames import is_data_frame
from protolabel.copies.equality import image_digest, text_digest
from protolabel.documents import checked_text
from protolabel.errors import InputError
from protolabel.names import words_of
from protolabel.types import Example
from protolabel.words.text import without_content

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Past:
    """Labelled documents of one data set.

    ``documents``: n texts, or n images as bytes. ``labels`` (n,): class numbers. ``names``: K.
    ``descriptions``: K, None where a class has no words. ``sources``: where each of the n documents
    came from, for messages; empty where nobody knows.
    """

    documents: Sequence[str | bytes]
    labels: npt.NDArray[np.int64]
    names: list[str]
    descriptions: list[str | None]
    sources: Sequence[str] = ()

    @property
    def kind(self) -> Literal["text", "image"]:
        """What its documents are."""
        return "image" if isinstance(self.documents[0], bytes) else "text"

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Documents of each class: (K,)."""
        return np.bincount(self.labels, minlength=len(self.names))

    @property
    def described(self) -> npt.NDArray[np.bool_]:
        """Which classes have words: (K,)."""
        return np.array([text is not None for text in self.descriptions])

    @property
    def words(self) -> list[str]:
        """The description of each class, K; its name where it has none."""
        return [text or name for name, text in zip(self.names, self.descriptions, strict=True)]

    @property
    def digest(self) -> str:
        """Its identity: 16 hex digits of SHA-256 over documents, labels and words."""
        words = json.dumps([self.names, self.descriptions])
        return digest_of([words, self.labels.tobytes(), *self.documents])

    def source(self, row: int) -> str:
        """Return where a document came from, or which one it is, for a message."""
        return self.sources[row] if self.sources else f"document {row + 1}"

    def document_digests(self) -> list[str]:
        """Return a digest of each document, alike for equal ones (``copies.equality``)."""
        return [content_digest(document) for document in self.documents]

    def rows(self, keep: Iterable[int]) -> Past:
        """Return the same classes with these documents alone, in that order."""
        row_numbers = list(keep)
        return replace(
            self,
            documents=[self.documents[row] for row in row_numbers],
            labels=self.labels[row_numbers],
            sources=[self.sources[row] for row in row_numbers] if self.sources else (),
        )

    def distinct(self) -> Past:
        """Return the same with one of the equal documents of each class."""
        first: dict[tuple[int, str], int] = {}
        pairs = zip(self.labels.tolist(), self.document_digests(), strict=True)
        for row, pair in enumerate(pairs):
            first.setdefault(pair, row)
        return self if len(first) == len(self.documents) else self.rows(first.values())

    def without_small(self, least: int) -> tuple[Past, list[str]]:
        """Return the same without classes of fewer than ``least`` different documents, and those.

        Returns:
            The past that is left, and the names of the classes that were left out.
        """
        large = self.distinct().counts >= least
        number = np.cumsum(large) - 1
        larger = self.rows(np.flatnonzero(large[self.labels]).tolist())
        past = replace(
            larger,
            labels=number[larger.labels],
            names=[name for name, is_large in zip(self.names, large, strict=True) if is_large],
            descriptions=[self.descriptions[k] for k in np.flatnonzero(large)],
        )
        return past, [
            name for name, is_large in zip(self.names, large, strict=True) if not is_large
        ]


def content_digest(document: str | bytes) -> str:
    """Return the digest of a text or image, alike for equal ones (``copies.equality``)."""
    return image_digest(document) if isinstance(document, bytes) else text_digest(document)


def digest_of(parts: Iterable[str | bytes]) -> str:
    """Return the identity of a sequence: 16 hex digits of SHA-256."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "replace")
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()[:16]


def _labelled_examples(values: object) -> Iterator[Example]:
    """Yield the examples of an iterable. Raises InputError for anything else."""
    is_list = isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping)
    if not is_list or is_data_frame(values) or getattr(values, "ndim", 1) == 0:
        raise InputError(
            f"examples: {without_content(values)}, of type {type(values).__name__}",
            expected="a list of Example(label, text)",
            remedy="of a file, make it with read_past(path)",
        )
    for position, value in enumerate(values):  # type: ignore[arg-type, var-annotated]
        if not isinstance(value, Example):
            raise InputError(
                f"example {position}: {without_content(value)}, of type {type(value).__name__}",
                expected="an Example(label, text)",
            )
        yield value


def _checked_words(descriptions: object) -> dict[str, str]:
    """Return descriptions by label. Raises InputError for what is no mapping of texts to texts."""
    if descriptions is None:
        return {}
    if not isinstance(descriptions, Mapping):
        raise InputError(
            f"descriptions: {without_content(descriptions)}", expected='{"label": "description"}'
        )
    words = dict(descriptions)
    for label, text in words.items():
        checked_text(label, "a label of the descriptions")
        checked_text(text, f"the description of class {label!r}")
    return words


def past_of(
    examples: Iterable[Example],
    descriptions: Mapping[str, str] | None = None,
    *,
    names_mean: bool = True,
) -> Past:
    """Return a past of examples.

    Args:
        examples: labelled texts, or labelled images.
        descriptions: words by label. Where a class has none, its name serves.
        names_mean: whether names serve as descriptions; False where they are codes.

    Raises:
        InputError: there are no examples, an example has no content, texts and images are mixed,
            or a description belongs to no example.
    """
    require_flag(names_mean, "names_mean")
    names: dict[str, int] = {}
    documents: list[str | bytes] = []
    labels: list[int] = []
    sources: list[str] = []
    for example in _labelled_examples(examples):
        document = example.image if example.image is not None else example.text
        source = example.source or f"example {example.id!r}"
        if document is None or (isinstance(document, str) and not document.strip()):
            raise InputError(
                f"{source}: no text and no image",
                expected="a document to learn from",
                remedy="give its text or its image, or leave it out",
            )
        if not isinstance(document, bytes):
            checked_text(document, f"{source}: a text")
        if documents and type(document) is not type(documents[0]):
            raise InputError(
                f"{source}: a text among images, or an image among texts",
                expected="one of the two",
                remedy="keep them in two pasts, and train an encoder for each",
            )
        require_name(example.label, f"{source}: the label")
        documents.append(document)
        labels.append(names.setdefault(example.label, len(names)))
        sources.append(source)
    if not documents:
        raise InputError(
            "no documents", expected="labelled documents to learn from", remedy="give some"
        )
    words = _checked_words(descriptions)
    unknown = [label for label in words if label not in names]
    if unknown:
        raise InputError(
            f"a description of {unknown[0]!r}, which no document has as its label",
            expected="labels of the documents",
            remedy="remove it, or correct its spelling",
        )
    texts = [words.get(name) or (words_of(name) if names_mean else None) for name in names]
    return Past(documents, np.array(labels, np.int64), list(names), texts, sources)


def refuse_numbers(past: Past) -> None:
    """Refuse numbers as descriptions, such as names that are codes and serve as them."""
    numbers = [text for text in past.descriptions if text and re.fullmatch(r"[\d\s.,_-]+", text)]
    if numbers:
        raise InputError(
            f"numbers, such as {numbers[0]!r}, as descriptions",
            expected="words that say what a class is",
            remedy="give descriptions, or say that names are codes (names_mean=False)",
        )
