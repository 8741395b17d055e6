"""Documents and a table of their true labels -> which label each has, and what fits nothing.

The table names documents by id, by source, or by the name of the file, as people write them.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from protolabel.errors import InputError
from protolabel.identity.row_numbers import row_number
from protolabel.readers.truth import NamedLabels
from protolabel.words.quantity import quantity

LabelNames = tuple[str, ...]
MOST_LISTED = 3  # names in an error


class Named(Protocol):
    """A document, or what is said of one."""

    @property
    def id(self) -> str:
        """Its id; empty where it has none."""

    @property
    def source(self) -> str:
        """Where it comes from; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The true labels of n documents.

    Attributes:
        labels: of each document; none for a document of no class, and None where the table does not
            name it.
        without_row: the names of the documents that the table does not name.
        without_document: the rows of the table whose document is not there, with their names.
    """

    labels: tuple[LabelNames | None, ...]
    without_row: tuple[str, ...]
    without_document: tuple[str, ...]


def truth_of(documents: Sequence[Named], rows: Sequence[NamedLabels]) -> Truth:
    """Return which labels the rows of a table give to documents.

    A name is the id or the source of a document; where no document has it, the name of its file, or
    the end of its path.

    Raises:
        InputError: a name is that of several documents, two rows contradict each other, or no row
            is about one of the documents.
    """
    names = _Names(documents)
    owner: dict[int, NamedLabels] = {}
    without_document: list[str] = []
    for row in rows:
        places = names.documents_of(row)
        if not places:
            without_document.append(f"{row.place}: {row.names[0]}")
            continue
        if len(places) > 1:
            _refuse_several(row, [documents[place] for place in sorted(places)])
        (place,) = places
        other = owner.setdefault(place, row)
        if set(other.labels) != set(row.labels):
            raise InputError(
                f"{row.place}: {row.names[0]!r} is {_words(row.labels)}, and "
                f"{_words(other.labels)} in {other.place}",
                expected="one truth about each document",
                remedy="correct one of the rows, or remove it",
            )
    if not owner:
        _refuse_none(documents, rows)
    labels = tuple(
        owner[place].labels if place in owner else None for place in range(len(documents))
    )
    missing = tuple(_name(documents[place]) for place, row in enumerate(labels) if row is None)
    return Truth(labels, missing, tuple(without_document))


def refuse_second_labels(rows: Sequence[NamedLabels], expected: str) -> None:
    """Raise InputError for a row of several labels where a document has one, as ``expected``."""
    for row in rows:
        if len(row.labels) > 1:
            raise InputError(
                f"{row.place}: {quantity(len(row.labels), 'label')}, "
                f"{', '.join(map(repr, row.labels))}",
                expected=expected,
                remedy="leave one of them there",
            )


class _Names:
    """The documents by their names."""

    def __init__(self, documents: Sequence[Named]) -> None:
        self._paths = [(_path(one.id), _path(one.source)) for one in documents]
        self._exact: dict[str, set[int]] = {}
        self._files: dict[str, set[int]] = {}
        for place, one in enumerate(documents):
            for name in {one.id, one.source, *self._paths[place], _absolute(one.source)} - {""}:
                self._exact.setdefault(name, set()).add(place)
            for path in filter(None, self._paths[place]):
                self._files.setdefault(path.rsplit("/", 1)[-1], set()).add(place)

    def documents_of(self, row: NamedLabels) -> set[int]:
        """Return the documents that a row names: one, if all is well."""
        exact = [places for name in row.names if (places := self._exactly(name))]
        if exact:
            return set.intersection(*exact) or set.union(*exact)
        return next(filter(None, map(self._at_the_end, row.names)), set())

    def _exactly(self, name: str) -> set[int]:
        """Return the documents that have just this name."""
        spellings = (name, _path(name), _absolute(name))
        return next((self._exact[one] for one in spellings if one in self._exact), set())

    def _at_the_end(self, name: str) -> set[int]:
        """Return the documents whose path ends with this name."""
        end = _path(name)
        places = self._files.get(end.rsplit("/", 1)[-1], set())
        return {
            place
            for place in places
            if any(path == end or path.endswith(f"/{end}") for path in self._paths[place])
        }


def _path(name: str) -> str:
    """Return a name as a path without ``./``, in one spelling."""
    return posixpath.normpath(name.replace("\\", "/")) if name else ""


def _absolute(name: str) -> str:
    """Return a path in full; nothing for what has no folder."""
    return os.path.abspath(_path(name)) if "/" in _path(name) else ""


def _name(document: Named) -> str:
    return document.source or document.id


def _words(labels: LabelNames) -> str:
    return " and ".join(map(repr, labels)) or "of no class"


def _refuse_several(row: NamedLabels, documents: Sequence[Named]) -> None:
    names = list(dict.fromkeys(map(_name, documents)))
    listed = ", ".join(map(repr, names[:MOST_LISTED]))
    first = names[0]
    if len(names) == len(documents):
        remedy = "write the path of the file there"
        if row_number(first):
            remedy = f"write the name of the row there, such as {first!r}"
    elif all(isinstance(one, NamedLabels) for one in documents):
        remedy = (
            "label the documents again into another file (out=), which has one line for each: "
            "lines of documents that are gone have the names of others"
        )
    else:
        remedy = "give each document an id of its own"
    raise InputError(
        f"{row.place}: {quantity(len(documents), 'document')} "
        f"are called {row.names[0]!r}{f': {listed}' if listed != repr(row.names[0]) else ''}",
        expected="the name of one document",
        remedy=remedy,
    )


def _are_answers_about_rows(documents: Sequence[Named]) -> bool:
    """Return whether these are answers to rows without an id, which are called ``file:line``."""
    return all(
        isinstance(one, NamedLabels) and all(map(row_number, one.names)) for one in documents
    )


def _refuse_none(documents: Sequence[Named], rows: Sequence[NamedLabels]) -> None:
    """Raise InputError where no row names one of the documents."""
    named = [repr(row.names[0]) for row in rows[:MOST_LISTED]]
    names = [repr(one.id or one.source) for one in documents][:MOST_LISTED]
    raise InputError(
        f"none of {quantity(len(rows), 'row')} names one of the documents (the rows begin with "
        f"{', '.join(named) or 'nothing'}; the documents with {', '.join(names) or 'none'})",
        expected="the ids of the documents, or the names of their files",
        remedy="label the documents again with the column of their ids (id_field=), into another "
        "file: these answers name rows of a table"
        if _are_answers_about_rows(documents)
        else "say which column has them: id_field=",
    )
