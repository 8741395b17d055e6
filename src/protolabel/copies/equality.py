"""Which documents are equal: the same text after folding case and white space, or the same vector.

Vectors that differ in rounding alone are the same among documents that are compared at once.

Equal documents form a group. Whatever is left out, dealt out or held out is a group, never a part
of one. It reads and stores nothing; which texts are near copies stands in ``near_copies``.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from protolabel.copies.joined_groups import groups_by_numbers
from protolabel.copies.near_vectors import first_copies
from protolabel.words.text import words_apart


def folded(text: str) -> str:
    """Return the text with case, white space and Unicode forms folded: ``" A\\n b"`` -> ``"a b"``.

    Two texts are equal documents if their folded forms are the same string.
    """
    if text.isascii():  # which has one form of each character, and splits at all its separators
        return " ".join(text.lower().split())
    composed = unicodedata.normalize("NFC", words_apart(text)).casefold()
    return " ".join(unicodedata.normalize("NFC", composed).split())


def text_digest(text: str) -> str:
    """Return the SHA-256 of the folded text, in hexadecimal: what is kept where no text may be."""
    return hashlib.sha256(folded(text).encode("utf-8", "surrogatepass")).hexdigest()


def image_digest(image: bytes) -> str:
    """Return the SHA-256 of an image file, in hexadecimal."""
    return hashlib.sha256(image).hexdigest()


def vector_digest(vector: npt.ArrayLike) -> str:
    """Return the SHA-256 of a vector's float32 components, in hexadecimal; -0 counts as 0."""
    components = np.asarray(vector, dtype="<f4") + np.float32(0.0)
    return hashlib.sha256(np.ascontiguousarray(components).tobytes()).hexdigest()


def short_digest(digest: str) -> bytes:
    """Return the first 16 bytes of a digest: enough to tell documents apart, in half the memory."""
    return bytes.fromhex(digest)[:16]


def document_digests(
    text: str | None = None, image: bytes | None = None, vector: npt.ArrayLike | None = None
) -> tuple[str, ...]:
    """Return the digests of what a document holds. Two documents that share one are equal."""
    digests = []
    if text is not None:
        digests.append(text_digest(text))
    if image is not None:
        digests.append(image_digest(image))
    if vector is not None:
        digests.append(vector_digest(vector))
    return tuple(digests)


def document_digest(
    text: str | None = None, image: bytes | None = None, vector: npt.ArrayLike | None = None
) -> str:
    """Return what equal documents have in common: the digest of what a document is known by.

    That is its text, else its image, and its vector only where it has neither.
    """
    if text is None and image is None and vector is None:
        raise ValueError("a document without content")
    is_bare = text is None and image is None
    return document_digests(text, image, vector if is_bare else None)[0]


def rounded_digests(
    vectors: Sequence[npt.ArrayLike | None] | npt.NDArray[np.float32],
) -> list[tuple[str, ...]]:
    """Return one digest of each vector, which those share that differ in rounding alone.

    Args:
        vectors: n, those of equal length compared with one another; None for a document without.

    Returns:
        n digests; an empty tuple for a document without a vector.
    """
    places: dict[tuple[int, ...], list[int]] = {}
    for i, vector in enumerate(vectors):
        if vector is not None:
            places.setdefault(np.shape(vector), []).append(i)
    digests: list[tuple[str, ...]] = [()] * len(vectors)
    for positions in places.values():
        matrix = np.stack([np.asarray(vectors[i], np.float32).reshape(-1) for i in positions])
        for place, first in zip(positions, first_copies(matrix).tolist(), strict=True):
            digests[place] = (f"rounded {vector_digest(matrix[first])}",)
    return digests


def groups_of(digests: Iterable[Iterable[str]]) -> npt.NDArray[np.int64]:
    """Return the group of each document from its digests: those that share a digest are one group.

    Sharing is transitive: where A has the text of B, and B the vector of C, the three are a group.

    Args:
        digests: of each of n documents, as :func:`document_digests` returns them.

    Returns:
        (n,) int64: groups numbered from 0 in the order of their first document.
    """
    number_of: dict[str, int] = {}
    documents, numbers, n = list[int](), list[int](), 0
    for names in digests:
        for digest in names:
            documents.append(n)
            numbers.append(number_of.setdefault(digest, len(number_of)))
        n += 1
    return groups_by_numbers(np.array(documents, np.int64), np.array(numbers, np.int64), n)


def equal_documents(
    texts: Sequence[str | None] | None, vectors: npt.NDArray[np.float32] | None
) -> npt.NDArray[np.int64]:
    """Return the group of each of n documents, from their texts, their vectors, or both.

    Args:
        texts: n texts; None for a document without.
        vectors: (n, d) float32.

    Returns:
        (n,) int64, as :func:`groups_of` numbers them.
    """
    n = len(texts) if texts is not None else len(vectors) if vectors is not None else 0
    rounded = rounded_digests([None] * n if vectors is None else vectors)
    return groups_of(
        (*document_digests(text=texts[i] if texts is not None else None), *rounded[i])
        for i in range(n)
    )
