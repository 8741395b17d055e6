"""Builds the graph of EfficientNet-Lite0 from its weights, for OpenVINO: pixels in, vectors out.

The network is that of Tan and Le 2019 in its variant for small devices: no squeeze and excitation,
and ReLU6. A block widens its channels, mixes each with its neighbours in the image, and narrows
them; where it keeps its shape, its input is added. The vector is the mean over the places of the
last layer, at unit length: the layer that names ImageNet's classes is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.encoders.engine import openvino
from protolabel.encoders.image.tensors import normalisation, take

if TYPE_CHECKING:
    import numpy.typing as npt

    Tensors = Mapping[str, npt.NDArray[np.float32]]

IMAGE_SIZE, STEM, DIM = 224, 32, 1280
WIDEST = 96 * 112 * 112  # values of an image in the widest layer
EPSILON = 1e-3  # of the batch normalisation
_MEAN, _DEVIATION = 127.0, 128.0  # of pixels from 0 to 255, as the network was trained


@dataclass(frozen=True)
class Stage:
    """Blocks one after the other. ``stride``: of the first one; ``widening``: of all."""

    n_blocks: int
    kernel: int
    stride: int
    widening: int
    width: int


STAGES = (
    Stage(1, 3, 1, 1, 16), Stage(2, 3, 2, 6, 24), Stage(2, 5, 2, 6, 40), Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112), Stage(4, 5, 2, 6, 192), Stage(1, 3, 1, 6, 320),
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """One block: the numbers of its stage, and the channels that come in."""

    stage: Stage
    stride: int
    n_in: int


def blocks() -> Iterator[Block]:
    """Yield the blocks, in order."""
    n_in = STEM
    for stage in STAGES:
        for i in range(stage.n_blocks):
            yield Block(stage, 1 if i else stage.stride, n_in)
            n_in = stage.width


def build_graph(tensors: Tensors) -> Any:
    """Build the graph.

    Input: (b, 3, 224, 224) float32 from 0 to 1. Output: (b, 1280) float32 of unit length.

    Raises:
        EncoderError: a tensor is missing, or of another shape.
    """
    ov = openvino()
    op = ov.opset13
    pixels = op.parameter([-1, 3, IMAGE_SIZE, IMAGE_SIZE], np.float32, "pixels")
    layers = _Layers(op, tensors)
    scale, shift = np.float32(255 / _DEVIATION), np.float32(-_MEAN / _DEVIATION)
    x: Any = op.add(op.multiply(pixels, scale), shift)
    x = layers.relu6(layers.mixed(x, "_conv_stem", "_bn0", (STEM, 3, 3, 3), stride=2))
    for i, block in enumerate(blocks()):
        x = layers.block(x, f"_blocks.{i}.", block)
    last = STAGES[-1].width
    x = layers.relu6(layers.mixed(x, "_conv_head", "_bn1", (DIM, last, 1, 1)))
    x = op.reduce_mean(x, op.constant(np.array([2, 3], np.int64)), False)
    x = op.normalize_l2(x, op.constant(np.array([1], np.int64)), 1e-24, "max")
    return ov.Model([op.result(x)], [pixels], "encoder")


class _Layers:
    """The layers, with batch normalisation folded into the weights before it."""

    def __init__(self, op: Any, tensors: Tensors) -> None:
        self._op, self._tensors = op, tensors

    def block(self, x: Any, at: str, block: Block) -> Any:
        stage, wide = block.stage, block.n_in * block.stage.widening
        y = x
        if stage.widening > 1:
            shape = (wide, block.n_in, 1, 1)
            y = self.relu6(self.mixed(y, f"{at}_expand_conv", f"{at}_bn0", shape))
        y = self.relu6(self.depthwise(y, at, wide, stage.kernel, block.stride))
        y = self.mixed(y, f"{at}_project_conv", f"{at}_bn2", (stage.width, wide, 1, 1))
        keeps = block.stride == 1 and block.n_in == stage.width
        return self._op.add(x, y) if keeps else y

    def mixed(
        self, x: Any, name: str, norm: str, shape: tuple[int, ...], *, stride: int = 1
    ) -> Any:
        """Return a convolution over all channels, normalised."""
        weight, shift = self._folded(name, norm, shape)
        y = self._op.convolution(x, self._op.constant(weight), *_steps(stride), "same_upper")
        return self._op.add(y, self._op.constant(shift))

    def depthwise(self, x: Any, at: str, n: int, kernel: int, stride: int) -> Any:
        """Return a convolution of each channel by itself, normalised."""
        shape = (n, 1, kernel, kernel)
        weight, shift = self._folded(f"{at}_depthwise_conv", f"{at}_bn1", shape)
        kernels = self._op.constant(weight[:, None])
        y = self._op.group_convolution(x, kernels, *_steps(stride), "same_upper")
        return self._op.add(y, self._op.constant(shift))

    def relu6(self, x: Any) -> Any:
        return self._op.clamp(x, 0.0, 6.0)

    def _folded(
        self, name: str, norm: str, shape: tuple[int, ...]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        weight = take(self._tensors, f"{name}.weight", *shape).astype(np.float64)
        scale, shift = normalisation(self._tensors, f"{norm}.", shape[0], EPSILON)
        folded = weight * scale[:, None, None, None]
        return folded.astype(np.float32), shift[None, :, None, None].astype(np.float32)


def _steps(stride: int) -> tuple[list[int], ...]:
    """Return strides, paddings that are computed, and dilations."""
    return [stride, stride], [0, 0], [0, 0], [1, 1]
