"""One source of a partition: its documents, its identity, and whether it is there as a whole.

A file that was cut off or is still being copied must not become answers: its partition would count
as done. A row that cannot be read does not make a source incomplete: it is left out and counted.
The last line end says whether a file of lines is whole, if its last row is unusable: what is cut
within its last field cannot be told from a whole one. For other kinds, the reader knows.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Iterator
from typing import Unpack

from protolabel.batch.partition_key import Unusable
from protolabel.errors import InputError
from protolabel.readers import Unreadable, read_documents
from protolabel.readers.encodings import line_ends
from protolabel.readers.kinds import OF_LINES, kind_of
from protolabel.readers.options import ReadOptions
from protolabel.readers.paths import printable, refuse_unreadable
from protolabel.types import Document

MOST_REASONS = 20  # that are kept


class PartitionSource:
    """Reads one file, and counts the documents that have no answer."""

    def __init__(self, path: str) -> None:
        """Take the identity of the file.

        Raises:
            InputError: it is no file, cannot be read, or is empty.
        """
        self.path, self.name = path, printable(path)
        self._unusable, self._reasons = 0, list[str]()
        self._last: Unreadable | None = None
        self._whole: Unreadable | None = None
        try:
            with open(path, "rb") as file:
                self._state = _state(os.fstat(file.fileno()))
                digest = hashlib.file_digest(file, "sha256")
        except (OSError, ValueError) as error:
            refuse_unreadable(path, error)
        self.bytes, self.sha256 = self._state[2], digest.hexdigest()
        if not self.bytes:
            raise InputError(
                f"{self.name}: an empty file",
                expected="a file of documents that is there as a whole",
                remedy="wait until it is written, or leave it out",
            )

    @property
    def unusable(self) -> Unusable:
        """The documents that have no answer."""
        return Unusable(self._unusable, tuple(self._reasons))

    def count_unusable(self, reason: str) -> None:
        """Count a document that has no answer."""
        self._unusable += 1
        if len(self._reasons) < MOST_REASONS:
            self._reasons.append(reason)

    def documents(self, **options: Unpack[ReadOptions]) -> Iterator[Document]:
        """Yield the documents.

        Raises:
            InputError: the file as a whole cannot be read, is cut off, or is written to meanwhile.
        """
        for document in read_documents(self.path, on_unreadable=self._report, **options):
            self._last = None
            yield document
        if self._whole is not None:
            raise self._whole.error
        if self._last is not None and kind_of(self.path) in OF_LINES:
            self._refuse_cut(self._last, options.get("encoding"))
        if _state(os.stat(self.path)) != self._state:
            raise InputError(
                f"{self.name} was written to while it was read",
                expected="a file that stays as it is",
                remedy="label it when it is written as a whole",
            )

    def _report(self, row: Unreadable) -> None:
        self._last = row
        if row.source == self.name:
            self._whole = row
        else:
            self.count_unusable(f"{row.source}: {row.reason}")

    def _refuse_cut(self, row: Unreadable, encoding: str | None) -> None:
        """Raise InputError where the last row is not usable and has no line end."""
        with open(self.path, "rb") as file:
            ends = line_ends(file.read(4), encoding)
            file.seek(max(0, self.bytes - 4))
            if file.read().endswith(ends):
                return
        end = "".join(f"\\{byte:03o}" for byte in ends[0])
        command = "echo" if ends[0] == b"\n" else f"printf '{end}'"
        raise InputError(
            f"{row.source}: the file ends in the middle of this row ({row.reason})",
            expected="a file that is there as a whole",
            remedy="wait until it is written, or end it with a line end if the row is complete: "
            f"`{command} >> {shlex.quote(self.name)}`",
        )


def _state(info: os.stat_result) -> tuple[int, int, int]:
    return info.st_ino, info.st_mtime_ns, info.st_size
