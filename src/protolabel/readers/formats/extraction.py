"""The requests to an extracting process and its answers, as plain JSON."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from protolabel.errors import InputError
from protolabel.readers.temporary import folder_error
from protolabel.words.text import NOT_STORABLE, PAGE_END


@dataclass(frozen=True, slots=True)
class Request:
    """One file to be read.

    ``kind`` names the reader. ``folder`` is an empty folder for the files that are found inside.
    ``limit`` bounds the text, in characters; ``encoding`` is that of the text, where it is known.
    ``fields`` are those of a table that the caller named, ``label_field`` the one of them with the
    label; ``needs_label`` says that a row without a label says nothing.
    """

    kind: str
    path: str
    folder: str
    limit: int
    encoding: str | None = None
    fields: Sequence[str] = ()
    label_field: str | None = None
    needs_label: bool = False

    def line(self) -> bytes:
        """Return the request as one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Request:
        """Return the request that a line holds."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of a file, and the files inside it.

    ``text`` is None where the file has none of its own, as a workbook. ``files``: the name of each
    file inside and the path of its copy. ``notices``: what was left out. ``empty``: what a file
    without text is, as in "a PDF without a text layer".
    """

    text: str | None
    files: list[tuple[str, str]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    empty: str = ""

    def line(self) -> bytes:
        """Return the extraction as one line of JSON."""
        record = asdict(self)
        if self.text is not None:
            record["text"] = _storable(self.text)
        return json.dumps(record).encode() + b"\n"


class RefusalError(Exception):
    """A file that cannot be read: what it is, what was expected, and what to do."""

    def __init__(self, got: str, expected: str, remedy: str) -> None:
        super().__init__(got)
        self.got, self.expected, self.remedy = got, expected, remedy

    def line(self) -> bytes:
        """Return the refusal as one line of JSON."""
        return json.dumps({"refusal": [self.got, self.expected, self.remedy]}).encode() + b"\n"


class NoRoomError(Exception):
    """The folder of a request cannot be written to."""

    def line(self) -> bytes:
        """Return the error as one line of JSON."""
        return json.dumps({"no_room": str(self)}).encode() + b"\n"


@contextmanager
def inner_file(folder: str, name: str, mode: str = "wb", **options: Any) -> Iterator[IO[Any]]:
    """Open a new file for what lies in another. Raises NoRoomError where it cannot be written.

    Nothing else may be read in the block, since its failures would count as those of writing.
    """
    try:
        with open(os.path.join(folder, name), mode, **options) as stream:
            yield stream
    except OSError as error:
        raise NoRoomError(error.strerror or str(error)) from error


def read_answer(line: bytes, name: str) -> Extraction:
    """Return the extraction that a line holds.

    Raises:
        InputError: it holds a refusal.
        TemporaryFolderError: it says that there is no room for the files inside.
    """
    record = json.loads(line)
    if "no_room" in record:
        raise folder_error(record["no_room"])
    if "refusal" in record:
        got, expected, remedy = record["refusal"]
        raise InputError(f"{name}: {got}", expected=expected, remedy=remedy)
    files = [(file, path) for file, path in record["files"]]
    return Extraction(record["text"], files, record["notices"], record["empty"])


class Text:
    """A text that grows, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._pieces: list[str] = []
        self._limit, self._size = limit, 0

    def add(self, piece: str) -> None:
        """Add to the end. Raises RefusalError where the text becomes too long."""
        self._size += len(piece)
        if self._size > self._limit:
            raise RefusalError(
                f"a text of more than {self._limit:,} characters",
                f"at most {self._limit:,} a document",
                "split it",
            )
        self._pieces.append(piece)

    def __str__(self) -> str:
        return "".join(self._pieces)


def _storable(text: str) -> str:
    """Return a text in which two halves of a character are one, and a lone half is U+FFFD."""
    if not NOT_STORABLE.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\0", "\ufffd")


def tidy(text: str) -> str:
    """Return the text without trailing white space in its lines, and with one blank line at most.

    Ends of pages stay.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [" ".join(line.split(" ")).rstrip(" \t\xa0") for line in text.split("\n")]
    text = re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n ")
    return re.sub(f"\n*{PAGE_END}\n*", PAGE_END, text)
