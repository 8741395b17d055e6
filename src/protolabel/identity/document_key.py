"""The identity of a document between runs: where it came from, and what it holds, byte for byte.

Not whether two documents are equal for learning: that is ``copies/equality.py``, which folds case
and white space.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

import numpy as np

from protolabel.identity.maildir_paths import lasting_path
from protolabel.identity.message_paths import by_messages
from protolabel.identity.row_numbers import ROW, STDIN_NAME, RowNumber, row_number, without_number
from protolabel.identity.sorted_paths import original_path
from protolabel.types import Document

KEY_BYTES = 16
SOURCE_BYTES = 8


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


NOWHERE = Place(bytes(KEY_BYTES), False)


def document_key(document: Document) -> bytes:
    """Return the 16 bytes that stay the same while a document stays the same.

    A document is known by its content, by the path that it came from, and by its id: of a row, the
    id that its table gives, shared or not; of another document, one that does not only repeat the
    path. Positions do not count: a row may move within its table, and a message within its
    mailbox, whose path has the names of messages for their numbers. Flags of a mail in a Maildir
    do not count. A file in a sorted folder has the path that it came from. Equal rows without an id
    have equal keys. Paths are taken as ``whole_path`` says.
    """
    place, name, number = _parts_of(document)
    name = name or own_id(document.source, document.id, number, document.has_own_id)
    return key_of(lasting_path(original_path(place)), name, content_digest(document))


def key_where_it_stands(document: Document) -> bytes:
    """Return the key of a document where a file in a sorted folder has the path that it has now."""
    place, name, number = _parts_of(document)
    name = name or own_id(document.source, document.id, number, document.has_own_id)
    return key_of(lasting_path(place), name, content_digest(document))


def key_with_flags(document: Document) -> bytes:
    """Return the key of a document where the flags of a mail in a Maildir count."""
    place, name, number = _parts_of(document)
    name = name or own_id(document.source, document.id, number, document.has_own_id)
    return key_of(place, name, content_digest(document))


def key_without_id(document: Document) -> bytes:
    """Return what the key of a document is where its id does not count.

    So documents were known that came without a place, before ids of their own counted there.
    """
    place, name, _ = _parts_of(document)
    return key_of(lasting_path(original_path(place)), name, content_digest(document))


def place_of(
    source: str, identity: str, *, has_own_id: bool = True, folder: str | None = None
) -> Place:
    """Return the place of a document of that source and id, which lies in no mailbox.

    Args:
        source: of the document.
        identity: its id.
        has_own_id: of the document; an id that several rows of a table have names none of them.
        folder: of the document.
    """
    if not source:
        return NOWHERE
    place, name, number = _name_parts(source, identity, folder=folder)
    name = name or lasting_path(own_id(source, identity, number, has_own_id))
    own = not number and (has_own_id or row_of(source, folder) is None)
    return Place(key_of(lasting_path(place), name, number.encode()), own)


def own_place(document: Document) -> bytes | None:
    """Return the digest of the place of a document, where that names it for good.

    A message of a mailbox has none: its number is that of another one later.
    """
    place = place_of(
        document.source, document.id, has_own_id=document.has_own_id, folder=document.folder
    )
    return place.digest if place.own and not document.message_path else None


def whole_path(path: str, folder: str | None = None) -> str:
    """Return a path as it is known, so that two spellings of it are one.

    Args:
        path: it is empty where there is none.
        folder: below which it lies. None: the working folder. Empty: it was sent by a program that
            tells no more of it, and which folder this process works in says nothing about it.
    """
    if not path:
        return ""
    if folder is None:
        return os.path.abspath(path)
    return os.path.normpath(os.path.join(folder, path))


def from_folder(source: str, folder: str | None) -> str:
    """Return a source that was typed in the working folder as it is typed in another one.

    One that a whole path begins, or that of a pipe, stays as it is. Without a folder all do.
    """
    is_of_pipe = without_number(source).split("/", 1)[0] == STDIN_NAME
    if not folder or not source or is_of_pipe or os.path.isabs(source) or folder == os.getcwd():
        return source
    return os.path.relpath(source, folder)


def source_digest(source: str, folder: str | None = None) -> bytes:
    """Return 8 bytes of a source, the same for two spellings of a path: see ``whole_path``."""
    path = whole_path(source, folder).encode(errors="surrogatepass")
    return hashlib.blake2b(path, digest_size=SOURCE_BYTES).digest()


def row_of(source: str, folder: str | None = None) -> RowNumber | None:
    """Return the row that a source names; None for what is no row, such as a file of such a name.

    ``Call 10:30`` is a row of ``Call 10``, unless a file ``Call 10:30`` is there.
    ``folder``: as of ``whole_path``; of what was sent, no file is looked for.
    """
    row = row_number(source)
    if row is None or folder == "" or row.table == STDIN_NAME:
        return row
    return None if os.path.isfile(os.path.join(folder or "", source)) else row


def has_passing_name(source: str, folder: str | None = None) -> bool:
    """Return whether a source may change though its document stays: a row, a mail with flags.

    ``folder``: as of ``row_of``.
    """
    return lasting_path(source) != source or row_of(source, folder) is not None


def without_row(source: str) -> str:
    """Return the path of the table of a row; any other path as it is."""
    row = row_of(source)
    return source if row is None else row.table


def table_of(source: str) -> str:
    """Return the absolute path of the table of a row; nothing for what is no row."""
    row = row_of(source)
    return "" if row is None else os.path.abspath(row.table)


def table_digest(table: str) -> bytes:
    """Return 8 bytes of the path of a table; nothing for none."""
    return source_digest(table) if table else b""


def _parts_of(document: Document) -> tuple[str, str, str]:
    return _name_parts(document.source, document.id, document.message_path, document.folder)


def _name_parts(
    source: str, identity: str, message_path: str = "", folder: str | None = None
) -> tuple[str, str, str]:
    """Return the path of a document, the id of its own, and its number where it has none."""
    row = row_of(source, folder)
    path, name, number = source, "", ""
    if row:
        path, message_path = row.table, without_number(message_path)
        if is_position(identity, row):
            number = row.number
        else:
            name = identity
    path = by_messages(path, message_path)
    place = path if row and path == STDIN_NAME else whole_path(path, folder)
    return place, name, number


def own_id(source: str, identity: str, number: str, has_own_id: bool) -> str:
    """Return the id of a document that is no row, if it is one of its own; else nothing."""
    return identity if has_own_id and not number and identity not in spellings(source) else ""


def key_of(place: str, name: str, content: bytes) -> bytes:
    """Return the key of a document of a place with an id of its own, if any, by its content."""
    digest = hashlib.sha256()
    for part in (place.encode(errors="surrogatepass"), name.encode(errors="surrogatepass")):
        digest.update(len(part).to_bytes(8, "big") + part)
    digest.update(content)
    return digest.digest()[:KEY_BYTES]


def is_position(identity: str, row: RowNumber) -> bool:
    """Return whether an id is made from the number of the row.

    It may name the table by the end of its path, as from a folder or an archive on.
    """
    if row.word == ROW:
        return True
    own = row_number(identity)
    if own is None or own.number != row.number or own.word not in ("", row.word):
        return False
    tables = row.table, os.path.normpath(row.table)
    return any(one == own.table or one.endswith(f"/{own.table}") for one in tables)


def spellings(path: str) -> tuple[str, ...]:
    """Return the ids that readers make of a path."""
    return path, os.path.normpath(path), os.path.basename(path)


def content_digest(document: Document) -> bytes:
    """Return 32 bytes of what a document holds, byte for byte."""
    digest = hashlib.sha256()
    vector = document.embedding
    for kind, part in (
        (b"text", None if document.text is None else document.text.encode(errors="surrogatepass")),
        (b"image", document.image),
        (b"embedding", None if vector is None else _vector_bytes(vector)),
    ):
        if part is not None:
            digest.update(kind + len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _vector_bytes(vector: object) -> bytes:
    """Return the bytes of an embedding; none for what is no vector, which its reader refuses."""
    try:
        return np.asarray(vector, "<f4").tobytes()
    except (TypeError, ValueError):
        return b""
