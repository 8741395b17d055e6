"""Small random changes to images in training, none of which changes the class.

They turn, scale, shear, shift and bend: one affine map an image, and one smooth field of
displacements (Simard, Steinkraus and Platt 2003, section 2, on a coarse grid instead of under a
wide filter), drawn from the episode's own generator.
Not for texts, not for answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

GRID = 5  # points of displacement along a side


@dataclass(frozen=True)
class Augmentation:
    """Bounds of what is drawn evenly: ``turn`` in degrees either way, ``scale`` and ``shear`` as
    shares, ``shift`` as a share of the image's side. ``bend``: standard deviation of how far each
    point of a grid moves by itself, as a share of the side. ``share``: of images that are changed.
    """

    turn: float = 10.0
    scale: float = 0.1
    shear: float = 0.1
    shift: float = 0.07
    bend: float = 0.025
    share: float = 1.0

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Return images changed at random: (n, c, h, w), float32 with background 0, as before."""
        n = len(images)
        maps = self.maps(n, generator)
        is_plain = torch.rand(n, generator=generator) >= self.share
        maps[is_plain] = torch.tensor([[1.0, 0, 0], [0, 1, 0]])
        if not self.bend:
            return warped(images, maps)
        bends = 2 * self.bend * torch.randn(n, 2, GRID, GRID, generator=generator)
        bends[is_plain] = 0
        return warped(images, maps, bends)

    def maps(self, n: int, generator: torch.Generator) -> Tensor:
        """Return affine maps (n, 2, 3): from where in the old image each place is taken.

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
        """Return ``n`` maps to look at every image by: the identity, others drawn from seed 0."""
        drawn = self.maps(n - 1, torch.Generator().manual_seed(0))
        identity = torch.tensor([[[1.0, 0, 0], [0, 1, 0]]])
        maps: list[list[list[float]]] = torch.cat([identity, drawn]).tolist()
        return maps


def warped(images: Tensor, maps: Tensor, bends: Tensor | None = None) -> Tensor:
    """Return images (n, c, h, w) warped by the maps (n, 2, 3), bilinearly; 0 beyond the edges.

    ``bends`` (n, 2, g, g): further displacements, across and down, at the points of a grid from
    edge to edge; smooth (bicubic) in between.
    """
    grid = functional.affine_grid(maps.to(images.device), list(images.shape), align_corners=False)
    if bends is not None:
        size = list(images.shape[2:])
        field = functional.interpolate(
            bends.to(images.device), size=size, mode="bicubic", align_corners=True
        )
        grid = grid + field.permute(0, 2, 3, 1)
    return functional.grid_sample(images, grid, align_corners=False)
