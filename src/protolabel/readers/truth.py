"""A table that names documents -> their labels: the truth about them, or what they were answered.

It is read as any table is: CSV, Excel, JSON lines, JSON, Parquet. The documents are elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from protolabel.columns.label_lists import holds_names, parts_of_cell
from protolabel.errors import InputError
from protolabel.names import DECLINE, clean_name, words_of
from protolabel.readers.fields import checked_label
from protolabel.readers.options import Reading, checked_options
from protolabel.readers.reports import Notice, Reports
from protolabel.readers.rows import NO_LABEL, Row
from protolabel.readers.source_rows import all_rows
from protolabel.readers.sources import origins


@dataclass(frozen=True, slots=True)
class NamedLabels:
    """What a row says of a document.

    Attributes:
        id, source: what names it: one of them at least.
        labels: those that it has; none for a document of no class.
        place: the row, such as ``file:line``.
        are_names: whether the labels stand in a list, so that none of them lists others.
        cell: what a table of answers has in their place, where it does not say whether that is
            one label or several. The labels are several.
    """

    id: str
    source: str
    labels: tuple[str, ...]
    place: str
    are_names: bool = False
    cell: str = ""

    def with_one_label(self) -> NamedLabels:
        """Return the same where no document has several labels, so that a cell is one label."""
        if not self.cell:
            return self
        return replace(self, labels=(clean_name(self.cell, self.place),), cell="")

    @property
    def names(self) -> tuple[str, ...]:
        """What names the document, one name or two."""
        return tuple(name for name in (self.id, self.source) if name)


def read_named_labels(
    path: str, *, on_notice: Callable[[Notice], None] | None = None, **options: Any
) -> list[NamedLabels]:
    """Return what a table says of documents.

    A label that is empty, null or *none of these* is no label.

    Args:
        path: of the table.
        on_notice: is called with each choice of the reader, such as a guessed column.
        **options: ``id_field``, ``label_field``, ``label_separator``, ``encoding``, ``is_class``,
            as :class:`ReadOptions` has them.

    Raises:
        InputError: it is missing or no table, or a row names no document or has no label.
    """
    reading = Reading(
        **checked_options(options | {"several_labels": True}),
        read_label=True,
        names_documents=True,
        reports=Reports(None, on_notice),
    )
    return [_named_labels(row, reading) for row in all_rows(origins(path), reading)]


def _named_labels(row: Row, reading: Reading) -> NamedLabels:
    if row.label is NO_LABEL:
        raise InputError(
            f"{row.source}: no row of a table",
            expected="a table with a row for each document: its id or file, and its label",
            remedy="give it as CSV, Excel, Parquet or JSON lines",
        )
    labels = tuple(_labels(row, reading))
    are_names = holds_names(row.label, reading.is_class)
    return NamedLabels(row.id, row.named, labels, row.source, are_names, row.cell)


def _labels(row: Row, reading: Reading) -> Iterator[str]:
    """Yield the labels of a row, each once, without *none of these*."""
    parts = parts_of_cell(row.label, reading.label_separator, reading.is_class)
    cells = (checked_label(part, row.source, "label") for part in parts)
    names = (clean_name(cell, row.source) for cell in cells if cell.strip())
    yield from dict.fromkeys(n for n in names if words_of(n).casefold() != DECLINE)
