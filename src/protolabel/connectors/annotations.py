"""A file of an annotation tool -> examples, and a count of what is left out and why.

The tool is recognised by the first object of the file, never by its name. Nothing is fetched: a
task that only has the address of an image has no text.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, BinaryIO

from protolabel.connectors import argilla, doccano, label_studio, prodigy
from protolabel.connectors.record_labels import LeftOut, OtherTask, RecordReading
from protolabel.errors import InputError
from protolabel.identity.row_numbers import ITEM
from protolabel.names import clean_name
from protolabel.readers.fields import (
    MISSING,
    MissingField,
    check_characters,
    check_text,
    nested_names,
    refuse_no_field,
    value_at,
)
from protolabel.readers.json_array import array_items
from protolabel.readers.json_objects import DECODER, refuse_repeated
from protolabel.readers.options import MAX_BYTES, Reading
from protolabel.readers.paths import STDIN, beginning, opened
from protolabel.readers.plain_text import numbered_lines, text_chunks, text_pieces
from protolabel.readers.rows import Origin
from protolabel.readers.text_beginnings import text_beginning
from protolabel.types import Example
from protolabel.words.quantity import quantity
from protolabel.words.text import first_line

TOOLS = (label_studio, argilla, prodigy, doccano)
_HEAD_BYTES = 2**20
_FAULTS = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # of a damaged record


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a file of an annotation tool holds.

    Attributes:
        tool: the name of the tool.
        examples: documents on whose one class people agree, in order.
        left_out: how many other records there are, by the reason.
    """

    tool: str
    examples: tuple[Example, ...]
    left_out: dict[str, int] = field(default_factory=dict)

    def words(self) -> str:
        """Return a sentence for people."""
        n = len(self.examples)
        text = f"an export of {self.tool}: {quantity(n, 'example')}"
        parts = [f"{n:,} {reason}" for reason, n in self.left_out.items()]
        return text + (f"; left out: {'; '.join(parts)}" if parts else "")


def tool_of(path: str | os.PathLike[str], *, several_labels: bool = False) -> str | None:
    """Return the name of the annotation tool whose export a file is; None for any other file.

    ``several_labels``: rows of tables may have lists of labels. What may be such rows is no export.
    """
    first = _first_object(os.fspath(path))
    tool = None if first is None else _tool(first)
    is_own = tool is doccano and several_labels and first is not None and doccano.may_be_own(first)
    return None if tool is None or is_own else str(tool.NAME)


def read_annotations(
    path: str | os.PathLike[str],
    *,
    text_field: str | None = None,
    label_field: str | None = None,
    several_labels: bool = False,
) -> Annotations:
    """Return the examples of a Label Studio, Argilla, doccano or Prodigy export.

    Who rejects a label in Prodigy makes a negative example of it.

    Args:
        path: the file: JSON or JSON lines.
        text_field: which field of a document is its text, where it has several.
        label_field: which question or group of choices is the class, where there are several.
        several_labels: whether a document may have several; it is an example of each then.

    Raises:
        InputError: The file is no such export, damaged, or of another task than giving each
            document one class; or no record has the field that is named.
    """
    reading = RecordReading(text_field, label_field, several_labels)
    return annotations_of(Origin.of(os.fspath(path)), reading)


def annotations_of(origin: Origin, reading: RecordReading) -> Annotations:
    """Return what :func:`read_annotations` returns of a file."""
    first = _first_object(origin.path)
    tool = None if first is None else _tool(first)
    if tool is None:
        raise InputError(
            f"{origin.name}: no export of Label Studio, Argilla, doccano or Prodigy",
            expected="JSON or JSON lines of one of these tools",
            remedy="import a table or a folder with `protolabel import`",
        )
    examples: list[Example] = []
    left_out: Counter[str] = Counter()
    names = _NamesSought(reading)
    for source, record in _records(origin):
        refuse_repeated(record, source)
        if not isinstance(record, dict) or not tool.recognises(record):
            raise InputError(
                f"{source}: not a record of {tool.NAME}, as the first one is",
                expected="records of one tool",
                remedy="mend it, or export again",
            )
        try:
            names.look(tool, record)
            record_labels = tool.record_labels(record, source, reading)
        except OtherTask as other:
            raise InputError(
                f"{source}: {other.what}, in an export of {tool.NAME}",
                expected="one class for each document",
                remedy="export a project that classifies whole documents",
            ) from None
        except _FAULTS as error:
            raise InputError(
                f"{source}: not a record as {tool.NAME} writes it ({first_line(error)})",
                expected="an export that nobody has changed",
                remedy="mend it, or export again",
            ) from error
        if isinstance(record_labels, LeftOut):
            left_out[record_labels.reason] += 1
            continue
        text = record_labels.text
        check_text(text, source)
        check_characters(str(text), source, "text")
        examples += [
            Example(
                clean_name(one, source),
                str(text),
                source=source,
                negative=record_labels.negative,
                is_name=True,  # tools hold lists of labels
            )
            for one in record_labels.labels
        ]
    names.refuse_absent(origin.name)
    return Annotations(tool.NAME, tuple(examples), dict(left_out))


