"""Parquet -> JSON Lines, one a row, so that it takes the way of every table. Row n is line n.

Columns of texts, numbers, truth values and UUIDs are taken, lists of numbers, which embeddings are,
and objects of all these. Others, such as dates, bytes and pictures, are left out with a notice.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, inner_file
from protolabel.text import first_line

_MOST_BYTES = 4 * 2**30  # of all rows as JSON
_ROWS = 256  # at a time


def extract(request: Request) -> Extraction:
    """Write the rows into the folder of the request."""
    columns, left_columns = _columns(request.path)
    name = "rows.jsonl"
    size = 0
    with inner_file(request.folder, name, "wb") as stream:
        for line in _lines(request.path, columns):
            size += len(line)
            if size > _MOST_BYTES:
                raise RefusalError(
                    f"a table of more than {_MOST_BYTES:,} bytes as text",
                    "a smaller table",
                    "split it, or keep only the columns of text, label and id",
                )
            stream.write(line)
    left_out = f"has columns that are left out: {', '.join(left_columns[:5])}"
    return Extraction(
        None, [(name, os.path.join(request.folder, name))], [left_out][: len(left_columns)]
    )


def _columns(path: str) -> tuple[list[str], list[str]]:
    """Return the names of the columns that are taken, and of the others."""
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _damage_error(error) from error
    columns = [field.name for field in schema if _is_taken(field)]
    return columns, [name for name in schema.names if name not in columns]


def _is_taken(field: Any) -> bool:
    from pyarrow import types

    kind = field.type
    if field.name == "image":
        return False
    if getattr(kind, "extension_name", "") == "arrow.uuid":
        return True
    if types.is_struct(kind):
        return all(map(_is_taken, kind))
    if types.is_dictionary(kind):
        kind = kind.value_type
    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    if is_list:
        return bool(types.is_floating(kind.value_type))
    simple = (
        types.is_string, types.is_large_string, types.is_string_view, types.is_integer,
        types.is_floating, types.is_boolean, types.is_null,
    )  # fmt: skip
    is_whole = types.is_decimal(kind) and kind.scale == 0
    return is_whole or any(check(kind) for check in simple)


def _lines(path: str, columns: list[str]) -> Iterator[bytes]:
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path, memory_map=True) as table:
            for batch in table.iter_batches(_ROWS, columns=columns, use_threads=False):
                for row in batch.to_pylist():
                    record = {name: _plain(value) for name, value in row.items()}
                    yield json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _damage_error(error) from error


def _plain(value: object) -> object:
    """Return a value as JSON has it: what is missing is an empty text."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Decimal):
        return int(value)
    return str(value) if isinstance(value, UUID) else value


def _damage_error(error: Exception) -> RefusalError:
    return RefusalError(
        f"a Parquet file that cannot be read ({first_line(error)})",
        "a whole file",
        "write it again, or export it as CSV",
    )
