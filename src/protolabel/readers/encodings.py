"""Bytes -> text: finds out the encoding of a text while it is read.

A byte order mark decides. Without one the caller does, unless the text reads as UTF-8 beyond ASCII:
what is said of a folder holds for those of its files that need it. Without either, text is UTF-8,
and where it is not it may be Windows-1252, which Excel writes in Western Europe. Nothing else is
guessed: docs/decisions/0020 says why. Text that is neither is refused, with the place and the
command that converts it.
"""

from __future__ import annotations

import codecs
import os
import re
import shlex
from collections.abc import Iterable, Sequence
from typing import NoReturn

from protolabel.errors import InputError
from protolabel.identity.row_numbers import STDIN_NAME
from protolabel.readers.damage import damaged_document, is_of_a_program, no_document
from protolabel.readers.formats.legibility import is_rubbish
from protolabel.readers.packed_names import unpacked_name, unpacker_of
from protolabel.readers.reports import Reports

WESTERN = "windows-1252"
_READ_AS_WESTERN = (
    "iso-8859-1",
    "iso8859-1",
    "iso_8859-1",
    "latin1",
    "latin-1",
    "us-ascii",
    "ascii",
)
_ENCODINGS = ("WINDOWS-1252", "WINDOWS-1250")  # as iconv names them
_UTF8_ALONE = "UTF-8 -c"  # of iconv: from UTF-8, without the bytes that are not
_MARKS = (  # byte order marks and what they mean; UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of these no text consists, whatever ended (0x1a) or coloured (0x1b) it.
_OF_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_HIGH_LETTER = "[À-ÖØ-öø-ÿŠŽŒœšžŸƒ]"
# What no Western text holds, and text in another encoding does when it is read as Windows-1252:
# three accented letters in a row, a capital with an accent after a small letter, a currency or
# mathematical sign inside a word, a word of ÿ or þ alone.
_NOT_WESTERN = re.compile(
    _HIGH_LETTER + "{3}"
    "|[a-zß-öø-ÿ][À-ÖØ-ÞŠŽŒŸ]"
    "|[^\\W\\d_][¡-©¬®-±²³µ¶¸¹¼-¿×÷‡ˆ‰‹›†•˜][a-zà-öø-ÿ]"
    "|(?<!\\w)[ÿþ](?!\\w)"
)
_ILLEGIBLE = re.compile("[^\\W\\da-zA-Z_]{5}|[\x80-\x9f]")  # in any language
_ASCII = bytes((*b"\t\n\r", *range(32, 127)))
_LEAST_BEYOND_ASCII = 0.05  # of the bytes; texts in Japanese letters alone have about a tenth
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_HEAD_BYTES = 4096  # of a file, which tell whether it is a text in one of these
_LETTER_IN_UTF8 = re.compile(b"\xc3[\x80-\xbf]")


def marked_encoding(head: bytes) -> str | None:
    """Return utf-16 or utf-32 where the first four bytes hold its byte order mark, else None."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def line_ends(head: bytes, encoding: str | None) -> tuple[bytes, bytes]:
    r"""Return the bytes of ``\n`` and of ``\r`` in a text.

    Args:
        head: its first four bytes.
        encoding: that the caller says, if any; a byte order mark outweighs it.
    """
    name = codecs.lookup(marked_encoding(head) or encoding or "utf-8").name
    if name in ("utf-16", "utf-32"):
        big = head.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
        name += "-be" if big else "-le"
    encoder = codecs.getincrementalencoder(name)()
    encoder.encode("a")  # behind a mark, if it writes one
    return encoder.encode("\n"), encoder.encode("\r")


def read_as(declared: str) -> str:
    """Return the encoding that browsers and mail programs read a declared one as.

    What is declared as ISO-8859-1 or ASCII is Windows-1252 (WHATWG Encoding Standard, section 4.2).
    """
    return WESTERN if declared.lower() in _READ_AS_WESTERN else declared


def may_be_western(raw: bytes) -> bool:
    """Return whether bytes that are not UTF-8 read as a Western European text in Windows-1252."""
    try:
        text = raw.decode(WESTERN)
    except UnicodeDecodeError:
        return False
    if _LETTER_IN_UTF8.search(raw):
        return False
    return not _CONTROLS.search(text) and not _NOT_WESTERN.search(text)


def refuse_no_document(raw: bytes, name: str) -> None:
    """Raise InputError where the beginning of a file is no text in any encoding, such as music.

    A text in UTF-16 or UTF-32 has NUL bytes, too; one with a NUL alone is damaged.
    """
    if b"\0" not in raw or _reads_as_wide(raw):
        return
    if _OF_NO_TEXT.search(raw.replace(b"\0", b"")) or not is_utf8(raw):
        raise no_document(name)


def is_no_text(raw: bytes) -> bool:
    """Return whether the beginning of a file holds bytes of which no text consists."""
    is_wide = marked_encoding(raw[:4]) is not None or _reads_as_wide(raw)
    return not is_wide and _OF_NO_TEXT.search(raw) is not None


def names_wide_encoding(name: str) -> bool:
    """Return whether it is the name of UTF-16 or UTF-32, whose texts hold NUL bytes."""
    return codecs.lookup(name).name.startswith(("utf-16", "utf-32"))


def _reads_as_wide(raw: bytes) -> bool:
    """Return whether bytes read as a text in UTF-16 or UTF-32 that has no byte order mark.

    Two letters of ASCII read as a Chinese character, so bytes that are almost all ASCII do not.
    """
    if len(raw.translate(None, _ASCII)) < _LEAST_BEYOND_ASCII * len(raw):
        return False
    for encoding in _WIDE:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(raw[:_HEAD_BYTES])
        except UnicodeDecodeError:
            continue
        if text and not _CONTROLS.search(text) and not is_rubbish(text):
            return True
    return False


def is_utf8(raw: bytes) -> bool:
    """Return whether bytes, which may end inside a character, read as UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return False
    return True


def is_mostly_utf8(raw: bytes) -> bool:
    """Return whether bytes hold far more letters in UTF-8 beyond ASCII than bytes that are not."""
    letters = sum(not letter.isascii() for letter in raw.decode("utf-8", "ignore"))
    wrong = raw.decode("utf-8", "replace").count("\ufffd") - raw.count("\ufffd".encode())
    return letters > 2 * wrong


class Decoder:
    """Decodes the lines of one source, and settles on an encoding at the first that needs it.

    A source with a line of UTF-8 beyond ASCII is UTF-8 from there on: a later line that is not is
    damaged. Nor is a source read as Windows-1252 once a line, or one of those ahead, is not.
    """

    def __init__(self, name: str, reports: Reports) -> None:
        self._name, self._reports = name, reports
        self._encoding: str | None = None
        self._is_utf8 = False  # but for single bytes, as far as it has been read
        self._possible: Sequence[str] = _ENCODINGS  # in which all refused lines read as a text

    def decode(
        self, raw: bytes, line: int = 1, offset: int = 0, *, ahead: Iterable[bytes] = ()
    ) -> str:
        """Return bytes as text. ``ahead``: the lines that follow, as far as they are there.

        ``line`` and ``offset`` are those of the first byte, for the message. Raises InputError for
        NUL bytes and for what cannot be decoded.
        """
        at = raw.find(b"\0")
        if is_of_a_program(self._name) and _OF_NO_TEXT.search(raw):
            raise damaged_document(self._name)
        if at >= 0 and line == 1:
            refuse_no_document(raw, self._name)
        if at >= 0:
            raise InputError(
                f"{self._name}:{line + raw.count(10, 0, at)}: byte 0x00 at byte {offset + at}",
                expected="plain text in UTF-8",
                remedy="extract the text of a binary file first; for UTF-16 or UTF-32 without a "
                "byte order mark, say the encoding (encoding=)",
            )
        if self._encoding != WESTERN:
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                whole = raw if self._encoding is not None else b"".join((raw, *ahead))
                if self._encoding is not None or not may_be_western(whole):
                    self._is_utf8 = self._is_utf8 or is_mostly_utf8(whole)
                    self._encoding = "utf-8"
                    self._refuse(raw, line, offset, error, whole)
                self._encoding = WESTERN
                self._reports.notice(
                    self._name,
                    "is not in UTF-8 and is read as Windows-1252; "
                    "if letters with accents look wrong, say its encoding (encoding=)",
                )
            else:
                if self._encoding is None and not raw.isascii():
                    self._encoding, self._is_utf8 = "utf-8", True
                return text
        try:
            return raw.decode(WESTERN)
        except UnicodeDecodeError as error:
            self._refuse(raw, line, offset, error, raw)

    def _refuse(
        self, raw: bytes, line: int, offset: int, error: UnicodeDecodeError, whole: bytes
    ) -> NoReturn:
        """Raise the InputError; ``whole``: all that is known to be in the same encoding."""
        line += raw.count(10, 0, error.start)
        encoding = "Windows-1252" if self._encoding == WESTERN else "UTF-8"
        self._possible = [one for one in self._possible if _reads_in(whole, one)]
        raise not_in_encoding(
            self._name,
            line,
            offset,
            error,
            encoding,
            possible=self._possible,
            is_utf8=self._is_utf8,
        ) from error


def not_in_encoding(
    name: str,
    line: int,
    offset: int,
    error: UnicodeDecodeError,
    encoding: str = "UTF-8",
    *,
    possible: Sequence[str] = _ENCODINGS,
    is_utf8: bool = False,
) -> InputError:
    """Return the error for a byte on a line; ``offset`` is that of the bytes which were decoded.

    ``possible``: the encodings that may be named. ``is_utf8``: the text is in UTF-8 but for single
    bytes, so that in another encoding its letters would become wrong ones.
    """
    at = error.start
    if is_utf8:
        remedy = (
            f"correct line {line}, since the other letters are in UTF-8, or drop what is not, as "
            "with " + conversion(_UTF8_ALONE, name)
        )
    else:
        remedy = (
            "say the encoding that it is really in (encoding=), or convert it, as with "
            + conversion(_possible_encoding(error.object, possible), name)
        )
    return InputError(
        f"{name}:{line}: byte 0x{error.object[at]:02X} at byte {offset + at} is not {encoding}",
        expected="plain text in UTF-8",
        remedy=remedy,
    )


def _possible_encoding(raw: bytes, encodings: Sequence[str]) -> str:
    """Return the first of these encodings in which the bytes read as a text.

    ``ENCODING`` where there is none: a text of another script has all of its bytes in these, too,
    and would become letters that say nothing.
    """
    return next((encoding for encoding in encodings if _reads_in(raw, encoding)), "ENCODING")


def _reads_in(raw: bytes, encoding: str) -> bool:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not (_CONTROLS.search(text) or _ILLEGIBLE.search(text) or _NOT_WESTERN.search(text))


def conversion(encoding: str, name: str) -> str:
    """Return the command that writes a file in UTF-8, beside it and with the same suffix."""
    if name == STDIN_NAME:
        return f"`iconv -f {encoding} -t UTF-8 FILE | protolabel ... -`"
    stem, suffix = os.path.splitext(unpacked_name(name))
    target = shlex.quote(f"{stem}.utf8{suffix}")
    if unpacker := unpacker_of(name):
        return f"`{unpacker} {shlex.quote(name)} | iconv -f {encoding} -t UTF-8 > {target}`"
    return f"`iconv -f {encoding} -t UTF-8 {shlex.quote(name)} > {target}`"
