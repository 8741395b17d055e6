"""The documents of a folder that grows, as they come, without an end. Nothing here labels."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import Any

from protolabel.batch.file_stamps import Stamp
from protolabel.batch.stillness import Stillness
from protolabel.errors import InputError
from protolabel.identity.document_key import document_key
from protolabel.identity.maildir_paths import lasting_path
from protolabel.readers.each_file import FileReader
from protolabel.readers.paths import LeftOut, printable, status, walk
from protolabel.readers.reports import Reports, Unreadable
from protolabel.types import Document


class GrowingFolder:
    """Reads each file of a folder when it has stood still, and again when it has changed.

    When a file changes, only documents that it did not hold at the last look are yielded. So the
    newest answer to a file of one document is always of what it holds.
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
                    try:
                        stamp = Stamp.of(path)
                    except FileNotFoundError:
                        continue  # it is gone; another look may meet it
                    except OSError:
                        faults += _fault_of(path)
                        continue
                    with suppress(OSError):  # it goes while it is read
                        if self._stamps.get(path) != stamp and self._stillness.ready(path, stamp):
                            yield from self.new_documents(path, reader)
                            self._stamps[path] = stamp
                for fault in faults:
                    if self._stillness.is_new_failure(fault.source):
                        yield fault
                time.sleep(self._stillness.pause(time.monotonic() - start))

    def new_documents(
        self, path: str, reader: FileReader
    ) -> Generator[Document | Unreadable, None, None]:
        """Yield what is in a file now and was not at the last look, and what cannot be read.

        Of a file that was not read to its end, what it held before counts as being there still.
        """
        place = lasting_path(path)
        earlier = Counter(self._keys.get(place, ()))
        keys: Counter[bytes] = Counter()
        name, is_whole = os.path.relpath(path, self._folder), False
        try:
            faults = set[str]()
            for item in reader.documents(path, name, path):
                if isinstance(item, Unreadable):
                    faults.add(item.source)
                    yield item
                    continue
                key = document_key(item)
                keys[key] += 1
                if keys[key] > earlier[key]:
                    yield item
            is_whole = printable(path) not in faults
        finally:
            self._keys[place] = tuple((keys if is_whole else earlier | keys).elements())


def _fault_of(path: str) -> list[Unreadable]:
    """Return why a file cannot be reached; nothing if it can be by now."""
    try:
        status(path)
    except InputError as error:
        return [Unreadable(printable(path), error)]
    return []
