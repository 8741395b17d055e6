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

from protolabel.private_files import make_private
from protolabel.store.files import partial_file

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
            return _layout_of(file.read(8 + LONGEST_HEADER))[0]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def map_arrays(path: Path, key: Mapping[str, object]) -> dict[str, Array] | None:
    """Return the arrays of a file, mapped and read-only; None where they are not those of a key.

    All of its bytes are read once, and compared with the checksums.
    """
    try:
        with open(path, "rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        stored, columns, sums, start = _layout_of(whole[: 8 + LONGEST_HEADER])
        body = memoryview(whole)[start:]
        if stored != dict(key) or len(body) != sum(c.size for c in columns.values()):
            return None
        if _checksums(body) != sums:
            log.info("%s is damaged, and is made again", path)
            return None
        arrays, at = {}, 0
        for name, column in columns.items():
            rows = np.frombuffer(body[at : at + column.size], column.dtype)
            arrays[name] = rows.reshape(column.shape)
            at += column.size
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.info("%s is not used: %s", path, error)
        return None
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


def _layout_of(head: bytes) -> tuple[dict[str, object], dict[str, Column], list[str], int]:
    """Return key, columns, checksums and where the arrays begin, of the beginning of a file."""
    length = int.from_bytes(head[:8], "little")
    if not 0 < length <= LONGEST_HEADER:
        raise ValueError(f"a header of {length} bytes")
    table = json.loads(head[8 : 8 + length])
    metadata = table.pop("__metadata__")
    kinds = {name: kind for kind, name in _KINDS.items()}
    columns = {}
    for name, column in table.items():
        columns[name] = Column(kinds[column["dtype"]], tuple(map(int, column["shape"])))
    return json.loads(metadata["key"]), columns, metadata["crc32"].split(), 8 + length


def _checksums(body: memoryview) -> list[str]:
    """Return the CRC-32 of each piece, computed side by side."""
    pieces = [body[at : at + PIECE] for at in range(0, len(body), PIECE)]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        return [f"{crc:08x}" for crc in pool.map(zlib.crc32, pieces)]
