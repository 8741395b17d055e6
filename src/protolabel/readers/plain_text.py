"""Bytes -> text: decoding and splitting into lines, in bounded memory.

Nothing here knows about documents, labels or tables. What is not UTF-8 text is refused with the
place (``file:line``, byte offset) and the command that helps. Offsets and sizes are in bytes;
lines and columns count from 1.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from protolabel.errors import InputError
from protolabel.readers.folders import opened, refuse_unreadable

MAX_BYTES = 10 * 2**20
"""The longest line, record or file that is taken as one document, in bytes."""

_UTF8_BOM, _UTF16_BOMS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_UTF32_BOMS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_EXTRACT = "extract its text first"
_NAMED = f"as an image give it the suffix .png or .jpg; as a text, {_EXTRACT} with an OCR program"
_CONVERT = f"as an image convert it to PNG; as a text, {_EXTRACT} with an OCR program"
_NOT_TEXT = (  # first bytes, what they mean, what to do ({} is the quoted file name)
    (b"%PDF-", "a PDF file", f"{_EXTRACT}, as with `pdftotext {{0}}`"),
    (b"PK\x03\x04", "a zip archive (docx, xlsx and odt are too)", f"{_EXTRACT}, or unzip it"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (doc, xls, msg)", f"{_EXTRACT} or save it as text"),
    (b"{\\rtf", "a rich text (RTF) file", f"{_EXTRACT} or save it as plain text"),
    (b"\x1f\x8b", "a gzip file", "unpack it: `gunzip -c {0} | protolabel ... -`"),
    (b"BZh91AY", "a bzip2 file", "unpack it: `bunzip2 -c {0} | protolabel ... -`"),
    (b"\xfd7zXZ", "an xz file", "unpack it: `xz -dc {0} | protolabel ... -`"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it: `zstd -dc {0} | protolabel ... -`"),
    (b"\x89PNG", "a PNG image", _NAMED),
    (b"\xff\xd8\xff", "a JPEG image", _NAMED),
    (b"GIF87a", "a GIF image", _CONVERT),
    (b"GIF89a", "a GIF image", _CONVERT),
    (b"II*\0", "a TIFF image", _CONVERT),
    (b"MM\0*", "a TIFF image", _CONVERT),
    (b"\x93NUMPY", "a NumPy array", "give it the suffix .npy, or say fmt='npy'"),
    (b"SQLite format 3\0", "an SQLite file", "export its text as JSON Lines"),
    (b"\x7fELF", "a program", "give text files only"),
)


@dataclass(slots=True)
class Progress:
    """How far a reading has come, in bytes; hand one object to several readings to add them up.

    ``total`` is None where it cannot be known (a pipe). Readers only ever add to ``done``.
    """

    total: int | None = None
    done: int = 0

    @property
    def fraction(self) -> float | None:
        """Share read, 0 to 1, or None where the total is unknown."""
        if self.total is None:
            return None
        return min(1.0, self.done / self.total) if self.total else 1.0


def refuse_binary(head: bytes, name: str) -> None:
    """Raise InputError where the first bytes say that this is no plain text."""
    quoted = shlex.quote(name)
    for magic, kind, remedy in _NOT_TEXT:
        if head.startswith(magic):
            raise InputError(
                f"{name}:1: {kind} (first bytes {head[:8]!r})",
                expected="plain text in UTF-8",
                remedy=remedy.format(quoted),
            )
    if head.startswith(_UTF32_BOMS):
        _refuse_encoding(name, 1, "UTF-32 text", "UTF-32")


def _refuse_encoding(name: str, line: int, got: str, encoding: str) -> NoReturn:
    """Raise the InputError whose remedy converts a file to UTF-8."""
    quoted = "FILE" if name == "stdin" else shlex.quote(name)
    raise InputError(
        f"{name}:{line}: {got}",
        expected="plain text in UTF-8",
        remedy=f"convert it: `iconv -f {encoding} -t UTF-8 {quoted} > utf8.txt`"
        + (" (with the encoding that it is really in)" if encoding == "WINDOWS-1252" else ""),
    )


def decode(raw: bytes, name: str, *, line: int = 1, offset: int = 0) -> str:
    """UTF-8 bytes as text. ``line`` and ``offset`` are those of the first byte, for the message.

    Raises InputError for NUL bytes and for what is not UTF-8.
    """
    at = raw.find(b"\0")
    if at >= 0:
        raise InputError(
            f"{name}:{line + raw.count(10, 0, at)}: byte 0x00 at byte {offset + at}",
            expected="plain text in UTF-8",
            remedy="extract the text of a binary file first; convert UTF-16 with iconv",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
        _refuse_encoding(
            name,
            line + raw.count(10, 0, start),
            f"byte 0x{raw[start]:02X} at byte {offset + start} is not UTF-8",
            "WINDOWS-1252",
        )


def read_whole(path: str, name: str, limit: int, progress: Progress | None) -> str:
    """All of a file as one text. UTF-8 with or without a byte order mark, or UTF-16 with one.

    Raises InputError for what is unreadable, too long, binary or in another encoding.
    """
    try:
        with opened(path) as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        refuse_unreadable(path, error)
    if progress is not None:
        progress.done += len(raw)
    refuse_binary(raw[:16], name)
    if len(raw) > limit:
        _refuse_long(f"{name}:1: a text", limit)
    if raw.startswith(_UTF16_BOMS):
        try:
            text = raw.decode("utf-16")
            if "\0" not in text:
                return text
            return decode(raw, name)  # which refuses it
        except UnicodeDecodeError as error:
            message = f"UTF-16 text, damaged at byte {error.start}"
            raise InputError(
                f"{name}:1: {message}", expected="plain text in UTF-8", remedy="save it again"
            ) from error
    bom = len(_UTF8_BOM) if raw.startswith(_UTF8_BOM) else 0
    return decode(raw[bom:], name, offset=bom)


def _refuse_long(what: str, limit: int) -> NoReturn:
    """Raise the InputError for a line, record or file over the limit."""
    raise InputError(
        f"{what} of more than {limit:,} bytes",
        expected=f"at most {limit:,} bytes a document",
        remedy="split it, or raise max_bytes",
    )


def numbered_lines(
    stream: BinaryIO, name: str, limit: int, progress: Progress | None
) -> Iterator[tuple[int, str]]:
    r"""(line number, line with its ``\n``) of a UTF-8 stream, one line in memory at a time.

    Raises InputError for a line over ``limit`` bytes (without reading the rest of it), and for
    what is binary, in another encoding or unreadable.
    """
    number, offset = 0, 0
    while True:
        try:
            raw = stream.readline(limit + 1)
        except OSError as error:
            refuse_unreadable(name, error)
        if not raw:
            return
        number += 1
        size = len(raw)
        if number == 1:
            refuse_binary(raw[:16], name)
            if raw.startswith(_UTF16_BOMS):
                _refuse_encoding(name, 1, "UTF-16 text", "UTF-16")
            raw = raw.removeprefix(_UTF8_BOM)
        if size > limit:
            _refuse_long(f"{name}:{number}: a line", limit)
        yield number, decode(raw, name, line=number, offset=offset + size - len(raw))
        offset += size
        if progress is not None:
            progress.done += size
