"""What equal documents share: the digests by which answers and examples know a content."""

from __future__ import annotations

from protolabel.arrays import Floats
from protolabel.copies.equality import document_digest, short_digest
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.store import Rows


def content_of(text: str | None, image: bytes | None, vector: Floats | None) -> bytes:
    """Return 16 bytes that equal documents share; a vector is ``(d,)``."""
    return short_digest(document_digest(text, image, vector))


def content_of_text(text: str) -> bytes:
    """Return 16 bytes that documents of this text share, and no others."""
    return short_digest(document_digest(text))


def contents_of_examples(rows: Rows, version: int) -> set[bytes]:
    """Return what the examples of a version hold, as answers are known by their content."""
    with rows.reading():
        items = rows.example_items(version).tolist()
        return {short_digest(digests[0]) for digests in item_digests(rows, version, items)}
