"""JSON -> rows: one object per line, or an array of objects read piece by piece.

Objects hold a text or an image, an embedding, or one with the other. What an object may hold is
checked here and in ``fields``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from protolabel.columns.label_lists import list_of_cell
from protolabel.columns.usual_fields import chosen_field
from protolabel.errors import InputError
from protolabel.identity.row_numbers import ITEM
from protolabel.readers.fields import (
    MISSING,
    MissingField,
    check_characters,
    checked_id,
    checked_label,
    json_name,
    nested_names,
    refuse_export,
    refuse_no_field,
    refuse_null,
    refuse_type,
    report_guesses,
    text_fault,
    value_at,
)
from protolabel.readers.json_array import array_items
from protolabel.readers.json_objects import DECODER, refuse_repeated
from protolabel.readers.naming_rows import naming_object
from protolabel.readers.options import Reading
from protolabel.readers.plain_text import Line
from protolabel.readers.rows import ANSWER, EXPORT, NO_LABEL, NOT_LABEL, Origin, Row
from protolabel.readers.vectors import refuse_infinite
from protolabel.words.text import without_content

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

Picture = Callable[[object, str], bytes]


def json_line_rows(
    lines: Iterable[Line], origin: Origin, reading: Reading, picture: Picture
) -> Iterator[Row]:
    """Yield one row per line, blank lines aside.

    ``picture(value, source)`` is the image that a row names; a row with a text has none, whatever
    its other fields hold. Lines that are no such object are reported.
    """
    objects = _Objects(reading, picture, "the line")
    for number, line, error in lines:
        source = f"{origin.name}:{number}"
        try:
            if error is not None:
                raise error
            try:
                value = DECODER.decode(line)
            except (ValueError, RecursionError) as reason:
                if line.isspace():
                    continue
                _refuse_line(line, source, reason)
            row = objects.row(value, f"{origin.place}:{number}", source, escaped="\\" in line)
        except InputError as refusal:
            reading.reports.unreadable(source, refusal)
        else:
            yield row


def json_array_rows(
    pieces: Iterable[str], origin: Origin, reading: Reading, picture: Picture
) -> Iterator[Row]:
    """Yield one row per object of an array, or of several objects one after the other.

    One object is in memory at a time. Objects that cannot be used are reported. Raises InputError
    for what is not JSON, since nothing says where the next object begins.
    """
    objects = _Objects(reading, picture, "the item")
    for number, value in enumerate(array_items(pieces, origin, reading.max_bytes), start=1):
        source = f"{origin.name}:{ITEM}{number}"
        try:
            row = objects.row(value, f"{origin.place}:{number}", source, escaped=True)
        except InputError as refusal:
            reading.reports.unreadable(source, refusal)
        else:
            yield row


class _Objects:
    """Objects of one source -> rows. The first object without ``text`` settles the field names."""

    def __init__(self, reading: Reading, picture: Picture, what: str) -> None:
        self._reading, self._picture, self._what = reading, picture, what
        self._fields: dict[str, str] = {}
        self._n = 0  # objects that are rows
        self._like: tuple[int, str] | None = None

    def row(self, value: object, place: str, source: str, *, escaped: bool) -> Row:
        """Return an object as a row; ``escaped`` where it may hold what UTF-8 cannot."""
        refuse_repeated(value, source)
        if type(value) is not dict:
            refuse_type(source, self._what, value, 'an object such as {"text": "..."}')
        if self._reading.names_documents:
            self._n += 1
            return naming_object(value, place, source, self._reading, is_first=self._n == 1)
        text, vector, image = self._value("text", value, source), value.get("embedding"), None
        fault = None
        if text is not None and text is not MISSING:
            field = self._fields.get("text", "text")
            if escaped and isinstance(text, str):
                check_characters(text, source, field)
            fault = text_fault(text, source, repr(field))
            if fault is not None and vector is not None:
                raise fault
        elif value.get("image") is not None:
            image = self._picture(value["image"], source)
        elif vector is None:
            if text is None:  # the field is there
                refuse_null(source, self._fields.get("text", "text"))
            if EXPORT in value:
                refuse_export(source, value)
            alternatives = ", or an 'image' or 'embedding'"
            missing = MissingField("text", self._reading.text_field, alternatives)
            refuse_no_field(missing, nested_names(value), source, whole=not self._n)
        identity = self._identity(value, source)
        embedding = None
        if vector is not None:
            embedding = _vector(vector, source)
            if self._reading.reports.on_unreadable is None:  # else one bad row would cost the rest
                self._like = _check_dim(len(embedding), source, self._like)
        negative = self._negative(value, source)
        needed = self._reading.need_label and negative is NO_LABEL
        label = self._label(value, source, needed) if self._reading.read_label else NO_LABEL
        text = None if text is MISSING else text
        self._n += 1
        answer = value.get(ANSWER, "")
        return Row(
            place, source, identity, text, embedding, label, image, fault, negative, answer=answer
        )

    def _identity(self, row: dict[str, Any], source: str) -> str:
        """Return the id of an object; empty for one without.

        Where the caller names the field, the first object must have it.
        """
        identity = self._value("id", row, source)
        if identity is MISSING and self._reading.id_field is not None and not self._n:
            missing = MissingField("id", self._reading.id_field)
            refuse_no_field(missing, nested_names(row), source)
        if identity in (MISSING, ""):
            return ""
        return checked_id(identity, source, self._fields.get("id", "id"))

    def _value(self, role: str, row: dict[str, Any], source: str) -> Any:
        """Return the text, label or id of an object, ``MISSING`` if it has none."""
        if role in self._fields:
            return value_at(row, self._fields[role])
        choice = getattr(self._reading, f"{role}_field")
        if choice is not None:
            self._fields[role] = choice
            return value_at(row, choice)
        if role in row:
            return row[role]
        if role == "text" and not {"image", "embedding"}.isdisjoint(row):
            return MISSING
        field = chosen_field(role, list(row), source)
        if field is None:
            return MISSING
        self._fields[role] = field
        report_guesses({role: field}, "", source, self._reading)
        return row[field]

    def _negative(self, row: dict[str, Any], source: str) -> object:
        """Return the class that a row is not of, or several; `NO_LABEL` where there is none."""
        value = self._list_of(row.get(NOT_LABEL)) if self._reading.negatives else None
        if value is None or value == [] or (isinstance(value, str) and not value.strip()):
            return NO_LABEL
        if isinstance(value, list):
            return [checked_label(one, source, NOT_LABEL) for one in value]
        return checked_label(value, source, NOT_LABEL)

    def _label(self, row: dict[str, Any], source: str, needed: bool) -> object:
        choice = self._reading.label_field
        if not self._reading.need_label and choice is None:
            label = row.get("label", MISSING)
        elif self._reading.several_labels and choice is None and "labels" in row:
            sides = map(self._list_of, (row.get("label"), row["labels"]))
            label = _together([side for side in sides if side is not None])
        else:
            label = self._value("label", row, source)
        if label is MISSING and needed:
            missing = MissingField("label", choice)
            refuse_no_field(missing, nested_names(row), source, whole=not self._n)
        if label is MISSING or (label is None and not needed):
            return NO_LABEL
        field = self._fields.get("label", "labels" if "label" not in row else "label")
        label = self._list_of(label)
        if self._reading.several_labels and isinstance(label, list):
            return [checked_label(one, source, field) for one in label]
        return checked_label(label, source, field)

    def _list_of(self, label: object) -> object:
        return list_of_cell(label, self._reading.is_class)


def _together(sides: list[object]) -> object:
    """Return what stands under ``label`` and ``labels`` of one row: all of it, nothing twice."""
    if len(sides) < 2:
        return sides[0] if sides else None
    names = [name for one in sides for name in (one if isinstance(one, list) else [one])]
    return [name for i, name in enumerate(names) if name not in names[:i]]


def _refuse_line(line: str, source: str, error: Exception) -> NoReturn:
    if isinstance(error, json.JSONDecodeError):
        line = line.rstrip()
        column = min(error.pos, len(line)) + 1
        got = f"{source}: not JSON at column {column} ({error.msg})"
    else:
        got = f"{source}: JSON that cannot be read ({error})"
    pretty = line.strip() in ("{", "[", "[{") or line.lstrip().startswith("[")
    raise InputError(
        got,
        expected='one JSON object per line, such as {"text": "..."}',
        remedy="if the file is one JSON array, give it the suffix .json; "
        "else put each object on a line of its own"
        if pretty
        else "mend that line",
    ) from error


def _vector(value: object, source: str) -> Embeddings:
    """Return a JSON list of finite numbers as a float32 vector (d,)."""
    if not isinstance(value, list) or not value:
        raise InputError(
            f"{source}: 'embedding' is {'an empty list' if value == [] else json_name(value)}",
            expected="a list of numbers",
            remedy="give the embedding as [0.1, -0.2, ...], or leave the field out",
        )
    if not {type(item) for item in value} <= {int, float}:
        at = next(i for i, item in enumerate(value) if type(item) not in (int, float))
        raise InputError(
            f"{source}: 'embedding' holds {json_name(value[at])} at position {at} "
            f"({without_content(value[at])})",
            expected="a list of numbers",
            remedy="write numbers without quotes",
        )
    try:
        with np.errstate(over="ignore"):
            vector = np.array(value, dtype=np.float32)
    except OverflowError:  # a whole number that no float holds
        vector = np.array([v if abs(v) < 1e38 else np.inf for v in value], dtype=np.float32)
    if not np.isfinite(vector).all():
        refuse_infinite(vector, source)
    return vector


def _check_dim(dim: int, source: str, like: tuple[int, str] | None) -> tuple[int, str]:
    """Return size and place of the first embedding. Raises InputError for one of another size."""
    if like is not None and dim != like[0]:
        raise InputError(
            f"{source}: an embedding of {dim} numbers",
            expected=f"{like[0]}, as in {like[1]}",
            remedy="make all embeddings with the same encoder",
        )
    return like or (dim, source)
