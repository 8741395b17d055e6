"""Parquet -> JSON Lines, one a row, so that it takes the way of every table. Row n is line n.

Columns of texts, numbers, truth values and UUIDs are taken, lists of numbers, which embeddings are,
and objects of all these. A column that may be the label may hold lists of them, and what is a text,
a label or an id may be bytes. Others, such as dates and pictures, are left out with a notice.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from protolabel.columns.usual_fields import USUAL_NAMES
from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, inner_file
from protolabel.readers.formats.parquet_classes import ClassNames
from protolabel.readers.rows import NOT_LABEL
from protolabel.words.text import first_line

_LABEL_NAMES = {"labels", NOT_LABEL, *USUAL_NAMES["label"]}
_ROLES = {"text", "label", "labels", NOT_LABEL, "id", "source"}
_LONGEST_KEY = 64  # bytes
_CONTROLS = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f]")
_MOST_BYTES = 4 * 2**30  # of all rows as JSON
_ROWS = 256  # at a time


def extract(request: Request) -> Extraction:
    """Write the rows into the folder of the request."""
    schema = _schema(request.path)
    columns, left_columns = _columns(schema, request.fields)
    classes = ClassNames(schema.metadata, columns, request)
    name = "rows.jsonl"
    size = 0
    with inner_file(request.folder, name, "wb") as stream:
        for line in _lines(request.path, columns, classes):
            size += len(line)
            if size > _MOST_BYTES:
                raise RefusalError(
                    f"a table of more than {_MOST_BYTES:,} bytes as text",
                    "a smaller table",
                    "split it, or keep only the columns of text, label and id",
                )
            stream.write(line)
    notices = classes.notices()
    if left_columns:
        notices.append(f"has columns that are left out: {', '.join(left_columns[:5])}")
    return Extraction(None, [(name, os.path.join(request.folder, name))], notices)


def _schema(path: str) -> Any:
    import pyarrow.parquet

    try:
        return pyarrow.parquet.read_schema(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _damage_error(error) from error


def _columns(schema: Any, fields: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names of the columns that are taken, and of the others."""
    columns = [
        field.name
        for field in schema
        if _is_taken(field) or _is_taken(field, *_uses(field.name, fields))
    ]
    return columns, [name for name in schema.names if name not in columns]


def _uses(name: str, fields: Sequence[str]) -> tuple[bool, bool]:
    """Return whether a column may hold labels, and whether it has a role by its very name.

    ``fields``: those that the caller named, which have one; dots reach into them.
    """
    plain = name.strip().casefold()
    is_named = any(f"{field}.".casefold().startswith(f"{plain}.") for field in fields)
    return is_named or plain in _LABEL_NAMES, is_named or plain in _ROLES


def _is_taken(field: Any, may_be_label: bool = False, has_role: bool = False) -> bool:
    """Return whether a column is taken. A label may be a list, and what has a role may be bytes."""
    from pyarrow import types

    kind = field.type
    if field.name == "image":
        return False
    if getattr(kind, "extension_name", "") == "arrow.uuid":
        return True
    if types.is_struct(kind):
        return all(_is_taken(inner, may_be_label, has_role) for inner in kind)
    if types.is_dictionary(kind):
        kind = kind.value_type
    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    if is_list and may_be_label:
        return _is_taken(kind.value_field, has_role=has_role)
    if is_list:
        return bool(types.is_floating(kind.value_type))
    if has_role and (
        types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    ):
        return True
    simple = (
        types.is_string, types.is_large_string, types.is_string_view, types.is_integer,
        types.is_floating, types.is_boolean, types.is_null,
    )  # fmt: skip
    is_whole = types.is_decimal(kind) and kind.scale == 0
    return is_whole or any(check(kind) for check in simple)


def _lines(path: str, columns: list[str], classes: ClassNames) -> Iterator[bytes]:
    """Yield the rows as lines; one that is left out is a blank line, which keeps the numbers."""
    import pyarrow.parquet

    number = 0

    try:
        with pyarrow.parquet.ParquetFile(path, memory_map=True) as table:
            for batch in table.iter_batches(_ROWS, columns=columns, use_threads=False):
                for row in batch.to_pylist():
                    record = {name: _plain(value) for name, value in row.items()}
                    number += 1
                    if not classes.keeps(record, number):
                        yield b"\n"
                        continue
                    yield json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _damage_error(error) from error


def _plain(value: object) -> object:
    """Return a value as JSON has it: what is missing is an empty text."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], bytes):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return _spelled(value)
    if isinstance(value, Decimal):
        return int(value)
    return str(value) if isinstance(value, UUID) else value


def _spelled(value: bytes) -> str:
    """Return the text that bytes spell; of a short key that spells none, its digits."""
    text = value.decode(errors="replace")
    is_key = len(value) <= _LONGEST_KEY
    return value.hex() if is_key and ("\ufffd" in text or _CONTROLS.search(text)) else text


def _damage_error(error: Exception) -> RefusalError:
    return RefusalError(
        f"a Parquet file that cannot be read ({first_line(error)})",
        "a whole file",
        "write it again, or export it as CSV",
    )
