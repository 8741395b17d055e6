"""The identity of a document between runs: where it came from, and what it holds, byte for byte.

Not whether two documents are equal for learning: that is ``equality.py``, which folds case and
white space.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

import numpy as np

from protolabel.row_numbers import ITEM, ROW, RowNumber, row_number
from protolabel.types import Document

KEY_BYTES = 16
_STDIN = "stdin"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document came from, whatever it holds.

    Attributes:
        digest: 16 bytes; zeros for a document that came from nowhere, such as a text of the command
            line.
        own: the place names this document for good: it is a file, or a row with an id of its own.
            Without, it is a row that is known by its number, where another row may stand later.
    """

    digest: bytes
    own: bool


def document_key(document: Document) -> bytes:
    """Return the 16 bytes that stay the same while a document stays the same.

    A document is known by its content, by the path that it came from, and by its id, if it has one
    of its own. Positions do not count: a row may move within its table, and equal documents without
    an id have equal keys. Nor does an id that only repeats the path. Paths are taken as absolute,
    so that two spellings of a path are one.
    """
    source, identity = document.source, document.id
    place, name, number = _name_parts(source, identity)
    name = name or _own_id(source, identity, number, document.has_own_id)
    return _digest(place, name, _content_digest(document))


def key_without_id(document: Document) -> bytes:
    """Return what the key of a document is where its id does not count.

    So documents were known that came without a place, before ids of their own counted there.
    """
    place, name, _ = _name_parts(document.source, document.id)
    return _digest(place, name, _content_digest(document))


def key_with_number(document: Document) -> bytes:
    """Return the key that an item of a JSON array had while its number counted as its path.

    Label spaces and files of answers from then hold such keys. It is empty for other documents.
    """
    source, identity = document.source, document.id
    row = row_number(source)
    if row is None or row.word != ITEM:
        return b""
    is_own = document.has_own_id or not _is_position(identity, row)
    name = _own_id(source, identity, "", is_own)
    return _digest(os.path.abspath(source), name, _content_digest(document))


def place_of(source: str, identity: str, *, has_own_id: bool = True) -> Place:
    """Return the place of a document of that source and id.

    ``has_own_id``: of the document; an id that several rows of a table have names none of them.
    """
    if not source:
        return Place(bytes(KEY_BYTES), False)
    place, name, number = _name_parts(source, identity)
    name = name or _own_id(source, identity, number, has_own_id)
    own = not number and (has_own_id or row_number(source) is None)
    return Place(_digest(place, name, number.encode()), own)


def _name_parts(source: str, identity: str) -> tuple[str, str, str]:
    """Return the path of a document, the id of its own, and its number where it has none."""
    row = row_number(source)
    path, name, number = source, "", ""
    if row:
        path = row.table
        if _is_position(identity, row):
            number = row.number
        else:
            name = identity
    place = os.path.abspath(path) if path and not (row and path == _STDIN) else path
    return place, name, number


def _own_id(source: str, identity: str, number: str, has_own_id: bool) -> str:
    """Return the id of a document that is no row, if it is one of its own; else nothing."""
    return identity if has_own_id and not number and identity not in _spellings(source) else ""


def _digest(place: str, name: str, content: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in (place.encode(errors="surrogatepass"), name.encode(errors="surrogatepass")):
        digest.update(len(part).to_bytes(8, "big") + part)
    digest.update(content)
    return digest.digest()[:KEY_BYTES]


def _is_position(identity: str, row: RowNumber) -> bool:
    """Return whether an id is made from the number of the row."""
    if row.word == ROW:
        return True
    words = dict.fromkeys(("", row.word))
    places = _spellings(row.table)
    return identity in [f"{place}:{word}{row.number}" for place in places for word in words]


def _spellings(path: str) -> tuple[str, ...]:
    """Return the ids that readers make of a path."""
    return path, os.path.normpath(path), os.path.basename(path)


def _content_digest(document: Document) -> bytes:
    digest = hashlib.sha256()
    vector = document.embedding
    for kind, part in (
        (b"text", None if document.text is None else document.text.encode(errors="surrogatepass")),
        (b"image", document.image),
        (b"embedding", None if vector is None else np.asarray(vector, "<f4").tobytes()),
    ):
        if part is not None:
            digest.update(kind + len(part).to_bytes(8, "big") + part)
    return digest.digest()
