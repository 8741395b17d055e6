"""Which remembered documents come again, from a program that knows only the end of their paths.

A browser tells the name of a file, or its path within the chosen folder; the command line tells
where the file lies. Both mean one document. Nothing is read but the answer log.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from protolabel.identity.document_key import document_key, is_position, row_of, without_row
from protolabel.identity.former_keys import FormerKeys
from protolabel.identity.message_paths import in_mailbox, mailbox_of
from protolabel.identity.row_numbers import row_number, without_number
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.store import AnswerRow
from protolabel.types import Document


class KnownAgain:
    """All that is remembered, by content.

    Args:
        rows: what is remembered.
        texts_of: returns the texts that are kept of documents.
    """

    def __init__(
        self, rows: Sequence[AnswerRow], texts_of: Callable[[Sequence[bytes]], dict[bytes, str]]
    ) -> None:
        self._texts_of = texts_of
        self._contents: dict[bytes, list[AnswerRow]] = {}
        for row in rows:
            self._contents.setdefault(row.content, []).append(row)
        self._rows = {row.document: row for row in rows}

    def again(self, documents: Sequence[Document], folders: Sequence[str] = ()) -> list[Document]:
        """Return the documents, those that are remembered under another path by its names.

        Such a document holds the same, byte for byte, and one of the two paths is the end of the
        other. It takes the id and the source that are remembered, and so is that document. Two of
        the documents never become one.

        The whole path of a document in a folder is known. Then the remembered path must be the end
        of that, and no shorter than the source.

        Args:
            documents: those that came.
            folders: whole paths of those from which others were read under their names there.
        """
        keys = [document_key(document) for document in documents]
        keys_in_use = set(keys)
        result = []
        for document, key in zip(documents, keys, strict=True):
            if key in self._rows:
                result.append(_with_names(document, self._rows[key]))
                continue
            namesakes = self._namesakes(document, folders, keys_in_use)
            if namesakes:
                _, again, row = max(namesakes, key=lambda one: one[0])
                keys_in_use |= {document_key(again), row.document, *FormerKeys.of(again).keys}
                document = again
            result.append(document)
        return result

    def _namesakes(
        self, document: Document, folders: Sequence[str], keys_in_use: Collection[bytes]
    ) -> list[tuple[int, Document, AnswerRow]]:
        """Return the rows that may be a document, which has their names, and how far they agree."""
        if not document.source or not _has_content(document):
            return []
        content = content_of(document.text, document.image, document.embedding)
        rows = [
            (agreement, row)
            for row in self._contents.get(content, [])
            if row.document not in keys_in_use and (agreement := _agreement(document, row))
        ]
        for as_remembered in (self._from_known_folder, self._from_any_folder):
            namesakes = [
                (agreement, _where_it_stands(again, document), row)
                for agreement, row in rows
                if (again := as_remembered(document, row, folders)) is not None
            ]
            if namesakes:
                return namesakes
        return []

    def _from_known_folder(
        self, document: Document, row: AnswerRow, folders: Sequence[str]
    ) -> Document | None:
        """Return a document under the names of a row whose key it has then; else None."""
        possible = [""] if document.folder else ["", None, *filter(None, folders)]
        for has_own_id, folder in itertools.product((False, True), possible):
            again = replace(
                document, id=row.id, source=row.source, has_own_id=has_own_id, folder=folder
            )
            if row.document in (document_key(again), *FormerKeys.of(again).keys):
                return again
        return None

    def _from_any_folder(
        self, document: Document, row: AnswerRow, folders: Sequence[str]
    ) -> Document | None:
        """Return what was sent under the names of a row whose folder nobody knows; else None.

        The texts must be kept: they alone say that it is the same, byte for byte.
        """
        if document.folder != "" or os.path.isabs(row.source) or document.text is None:
            return None
        if self._texts_of([row.document]).get(row.document) != document.text:
            return None
        return replace(document, id=row.id, source=row.source)


def _with_names(document: Document, row: AnswerRow) -> Document:
    """Return a document of a folder under the names of its row, where those tell more of it."""
    folder, source, within = document.folder, document.source, document.message_path
    if not folder or len(_parts(row.source, within)) <= len(_parts(source, within)):
        return document
    for _ in range(len(_parts(row.source, within)) - len(_parts(source, within))):
        folder = os.path.dirname(folder)
    again = replace(document, id=row.id, source=row.source, folder=folder)
    return _where_it_stands(again, document) if document_key(again) == row.document else document


def _agreement(document: Document, row: AnswerRow) -> int:
    """Return how many parts of the paths of a document and of a row agree; 0 if it is not that."""
    source, within = document.source, document.message_path
    if not _common(document.id, row.id, within):
        return 0
    if document.folder:
        whole = os.path.join(document.folder, source)
        if _common(whole, row.source, within) < len(_parts(source, within)):
            return 0
    return _common(source, row.source, within)


def _has_content(document: Document) -> bool:
    """Return whether there is something to compare: without it a document is refused later."""
    return any(part is not None for part in (document.text, document.image, document.embedding))


def _where_it_stands(again: Document, document: Document) -> Document:
    """Return a document that is known again with the number that it has now."""
    identity, source, within = document.id, document.source, document.message_path
    row, own = row_of(source, document.folder), row_number(identity)
    if within:
        source = in_mailbox(source, within, mailbox_of(again.source, within))
        identity = in_mailbox(identity, within, mailbox_of(again.id, within))
    elif row is None or own is None or not is_position(identity, row):
        return again if row is None else replace(again, source=_renumbered(again.source, source))
    else:
        source = _renumbered(again.source, source)
        identity = _renumbered(again.id, identity)
    return replace(again, id=identity, source=source)


def _renumbered(name: str, other: str) -> str:
    """Return the name of a row with the number that another name has."""
    return without_number(name) + other[len(without_number(other)) :]


def _common(one: str, other: str, within: str) -> int:
    """Return how many parts of two paths agree, if one is the end of the other; else 0.

    ``within``: the message path of both; what lies in their mailbox does not count.
    """
    shorter, longer = sorted((_parts(one, within), _parts(other, within)), key=len)
    return len(shorter) if shorter == longer[-len(shorter) :] else 0


def _parts(path: str, within: str) -> list[str]:
    """Return the parts of a path, without the number of a row in its table."""
    table = mailbox_of(path, within) if within else without_row(path)
    plain = os.path.normpath(table).replace("\\", "/")
    return [part for part in plain.split("/") if part]
