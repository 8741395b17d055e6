"""Compresses the weights of a graph to 8 bits, so that the engine multiplies integers.

Each row of a layer's matrix becomes unsigned bytes with a scale and a zero point. At run time, the
engine quantises the layer's input in groups of values of one token, and multiplies bytes. This file
knows no network and no other file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.encoders.engine import openvino

if TYPE_CHECKING:
    import numpy.typing as npt

GROUP = 128  # values of a token that share a scale; docs/decisions/0037 has the measurement


def compress_weights(graph: Any) -> int:
    """Replace the constant matrices of a graph's products by 8-bit ones. Returns how many.

    Only matrices (out, in) are replaced, as those of every layer that is built here.
    """
    n = 0
    for node in graph.get_ordered_ops():
        if node.get_type_name() != "MatMul" or not node.get_attributes()["transpose_b"]:
            continue
        weight = node.input_value(1).get_node()
        if weight.get_type_name() != "Constant" or len(weight.get_output_shape(0)) != 2:
            continue
        node.input(1).replace_source_output(_compression(weight.data).output(0))
        n += 1
    return n


def _compression(weight: npt.NDArray[np.float32]) -> Any:
    """Return nodes that stand for a matrix (out, in): bytes, zero points and scales."""
    op = openvino().opset13
    low = np.minimum(weight.min(axis=1, keepdims=True), 0)
    high = np.maximum(weight.max(axis=1, keepdims=True), 0)
    scale = np.maximum((high - low) / 255, np.float32(1e-12)).astype(np.float32)
    zero = np.rint(-low / scale).astype(np.uint8)
    levels = weight / scale
    levels += zero
    np.clip(np.rint(levels, out=levels), 0, 255, out=levels)
    bytes_ = op.convert(op.constant(levels.astype(np.uint8)), "f32")
    centred = op.subtract(bytes_, op.convert(op.constant(zero), "f32"))
    return op.multiply(centred, op.constant(scale))
