"""Takes the weights of a convolutional network by name, and checks their shapes. Builds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from protolabel.encoders.folder import tensor_of
from protolabel.errors import EncoderError

if TYPE_CHECKING:
    import numpy.typing as npt

    Tensors = Mapping[str, npt.NDArray[np.float32]]
    Wide = npt.NDArray[np.float64]


def take(tensors: Tensors, name: str, *shape: int) -> npt.NDArray[np.float32]:
    """Return a tensor of a shape.

    Raises:
        EncoderError: it is missing, or of another shape.
    """
    return tensor_of(tensors, name, shape)


def normalisation(tensors: Tensors, at: str, n: int, epsilon: float) -> tuple[Wide, Wide]:
    """Return batch normalisation with its running statistics as x * scale + shift, (n,) each.

    Raises:
        EncoderError: a tensor is missing, or a running variance is below zero.
    """
    weight, bias, mean, variance = (
        take(tensors, at + name, n).astype(np.float64)
        for name in ("weight", "bias", "running_mean", "running_var")
    )
    if not (variance >= 0).all():
        raise EncoderError(
            f"the tensor {at}running_var holds {variance.min()}",
            expected="variances of zero or more",
            remedy="copy or train the model again",
        )
    scale = weight / np.sqrt(variance + epsilon)
    return scale, bias - mean * scale
