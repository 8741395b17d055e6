"""Records of answers as a file of answers takes them, with as little as it asks for."""

from __future__ import annotations

from protolabel.types import Document


def bare_record(document: Document) -> dict[str, object]:
    """Return the record of a document that was declined."""
    return {
        "id": document.id, "source": document.source, "alternatives": (), "evidence": None,
        "label": None, "space_version": 1,
    }  # fmt: skip