class _NamesSought:
    """Whether any record has the fields that the caller names, and which it has instead."""

    def __init__(self, reading: RecordReading) -> None:
        self._text, self._label = reading.text_field, reading.label_field
        self._texts: dict[str, None] = {}
        self._labels: dict[str, None] = {}

    def look(self, tool: Any, record: Mapping[str, Any]) -> None:
        """Look for them in a record."""
        if self._label is not None:
            labels = tool.label_names(record)
            self._labels |= dict.fromkeys(labels)
            if self._label in labels:
                self._label = None
        if self._text is not None:
            fields = tool.text_fields(record)
            self._texts |= dict.fromkeys(nested_names(fields))
            if value_at(fields, self._text) is not MISSING:
                self._text = None

    def refuse_absent(self, name: str) -> None:
        """Raise the InputError for a field that no record of a file has, if any has another."""
        if self._label is not None and self._labels:
            refuse_no_field(MissingField("label", self._label), self._labels, name)
        if self._text is not None and self._texts:
            refuse_no_field(MissingField("text", self._text), self._texts, name)


def _tool(record: dict[str, Any]) -> Any:
    return next((tool for tool in TOOLS if tool.recognises(record)), None)


def _first_object(path: str) -> dict[str, Any] | None:
    """Return the first object of a file of JSON or JSON lines; None if it holds something else."""
    try:
        head = beginning(path, _HEAD_BYTES)
    except (InputError, OSError):
        return None
    if text_beginning(head).lstrip()[:1] not in ("{", "["):
        return None
    try:  # of standard input no more is looked at, since it cannot be read twice
        stream = nullcontext(BytesIO(head)) if path == STDIN else opened(path)
        with stream as file:
            record = next(_records_in(file, head, Origin.of(path)))[1]
    except (InputError, StopIteration, OSError):
        return None
    return record if isinstance(record, dict) else None


def _records(origin: Origin) -> Iterator[tuple[str, object]]:
    """Yield each object of a file with its place."""
    head = beginning(origin.path, _HEAD_BYTES)
    with opened(origin.path) as stream:
        yield from _records_in(stream, head, origin)


def _records_in(stream: BinaryIO, head: bytes, origin: Origin) -> Iterator[tuple[str, object]]:
    """Yield each object of a stream, whose beginning is ``head``, with its place."""
    reading = Reading()
    chunks = text_chunks(stream, origin.name, reading)
    first, _, _ = text_beginning(head).lstrip().partition("\n")
    if not _is_json(first):  # an array, or objects over several lines
        pieces = text_pieces(chunks, origin.name)
        for number, value in enumerate(array_items(pieces, origin, MAX_BYTES), start=1):
            yield f"{origin.name}:{ITEM}{number}", value
        return
    for number, line, error in numbered_lines(chunks, origin.name, reading, any_end=False):
        source = f"{origin.name}:{number}"
        if error is not None:
            raise error
        if not line.strip():
            continue
        try:
            yield source, DECODER.decode(line)
        except (ValueError, RecursionError) as reason:
            raise InputError(
                f"{source}: not JSON ({reason})",
                expected="a JSON object on each line",
                remedy="mend that line",
            ) from reason


def _is_json(line: str) -> bool:
    """Return whether a line is an object of its own."""
    if not line.startswith("{"):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return len(line) >= _HEAD_BYTES // 8  # a line longer than what was looked at
    return True
