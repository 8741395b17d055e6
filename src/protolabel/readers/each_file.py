"""Files one by one -> the documents of each, read as files of a folder are, by one process.

Which files these are, and what becomes of them, is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Unpack

from protolabel.errors import InputError
from protolabel.readers.folder_rows import regular_file_rows
from protolabel.readers.options import Reading, ReadOptions, checked_options
from protolabel.readers.paths import printable
from protolabel.readers.registry import document_of, documents_of_rows
from protolabel.readers.repeated_ids import RepeatedIds
from protolabel.readers.reports import Notice, Reports, Unreadable, in_place
from protolabel.readers.rows import Origin
from protolabel.system.closable import Closable
from protolabel.types import Document


class FileReader(Closable):
    """Reads files with one set of options, and with one process for those that need it."""

    def __init__(
        self,
        on_notice: Callable[[Notice], None] | None = None,
        *,
        as_examples: bool = False,
        **options: Unpack[ReadOptions],
    ) -> None:
        """Take the options of all files.

        Args:
            on_notice: is called with each choice of a reader.
            as_examples: whether documents become examples: covering texts of mails are left out.
            **options: See :class:`ReadOptions`.
        """
        self._on_notice = on_notice
        self._reading = Reading(**checked_options(options), as_examples=as_examples)

    def documents(
        self, path: str, place: str, source: str | None = None
    ) -> Iterator[Document | Unreadable]:
        """Yield the documents of a file, and what cannot be read of it, in their places.

        Args:
            path: of the file.
            place: the short name that the ids of its documents begin with.
            source: the path that its documents name as their source; ``path`` if it is None.
        """

        def read(report: Callable[[Unreadable], None]) -> Iterator[Document]:
            reading = replace(self._reading, reports=Reports(report, self._on_notice))
            return _documents(Origin(path, printable(source or path), printable(place)), reading)

        return in_place(read)

    def taught_documents(
        self, path: str, place: str
    ) -> Iterator[tuple[Document, bool] | Unreadable]:
        """Yield what :meth:`documents` does, and whether each document is a covering text.

        Covering texts of mails are among them: they are no examples.
        """

        def read(report: Callable[[Unreadable], None]) -> Iterator[tuple[Document, bool]]:
            reports = Reports(report, self._on_notice)
            reading = replace(self._reading, with_covering=True, reports=reports)
            return _taught(Origin(path, printable(path), printable(place)), reading)

        return in_place(read)

    def close(self) -> None:
        """End the process that reads documents."""
        self._reading.extractor.close()


def _documents(origin: Origin, reading: Reading) -> Iterator[Document]:
    try:
        yield from documents_of_rows(regular_file_rows(origin, reading))
    except InputError as error:
        reading.reports.unreadable(origin.name, error)


def _taught(origin: Origin, reading: Reading) -> Iterator[tuple[Document, bool]]:
    ids = RepeatedIds()
    try:
        for row in regular_file_rows(origin, reading):
            yield document_of(row, has_own_id=ids.is_own(row)), row.is_covering
    except InputError as error:
        reading.reports.unreadable(origin.name, error)
