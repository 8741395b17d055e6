"""Which remembered documents come again, from a program that knows only the end of their paths.

A browser tells the name of a file, or its path within the chosen folder; the command line tells
where the file lies. Both mean one document. Nothing is read but the answer log.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from protolabel.document_key import document_key, is_position
from protolabel.former_keys import FormerKeys
from protolabel.label_space.answer_batch import content_of
from protolabel.message_paths import in_mailbox, mailbox_of
from protolabel.row_numbers import row_number, without_number
from protolabel.store import AnswerRow
from protolabel.types import Document


class KnownAgain:
    """All that is remembered, by content."""

    def __init__(self, rows: Sequence[AnswerRow]) -> None:
        self._contents: dict[bytes, list[AnswerRow]] = {}
        for row in rows:
            self._contents.setdefault(row.content, []).append(row)
        self._keys = {row.document for row in rows}

    def again(self, documents: Sequence[Document], folder: str = "") -> list[Document]:
        """Return the documents, those that are remembered under another path by its names.

        Such a document holds the same, byte for byte, and one of the two paths is the end of the
        other. It takes the id and the source that are remembered, and so has the key of that
        document. Two of the documents never become one.

        Args:
            documents: those that came.
            folder: the whole path of the folder below which their sources lie, where it is known.
                Then the remembered path must be the end of the whole path, and no shorter than
                the source.
        """
        keys = [document_key(document) for document in documents]
        keys_in_use = set(keys)
        result = []
        for document, key in zip(documents, keys, strict=True):
            may_be_one = document.source and key not in self._keys and _has_content(document)
            same: list[AnswerRow] = []
            if may_be_one:
                content = content_of(document.text, document.image, document.embedding)
                same = self._contents.get(content, [])
            namesakes = [
                (_common(document.source, row.source, document.message_path), again)
                for row in same
                if row.document not in keys_in_use and _may_lie(document, row, folder)
                if (again := _as_remembered(document, row)) is not None
            ]
            if namesakes:
                document = max(namesakes, key=lambda pair: pair[0])[1]
                keys_in_use |= {document_key(document), *FormerKeys.of(document).keys}
            result.append(document)
        return result


def _may_lie(document: Document, row: AnswerRow, folder: str) -> bool:
    """Return whether a row's path may be that of a document below a folder, if that is known."""
    if not folder:
        return True
    source, within = document.source, document.message_path
    return _common(os.path.join(folder, source), row.source, within) >= len(_parts(source, within))


def _has_content(document: Document) -> bool:
    """Return whether there is something to compare: without it a document is refused later."""
    return any(part is not None for part in (document.text, document.image, document.embedding))


def _as_remembered(document: Document, row: AnswerRow) -> Document | None:
    """Return a document under the names of a row, if it is that document; else None."""
    within = document.message_path
    if not (_common(document.source, row.source, within) and _common(document.id, row.id, within)):
        return None
    for has_own_id in (False, True):
        again = replace(document, id=row.id, source=row.source, has_own_id=has_own_id)
        if row.document in (document_key(again), *FormerKeys.of(again).keys):
            return _where_it_stands(again, document)
    return None


def _where_it_stands(again: Document, document: Document) -> Document:
    """Return a document that is known again with the number that it has now."""
    identity, source, within = document.id, document.source, document.message_path
    row, own = row_number(source), row_number(identity)
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
    table = mailbox_of(path, within) if within else without_number(path)
    plain = os.path.normpath(table).replace("\\", "/")
    return [part for part in plain.split("/") if part]
