"""Many documents of a call: texts, Documents, or the rows of a table, each for itself.

What is no document becomes an error in its place, so that it stops no other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from protolabel.columns.data_frames import (
    column_names,
    filled_rows,
    id_column,
    is_data_frame,
    refuse_foreign_table,
    row_id,
    table_rows,
    text_column,
)
from protolabel.documents import as_document, as_many, checked_text
from protolabel.errors import InputError
from protolabel.types import Document
from protolabel.words.text import is_missing, without_content


def each_document(
    values: object, *, text: str | None = None, identity: str | None = None
) -> Iterator[Document | InputError]:
    """Yield each document of an iterable, or of a table's rows, or the error of one that is none.

    Args:
        values: the documents.
        text: the column of the text, where they are a table; "text" by default.
        identity: the column of the id; "id" by default, and the number of the row without one.

    Raises:
        InputError: at the call, for what is no iterable of documents.
    """
    if is_data_frame(values):
        return _rows_of(values, text, identity)
    refuse_columns(values, text, identity)
    many = as_many(values, "documents", "label(document)")
    return (_document_or_error(value, i) for i, value in enumerate(many))


def refuse_columns(values: object, text: str | None, identity: str | None) -> None:
    """Raise InputError where columns are named of what is no table."""
    refuse_foreign_table(values)
    if text is not None or identity is not None:
        raise InputError(
            f"a column {(text or identity)!r} of a {type(values).__name__}",
            expected="a table with named columns, such as a pandas DataFrame",
            remedy="leave text= and id= out",
        )


def _document_or_error(value: object, position: int) -> Document | InputError:
    try:
        return as_document(value, position)
    except InputError as error:
        return error


def _rows_of(
    table: object, text: str | None, identity: str | None
) -> Iterator[Document | InputError]:
    column, ids = text_column(table, text), id_column(column_names(table), identity)
    code = filled_rows(table, column)
    rows = table_rows(table, {"text": column} | ({} if ids is None else {"id": ids}))
    return (_row_or_error(row, i, code) for i, row in enumerate(rows))


def _row_or_error(row: tuple[object, ...], position: int, code: str) -> Document | InputError:
    """Return a row, a text and perhaps its id, as a document; else its number is the id.

    ``code``: the expression for the rows that have a text.
    """
    text, *identities = row
    place = f"row {position}" if identities else f"document {position}"
    try:
        if is_missing(text):
            raise InputError(
                f"{place}: {without_content(text)}, of type {type(text).__name__}",
                expected="a text (str)",
                remedy=f"leave empty rows out: {code}",
            )
        if not identities:
            return as_document(text, position)
        name = checked_text(row_id(identities[0], place), f"{place}: its id")
        return Document(name, checked_text(text, place))
    except InputError as error:
        return error


class UsableDocuments:
    """The documents of a mixed iterator; the errors between them wait for their turn."""

    def __init__(self, documents: Iterator[Document | InputError]) -> None:
        self._documents = documents
        self._errors = deque[tuple[int, InputError]]()
        self._n = 0

    def __iter__(self) -> Iterator[Document]:
        """Yield the documents alone."""
        for document in self._documents:
            if isinstance(document, InputError):
                self._errors.append((self._n, document))
            else:
                self._n += 1
                yield document

    def errors_before(self, position: int) -> Iterator[InputError]:
        """Yield the errors that stand before a document, of those that were not yielded yet."""
        while self._errors and self._errors[0][0] <= position:
            yield self._errors.popleft()[1]

    def last_errors(self) -> Iterator[InputError]:
        """Yield the errors that stand after the last document."""
        return self.errors_before(self._n)
