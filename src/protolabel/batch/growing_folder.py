"""The documents of a folder that grows, as they come, without an end. Nothing here labels."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from protolabel.batch.file_stamps import Stamp
from protolabel.batch.stillness import Stillness
from protolabel.document_key import document_key
from protolabel.readers.each_file import FileReader
from protolabel.readers.paths import LeftOut, walk
from protolabel.readers.reports import Reports, Unreadable
from protolabel.types import Document


class GrowingFolder:
    """Reads each file of a folder when it has stood still, and again when it has changed.

    When a file changes, only documents that it did not hold before are yielded.
    """

    def __init__(
        self, folder: str, leave_out: Callable[[str], bool], options: dict[str, Any]
    ) -> None:
        """Take a folder.

        Args:
            folder: its path.
            leave_out: says of a path that it is no document.
            options: of the readers, and ``on_notice``.
        """
        self._folder, self._leave_out, self._options = folder, leave_out, options
        self._stillness = Stillness()
        self._stamps: dict[str, Stamp] = {}
        self._keys: dict[str, tuple[bytes, ...]] = {}  # of the documents of each file

    def items(self) -> Iterator[Document | Unreadable]:
        """Yield documents, and what cannot be read, as files come."""
        with FileReader(**self._options) as reader:
            while True:
                start = time.monotonic()
                faults: list[Unreadable] = []
                for path in walk(self._folder, LeftOut(self._leave_out), Reports(faults.append)):
                    with suppress(OSError):  # it is gone; another look may meet it
                        stamp = Stamp.of(path)
                        if self._stamps.get(path) != stamp and self._stillness.ready(path, stamp):
                            yield from self.new_documents(path, reader)
                            self._stamps[path] = stamp
                for fault in faults:
                    if self._stillness.is_new_failure(fault.source):
                        yield fault
                time.sleep(self._stillness.pause(time.monotonic() - start))

    def new_documents(self, path: str, reader: FileReader) -> Iterator[Document | Unreadable]:
        """Yield what is in a file now and was never in it before, and what cannot be read."""
        earlier = Counter(self._keys.get(path, ()))
        keys: Counter[bytes] = Counter()
        name = os.path.relpath(path, self._folder)
        try:
            for item in reader.documents(path, name, path):
                if isinstance(item, Unreadable):
                    yield item
                    continue
                key = document_key(item)
                keys[key] += 1
                if keys[key] > earlier[key]:
                    yield item
        finally:
            self._keys[path] = tuple((earlier | keys).elements())
