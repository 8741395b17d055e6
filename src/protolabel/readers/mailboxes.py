"""A mailbox -> its messages, one at a time, each with a name that it keeps wherever it stands.

What a message holds is read elsewhere; its rows get the name here.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from protolabel.errors import InputError
from protolabel.identity.message_paths import message_path_of
from protolabel.readers.formats.message import MOST_BYTES
from protolabel.readers.kinds import MAILBOX_LINE
from protolabel.readers.mail_beginnings import BOM
from protolabel.readers.paths import opened
from protolabel.readers.rows import Row
from protolabel.readers.temporary import NewFile

_CHUNK = 2**18
_ID = b"message-id"
_LASTING = (_ID, b"date", b"from", b"to", b"cc", b"subject")  # mail programs add and change others
_MOST_HEADER_BYTES = 2**16  # of one header that count
_NAME_DIGITS = 32


class Message(NamedTuple):
    """A message of a mailbox: its number, counted from 1, its copy, and what names it."""

    number: int
    path: str
    name: str


def messages(path: str, name: str, folder: str) -> Iterator[Message]:
    """Yield the messages of a mailbox: each begins with a line ``From `` after an empty line.

    Args:
        path: of the mailbox.
        name: what errors call it.
        folder: where the copies of its messages lie.

    Raises:
        InputError: there is no message in it.
    """
    number, size, blank = 0, 0, True
    out: NewFile | None = None
    target = ""
    digest, repeats = _Digest(), Counter[str]()
    with opened(path) as stream:
        while line := stream.readline(_CHUNK):
            if number == 0:
                line = line.removeprefix(BOM)
            if blank and MAILBOX_LINE.match(line):
                if out is not None:
                    out.close()
                    yield Message(number, target, _distinct(digest, repeats))
                number, size, digest = number + 1, 0, _Digest()
                target = os.path.join(folder, f"{number}.eml")
                out = NewFile(target)
            elif out is not None and size <= MOST_BYTES:
                size += len(line)
                line = line[1:] if line.startswith(b">From ") else line
                out.write(line)
                digest.take(line)
            blank = not line.strip()
    if out is None:
        raise InputError(
            f"{name}: no message in it",
            expected="a mailbox, whose messages begin with a line `From ...`",
            remedy="give it another suffix if it is no mailbox",
        )
    out.close()
    yield Message(number, target, _distinct(digest, repeats))


def rows_of_message(rows: Iterator[Row], source: str, name: str) -> Iterator[Row]:
    """Yield the rows of a message with their message paths.

    Args:
        rows: of the message and of what lies in it.
        source: of the message.
        name: of the message, wherever it stands.
    """
    for row in rows:
        path = message_path_of(row.source, source, name, row.message_path)
        yield row._replace(message_path=path)


def _distinct(digest: _Digest, repeats: Counter[str]) -> str:
    """Return the name of a message; one that repeats an earlier one has a number behind it."""
    repeats[digest.whole] += 1
    n = repeats[digest.whole]
    return f"{digest.name} ({n})" if n > 1 else digest.name


class _Digest:
    """Digests of one message, whose lines are taken one after the other.

    What mail programs write into a mailbox while they use it does not count: headers such as
    ``Status``, and empty lines at the end.
    """

    def __init__(self) -> None:
        self._headers: dict[bytes, bytes] = {}  # those that count, each once
        self._last: bytes | None = None  # the header that a folded line goes on
        self._is_body = False
        self._body, self._empty_lines = hashlib.sha256(), 0

    def take(self, line: bytes) -> None:
        """Take the next line."""
        if self._is_body:
            self._take_of_body(line)
        elif not line.strip():
            self._is_body = True
        else:
            self._take_header(line)

    def _take_of_body(self, line: bytes) -> None:
        content = line.rstrip(b"\r\n")
        if not content:
            self._empty_lines += 1
            return
        self._body.update(b"\n" * (self._empty_lines + 1) + content)
        self._empty_lines = 0

    def _take_header(self, line: bytes) -> None:
        if line[:1] in b" \t":
            if self._last is not None and len(self._headers[self._last]) < _MOST_HEADER_BYTES:
                self._headers[self._last] += b" " + line.strip()
            return
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        self._last = name if name in _LASTING and name not in self._headers else None
        if self._last is not None:
            self._headers[name] = value.strip()

    @property
    def name(self) -> str:
        """What names the message: its own id where it has one, with what was sent beside it.

        Without an id it is what the whole message holds.
        """
        headers = self._header_digest()
        if self._headers.get(_ID):
            return headers.hexdigest()[:_NAME_DIGITS]
        return self.whole

    @property
    def whole(self) -> str:
        """A digest of the message."""
        digest = self._header_digest()
        digest.update(self._body.digest())
        return digest.hexdigest()[:_NAME_DIGITS]

    def _header_digest(self) -> hashlib._Hash:
        digest = hashlib.sha256()
        for name in _LASTING:
            value = b" ".join(self._headers.get(name, b"").split())
            digest.update(len(value).to_bytes(8, "big") + value)
        return digest
