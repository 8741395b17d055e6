"""Which remembered documents come again, from a program that knows only the end of their paths.

A browser tells the name of a file, or its path within the chosen folder; the command line tells
where the file lies. Both mean one document. Nothing is read but the answer log.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from protolabel.document_key import document_key, key_with_number
from protolabel.label_space.answer_batch import content_of
from protolabel.row_numbers import without_number
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
                (_common(document.source, row.source), again)
                for row in same
                if row.document not in keys_in_use and _may_lie(document.source, row, folder)
                if (again := _as_remembered(document, row)) is not None
            ]
            if namesakes:
                document = max(namesakes, key=lambda pair: pair[0])[1]
                keys_in_use.add(document_key(document))
            result.append(document)
        return result


def _may_lie(source: str, row: AnswerRow, folder: str) -> bool:
    """Return whether a row's path may be that of a source below a folder, if that is known."""
    if not folder:
        return True
    return _common(os.path.join(folder, source), row.source) >= len(_parts(source))


def _has_content(document: Document) -> bool:
    """Return whether there is something to compare: without it a document is refused later."""
    return any(part is not None for part in (document.text, document.image, document.embedding))


def _as_remembered(document: Document, row: AnswerRow) -> Document | None:
    """Return a document under the names of a row, if it is that document; else None."""
    if not (_common(document.source, row.source) and _common(document.id, row.id)):
        return None
    for has_own_id in (False, True):
        again = replace(document, id=row.id, source=row.source, has_own_id=has_own_id)
        if row.document in (document_key(again), key_with_number(again)):
            return again
    return None


def _common(one: str, other: str) -> int:
    """Return how many parts of two paths agree, if one is the end of the other; else 0."""
    shorter, longer = sorted((_parts(one), _parts(other)), key=len)
    return len(shorter) if shorter == longer[-len(shorter) :] else 0


def _parts(path: str) -> list[str]:
    """Return the parts of a path, without the number of a row in its table."""
    plain = os.path.normpath(without_number(path)).replace("\\", "/")
    return [part for part in plain.split("/") if part]
