"""The digests of stored documents: of their text, their image or their vector.

``equality`` decides which documents are equal. This file only reads what a label space holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protolabel.arrays import Integers
from protolabel.copies.equality import document_digests
from protolabel.store import Rows

ITEMS_AT_ONCE = 4096


def item_digests(
    rows: Rows, version: int, items: Sequence[int] | Integers
) -> Iterator[tuple[str, ...]]:
    """Yield the digests of each item, in order: of texts, of images, or of bare vectors.

    A vector stands for the document only where it has neither text nor image.

    Args:
        rows: of the label space.
        version: whose encoding the vectors are of.
        items: any items.
    """
    encoding = rows.encoding(version)
    for start in range(0, len(items), ITEMS_AT_ONCE):
        part = [int(item) for item in items[start : start + ITEMS_AT_ONCE]]
        texts = rows.texts(part)
        contents = [
            document_digests(text, rows.image(item) if text is None else None)
            for item, text in zip(part, texts, strict=True)
        ]
        bare = [item for item, digests in zip(part, contents, strict=True) if not digests]
        vectors = rows.vectors_of(bare, encoding) if bare else {}
        for item, digests in zip(part, contents, strict=True):
            yield digests or document_digests(vector=vectors.get(item))
