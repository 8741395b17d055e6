"""Image files made by hand, and a tiny conv4 folder with its forward pass in plain float64 loops.

The PNG writer knows zlib and struct alone, and the forward pass is written from the formulas
(convolution, batch normalisation with running statistics, ReLU, 2 x 2 max-pooling), number by
number, with none of the package's code: they are the oracles.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def png(
    rows: list[bytes],
    width: int,
    *,
    depth: int = 8,
    colour: int = GREY,
    extra: bytes = b"",
    height: int | None = None,
) -> bytes:
    """A PNG file of packed rows, without filters; ``extra``: chunks before the pixels."""
    header = struct.pack(">IIBBBBB", width, height or len(rows), depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def grey(pixels: np.ndarray) -> bytes:
    """A grey PNG of (h, w) values 0 to 255."""
    return png([bytes(row.astype(np.uint8)) for row in pixels], pixels.shape[1])


def jpeg(pixels: np.ndarray, **options: object) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, "JPEG", quality=95, **options)
    return stream.getvalue()


def drawn(kind: str, seed: int, size: int = 20) -> bytes:
    """Black on white, shaken a little: ``bar`` stands, ``dash`` lies, ``ring`` is a frame."""
    rng = np.random.default_rng(seed)
    pixels = np.full((size, size), 255)
    a, b = 3 + rng.integers(0, 3), size - 3 - rng.integers(0, 3)
    middle = size // 2 + rng.integers(-2, 3)
    if kind == "bar":
        pixels[a:b, middle - 1 : middle + 2] = 0
    elif kind == "dash":
        pixels[middle - 1 : middle + 2, a:b] = 0
    else:
        pixels[a:b, a:b] = 0
        pixels[a + 3 : b - 3, a + 3 : b - 3] = 255
    return grey(pixels)


# -- a conv4 folder -------------------------------------------------------------------------------


def settings(**changed: object) -> dict[str, Any]:
    return {
        "model_type": "conv4", "image_size": 12, "channels": 1, "width": 5, "n_blocks": 2,
        "background": "light", "normalize": False,
    } | changed  # fmt: skip


def random_tensors(config: dict[str, Any], seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    width, n_in = int(config["width"]), int(config["channels"])
    tensors = {}
    for block in range(int(config["n_blocks"])):
        at = f"blocks.{block}."
        tensors[at + "conv.weight"] = rng.normal(size=(width, n_in, 3, 3)) * 0.5
        tensors[at + "conv.bias"] = rng.normal(size=width) * 0.3
        tensors[at + "norm.weight"] = rng.uniform(0.5, 1.5, width)
        tensors[at + "norm.bias"] = rng.normal(size=width) * 0.3
        tensors[at + "norm.running_mean"] = rng.normal(size=width) * 0.3
        tensors[at + "norm.running_var"] = rng.uniform(0.0, 2.0, width)
        n_in = width
    return {name: t.astype(np.float32) for name, t in tensors.items()}


def write_folder(
    path: Path, *, tensors: dict[str, np.ndarray] | None = None, **changed: object
) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    config = settings(**changed)
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(random_tensors(config) if tensors is None else tensors, path / "model.safetensors")
    return path


def forward(tensors: dict[str, np.ndarray], pixels: np.ndarray, n_blocks: int) -> np.ndarray:
    """The vector of one image (channels, h, w), by loops: (d,) float64."""
    x = pixels.astype(np.float64).tolist()
    for block in range(n_blocks):
        w = {k: v.astype(np.float64).tolist() for k, v in tensors.items()}
        at = f"blocks.{block}."
        h = len(x[0])
        out = []
        for channel, kernel in enumerate(w[at + "conv.weight"]):
            weight, bias, mean, variance = (
                w[f"{at}norm.{n}"][channel]
                for n in ("weight", "bias", "running_mean", "running_var")
            )
            plane = []
            for i in range(h):
                line = []
                for j in range(h):
                    total = w[at + "conv.bias"][channel]
                    for c, taps in enumerate(kernel):
                        for di in range(3):
                            for dj in range(3):
                                y, z = i + di - 1, j + dj - 1
                                if 0 <= y < h and 0 <= z < h:
                                    total += taps[di][dj] * x[c][y][z]
                    total = (total - mean) / math.sqrt(variance + 1e-5) * weight + bias
                    line.append(max(total, 0.0))
                plane.append(line)
            half = h // 2
            out.append(
                [
                    [
                        max(plane[2 * i + a][2 * j + b] for a in (0, 1) for b in (0, 1))
                        for j in range(half)
                    ]
                    for i in range(half)
                ]
            )
        x = out
    return np.array([value for plane in x for line in plane for value in line])
