"""Encodes images with a convolutional network in a local folder. Reads no text, caches nothing.

The folder holds ``config.json`` and ``model.safetensors``. The composition: :mod:`pixels` turns
files into arrays, :mod:`graph` or :mod:`lite` builds the network, by the ``model_type`` in
config.json, and OpenVINO runs it in float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from protolabel.encoders.engine import engine, thread_options
from protolabel.encoders.folder import (
    CONFIG,
    digest_of_files,
    read_settings,
    read_tensors,
    require_weights,
)
from protolabel.encoders.image import graph, lite
from protolabel.encoders.image.pixels import RULE, arrays
from protolabel.errors import ImageError, InputError

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings
    from protolabel.encoders.image.tensors import Tensors
    from protolabel.images import Background

MOST_VALUES = 2**24  # of a batch in its widest layer: 64 MB


@dataclass(frozen=True, eq=False)
class _Network:
    """A network and the images that it takes; ``widest``: most values of an image in a layer."""

    graph: Any
    dim: int
    image_size: int
    channels: int
    background: Background
    widest: int


def _conv4(config: Mapping[str, Any], where: str, tensors: Tensors) -> _Network:
    sizes = graph.read_sizes(config, where)
    widest = max(sizes.width, sizes.channels) * sizes.image_size**2 * (len(sizes.views) or 1)
    built = graph.build_graph(sizes, tensors)
    return _Network(built, sizes.dim, sizes.image_size, sizes.channels, sizes.background, widest)


def _lite(_config: Mapping[str, Any], _where: str, tensors: Tensors) -> _Network:
    built = lite.build_graph(tensors)
    return _Network(built, lite.DIM, lite.IMAGE_SIZE, 3, "dark", lite.WIDEST)


_NETWORKS = {"conv4": _conv4, "efficientnet-lite0": _lite}


class ConvEncoder:
    """An image encoder from a folder, torch-free; one instance may serve many threads.

    ``threads``: processor threads for inference, all cores when None. ``folder``: where it is.
    """

    def __init__(self, path: str | Path, *, threads: int | None = None) -> None:
        """Read, build and compile.

        Raises:
            EncoderError: the folder is incomplete, damaged, or does not hold together.
        """
        self.folder = str(path)
        folder = Path(path)
        settings = folder / CONFIG
        config = read_settings(settings)
        model_type = str(config.get("model_type", "conv4"))
        weights = require_weights(folder, remedy="copy or train the model again")
        network = _NETWORKS.get(model_type, _conv4)(config, str(settings), read_tensors(weights))
        options = {"INFERENCE_PRECISION_HINT": "f32", **thread_options(threads)}
        self._compiled = engine().compile_model(network.graph, "CPU", options)
        self._network = network
        self._fingerprint = f"{model_type}:{digest_of_files((settings, weights), RULE)}/f32"
        self._at_once = max(1, min(256, MOST_VALUES // network.widest))

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._network.dim

    @property
    def fingerprint(self) -> str:
        """``type:identity/f32``; identity hashes both files and how images become arrays."""
        return self._fingerprint

    def encode_images(self, images: Sequence[bytes]) -> Embeddings:
        """Embed PNG and JPEG files: (n, d) float32, in the order given.

        Raises:
            InputError: ``images`` is not a list of bytes.
            ImageError: one of them cannot be used.
        """
        if isinstance(images, bytes):
            raise InputError("a single image", expected="a list of images", remedy="use [image]")
        out = np.empty((len(images), self.dim), np.float32)
        request = self._compiled.create_infer_request()
        network = self._network
        for start in range(0, len(images), self._at_once):
            part = slice(start, start + self._at_once)
            try:
                pixels = arrays(
                    images[part],
                    size=network.image_size,
                    channels=network.channels,
                    background=network.background,
                )
            except ImageError as error:
                raise error.at(start + error.position) from error
            request.infer([pixels], share_inputs=True)
            out[part] = request.get_output_tensor(0).data
        return out
