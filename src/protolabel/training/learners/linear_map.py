"""A linear map over the vectors of an encoder that stays as it is: learned in seconds.

The map begins as the identity and is held near it (Hu et al.'s low-rank form is not needed at this
size). It is written as a dense step after the pooling of the encoder it stands on, so that it costs
nothing at inference and loads wherever such folders load. Only the vectors are learned from; texts
are encoded once, by the inference path, and looked up in the embedding cache before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from protolabel.arrays import Positions
from protolabel.encoders import Encoder, load_encoder
from protolabel.encoders.cache import with_cache
from protolabel.encoders.folder import read_tensors
from protolabel.encoders.text.architectures import read_sizes
from protolabel.encoders.text.steps import read_dense
from protolabel.errors import EncoderError
from protolabel.training.learners.base import Learner
from protolabel.training.learners.learnable import read_learnable
from protolabel.training.save import write_transformer


class LinearMap(Learner):
    """x -> (I + A) x at unit length, for x an encoder's vector. ``dropout``: of x's components."""

    def __init__(self, folder: Path, *, dropout: float = 0.1) -> None:
        """Raise EncoderError for an encoder that ends in an activation: no map can follow it."""
        super().__init__()
        self._folder = read_learnable(folder)
        size = read_sizes(self._folder.config).size
        self._before = None
        if self._folder.dense_path is not None:
            self._before = read_dense(self._folder.dense_path, size)
            if self._before.activation != "identity":
                raise EncoderError(
                    f"{folder} ends in a dense step with {self._before.activation}",
                    expected="pooling, or a linear step without activation",
                    remedy="train the encoder itself instead",
                )
        encoder = with_cache(load_encoder(folder))
        assert isinstance(encoder, Encoder)  # a folder of the BERT family: read_sizes has seen it
        self._encoder = encoder
        self.dim = self._encoder.dim
        self.change = nn.Parameter(torch.zeros(self.dim, self.dim))
        self._dropout = dropout

    def prepare(self, documents: Sequence[str]) -> Tensor:
        """Encode, once."""
        return torch.from_numpy(self._encoder.encode(list(documents)))

    def embed(self, prepared: Tensor, rows: Positions, generator: torch.Generator | None) -> Tensor:
        """Return the vectors of rows (n,): (n, d), float32 of unit length."""
        x = prepared[torch.from_numpy(rows)].to(self.device)
        if generator is not None and self._dropout:
            x = functional.dropout(x, self._dropout)
        return functional.normalize(x + functional.linear(x, self.change), dim=1)

    def begin(self) -> None:
        """Be the identity again."""
        with torch.no_grad():
            self.change.zero_()

    def matrix(self) -> npt.NDArray[np.float32]:
        """Return the map, (d, d)."""
        whole: npt.NDArray[np.float32] = (torch.eye(self.dim) + self.change.detach().cpu()).numpy()
        return whole

    def write(self, folder: Path) -> None:
        """Write the encoder's folder with the map as its dense step."""
        matrix, bias = self.matrix(), None
        if self._before is not None:
            bias = None if self._before.bias is None else matrix @ self._before.bias
            matrix = matrix @ self._before.weight
        layer = nn.Linear(matrix.shape[1], matrix.shape[0], bias=bias is not None)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(matrix))
            if bias is not None:
                layer.bias.copy_(torch.from_numpy(bias))
        tensors = read_tensors(self._folder.weights_path)
        named = {name: torch.from_numpy(value.copy()) for name, value in tensors.items()}
        write_transformer(folder, self._folder, named, layer)
