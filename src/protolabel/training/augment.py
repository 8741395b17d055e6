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
        maps = self.maps(n, generator)
        same = torch.rand(n, generator=generator) >= self.share
        maps[same] = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
        return warped(images, maps)

    def maps(self, n: int, generator: torch.Generator) -> Tensor:
        """Affine maps (n, 2, 3): where each place of a new image is taken from in the old one.

        Places go from -1 to 1, across and down.
        """

        def even(bound: float, k: int) -> Tensor:
            return (torch.rand(n, k, generator=generator) * 2 - 1) * bound

        angle = even(self.turn * math.pi / 180, 1)[:, 0]
        scale, shear, shift = even(self.scale, 2), even(self.shear, 1)[:, 0], even(self.shift, 2)
        cos, sin = torch.cos(angle), torch.sin(angle)
        maps = torch.zeros(n, 2, 3)
        maps[:, 0, 0], maps[:, 0, 1] = cos * (1 + scale[:, 0]), -sin + shear
        maps[:, 1, 0], maps[:, 1, 1] = sin, cos * (1 + scale[:, 1])
        maps[:, :, 2] = 2 * shift
        return maps

    def views(self, n: int) -> list[list[list[float]]]:
        """``n`` maps to look at every image by: the identity, and others drawn from seed 0."""
        drawn = self.maps(n - 1, torch.Generator().manual_seed(0))
        same = torch.tensor([[[1.0, 0, 0], [0, 1, 0]]])
        found: list[list[list[float]]] = torch.cat([same, drawn]).tolist()
        return found


def warped(images: Tensor, maps: Tensor) -> Tensor:
    """Images (n, c, h, w) by the maps (n, 2, 3), bilinearly; 0 beyond the edges."""
    grid = functional.affine_grid(maps.to(images.device), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)
