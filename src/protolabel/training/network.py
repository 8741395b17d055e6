"""The network that learns: its kind, where its weights come from, and the recipe for its kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from protolabel.arguments import require_metric, require_name, require_path, require_whole
from protolabel.arrays import Metric
from protolabel.encoders.locate import DEFAULT, locate
from protolabel.errors import InputError
from protolabel.training.learners.augment import Augmentation
from protolabel.training.learners.base import Learner
from protolabel.training.learners.conv4 import Conv4
from protolabel.training.learners.linear_map import LinearMap
from protolabel.training.learners.transformer import FEWEST_TOKENS, MAX_TOKENS, Transformer
from protolabel.training.loop.distributed import computes_bf16
from protolabel.training.loop.recipe import Recipe

Kind = Literal["transformer", "map", "conv4"]

RECIPES: dict[Kind, Recipe] = {
    "transformer": Recipe(episodes=200, learning_rate=5e-5, weight_decay=0.01, validate_every=25),
    "map": Recipe(episodes=600, learning_rate=3e-4, weight_decay=0.1, validate_every=50),
    "conv4": Recipe(
        episodes=7000, learning_rate=1e-3, schedule="halve", warmup=0.0, clip=1e9,
        validate_every=500, patience=8, turns=True,
    ),
}  # fmt: skip
POOLED: dict[Kind, Recipe] = {  # beside unlabelled documents: each step has several partitions
    "transformer": replace(
        RECIPES["transformer"], episodes=300, episodes_per_step=3, average=0.95, validate_every=30
    ),
    "map": replace(
        RECIPES["map"], episodes=1800, episodes_per_step=3, average=0.98, validate_every=300
    ),
}


@dataclass(frozen=True)
class Network:
    """What learns, and how its vectors are compared.

    ``kind``: "transformer" (the text encoder itself), "map" (a linear map over its frozen vectors)
    or "conv4" (images). None is the transformer for texts, and Conv4 for images. ``encoder``: name
    or folder of the text encoder to begin with. ``parts``: of the transformer, "all", "last:N" or
    "lora". ``metric``: None is cosine for texts and euclidean for images. ``max_tokens``: of a text
    that the transformer learns from; it is judged whole.

    Images alone: ``augmentation`` changes them a little while they are learned from. ``views``: of
    every image, over which the finished encoder averages.
    """

    kind: Kind | None = None
    encoder: str | Path = DEFAULT
    parts: str = "all"
    metric: Metric | None = None
    augmentation: Augmentation | None = None
    views: int = 1
    max_tokens: int = MAX_TOKENS

    def fitted(self, *, images: bool) -> Network:
        """Return the same with kind and metric chosen for texts or images.

        Raises:
            InputError: the kind does not read such documents, or a setting has no effect on it.
        """
        require_path(self.encoder, "encoder")
        for name in ("parts", "metric", "kind"):
            value = getattr(self, name)
            if value is not None:
                require_name(value, name)
        if self.metric is not None:
            require_metric(self.metric)
        for name, least in (("views", 1), ("max_tokens", FEWEST_TOKENS)):
            require_whole(getattr(self, name), name, least)
        kind: Kind = self.kind or ("conv4" if images else "transformer")
        if kind not in get_args(Kind):
            raise InputError(
                f"kind {kind!r}",
                expected=f"one of {', '.join(get_args(Kind))}",
                remedy="name one of them, or leave it out",
            )
        if images != (kind == "conv4"):
            raise InputError(
                f"{kind} for documents of another kind",
                expected="conv4 for images, and for images alone",
                remedy="name another kind, or train on texts and on images apart",
            )
        idle = {
            "parts": self.parts != "all" and kind != "transformer",
            "encoder": self.encoder != DEFAULT and kind == "conv4",
            "max_tokens": self.max_tokens != MAX_TOKENS and kind != "transformer",
            "augmentation": self.augmentation is not None and kind != "conv4",
            "views": self.views != 1 and kind != "conv4",
        }
        for name, is_idle in idle.items():
            if is_idle:
                raise InputError(
                    f"{name} for the kind {kind}, on which it has no effect",
                    expected="settings of that kind",
                    remedy=f"leave {name} out, or name another kind",
                )
        metric: Metric = self.metric or ("euclidean" if kind == "conv4" else "cosine")
        return replace(self, kind=kind, metric=metric)

    def folder(self) -> Path | None:
        """Return the folder of the encoder to begin with; None where it begins at random."""
        return None if self.kind == "conv4" else locate(self.encoder, fetch=True)

    def learner(self) -> Learner:
        """Return the network, ready to learn. Only a fitted one knows its kind."""
        if self.kind == "conv4":
            views = (self.augmentation or Augmentation()).views(self.views)
            return Conv4(
                bf16=computes_bf16(),
                normalize=self.metric == "cosine",
                augmentation=self.augmentation,
                views=views if self.views > 1 else None,
            )
        folder = locate(self.encoder, fetch=True)
        if self.kind == "map":
            return LinearMap(folder)
        return Transformer(
            folder, parts=self.parts, max_tokens=self.max_tokens, bf16=computes_bf16()
        )


def recipe_of(kind: Kind, *, unlabelled: bool) -> Recipe:
    """Return the recipe of a kind, beside unlabelled documents or without."""
    return POOLED[kind] if unlabelled and kind in POOLED else RECIPES[kind]
