"""Files that came from elsewhere -> documents and examples, which know them by the name they had.

A copy of such a file lies here for a while. No id, source or error tells its path, and no file
beside it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Unpack

from protolabel.readers.options import Reading, ReadOptions, checked_options
from protolabel.readers.registry import documents_of_rows, examples_of_rows
from protolabel.readers.reports import Notice, Reports
from protolabel.readers.rows import Origin
from protolabel.readers.source_rows import all_rows
from protolabel.types import Document, Example


def sent_file(path: str, name: str) -> Origin:
    """Return the origin of a file that was sent.

    Args:
        path: of the copy.
        name: that was sent with it.
    """
    return Origin(path, name, name, beside="")


def documents_of(
    origin: Origin,
    on_notice: Callable[[Notice], None] | None = None,
    *,
    among_others: bool = False,
    **options: Unpack[ReadOptions],
) -> Iterator[Document]:
    """Return the documents of one file, as ``read_documents`` does; they lie in no folder here.

    ``among_others``: it lay in a folder of documents, and is read as it would be with them.
    """
    reading = Reading(**checked_options(options), reports=Reports(None, on_notice))
    rows = all_rows([origin], reading, among_others=among_others)
    return (replace(document, folder="") for document in documents_of_rows(rows))


def examples_of(origin: Origin, **options: Unpack[ReadOptions]) -> Iterator[Example]:
    """Return the examples of one file that has their labels, as ``read_examples`` does."""
    reading = Reading(
        **checked_options(options), need_label=True, read_label=True, as_examples=True
    )
    return examples_of_rows(all_rows([origin], reading), None, reading)
