"""A file of arrays that is mapped into memory: derived state too large to read at each opening.

It has the layout of safetensors: the length of a header, the header as JSON, the arrays one after
the other. It carries the key of what it was made from and a checksum of each 16 MiB, which are
compared when it is opened. It does not know what the arrays mean, and never raises: a file that is
absent, damaged or of another key is no file, and one that cannot be written is not written.
"""

from __future__ import annotations

import json
import logging
import math
import mmap
import os
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.store.files import partial_file
from protolabel.system.private_files import make_private

Array = npt.NDArray[Any]

PIECE = 2**24  # bytes under one checksum
LONGEST_HEADER = 2**20
_ALIGNMENT = 64  # of the first array; the largest numbers come first, so that all are aligned
_KINDS = {
    "<f8": "F64", "<i8": "I64", "<f4": "F32", "<i4": "I32", "<u8": "U64", "|i1": "I8", "|u1": "U8",
}  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Column:
    """An array of a file: its type as NumPy writes it, little-endian, and its shape."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


def columns_of(arrays: Mapping[str, Array]) -> dict[str, Column]:
    """Return the types and shapes of arrays."""
    return {name: Column(array.dtype.str, array.shape) for name, array in arrays.items()}


def write_arrays(
    path: Path, key: Mapping[str, object], columns: Mapping[str, Column], parts: Iterator[Array]
) -> bool:
    """Write a file in one step, for its owner alone; return whether it is there.

    Args:
        path: of the file, which is replaced.
        key: what the arrays were made from: JSON values.
        columns: the arrays, those of the largest numbers first.
        parts: their rows in that order, some at a time.
    """
    size = sum(column.size for column in columns.values())
    try:
        with partial_file(path) as partial:
            make_private(partial)
            header = _header(key, columns, ["0" * 8] * -(-size // PIECE))
            with open(partial, "r+b", buffering=2**20) as file:
                file.write(header)
                for part in parts:
                    file.write(np.ascontiguousarray(part).data)
                file.flush()
                if file.tell() != len(header) + size:
                    raise ValueError(f"{file.tell() - len(header)} bytes; expected {size}")
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
                    sums = _checksums(memoryview(whole)[len(header) :])
                file.seek(0)
                file.write(_header(key, columns, sums))
            os.replace(partial, path)
    except OSError as error:
        log.info("%s is not kept: %s", path, error)
        return False
    return True


def read_key(path: Path) -> dict[str, object] | None:
    """Return the key of a file without reading its arrays, or None where there is none."""
    try:
        with open(path, "rb") as file:
            layout = _layout_of(file.read(8 + LONGEST_HEADER))
    except OSError:
        return None
    return None if layout is None else layout.key


def map_arrays(path: Path, key: Mapping[str, object]) -> dict[str, Array] | None:
    """Return the arrays of a file, mapped and read-only; None where they are not those of a key.

    All of its bytes are read once, and compared with the checksums.
    """
    try:
        with open(path, "rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:  # ValueError: it is empty
        log.info("%s is not used: %s", path, error)
        return None
    layout = _layout_of(whole[: 8 + LONGEST_HEADER])
    if layout is None:
        log.info("%s is not used: it has another header", path)
        return None
    body = memoryview(whole)[layout.start :]
    size = sum(column.size for column in layout.columns.values())
    if layout.key != dict(key) or len(body) != size:
        return None
    if _checksums(body) != layout.sums:
        log.info("%s is damaged, and is made again", path)
        return None
    arrays, at = {}, 0
    for name, column in layout.columns.items():
        rows = np.frombuffer(body[at : at + column.size], column.dtype)
        arrays[name] = rows.reshape(column.shape)
        at += column.size
    return arrays


def _header(key: Mapping[str, object], columns: Mapping[str, Column], sums: list[str]) -> bytes:
    table: dict[str, object] = {
        "__metadata__": {"key": json.dumps(dict(key), sort_keys=True), "crc32": " ".join(sums)}
    }
    at = 0
    for name, column in columns.items():
        kind = _KINDS[np.dtype(column.dtype).str]
        table[name] = {
            "dtype": kind, "shape": column.shape, "data_offsets": [at, at + column.size]
        }  # fmt: skip
        at += column.size
    text = json.dumps(table).encode()
    text += b" " * (-(8 + len(text)) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a header says: the key, the arrays, the checksums, and where the arrays begin."""

    key: dict[str, object]
    columns: dict[str, Column]
    sums: list[str]
    start: int


def _layout_of(head: bytes) -> _Layout | None:
    """Return what the beginning of a file says, or None where it is not one of these headers."""
    length = int.from_bytes(head[:8], "little")
    if not 0 < length <= LONGEST_HEADER:
        return None
    table = _object(head[8 : 8 + length])
    metadata = table.pop("__metadata__", None)
    if not isinstance(metadata, dict):
        return None
    key, sums = metadata.get("key"), metadata.get("crc32")
    columns = {name: _column(entry) for name, entry in table.items()}
    wholes = {name: column for name, column in columns.items() if column is not None}
    if not isinstance(key, str) or not isinstance(sums, str) or len(wholes) < len(columns):
        return None
    return _Layout(_object(key), wholes, sums.split(), 8 + length)


def _object(text: str | bytes) -> dict[str, Any]:
    """Return a JSON object; an empty one where a text is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _column(entry: object) -> Column | None:
    """Return the array that an entry of a header describes, or None where it describes none."""
    if not isinstance(entry, dict):
        return None
    kind, shape = entry.get("dtype"), entry.get("shape")
    dtype = next((name for name, word in _KINDS.items() if word == kind), None)
    if dtype is None or not isinstance(shape, list):
        return None
    if not all(type(n) is int and n >= 0 for n in shape):
        return None
    return Column(dtype, tuple(shape))


def _checksums(body: memoryview) -> list[str]:
    """Return the CRC-32 of each piece, computed side by side."""
    pieces = [body[at : at + PIECE] for at in range(0, len(body), PIECE)]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        return [f"{crc:08x}" for crc in pool.map(zlib.crc32, pieces)]
