"""One answer as a line of a file, JSON or CSV; and what a later run reads from it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from protolabel.batch.earlier_answers import AnsweredBy, AnswerLine
from protolabel.columns.csv_lines import BOM, csv_cell, line_of_cells, text_of_cell
from protolabel.columns.label_lists import SEPARATOR
from protolabel.errors import InputError
from protolabel.identity.document_key import KEY_BYTES, place_of, source_digest

Columns = tuple[str, ...]
COLUMNS: Columns = (
    "id", "source", "label", "chance", "probability", "probability_of", "none_probability", "score",
    "margin", "threshold", "second", "nearest_example", "reason", "head", "space_version",
    "encoder_fingerprint", "key",
)  # fmt: skip
_WITHOUT_HEAD = tuple(name for name in COLUMNS if name != "head")
_WITHOUT_CHANCE = tuple(n for n in _WITHOUT_HEAD if n not in ("chance", "none_probability"))
EARLIER_COLUMNS = (_WITHOUT_HEAD, _WITHOUT_CHANCE)  # of files that earlier programs began

Record = Mapping[str, Any]


def read_answer(line: bytes, columns: Columns | None, folder: str | None = None) -> AnswerLine:
    """Return what a line says of its document.

    Args:
        line: of the file.
        columns: of a CSV file; None for JSON.
        folder: of the sources that are relative (``whole_path``).
    """
    answer = _fields(line, columns)
    source, label = answer["source"], answer["label"]
    place = place_of(source, answer["id"], folder=folder)
    is_declined = label is None if columns is None else not label
    return AnswerLine(
        _key(answer["key"]), place, source_digest(source, folder), is_declined,
        AnsweredBy(int(answer["space_version"]), str(answer.get("head", ""))),
    )  # fmt: skip


def source_of(line: bytes, columns: Columns | None) -> str:
    """Return the source of the document of a line."""
    return str(_fields(line, columns)["source"])


def _fields(line: bytes, columns: Columns | None) -> Record:
    """Return the fields of a line. No cell is longer than its line."""
    if columns is None:
        record: Record = json.loads(line)
        return record
    csv.field_size_limit(max(len(line), csv.field_size_limit()))  # process-wide: only ever raised
    (row,) = csv.reader([line.decode()])
    fields = dict(zip(columns, row, strict=True))
    return fields | {name: text_of_cell(fields[name]) for name in ("source", "id")}


def name_read(source: str, identity: str, *, as_csv: bool) -> tuple[str, str]:
    """Return the source and the id of a document as they are read from its line."""
    if not as_csv:
        return source, identity
    return text_of_cell(str(csv_cell(source))), text_of_cell(str(csv_cell(identity)))


def renamed(line: bytes, source: str, identity: str, columns: Columns | None) -> bytes:
    """Return a line whose document has another source and id, and all else as it was.

    Args:
        line: of the file.
        source: of the document.
        identity: its id.
        columns: of a CSV file; None for JSON.
    """
    if columns is None:
        record = json.loads(line) | {"id": identity, "source": source}
        return json_line(record)
    (row,) = csv.reader([line.decode()])
    names = {"id": csv_cell(identity), "source": csv_cell(source)}
    cells = [names.get(c, cell) for c, cell in zip(columns, row, strict=True)]
    return line_of_cells(cells).encode("utf-8", "backslashreplace")


def json_line(record: Record) -> bytes:
    """Return a record as a line of JSON. A lone surrogate becomes the escape that JSON has."""
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def columns_of(line: bytes, path: Path) -> Columns:
    """Return the columns of a CSV file of answers by its header.

    Raises:
        InputError: another program has written the file again in its own way.
    """
    least = min(map(len, EARLIER_COLUMNS)) - 1
    delimiter = next((d for d in ";\t|" if line.count(d.encode()) >= least), None)
    names = line.removeprefix(BOM.encode()).strip().replace(b'"', b"")
    for columns in (COLUMNS, *EARLIER_COLUMNS):
        if delimiter is None and names == ",".join(columns).encode():
            return columns
    cause = f"its cells are divided by {delimiter!r}" if delimiter else "it has another header"
    raise InputError(
        f"{path}:1: the file was saved again by another program ({cause})",
        expected="the file as `protolabel label --out` wrote it, which --resume extends",
        remedy="give --out another file, and work in spreadsheets on a copy",
    )


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError(text)
    return key


def cells(record: Record, key: str, columns: Columns = COLUMNS) -> list[object]:
    """Return an answer as the cells of a spreadsheet's row; several labels are in one cell."""
    alternatives, evidence = record["alternatives"], record["evidence"] or {}
    examples = evidence.get("examples") or ()
    extra: dict[str, object] = {
        "second": alternatives[1]["label"] if len(alternatives) > 1 else None,
        "nearest_example": examples[0]["id"] if examples else None,
        "key": key,
    }
    if record.get("labels"):
        extra["label"] = SEPARATOR.join(label["label"] for label in record["labels"])
    return [extra.get(name, record.get(name)) for name in columns]
