"""The end of an encoder's graph: token vectors to one unit vector, in OpenVINO's operations.

Pooling, the Dense steps and the L2 norm are the same for every network, whether its graph is built
here or was exported. It knows no network, no text and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from protolabel.encoders.engine import openvino

if TYPE_CHECKING:
    import numpy.typing as npt

    Node = Any

TokenPooling = Literal["mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]
"""How sentence-transformers makes one vector of token vectors, by its own names."""

POOLINGS: tuple[str, ...] = get_args(TokenPooling)
_FAR = np.float32(3e38)  # taken from the vectors of padding tokens, which no maximum then is


@dataclass(frozen=True)
class Dense:
    """A linear layer after pooling. ``weight``: (out, in) float32; ``bias``: (out,) or None."""

    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32] | None
    activation: Literal["tanh", "identity"]


@dataclass(frozen=True)
class Padded:
    """A batch of token sequences as nodes of a graph, padded at the end.

    ``ids``: (b, s) int32. ``lengths``: (b,) int32, the real tokens of each row, at least 1.
    ``n_tokens``: (1,) int64, s. ``places``: (s,) int32, 0 to s - 1. ``real``: (b, s) float32, 1 for
    a real token and 0 for padding.
    """

    ids: Node
    lengths: Node
    n_tokens: Node
    places: Node
    real: Node


def padded() -> Padded:
    """Return the two inputs of every encoder's graph, and what follows from them."""
    op = openvino().opset13
    ids = op.parameter([-1, -1], np.int32, "ids")
    lengths = op.parameter([-1], np.int32, "lengths")
    n_tokens = op.gather(op.shape_of(ids, "i64"), axes(1), axes(0))
    places = op.range(np.int64(0), op.squeeze(n_tokens, axes(0)), np.int64(1), "i32")
    real = op.convert(op.less(op.unsqueeze(places, axes(0)), op.unsqueeze(lengths, axes(1))), "f32")
    return Padded(ids, lengths, n_tokens, places, real)


def sentence_graph(
    batch: Padded, tokens: Node, *, pooling: TokenPooling, dense: Sequence[Dense]
) -> Any:
    """Return the whole graph: (b, d) float32 of unit length from the token vectors (b, s, d)."""
    return unit_graph(batch, _dense(_pooled_vectors(batch, tokens, pooling), dense))


def unit_graph(batch: Padded, sentences: Node) -> Any:
    """Return the whole graph that brings sentence vectors (b, d) to unit length."""
    ov = openvino()
    unit = ov.opset13.normalize_l2(sentences, axes(1), 1e-24, "max")
    return ov.Model([ov.opset13.result(unit)], [batch.ids, batch.lengths], "encoder")


def _pooled_vectors(batch: Padded, tokens: Node, pooling: TokenPooling) -> Node:
    """Pool as sentence-transformers' Pooling does: (b, d)."""
    op = openvino().opset13
    if pooling == "max":
        padding = op.multiply(op.subtract(np.float32(1), batch.real), _FAR)
        return op.reduce_max(op.subtract(tokens, op.unsqueeze(padding, axes(2))), axes(1), False)
    # A product, so that the engine computes the whole residual stream in its precision: of what
    # comes after the last product it keeps all in float32, back to the first layer (0002).
    weights, total = batch.real, op.convert(op.unsqueeze(batch.lengths, axes(1)), "f32")
    if pooling == "cls":
        weights = op.unsqueeze(op.convert(op.equal(batch.places, np.int32(0)), "f32"), axes(0))
    elif pooling == "lasttoken":
        last = op.unsqueeze(op.subtract(batch.lengths, np.int32(1)), axes(1))
        weights = op.convert(op.equal(op.unsqueeze(batch.places, axes(0)), last), "f32")
    elif pooling == "weightedmean":
        place = op.convert(op.add(batch.places, np.int32(1)), "f32")
        weights = op.multiply(batch.real, op.unsqueeze(place, axes(0)))
        total = op.reduce_sum(weights, axes(1), True)
    sums = op.squeeze(op.matmul(op.unsqueeze(weights, axes(1)), tokens, False, False), axes(1))
    if pooling in ("cls", "lasttoken"):
        return sums
    return op.divide(sums, op.sqrt(total) if pooling == "mean_sqrt_len_tokens" else total)


def _dense(vectors: Node, steps: Sequence[Dense]) -> Node:
    op = openvino().opset13
    for step in steps:
        vectors = op.matmul(vectors, constant(step.weight), False, True)
        vectors = vectors if step.bias is None else op.add(vectors, constant(step.bias))
        vectors = op.tanh(vectors) if step.activation == "tanh" else vectors
    return vectors


def axes(*values: int) -> Node:
    """Return a constant of int64, as operations take axes and shapes."""
    return openvino().opset13.constant(np.array(values, np.int64))


def constant(array: npt.NDArray[np.float32]) -> Node:
    """Return a constant of float32 that shares the array's memory."""
    return openvino().op.Constant(np.ascontiguousarray(array, np.float32), shared_memory=True)
