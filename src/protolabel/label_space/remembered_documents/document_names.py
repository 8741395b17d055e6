"""Which remembered documents a name means, in two forms: exactly this one, or all that lie in it.

A document is named by its key (eight digits are enough), its id or its source, else by the name of
its file. A place is a folder, an archive, a mailbox or a table. No file is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from protolabel.identity.document_key import row_of, whole_path
from protolabel.identity.row_numbers import row_number
from protolabel.label_space.remembered_documents.remembered import Remembered, Suggestion
from protolabel.store import AnswerRow

SHORT_KEY = 8  # hexadecimal digits of a document's key that people type


class DocumentNames(NamedTuple):
    """What names a document: its key in hexadecimal digits, its id and its source."""

    key: str
    id: str
    source: str

    @classmethod
    def of(cls, row: AnswerRow | Suggestion | Remembered | DocumentNames) -> DocumentNames:
        """Return the names of a document."""
        if isinstance(row, DocumentNames):
            return row
        document: AnswerRow | Remembered = row.document if isinstance(row, Suggestion) else row
        key = document.key if isinstance(document, Remembered) else document.document.hex()
        return cls(key, document.id, document.source)

    def are(self, name: str) -> bool:
        """Return whether the document has that name: a key, an id or a source."""
        return self.have_key(name) or (name != "" and name in (self.id, self.source))

    def have_key(self, name: str) -> bool:
        """Return whether a name is the key of the document, or its beginning."""
        return len(name) >= SHORT_KEY and self.key.startswith(name.casefold())

    def end_with(self, name: str) -> bool:
        """Return whether a name is that of the file, or of a row's table and the id of the row."""
        if _file_name(self.source) == name:
            return True
        row, table = row_number(self.source), name.removesuffix(f"/{self.id}")
        return row is not None and table not in ("", name) and f"/{row.table}".endswith(f"/{table}")


T = TypeVar("T", AnswerRow, Suggestion, DocumentNames)


def documents_named(rows: Iterable[T], name: str) -> list[T]:
    """Return the documents that a name stands for: by key, id or source, else by file name.

    ``t.csv/T3`` is the row of the id T3 in a table ``t.csv``, wherever that lies.
    """
    named = [(row, DocumentNames.of(row)) for row in rows]
    exact = [row for row, names in named if names.are(name)]
    return exact or [row for row, names in named if names.end_with(name)]


def documents_within(rows: Iterable[T], name: str, folder: str | None = None) -> list[T]:
    """Return the documents of that key, id or source, and those that lie in the place.

    ``folder``: where the place is, as ``whole_path`` says.
    """
    return [row for row in rows if _lies_in(DocumentNames.of(row), name, folder)]


def _lies_in(names: DocumentNames, name: str, folder: str | None) -> bool:
    if names.are(name):
        return True
    if not names.source or not name:  # no name is not that of the folder one is in
        return False
    inside, place = whole_path(names.source, folder), whole_path(name, folder)
    if inside == place or inside.startswith(f"{place.rstrip('/')}/"):
        return True
    row = row_of(inside) if inside.startswith(f"{place}:") else None
    return row is not None and row.table == place


def _file_name(source: str) -> str:
    return source.replace("\\", "/").rsplit("/", 1)[-1]
