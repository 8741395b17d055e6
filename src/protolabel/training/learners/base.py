"""What can be trained: documents in, vectors out, in torch, and written as an encoder's folder.

The trainer knows these members and nothing else of text, images or networks.
"""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from protolabel.arrays import Floats, Positions
from protolabel.errors import TrainingError


class Learner(nn.Module):
    """An encoder that learns. ``dim``: dimensions d of its vectors.

    A subclass says how documents are prepared once, how some of them are embedded, and how the
    result is written. Statistics that the network keeps for itself (batch norm) are gathered in
    :meth:`statistics` and taken up in :meth:`take_statistics`, once a step, so that a step shared
    out over processes equals one that is not.
    """

    dim: int

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    @abstractmethod
    def prepare(self, documents: Any) -> Any:
        """Return documents made ready, once: tokenised, or as one array."""

    @abstractmethod
    def embed(self, prepared: Any, rows: Positions, generator: torch.Generator | None) -> Tensor:
        """Return vectors of some rows, with gradients: (len(rows), d) float32.

        ``generator`` decides what is random in training (augmentation); None in evaluation.
        """

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Write what ``load_encoder`` reads; the folder is there and empty."""

    def statistics(self) -> Tensor | None:
        """Return sums over this step's episodes of what the network keeps for itself, or None."""
        return None

    def take_statistics(self, mean: Tensor) -> None:
        """Take up the mean over the step's episodes of :meth:`statistics`."""

    def embed_all(self, prepared: Any, rows: Positions, batch: int = 512) -> Floats:
        """Return vectors of rows in evaluation mode, without gradients: (n, d) float32.

        Raises:
            TrainingError: a component is not finite.
        """
        mode = self.training
        self.eval()
        vectors = np.empty((len(rows), self.dim), np.float32)
        order = self.order(prepared, rows)
        with torch.no_grad():
            for start in range(0, len(rows), batch):
                part = order[start : start + batch]
                vectors[part] = self.embed(prepared, rows[part], None).cpu().numpy()
        self.train(mode)
        if not np.isfinite(vectors).all():
            raise TrainingError(
                "the encoder gives vectors that are not finite",
                expected="finite numbers",
                remedy="lower the learning rate (learning_rate=), or begin with another encoder "
                "if this one gives such vectors before it is trained",
            )
        return vectors

    def embed_whole(self, prepared: Any, rows: Positions) -> Floats:
        """Return vectors of rows as the written encoder will make them: (n, d) float32.

        They differ from those of :meth:`embed_all` where a learner learns from parts of documents.
        """
        return self.embed_all(prepared, rows)

    def shortened(self, prepared: Any, n: int) -> int:
        """Return how many of the first ``n`` documents are learned from by their beginning."""
        return 0

    def order(self, prepared: Any, rows: Positions) -> Positions:
        """Return the order in which n rows ``(n,)`` are best embedded (texts: by length)."""
        return np.arange(len(rows))
