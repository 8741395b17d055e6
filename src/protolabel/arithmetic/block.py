"""Blocks of a snapshot: about a thousand classes side by side, as linear weights. Immutable.

A change of a class rebuilds its block. ``snapshot`` knows which block a class is in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from protolabel.arithmetic.prototypes import has_prototype
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import ClassTotals, ClassVectors
from protolabel.arrays import Doubles, Floats, Integers, Keys, Mask, Metric

BLOCK = 1024  # rows of a full block; 1.5 MB at 384 dimensions


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some classes, side by side; the score of x against one of them is x.w + b.

    keys ``(b,)`` int64 ascending, counts ``(b,)`` int64, described ``(b,)`` bool,
    weights ``(b, d)`` and biases ``(b,)`` as in :class:`LinearModel`. Read-only.
    """

    keys: Keys
    names: tuple[str, ...]
    counts: Integers
    described: Mask
    weights: Floats | Doubles
    biases: Floats | Doubles
    longest: float = field(init=False, default=0.0)  # length of the longest row of weights

    def __post_init__(self) -> None:
        squares = np.square(self.weights, dtype=np.float64).sum(axis=1)
        object.__setattr__(self, "longest", float(squares.max(initial=0.0)) ** 0.5)
        for array in (self.keys, self.counts, self.described, self.weights, self.biases):
            array.setflags(write=False)


def rebuilt(
    block: Block, changes: Mapping[int, ClassVectors | None], kappa: float, metric: Metric
) -> list[Block]:
    """Return a block with rows replaced, added or dropped; split where it grew too long."""
    stays = ~np.isin(block.keys, np.fromiter(changes, dtype=np.int64))
    new = block_of(
        [v for _, v in sorted(changes.items()) if v is not None],
        block.weights.shape[1],
        kappa,
        metric,
    )
    keys = np.concatenate([block.keys[stays], new.keys])
    order = np.argsort(keys, kind="stable")
    names = [n for n, s in zip(block.names, stays.tolist(), strict=True) if s] + list(new.names)
    merged = Block(
        keys[order],
        tuple(names[i] for i in order.tolist()),
        np.concatenate([block.counts[stays], new.counts])[order],
        np.concatenate([block.described[stays], new.described])[order],
        np.concatenate([block.weights[stays], new.weights])[order],
        np.concatenate([block.biases[stays], new.biases])[order],
    )
    if len(merged.names) <= 2 * BLOCK:
        return [merged] if len(merged.names) else []
    cuts = range(0, len(merged.names), BLOCK)
    return [_slice(merged, slice(at, at + BLOCK)) for at in cuts]


def _slice(block: Block, part: slice) -> Block:
    return Block(
        block.keys[part].copy(),
        block.names[part],
        block.counts[part].copy(),
        block.described[part].copy(),
        block.weights[part].copy(),
        block.biases[part].copy(),
    )


def block_of(vectors: Sequence[ClassVectors], dim: int, kappa: float, metric: Metric) -> Block:
    """Return the classes that have a prototype, with it."""
    if not vectors:
        return empty_block(dim)
    none = np.zeros(dim, np.float32)
    classes = ClassTotals.of_fixed(
        np.array([v.count for v in vectors], dtype=np.int64),
        np.stack([v.sums for v in vectors]),
        np.stack([none if v.description is None else v.description for v in vectors]),
        np.array([v.description is not None for v in vectors]),
    )
    present = np.flatnonzero(has_prototype(classes, kappa, metric))
    classes = classes.only(present)
    model = LinearModel.of_classes(classes, kappa, metric)
    keys = np.array([vectors[i].key for i in present.tolist()], dtype=np.int64)
    names = tuple(vectors[i].name for i in present.tolist())
    return Block(keys, names, classes.counts, classes.described, model.weights, model.biases)


def empty_block(dim: int) -> Block:
    """Return a block of no classes."""
    return Block(
        np.empty(0, np.int64),
        (),
        np.empty(0, np.int64),
        np.empty(0, np.bool_),
        np.empty((0, dim), np.float32),
        np.empty(0, np.float32),
    )
