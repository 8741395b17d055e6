"""Files and streams -> text: whole, or line by line, in bounded memory.

Nothing here knows about documents, labels or tables. What is no text is refused with the place
(``file:line``, byte offset) and the command that helps. Offsets and sizes are in bytes; lines and
columns count from 1.
"""

from __future__ import annotations

import codecs
import os
import shlex
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from protolabel.errors import InputError
from protolabel.identity.row_numbers import STDIN_NAME
from protolabel.readers.converted_texts import converted, converted_file, settled_encoding
from protolabel.readers.damage import is_of_a_program
from protolabel.readers.encodings import (
    Decoder,
    is_mostly_utf8,
    marked_encoding,
    names_wide_encoding,
    not_in_encoding,
    refuse_no_document,
)
from protolabel.readers.options import Reading
from protolabel.readers.packed_names import PACKING
from protolabel.readers.paths import opened, refuse_unreadable

_CHUNK = 2**16
MOST_CUT = 2**30  # bytes of a line that are passed over in search of its end
_UTF8_MARK = b"\xef\xbb\xbf"
_EXTRACT = "extract its text first"
_NAMED = f"as an image give it the suffix .png or .jpg; as a text, {_EXTRACT} with an OCR program"
_CONVERT = f"as an image convert it to PNG; as a text, {_EXTRACT} with an OCR program"
_READ = "give it by its path, without a format (fmt=)"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_RESAVE = (
    "save it as docx or pptx, without a password; msg and xls are read: give these by their path"
)
_UNPACK = "unpack it: `{command} -c {file} > {target}`, and read that file"
_BINARY = (  # first bytes, what they mean, what to do
    (b"%PDF-", "a PDF file", _READ),
    (b"PK\x03\x04", "a zip archive (docx, xlsx and odt are too)", _READ),
    (_OLD_OFFICE, "an old or encrypted Office file, such as doc or ppt", _RESAVE),
    (b"{\\rtf", "a rich text (RTF) file", _READ),
    (b"\x1f\x8b", "a gzip file", _READ),
    (b"BZh91AY", "a bzip2 file", _READ),
    (b"\xfd7zXZ", "an xz file", _READ),
    (b"\x28\xb5\x2f\xfd", "a zstd file", _UNPACK.replace("{command}", "zstd -d")),
    (b"\x89PNG", "a PNG image", _NAMED),
    (b"\xff\xd8\xff", "a JPEG image", _NAMED),
    (b"GIF87a", "a GIF image", _CONVERT),
    (b"GIF89a", "a GIF image", _CONVERT),
    (b"II*\0", "a TIFF image", _CONVERT),
    (b"MM\0*", "a TIFF image", _CONVERT),
    (b"\x93NUMPY", "a NumPy array", "give it the suffix .npy"),
    (b"SQLite format 3\0", "an SQLite file", "export its text as JSON Lines"),
    (b"\x7fELF", "a program", "give text files only"),
)
_TEXT = "plain text in UTF-8"
_EXPECTED = {_OLD_OFFICE: f"docx, pptx, xlsx, odt, msg, eml or {_TEXT}"}  # where it is another


class Line(NamedTuple):
    r"""A line with its ``\n``. Where ``error`` is not None the text is not whole."""

    number: int
    text: str
    error: InputError | None = None


def refuse_binary(head: bytes, name: str) -> None:
    """Raise InputError where the first bytes say that this is no plain text."""
    for magic, kind, remedy in _BINARY:
        if head.startswith(magic):
            stem, suffix = os.path.splitext(name)
            target = stem if suffix.lower() in PACKING else f"{stem}.unpacked{suffix}"
            file, target, stem = (
                ("FILE", "UNPACKED", "FILE")
                if name == STDIN_NAME
                else (shlex.quote(name), shlex.quote(target), shlex.quote(stem))
            )
            raise InputError(
                f"{name}: {kind}",
                expected=_EXPECTED.get(magic, _TEXT),
                remedy=remedy.format(file=file, target=target, stem=stem),
            )


def read_whole(path: str, name: str, reading: Reading) -> str:
    """Return all of a file as one text.

    Raises InputError for what is unreadable, too long, binary or in another encoding.
    """
    limit = reading.max_bytes
    try:
        with opened(path) as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        refuse_unreadable(path, error)
    reading.meter.advance(len(raw))
    refuse_binary(raw[:16], name)
    encoding = settled_encoding(raw, reading.encoding, name, reading.reports)
    if not (encoding and names_wide_encoding(encoding)) and not is_of_a_program(name):
        refuse_no_document(raw, name)
    if len(raw) > limit:
        raise _too_long(f"{name}: a text", limit)
    if encoding is not None:
        raw = b"".join(converted(iter([raw]), encoding, name))
    mark = len(_UTF8_MARK) if raw.startswith(_UTF8_MARK) else 0
    decoder = Decoder(name, reading.reports)
    return decoder.decode(raw[mark:], offset=mark)


def _too_long(what: str, limit: int) -> InputError:
    """Return the error for a line, record or file over the limit."""
    return InputError(
        f"{what} of more than {limit:,} bytes",
        expected=f"at most {limit:,} bytes a document",
        remedy="split it",
    )


