"""Which remembered documents have all words that somebody looks for, in their names or texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from protolabel.copies.equality import folded
from protolabel.store import AnswerRow

_TEXTS = 256  # that are held at once


def rows_with_words(
    rows: Sequence[AnswerRow],
    words: str,
    texts_of: Callable[[Sequence[bytes]], dict[bytes, str]],
) -> list[AnswerRow]:
    """Return the rows that have each of the words, in their order; all rows where there is none.

    A word may be part of another one, and its case does not count. It stands in the id, the source
    or the text of a document, if its text is remembered.

    Args:
        rows: what is remembered.
        words: with blanks between them.
        texts_of: returns the texts that are kept of documents.
    """
    parts = folded(words).split()
    matches: list[AnswerRow] = []
    for start in range(0, len(rows), _TEXTS):
        some = rows[start : start + _TEXTS]
        texts = texts_of([row.document for row in some])
        for row in some:
            content = folded(f"{row.id}\n{row.source}\n{texts.get(row.document, '')}")
            if all(part in content for part in parts):
                matches.append(row)
    return matches
