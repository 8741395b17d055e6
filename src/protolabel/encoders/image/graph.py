"""Builds the graph of a small convolutional network from its settings and weights, for OpenVINO.

Pixels in, vectors out: the Conv4-64 of Snell et al. 2017 (section 3.1) after Vinyals et al. 2016.
A block is a 3 x 3 convolution, batch normalisation with its running statistics, ReLU and 2 x 2
max-pooling; blocks follow one another and the last one's output is flattened, channels first. It
knows nothing of image files, folders or batches. Tests hold it to the same formulas in plain loops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.encoders.engine import openvino
from protolabel.encoders.image.tensors import normalisation, take
from protolabel.errors import EncoderError
from protolabel.images import Background
from protolabel.words.quantity import quantity

if TYPE_CHECKING:
    import numpy.typing as npt

    Tensors = Mapping[str, npt.NDArray[np.float32]]

    View = tuple[tuple[float, float, float], tuple[float, float, float]]

EPSILON = 1e-5  # of the batch normalisation
MOST_VIEWS = 64


@dataclass(frozen=True)
class ConvSizes:
    """What config.json says. ``background``: of the images, so that ink becomes 1.

    ``normalize``: whether vectors have unit length. ``views``: affine maps (2 x 3 each) by which
    every image is looked at; its vector is the mean over them. Each says where a place of the new
    image is taken from in the old one, places going from -1 to 1, across and down. None: as it is.
    """

    image_size: int
    channels: int
    width: int
    n_blocks: int
    background: Background
    normalize: bool
    views: tuple[View, ...] = ()

    @property
    def dim(self) -> int:
        """Dimensions d of a vector: each pooling halves the sides, rounding down."""
        side = self.image_size >> self.n_blocks
        return self.width * side * side


def read_sizes(config: Mapping[str, Any], where: str) -> ConvSizes:
    """Read and check the settings of a folder whose ``model_type`` is conv4.

    Raises:
        EncoderError: a setting is missing, of another type or out of range.
    """
    bounds = {"image_size": (1, 1024), "channels": (1, 3), "width": (1, 4096), "n_blocks": (1, 10)}
    numbers: dict[str, int] = {}
    for name, (low, high) in bounds.items():
        value = config.get(name)
        if type(value) is not int or not low <= value <= high or (name, value) == ("channels", 2):
            expected = "1 or 3" if name == "channels" else f"a whole number from {low} to {high}"
            raise _setting_error(where, name, value, expected)
        numbers[name] = value
    background = config.get("background", "light")
    if background not in ("light", "dark"):
        raise _setting_error(where, "background", background, "light or dark")
    normalize = config.get("normalize", False)
    if not isinstance(normalize, bool):
        raise _setting_error(where, "normalize", normalize, "true or false")
    views = _views(config.get("views", []), where)
    sizes = ConvSizes(**numbers, background=background, normalize=normalize, views=views)
    if sizes.dim == 0:
        least = (
            f"at least {2**sizes.n_blocks} for {quantity(sizes.n_blocks, 'block')}, each halving it"
        )
        raise _setting_error(where, "image_size", sizes.image_size, least)
    return sizes


def build_graph(sizes: ConvSizes, tensors: Tensors) -> Any:
    """Build the graph.

    Input: (b, channels, image_size, image_size) float32. Output: (b, d) float32.

    Raises:
        EncoderError: a tensor is missing, or of another shape than the settings say, or a running
            variance is below zero.
    """
    ov = openvino()
    op = ov.opset13
    side = sizes.image_size
    pixels = op.parameter([-1, sizes.channels, side, side], np.float32, "pixels")
    x: Any = _all_views(pixels, sizes) if sizes.views else pixels
    n_in = sizes.channels
    for block in range(sizes.n_blocks):
        at, width = f"blocks.{block}.", sizes.width
        kernel = take(tensors, f"{at}conv.weight", width, n_in, 3, 3)
        bias = take(tensors, f"{at}conv.bias", width)
        scale, shift = map(_beside, normalisation(tensors, f"{at}norm.", width, EPSILON))
        strides, padding = [1, 1], [1, 1]
        x = op.convolution(x, op.constant(kernel), strides, padding, padding, strides)
        x = op.add(x, op.constant(_beside(bias)))
        x = op.add(op.multiply(x, op.constant(scale)), op.constant(shift))
        x = op.max_pool(op.relu(x), [2, 2], strides, [0, 0], [0, 0], [2, 2], "floor").output(0)
        n_in = width
    shape = op.constant(np.array([len(sizes.views) or 1, -1, sizes.dim], np.int64))
    flat = op.reduce_mean(op.reshape(x, shape, False), op.constant(np.array([0], np.int64)), False)
    if sizes.normalize:
        flat = op.normalize_l2(flat, op.constant(np.array([1], np.int64)), 1e-24, "max")
    return ov.Model([op.result(flat)], [pixels], "encoder")


def _all_views(pixels: Any, sizes: ConvSizes) -> Any:
    """Return every image by every view: (views * b, c, side, side), view by view.

    Bilinear between the centres of pixels, nothing beyond the edges.
    """
    op = openvino().opset13
    side = sizes.image_size
    centres = (2 * np.arange(side) + 1) / side - 1
    across, down = np.meshgrid(centres, centres)
    places = np.stack([across, down, np.ones_like(across)], axis=-1)  # (side, side, 3)
    first = op.constant(np.array([0], np.int64))
    count = op.gather(op.shape_of(pixels), first, op.constant(np.int64(0)))
    shape = op.concat([count, op.constant(np.array([side, side, 2], np.int64))], 0)
    views = []
    for view in sizes.views:
        grid = np.ascontiguousarray(places @ np.array(view).T, np.float32)[None]
        spread = op.broadcast(op.constant(grid), shape)
        views.append(op.grid_sample(pixels, spread, {"align_corners": False, "mode": "bilinear",
                                                    "padding_mode": "zeros"}))  # fmt: skip
    return op.concat(views, 0)


def _views(views: object, where: str) -> tuple[View, ...]:
    fits = isinstance(views, list) and len(views) <= MOST_VIEWS and all(
        isinstance(view, list) and len(view) == 2 and all(
            isinstance(row, list) and len(row) == 3
            and all(type(v) in (int, float) and abs(v) <= 10 for v in row)
            for row in view
        )
        for view in views
    )  # fmt: skip
    if not fits:
        expected = f"up to {MOST_VIEWS} affine maps of two rows of three numbers"
        raise _setting_error(where, "views", views, expected)
    assert isinstance(views, list)
    return tuple((tuple(view[0]), tuple(view[1])) for view in views)


def _beside(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return one value a channel, in the shape that meets (b, channels, h, w)."""
    return np.ascontiguousarray(values.reshape(1, -1, 1, 1), np.float32)


def _setting_error(where: str, name: str, value: object, expected: str) -> EncoderError:
    return EncoderError(
        f"{where} says {name}: {value!r}" if value is not None else f"{where} has no {name}",
        expected=expected,
        remedy="mend that setting, or copy or train the model again",
    )
