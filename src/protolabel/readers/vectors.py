"""Embeddings made elsewhere (.npy) -> rows, read through a memory map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from protolabel.errors import InputError
from protolabel.identity.row_numbers import ROW
from protolabel.readers.options import Reading
from protolabel.readers.paths import opened
from protolabel.readers.plain_text import refuse_binary
from protolabel.readers.rows import Origin, Row
from protolabel.words.text import first_line

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

_BLOCK_BYTES = 2**22
_MAGIC = b"\x93NUMPY"


def npy_rows(origin: Origin, reading: Reading, prefix: str = "") -> Iterator[Row]:
    """Yield one embedding per row of a 2-D float array; rows with NaN or infinity are reported.

    ``prefix`` stands before the row number in the place of a row. Raises InputError for what is not
    such an array.
    """
    table = _table(origin)
    reading.meter.advance(table.offset)
    row_bytes = table.dtype.itemsize * table.shape[1]
    step = max(1, _BLOCK_BYTES // max(1, row_bytes))
    for begin in range(0, len(table), step):
        with np.errstate(over="ignore"):
            block = np.ascontiguousarray(table[begin : begin + step], dtype=np.float32)
        finite: list[bool] = np.isfinite(block).all(axis=1).tolist()  # type: ignore[assignment]
        for offset, vector in enumerate(block):
            row = begin + offset
            source = f"{origin.name}:{ROW}{row}"
            reading.meter.advance(row_bytes)
            if finite[offset]:
                # A copy, so that keeping one embedding does not keep the whole block.
                yield Row(f"{prefix}{row}", source, "", None, vector.copy())
                continue
            try:
                refuse_infinite(vector, source)
            except InputError as error:
                reading.reports.unreadable(source, error)


def _table(origin: Origin) -> np.memmap[Any, Any]:
    """Return the array of a file as a memory map."""
    expected = "a .npy file with a 2-D float array, one embedding per row"
    remedy = "write it with numpy.save(path, array.astype('float32'))"
    try:
        with opened(origin.path) as stream:
            head = stream.read(16)
        if not head.startswith(_MAGIC):
            refuse_binary(head, origin.name)
        table: Any = np.load(origin.path, mmap_mode="r", allow_pickle=False)
    except InputError:
        raise
    except Exception as error:  # a damaged header fails in many ways, which all mean the same
        raise InputError(
            f"{origin.name}: not a readable array ({first_line(error)})",
            expected=expected,
            remedy=remedy,
        ) from error
    if table.ndim != 2 or table.dtype.kind != "f" or not table.shape[1]:
        raise InputError(
            f"{origin.name}: an array of shape {table.shape}, {table.dtype}",
            expected=expected,
            remedy=remedy,
        )
    return cast("np.memmap[Any, Any]", table)


def refuse_infinite(vector: Embeddings, source: str) -> NoReturn:
    """Raise the InputError for an embedding with NaN or infinity in it."""
    at = int(np.flatnonzero(~np.isfinite(vector))[0])
    raise InputError(
        f"{source}: the embedding holds {vector[at]} at position {at}",
        expected="finite numbers within float32",
        remedy="encode that document again",
    )
