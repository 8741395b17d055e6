"""Text in another encoding -> UTF-8, and which files keep their own encoding.

An encoding that is given for a folder holds for those of its files that need it. A byte order mark,
or UTF-8 beyond ASCII, outweighs it.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain

from protolabel.errors import InputError
from protolabel.readers.encodings import is_utf8, marked_encoding, names_wide_encoding
from protolabel.readers.reports import Reports

_UTF8 = "utf-8"


def own_encoding(raw: bytes, choice: str) -> str | None:
    """Return the encoding that bytes show to be theirs where the caller gives another, else None.

    A byte order mark shows it, and so does UTF-8 beyond ASCII: text in another encoding does not
    read as UTF-8.

    Args:
        raw: the beginning of a text, or all of it; it may end inside a character.
        choice: the encoding that the caller names.
    """
    name = codecs.lookup(choice).name
    marked = marked_encoding(raw[:4])
    if marked is not None:
        return None if name.startswith(marked) else marked
    if name.startswith(_UTF8):
        return None
    if raw.startswith(codecs.BOM_UTF8):
        return _UTF8
    reads_so = not raw.isascii() and not names_wide_encoding(choice) and is_utf8(raw)
    return _UTF8 if reads_so else None


def keeps_encoding(own: str, choice: str) -> str:
    """Return the notice for a text that is not read in the encoding that the caller gave."""
    return f"is in {own.upper()} and is read so, not in {choice}"


def settled_encoding(raw: bytes, choice: str | None, name: str, reports: Reports) -> str | None:
    """Return the encoding to convert a text from; None where it is UTF-8, or nothing tells yet.

    Reports a notice where it is another than the caller gave.
    """
    if choice is None:
        return marked_encoding(raw[:4])
    own = own_encoding(raw, choice)
    if own is None:
        return choice
    reports.notice(name, keeps_encoding(own, choice))
    return None if own == _UTF8 else own


def converted(chunks: Iterator[bytes], encoding: str, name: str) -> Iterator[bytes]:
    """Yield the same text in UTF-8. Raises InputError for bytes that the encoding does not have."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except (UnicodeError, ValueError) as error:
        raise InputError(
            f"{name}: text that is not in {encoding} ({error})",
            expected=f"plain text in {encoding}",
            remedy="say the encoding that it is really in (encoding=), or save it again as UTF-8",
        ) from error


def converted_file(
    chunks: Iterator[bytes], choice: str, name: str, reports: Reports
) -> Iterator[bytes]:
    """Yield the text of a file in UTF-8, as :func:`converted` does.

    Its first chunk beyond ASCII tells whether it keeps its own encoding.
    """
    others = list[tuple[str | None, bytes]]()

    def in_choice() -> Iterator[bytes]:
        is_open = True
        for chunk in chunks:
            if is_open and not chunk.isascii():
                is_open = False
                encoding = settled_encoding(chunk, choice, name, reports)
                if encoding != choice:
                    others.append((encoding, chunk))
                    return
            yield chunk

    yield from converted(in_choice(), choice, name)
    for encoding, chunk in others:
        rest = chain([chunk], chunks)
        yield from rest if encoding is None else converted(rest, encoding, name)
