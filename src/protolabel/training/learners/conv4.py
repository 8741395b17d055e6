"""The paper's Conv4-64 as it learns: four blocks of convolution, batch norm, ReLU and max-pool.

Snell et al. 2017, section 3.1, after Vinyals et al. 2016. Two rearrangements make a step several
times cheaper and change no result: the pool comes before the ReLU (both are monotone), and the
first block's batch norm is folded into its convolution, because mean and variance of a linear map
of patches follow from the patches' own mean and covariance. It reads no files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from protolabel.arrays import Positions
from protolabel.training.learners.augment import Augmentation, warped
from protolabel.training.learners.base import Learner
from protolabel.training.save import write_conv

MOMENTUM = 0.1  # of the running statistics, as torch and the paper's code have it
EPSILON = 1e-5


class Norm(nn.Module):
    """Batch norm over all but the channels, whose running statistics are taken up once a step."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.running_mean: Tensor
        self.running_var: Tensor
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))
        # mean and unbiased variance of each episode
        self.statistics_of_episodes: list[tuple[Tensor, Tensor]] = []

    def keep(self, mean: Tensor, var: Tensor, n: int) -> None:
        """Note the statistics of an episode of ``n`` values a channel."""
        self.statistics_of_episodes.append((mean.detach(), var.detach() * (n / max(n - 1, 1))))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise by the episode's statistics in training, by the running ones otherwise."""
        if not self.training:
            return functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, EPSILON
            )
        mean, var = torch.zeros_like(self.running_mean), torch.zeros_like(self.running_var)
        out = functional.batch_norm(x, mean, var, self.weight, self.bias, True, 1.0, EPSILON)
        self.statistics_of_episodes.append((mean, var))  # momentum 1: torch leaves its own there
        return out


class Block(nn.Module):
    """One block. Names of parameters are those of the folder that is written."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, padding=1)
        self.norm = Norm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return the block's output (n, width, h // 2, w // 2) for (n, c, h, w)."""
        if self.training and not x.requires_grad:
            weight, bias = self.folded(x)
            out = functional.conv2d(x, weight, bias, padding=1)
        else:
            out = self.norm(self.conv(x))
        return functional.relu(functional.max_pool2d(out, 2))

    def folded(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return convolution and batch norm as one convolution, for inputs that need no gradient.

        With m and C the mean and covariance of the 3 x 3 patches, the convolution's output has the
        mean w.m + b and the variance w'Cw; gradients reach w through both, as batch norm's do.
        """
        with torch.autocast(x.device.type, enabled=False):
            patches = functional.unfold(x.float(), 3, padding=1)  # (n, c * 9, h * w)
            flat = patches.transpose(0, 1).reshape(patches.shape[1], -1)
            mean = flat.mean(dim=1)
            flat = flat - mean[:, None]
            covariance = flat @ flat.T / flat.shape[1]
            weight = self.conv.weight.flatten(1)
            var = ((weight @ covariance) * weight).sum(dim=1)
            middle = weight @ mean
            bias = self.conv.bias
            assert bias is not None
            self.norm.keep(middle + bias, var, flat.shape[1])
            scale = self.norm.weight * torch.rsqrt(var + EPSILON)
            return (
                (weight * scale[:, None]).view_as(self.conv.weight),
                self.norm.bias - scale * middle,
            )


class Conv4(Learner):
    """``image_size`` x ``image_size`` x ``channels`` -> d = width x (image_size // 16)^2.

    ``normalize``: unit-length vectors (for cosine). ``bf16``: compute in bfloat16. ``views``: maps
    by which every image is looked at when it is embedded, other than to learn from; its vector is
    the mean (:meth:`Augmentation.views`; each costs as much again).
    """

    def __init__(
        self,
        *,
        image_size: int = 28,
        channels: int = 1,
        width: int = 64,
        n_blocks: int = 4,
        normalize: bool = False,
        bf16: bool = False,
        augmentation: Augmentation | None = None,
        views: list[list[list[float]]] | None = None,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            Block(channels if i == 0 else width, width) for i in range(n_blocks)
        )
        self.config = {
            "model_type": "conv4",
            "image_size": image_size,
            "channels": channels,
            "width": width,
            "n_blocks": n_blocks,
            "background": "light",  # of the images to come: ink is dark on it
            "normalize": normalize,
        } | ({"views": views} if views else {})
        self.dim = width * (image_size >> n_blocks) ** 2
        self._normalize, self._bf16, self._augmentation = normalize, bf16, augmentation
        self._views = torch.tensor(views) if views else None
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def prepare(self, documents: npt.NDArray[Any]) -> Tensor:
        """Return images, (n, h, w) or (n, c, h, w), as uint8; given as such or as float, ink 1."""
        images = np.asarray(documents)
        if images.dtype != np.uint8:
            images = np.rint(images * 255).astype(np.uint8)
        images = images[:, None] if images.ndim == 3 else images
        return torch.from_numpy(np.ascontiguousarray(images))

    def embed(self, prepared: Tensor, rows: Positions, generator: torch.Generator | None) -> Tensor:
        """Return the vectors of rows (n,): (n, d), float32."""
        x = prepared[torch.from_numpy(rows)].to(self.device).float().div_(255)
        if generator is not None and self._augmentation is not None:
            x = self._augmentation(x, generator)
        if self.training or self._views is None:
            embedded: Tensor = self(x)
            return embedded
        by_view = [self._vectors(warped(x, view.expand(len(x), 2, 3))) for view in self._views]
        return self._scaled_pixels(torch.stack(by_view).mean(dim=0))

    def forward(self, x: Tensor) -> Tensor:
        """Return vectors (n, d), float32, of images (n, c, h, w), float32 with ink 1."""
        return self._scaled_pixels(self._vectors(x))

    def _scaled_pixels(self, x: Tensor) -> Tensor:
        return functional.normalize(x, dim=1) if self._normalize else x

    def _vectors(self, x: Tensor) -> Tensor:
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self._bf16):
            for block in self.blocks:
                x = block(x)
        return x.flatten(1).float()

    def norms(self) -> list[Norm]:
        """Return the batch norms, first to last."""
        return [module for module in self.modules() if isinstance(module, Norm)]

    def statistics(self) -> Tensor:
        """Return batch statistics summed over the episodes since the last call: (2, blocks, width).

        Zeros where there was none: a process without an episode in this step adds nothing.
        """
        rows = []
        for norm in self.norms():
            none = torch.zeros_like(torch.stack([norm.running_mean, norm.running_var]))
            rows.append(sum((torch.stack(pair) for pair in norm.statistics_of_episodes), none))
            norm.statistics_of_episodes = []
        return torch.stack(rows, dim=1)

    def take_statistics(self, mean: Tensor) -> None:
        """Take one step of the running statistics."""
        with torch.no_grad():
            for norm, m, v in zip(self.norms(), mean[0], mean[1], strict=True):
                norm.running_mean.lerp_(m, MOMENTUM)
                norm.running_var.lerp_(v, MOMENTUM)

    def write(self, folder: Path) -> None:
        """Write config.json and model.safetensors, as the image encoder reads them."""
        write_conv(folder, self.config, self.state_dict())