def text_pieces(chunks: Iterable[bytes], name: str) -> Iterator[str]:
    """Yield chunks of UTF-8 as text. Raises InputError for what is binary or not UTF-8."""
    decoder, offset, line = codecs.getincrementaldecoder("utf-8-sig")(), 0, 1
    for chunk in chain(chunks, [b""]):
        if not offset:
            refuse_binary(chunk[:16], name)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object.count(b"\n", 0, error.start)
            start = offset + len(chunk) - len(error.object)
            mostly = is_mostly_utf8(error.object)
            raise not_in_encoding(name, line, start, error, is_utf8=mostly) from error
        if "\0" in text:
            raise InputError(
                f"{name}:{line + text.count(chr(10), 0, text.index(chr(0)))}: byte 0x00",
                expected="JSON in UTF-8",
                remedy="write the file again with a JSON library",
            )
        yield text
        offset, line = offset + len(chunk), line + text.count("\n")


def numbered_lines(
    chunks: Iterable[bytes], name: str, reading: Reading, *, any_end: bool = False
) -> Iterator[Line]:
    r"""Yield the lines of `text_chunks`, one chunk and one line in memory at a time.

    Lines end with ``\n``, or with ``\r`` where the stream has no other line ends; with ``any_end``,
    each ends a line, as in tables whose cells hold line breaks of another kind. A line over the
    limit, or in another encoding, comes with its error. Raises InputError for what is binary or
    unreadable.
    """
    limit, decoder = reading.max_bytes, Decoder(name, reading.reports)
    number, offset = 0, 0
    for raws in _line_batches(chunks, limit, name, any_end=any_end):
        for at, raw in enumerate(raws):
            number += 1
            size = len(raw)
            if number == 1:
                refuse_binary(raw[:16], name)
                raw = raw.removeprefix(_UTF8_MARK)
            if size > limit:
                yield Line(number, "", _too_long(f"{name}:{number}: a line", limit))
            else:
                start = offset + size - len(raw)
                try:
                    text = decoder.decode(raw, number, start, ahead=islice(raws, at + 1, None))
                except InputError as error:
                    yield Line(number, raw.decode("utf-8", "replace"), error)
                else:
                    yield Line(number, text)
            offset += size


def text_chunks(stream: BinaryIO, name: str, reading: Reading) -> Iterator[bytes]:
    """Yield the bytes of a stream as they come, in UTF-8 where a mark or the caller says which."""
    chunks = _chunks(stream, name, reading)
    head = next(chunks, b"")
    while 0 < len(head) < 4 and head[0] in b"\xff\xfe\0":  # perhaps part of a byte order mark
        more = next(chunks, b"")
        if not more:
            break
        head += more
    whole = chain([head], chunks)
    if reading.encoding is not None and name != STDIN_NAME:
        return converted_file(whole, reading.encoding, name, reading.reports)
    encoding = reading.encoding or marked_encoding(head[:4])
    return whole if encoding is None else converted(whole, encoding, name)


def _chunks(stream: BinaryIO, name: str, reading: Reading) -> Iterator[bytes]:
    read = getattr(stream, "read1", stream.read)  # what there is, rather than wait for a full chunk
    while True:
        try:
            chunk = read(_CHUNK)
        except (OSError, ValueError) as error:  # ValueError: closed by somebody else
            refuse_unreadable(name, error)
        if not chunk:
            return
        yield chunk
        reading.meter.advance(len(chunk))


def _line_batches(
    chunks: Iterable[bytes], limit: int, name: str, *, any_end: bool = False
) -> Iterator[list[bytes]]:
    """Yield the lines that each chunk completes. A line over the limit is cut just above it.

    Raises InputError for a line without an end.
    """
    chunks = iter(chunks)
    beginning, end = (b"", b"") if any_end else _line_end(chunks)
    line_start, cut, n_cut = bytearray(), False, 0
    for chunk in chain([beginning], chunks):
        if any_end and line_start.endswith(b"\r"):  # it may be half of a line end
            chunk, line_start = b"\r" + chunk, line_start[:-1]
        lines, last = _split(chunk, end)
        if lines:
            if cut:
                lines, cut = lines[1:], False
            elif line_start:
                lines[0] = bytes(line_start) + lines[0]
            yield [line[: limit + 1] for line in lines]
            line_start = bytearray(last)
        elif not cut:
            line_start += last
        else:
            n_cut += len(last)
            if n_cut > MOST_CUT:
                raise InputError(
                    f"{name}: a line of more than {MOST_CUT:,} bytes",
                    expected="lines that end",
                    remedy="look whether it is text, and whether it ends at all",
                )
        if len(line_start) > limit:
            yield [bytes(line_start[: limit + 1])]
            line_start, cut, n_cut = bytearray(), True, 0
    if line_start:
        yield [bytes(line_start)]


def _split(chunk: bytes, end: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines that end in a chunk, and what is left. Without ``end`` any end counts."""
    if end:
        *lines, last = chunk.split(end)
        return [line + end for line in lines], last
    lines = chunk.splitlines(keepends=True)
    last = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
    return lines, last


def _line_end(chunks: Iterator[bytes]) -> tuple[bytes, bytes]:
    r"""Return the beginning of a text and what ends its lines, ``\n`` or ``\r``."""
    beginning = b""
    for chunk in chunks:
        beginning += chunk
        if b"\n" in beginning:
            return beginning, b"\n"
        if len(beginning) >= _CHUNK:
            break
    return beginning, b"\r" if b"\r" in beginning[:-1] else b"\n"
