"""Files that are sent: their bytes become documents, a few files at once, in threads of their own.

The name that was sent is a label. It never becomes a path; only its suffix is used, if that is
plain.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Semaphore

from protolabel.errors import InputError
from protolabel.readers.options import ReadOptions
from protolabel.readers.paths import safe_suffix
from protolabel.readers.rows import Origin
from protolabel.readers.sent_files import documents_of, sent_file
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.types import Document
from protolabel.words.quantity import quantity


class Uploads:
    """Reads files beside the other requests. What waits is bounded."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._threads = ThreadPoolExecutor(bounds.files, thread_name_prefix="read")
        self._places = Semaphore(bounds.files_waiting)

    async def documents_of(
        self, name: str, content: bytes, options: ReadOptions, *, in_folder: bool = False
    ) -> list[Document]:
        """Return the documents of a file.

        Args:
            name: the file's, as it was sent.
            content: its bytes.
            options: how it is read.
            in_folder: it lies in a folder of documents, also where its name does not tell.

        Raises:
            Refusal: too many files wait already (503), or it holds too many documents (413).
            InputError: it cannot be read.
        """
        if not self._places.acquire(blocking=False):
            most = self._bounds.files_waiting
            raise Refusal(
                503,
                f"{quantity(most, 'file waits', 'files wait')} to be read already",
                expected=f"at most {most}",
                remedy="send it again later",
            )
        upload = Upload(name, content, options, in_folder or "/" in name)
        try:
            reading = self._threads.submit(_documents_of, upload, self._bounds.documents)
        except RuntimeError:  # the service ends
            self._places.release()
            raise
        # A caller who leaves gives up a file that waits, but a thread reads on to the end of its
        # file. The place is free when the reading is over.
        reading.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(reading)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: its name, which is a label alone, its bytes, and how it is read.

    ``in_folder``: it lies in a folder of documents, where a table without a text column is one.
    """

    name: str
    content: bytes
    options: ReadOptions = field(default_factory=ReadOptions)
    in_folder: bool = False

    @contextmanager
    def as_file(self) -> Iterator[Origin]:
        """Yield it as a temporary file, which is called by the name that was sent.

        Errors that the system raises about its path call it so, too.
        """
        with tempfile.TemporaryDirectory(prefix="protolabel-") as folder:
            path = os.path.join(folder, "upload" + safe_suffix(self.name))
            with open(path, "wb") as file:
                file.write(self.content)
            try:
                yield sent_file(path, self.name)
            except InputError as error:
                words = (error.got, error.expected, error.remedy)
                got, expected, remedy = (part.replace(path, self.name) for part in words)
                raise InputError(got, expected=expected, remedy=remedy) from None


def _documents_of(upload: Upload, most: int) -> list[Document]:
    documents: list[Document] = []
    with upload.as_file() as file:
        for document in documents_of(file, among_others=upload.in_folder, **upload.options):
            if len(documents) == most:
                raise Refusal(
                    413,
                    f"more than {quantity(most, 'document')} in {upload.name!r}",
                    expected="fewer in a file",
                )
            documents.append(document)
    return documents
