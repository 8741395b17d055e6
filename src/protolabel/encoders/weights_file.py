"""Writes model.safetensors, byte for byte the same on every machine. Reads nothing.

The library of safetensors writes it too, but the order of its tensors may change with a version,
and the digest of the file is part of an encoder's fingerprint.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Pieces = Iterable[npt.NDArray[np.float32]]
    Shape = tuple[int, ...]


def write_weights(path: Path, tensors: Mapping[str, tuple[Shape, Pieces]]) -> None:
    """Write tensors in the order given.

    Args:
        path: of the new file.
        tensors: by name, each a shape and its values, which may come in several pieces.
    """
    header: dict[str, Any] = {}
    at = 0
    for name, (shape, _) in tensors.items():
        end = at + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, end]}
        at = end
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    with path.open("wb") as out:
        out.write(len(head).to_bytes(8, "little") + head)
        for _, pieces in tensors.values():
            for values in pieces:
                out.write(values.astype("<f4").tobytes())
