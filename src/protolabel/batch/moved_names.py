"""The sources and ids that documents have now whose lines in a file of answers have former numbers.

They lie on the disk, in a file without a name: a row put first in a table moves a million others.
"""

from __future__ import annotations

import json
import os
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO

import numpy as np


class MovedNames:
    """Lines of a file of answers, each with the source and the id that its document has now."""

    def __init__(self) -> None:
        """Begin without any, and without a file."""
        self._file: IO[bytes] | None = None
        self._lines, self._offsets = array("q"), array("q")

    def __len__(self) -> int:
        return len(self._lines)

    def note(self, line: int, source: str, identity: str) -> None:
        """Take note of the name that the document of a line has now."""
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed in close
        self._lines.append(line)
        self._offsets.append(self._file.seek(0, os.SEEK_END))
        self._file.write(json.dumps([source, identity]).encode() + b"\n")

    def in_order(self) -> Iterator[tuple[int, str, str]]:
        """Yield the number of each line, the source and the id, by the number."""
        if self._file is None:
            return
        for at in np.argsort(np.array(self._lines)).tolist():
            self._file.seek(self._offsets[at])
            source, identity = json.loads(self._file.readline())
            yield self._lines[at], source, identity

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self._file.close()
