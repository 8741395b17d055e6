"""Encodes images with a convolutional network in a local folder. Reads no text, caches nothing.

The folder holds ``config.json`` (``"model_type": "conv4"``) and ``model.safetensors``. The
composition: :mod:`pixels` turns files into arrays, :mod:`graph` builds the network, OpenVINO runs
it in float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from protolabel.encoders.engine import engine
from protolabel.encoders.folder import (
    CONFIG,
    digest_of_files,
    read_settings,
    read_tensors,
    require_weights,
)
from protolabel.encoders.image.graph import build_graph, read_sizes
from protolabel.encoders.image.pixels import RULE, arrays
from protolabel.errors import EncoderError, ImageError, InputError

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

MODEL_TYPE = "conv4"
_MOST_VALUES = 2**24  # of a batch in its widest layer: 64 MB


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
        sizes = read_sizes(read_settings(settings), str(settings))
        weights = require_weights(folder, remedy="copy or train the model again")
        graph = build_graph(sizes, read_tensors(weights))
        options: dict[str, object] = {"INFERENCE_PRECISION_HINT": "f32"}
        if threads is not None:
            if threads < 1:
                raise EncoderError(f"{threads} threads", expected="at least 1")
            options["INFERENCE_NUM_THREADS"] = threads
        self._compiled = engine().compile_model(graph, "CPU", options)
        self._sizes = sizes
        self._fingerprint = f"{MODEL_TYPE}:{digest_of_files((settings, weights), RULE)}/f32"
        widest = max(sizes.width, sizes.channels) * sizes.image_size**2
        self._at_once = max(1, min(256, _MOST_VALUES // (widest * (len(sizes.views) or 1))))

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""
        return self._sizes.dim

    @property
    def fingerprint(self) -> str:
        """``conv4:identity/f32``; identity hashes both files and how images become arrays."""
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
        sizes = self._sizes
        for start in range(0, len(images), self._at_once):
            part = slice(start, start + self._at_once)
            try:
                pixels = arrays(
                    images[part],
                    size=sizes.image_size,
                    channels=sizes.channels,
                    background=sizes.background,
                )
            except ImageError as error:
                raise error.at(start + error.position) from error
            request.infer([pixels], share_inputs=True)
            out[part] = request.get_output_tensor(0).data
        return out
