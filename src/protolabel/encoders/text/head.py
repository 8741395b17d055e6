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
class Inputs:
    """A batch of token sequences in rows as nodes of a graph.

    The first five are the inputs of every encoder's graph, which
    :class:`protolabel.encoders.text.packing.RowInputs` describes. ``real``: (b, s) float32, 1 for a
    token of a sequence and 0 for padding.
    """

    ids: Node
    owners: Node
    places: Node
    weights: Node
    totals: Node
    real: Node

    @property
    def parameters(self) -> list[Node]:
        """Return the inputs of the graph, in order."""
        return [self.ids, self.owners, self.places, self.weights, self.totals]


def graph_inputs() -> Inputs:
    """Return the inputs of every encoder's graph, and what follows from them."""
    op = openvino().opset13
    ids, owners, places = (
        op.parameter([-1, -1], np.int32, name) for name in ("ids", "owners", "places")
    )
    weights = op.parameter([-1, -1], np.float32, "weights")
    totals = op.parameter([-1, 1], np.float32, "totals")
    real = op.convert(op.greater_equal(owners, np.int32(0)), "f32")
    return Inputs(ids, owners, places, weights, totals, real)


def sentence_graph(
    batch: Inputs, tokens: Node, *, pooling: TokenPooling, dense: Sequence[Dense]
) -> Any:
    """Return the whole graph: (n, d) float32 of unit length from the token vectors (b, s, d)."""
    return unit_graph(batch, _dense(_pooled_vectors(batch, tokens, pooling), dense))


def unit_graph(batch: Inputs, sentences: Node) -> Any:
    """Return the whole graph that brings sentence vectors (n, d) to unit length."""
    ov = openvino()
    unit = ov.opset13.normalize_l2(sentences, axes(1), 1e-24, "max")
    return ov.Model([ov.opset13.result(unit)], batch.parameters, "encoder")


def _pooled_vectors(batch: Inputs, tokens: Node, pooling: TokenPooling) -> Node:
    """Pool as sentence-transformers' Pooling does: (n, d). "max" takes one sequence a row."""
    op = openvino().opset13
    if pooling == "max":
        padding = op.multiply(op.subtract(np.float32(1), batch.real), _FAR)
        return op.reduce_max(op.subtract(tokens, op.unsqueeze(padding, axes(2))), axes(1), False)
    # A product, so that the engine computes the whole residual stream in its precision: of what
    # comes after the last product it keeps all in float32, back to the first layer (0002).
    size = op.gather(op.shape_of(tokens, "i64"), axes(2), axes(0))
    flat = op.reshape(tokens, op.concat([axes(-1), size], 0), False)
    return op.divide(op.matmul(batch.weights, flat, False, False), batch.totals)


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
