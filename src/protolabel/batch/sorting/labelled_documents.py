"""Documents of a file in a sorted folder, as they were known where the file was labelled."""

from __future__ import annotations

from dataclasses import replace

from protolabel.batch.sorting.entries import Entry
from protolabel.identity.other_folders import keys_of
from protolabel.types import Document


def as_labelled(document: Document, path: str, entry: Entry) -> Document:
    """Return a document with the source that it had where its file was labelled.

    Args:
        document: as it was read in the sorted folder.
        path: of its file there.
        entry: of that file.
    """
    return replace(document, source=entry.source + document.source.removeprefix(path))


def keys_as_labelled(document: Document, path: str, entry: Entry) -> list[bytes]:
    """Return the keys of a document where its file was labelled; ``as_labelled`` has the rest."""
    return keys_of(as_labelled(document, path, entry))
