"""Blocks of a snapshot: about a thousand classes side by side, as linear weights. Immutable.

A change of a class rebuilds its block. ``snapshot`` knows which block a class is in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from itertools import chain

import numpy as np

from protolabel.arithmetic.class_totals import ClassGroup, ClassVectors
from protolabel.arithmetic.codes import Codes, codes_of, joined
from protolabel.arithmetic.prototypes import has_prototype, prototypes
from protolabel.arithmetic.scores import LinearModel
from protolabel.arrays import Doubles, Floats, Integers, Keys, Mask, Metric

BLOCK = 1024  # rows of a full block; 1.5 MB at 384 dimensions


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some classes, side by side; the score of x against one of them is x.w + b.

    keys ``(b,)`` int64 ascending, counts ``(b,)`` int64, described ``(b,)`` bool,
    weights ``(b, d)`` and biases ``(b,)`` as in :class:`LinearModel`, squares ``(b,)`` float64,
    the squared length of each row of weights. Read-only.
    """

    keys: Keys
    names: Sequence[str]
    counts: Integers
    described: Mask
    weights: Floats | Doubles
    biases: Floats | Doubles
    row_squares: InitVar[Doubles | None] = None  # of rows whose squares are at hand
    squares: Doubles = field(init=False)
    codes: Codes | None = None  # of the weights, once a scan has asked for them

    def __post_init__(self, row_squares: Doubles | None) -> None:
        """Square the rows, unless that was done before, and let no array change."""
        if row_squares is None:
            row_squares = np.square(self.weights, dtype=np.float64).sum(axis=1)
        object.__setattr__(self, "squares", row_squares)
        for array in (self.keys, self.counts, self.described, self.weights, self.biases):
            array.setflags(write=False)

    def coded(self) -> Codes:
        """Return the codes of the weights, which are made once."""
        if self.codes is None:
            object.__setattr__(self, "codes", codes_of(self.weights, self.biases))
        assert self.codes is not None
        return self.codes

    @property
    def longest(self) -> float:
        """Return the length of the longest row of weights."""
        return math.sqrt(self.squares.max(initial=0.0))


def first_keys(blocks: Sequence[Block]) -> tuple[int, ...]:
    """Return the first class key of each block; none is empty."""
    return tuple(int(block.keys[0]) for block in blocks)


def codes_of_blocks(blocks: Sequence[Block]) -> list[Codes]:
    """Return the codes of all blocks; where most are to be made, one array holds all of them."""
    lacking = [block for block in blocks if block.codes is None]
    if 2 * len(lacking) > len(blocks):
        whole, at = joined([block.coded() for block in blocks]), 0
        for block in blocks:
            at += len(block.names)
            object.__setattr__(block, "codes", whole.run(at - len(block.names), at))
    return [block.coded() for block in blocks]


def rebuilt(
    block: Block, changes: Mapping[int, ClassVectors | None], kappa: float, metric: Metric
) -> list[Block]:
    """Return a block with rows replaced, added or dropped; split where it grew too long."""
    keys = sorted(changes)
    vectors = [v for v in map(changes.__getitem__, keys) if v is not None]
    classes = ClassGroup.of(vectors, block.weights.shape[1])
    merged = _block_with(block, block_of(classes, kappa, metric), keys)
    if len(merged.names) <= 2 * BLOCK:
        return [merged] if len(merged.names) else []
    cuts = range(0, len(merged.names), BLOCK)
    return [_slice(merged, slice(at, at + BLOCK)) for at in cuts]


def _block_with(block: Block, new: Block, keys: Sequence[int]) -> Block:
    """Return ``block`` without the rows of ``keys``, and with those of ``new`` in their places.

    Args:
        block: the rows so far.
        new: rows of some of the keys.
        keys: ascending.
    """
    pieces: list[tuple[Block, slice]] = []  # runs of rows, copied once
    at = j = 0
    for key, place in zip(keys, np.searchsorted(block.keys, keys).tolist(), strict=True):
        if at < place:
            pieces.append((block, slice(at, place)))
        at = place + int(place < len(block.keys) and block.keys[place] == key)
        if j < len(new.keys) and new.keys[j] == key:
            j += 1
            if pieces and pieces[-1][0] is new:
                pieces[-1] = (new, slice(pieces[-1][1].start, j))
            else:
                pieces.append((new, slice(j - 1, j)))
    if at < len(block.keys):
        pieces.append((block, slice(at, len(block.keys))))
    if not pieces:
        return empty_block(block.weights.shape[1])
    codes = None
    if block.codes is not None:  # only those of new rows are made
        codes = joined([source.coded().run(rows.start, rows.stop) for source, rows in pieces])
    return Block(
        np.concatenate([source.keys[rows] for source, rows in pieces]),
        tuple(chain.from_iterable(source.names[rows] for source, rows in pieces)),
        np.concatenate([source.counts[rows] for source, rows in pieces]),
        np.concatenate([source.described[rows] for source, rows in pieces]),
        np.concatenate([source.weights[rows] for source, rows in pieces]),
        np.concatenate([source.biases[rows] for source, rows in pieces]),
        np.concatenate([source.squares[rows] for source, rows in pieces]),
        codes=codes,
    )


def _slice(block: Block, part: slice) -> Block:
    codes = None if block.codes is None else joined([block.codes.run(part.start, part.stop)])
    return Block(
        block.keys[part].copy(),
        block.names[part],
        block.counts[part].copy(),
        block.described[part].copy(),
        block.weights[part].copy(),
        block.biases[part].copy(),
        block.squares[part].copy(),
        codes=codes,
    )


def block_of(classes: ClassGroup, kappa: float, metric: Metric) -> Block:
    """Return the classes that have a prototype, with it."""
    totals, keys, names = classes.totals, classes.keys, classes.names
    present = has_prototype(totals, kappa, metric)
    if not present.all():
        places = np.flatnonzero(present)
        totals, keys = totals.only(places), keys[places]
        names = tuple(names[i] for i in places.tolist())
    model = LinearModel.of_centres(prototypes(totals, kappa), metric)
    return Block(keys, names, totals.counts, totals.described, model.weights, model.biases)


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
