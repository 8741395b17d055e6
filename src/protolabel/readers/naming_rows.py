"""Rows that name a document and say its labels, and hold no text: a table of truth, or of answers.

A document is named by its id, by its source, or by both. Nothing here knows how a table is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from protolabel.columns.label_lists import SEPARATOR, IsClass, list_of_cell
from protolabel.columns.likely_columns import usual_columns
from protolabel.columns.usual_fields import USUAL_NAMES, chosen_field
from protolabel.errors import InputError
from protolabel.readers.fields import (
    MISSING,
    MissingField,
    checked_id,
    checked_label,
    nested_names,
    position_of,
    refuse_no_field,
    report_guesses,
    value_at,
)
from protolabel.readers.missing_headers import MissingHeader
from protolabel.readers.options import Reading
from protolabel.readers.rows import Row

LABELS = "labels"  # of several labels a document, beside or in the place of the label
MARGIN = "margin"  # of an answer of one label
_OF_ANSWERS = {"second", "nearest_example", "probability_of", MARGIN, "label"}


def naming_columns(names: Sequence[str], source: str, reading: Reading) -> dict[str, int] | None:
    """Return which columns name the document, and which is its label; None without one of them.

    Each choice of a column that nobody named is reported.

    Raises:
        InputError: several columns may be one of them.
    """
    if not has_naming_columns(names, source, reading):
        return None
    fields = _naming_fields(names, source, reading)
    columns = {role: position_of(name, names, source) for role, name in fields.items()}
    report_guesses(fields, "column ", source, reading)
    if set(names) >= _OF_ANSWERS:
        columns[MARGIN] = names.index(MARGIN)
    return columns


def has_naming_columns(names: Sequence[str], source: str, reading: Reading) -> bool:
    """Return whether one column names the document, and one is its label."""
    fields = _naming_fields(names, source, reading)
    return "label" in fields and bool(fields.keys() & {"id", "source"})


def _naming_fields(names: Sequence[str], source: str, reading: Reading) -> dict[str, str]:
    """Return the names of the fields that are there, by id, source and label."""
    label_names = [name for name in names if name != LABELS] if "label" in names else names
    fields = {
        "id": chosen_field("id", names, source, reading.id_field),
        "label": chosen_field(
            "label", label_names, source, reading.label_field, several=reading.several_labels
        ),
    }
    if reading.id_field is None:
        fields["source"] = next(iter(usual_columns(names, "source")), None)
    return {role: name for role, name in fields.items() if name is not None}


def refuse_no_name(
    names: Sequence[str],
    source: str,
    reading: Reading,
    *,
    whole: bool = True,
    header: MissingHeader | None = None,
) -> NoReturn:
    """Raise the NoFieldError for rows of these fields, which name no document or say no label.

    ``header``: as for :func:`refuse_no_field`.
    """
    if _naming_fields(names, source, reading).keys() & {"id", "source"}:
        refuse_no_field(MissingField("label", reading.label_field), names, source, whole=whole)
    usual_names = " or ".join(map(repr, USUAL_NAMES["source"][:3]))
    alternatives = f", or the name of its file: {usual_names}" if reading.id_field is None else ""
    header = header if reading.id_field is None else None
    missing = MissingField("id", reading.id_field, alternatives)
    refuse_no_field(missing, names, source, whole=whole, header=header)


def naming_row(cells: Sequence[str], columns: Mapping[str, int], place: str, source: str) -> Row:
    """Return a row of a table whose columns are these. Raises InputError without a name."""
    identity, named = (
        cells[columns[role]].strip() if role in columns else "" for role in ("id", "source")
    )
    row = _row(place, source, identity, named, cells[columns["label"]])
    return _of_answer(row, cells[columns[MARGIN]]) if MARGIN in columns else row


def naming_object(
    value: Mapping[str, object], place: str, source: str, reading: Reading, *, is_first: bool
) -> Row:
    """Return an object of JSON as a row.

    A label may be null, and a list where a document has several. The fields that are chosen by
    their names are reported for the first object.

    Raises:
        InputError: it names no document, or says no label.
    """
    fields = _naming_fields([*value, *_chosen(value, reading)], source, reading)
    label = value_at(value, fields["label"]) if "label" in fields else MISSING
    if reading.label_field is None and isinstance(value.get(LABELS), list):
        label = value[LABELS]
    if label is MISSING or not fields.keys() & {"id", "source"}:
        refuse_no_name(nested_names(value), source, reading, whole=is_first)
    if is_first:
        report_guesses(fields, "", source, reading)
    texts = {}
    for role in ("id", "source"):
        part = value_at(value, fields[role]) if role in fields else None
        texts[role] = "" if part in (None, "") else checked_id(part, source, fields[role])
    is_answer = value.keys() >= _OF_ANSWERS  # whose label is the name of one class
    is_class = (lambda _name: True) if is_answer else reading.is_class
    label = _plain_label(label, source, is_class)
    row = _row(place, source, texts["id"], texts["source"], label)
    if is_answer:
        return _of_answer(row, "" if value[MARGIN] is None else str(value[MARGIN]))
    return row


def _of_answer(row: Row, margin: str) -> Row:
    """Return a row of protolabel's own table of answers, with the labels in its cell as a list.

    An answer of several labels has no margin. One of one label has a margin, except where there is
    no second class: there, the table does not say which of both it is.
    """
    cell = row.label
    if not isinstance(cell, str):
        return row
    if margin.strip() or SEPARATOR not in cell:
        return row._replace(label=[cell])
    return row._replace(label=cell.split(SEPARATOR), cell=cell)


def _chosen(value: Mapping[str, object], reading: Reading) -> list[str]:
    """Return the fields that the caller names with dots, where they are there."""
    named = (reading.id_field, reading.label_field)
    return [
        name
        for name in named
        if name is not None and name not in value and value_at(value, name) is not MISSING
    ]


def _plain_label(label: object, source: str, is_class: IsClass) -> object:
    """Return a label, or a list of them, as text; nothing for null. Answers hold objects there."""
    if label is None:
        return ""
    label = list_of_cell(label, is_class)
    if not isinstance(label, list):
        return checked_label(label, source, "label")
    parts = [part.get("label") if isinstance(part, dict) else part for part in label]
    return [checked_label(part, source, LABELS) for part in parts]


def _row(place: str, source: str, identity: str, named: str, label: object) -> Row:
    if not identity and not named:
        raise InputError(
            f"{source}: it names no document",
            expected="the id of a document, or the name of its file, in each row",
            remedy="fill it in, or remove the row",
        )
    return Row(place, source, identity, None, label=label, named=named)
