"""Files one by one -> the documents of each, read as files of a folder are, by one process.

Which files these are, and what becomes of them, is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Unpack

from protolabel.errors import InputError
from protolabel.readers.folder_rows import regular_file_rows
from protolabel.readers.options import Reading, ReadOptions, checked_options
from protolabel.readers.paths import printable
from protolabel.readers.registry import document_of
from protolabel.readers.reports import Notice, Reports, Unreadable
from protolabel.readers.rows import Origin
from protolabel.types import Document


class FileDocuments(NamedTuple):
    """A file with its documents, which must be taken before the next file is asked for.

    ``faults`` are what could not be read of it, as far as its documents were taken.
    """

    path: str
    documents: Iterator[Document]
    faults: list[Unreadable]


def documents_of_files(
    files: Iterable[tuple[str, str]],
    *,
    on_notice: Callable[[Notice], None] | None = None,
    **options: Unpack[ReadOptions],
) -> Iterator[FileDocuments]:
    """Yield each file with its documents, in order.

    Args:
        files: Paths, each with the short name that the ids of its documents begin with.
        on_notice: Is called with each choice that a reader makes.
        **options: See :class:`ReadOptions`.
    """
    faults: list[Unreadable] = []
    reading = Reading(
        **checked_options(options),
        reports=Reports(lambda unreadable: faults.append(unreadable), on_notice),
    )
    try:
        for path, place in files:
            faults = []
            yield FileDocuments(path, _documents(path, place, reading), faults)
    finally:
        reading.extractor.close()


def _documents(path: str, place: str, reading: Reading) -> Iterator[Document]:
    name = printable(path)
    try:
        for row in regular_file_rows(Origin(path, name, place), reading):
            yield document_of(row)
    except InputError as error:
        reading.reports.unreadable(name, error)
