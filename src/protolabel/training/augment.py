"""Small random changes to images in training: turn, scale, shear, shift; none changes the class.

One affine map an image, drawn from the episode's own generator. Not for texts, not for answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """Bounds of what is drawn evenly: ``turn`` in degrees either way, ``scale`` and ``shear`` as
    shares, ``shift`` as a share of the image's side. ``share``: of images that are changed.
    """

    turn: float = 10.0
    scale: float = 0.1
    shear: float = 0.1
    shift: float = 0.07
    share: float = 1.0

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """(n, c, h, w) float32 with background 0 -> the same shape."""
        n = len(images)

        def even(bound: float, k: int) -> Tensor:
            return (torch.rand(n, k, generator=generator) * 2 - 1) * bound

        angle = even(self.turn * math.pi / 180, 1)[:, 0]
        scale, shear, shift = even(self.scale, 2), even(self.shear, 1)[:, 0], even(self.shift, 2)
        cos, sin = torch.cos(angle), torch.sin(angle)
        maps = torch.zeros(n, 2, 3)
        maps[:, 0, 0], maps[:, 0, 1] = cos * (1 + scale[:, 0]), -sin + shear
        maps[:, 1, 0], maps[:, 1, 1] = sin, cos * (1 + scale[:, 1])
        maps[:, :, 2] = 2 * shift
        same = torch.rand(n, generator=generator) >= self.share
        maps[same] = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
        maps = maps.to(images.device)
        grid = functional.affine_grid(maps, list(images.shape), align_corners=False)
        return functional.grid_sample(images, grid, align_corners=False)
