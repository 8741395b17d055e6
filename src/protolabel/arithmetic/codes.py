"""Rows of weights rounded to 4 and to 8 bits a component, each with the length of its error.

A score from codes is off by no more than that length: |x.w - x.v| <= |x| |w - v| (Cauchy-Schwarz).
So every approximation here has a bound. ``scan`` ranks with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, Floats

Bytes = npt.NDArray[np.uint8]
Octets = npt.NDArray[np.int8]

COARSE = 7.5  # a 4-bit code u stands for (u - 7.5) steps, from -7.5 to 7.5
FINE = 127.0  # an 8-bit code stands for as many steps, from -127 to 127
SHARES = (1.0, 0.8, 0.65)  # of the largest component, that the outermost 4-bit code may stand for
ROWS_AT_ONCE = 1024
ARRAYS = (
    "nibbles", "coarse_steps", "coarse_rests", "octets", "fine_steps", "fine_rests", "biases",
)  # fmt: skip
ROUNDED_UP = 1.0 + 1e-9  # a length from a float64 sum, so that it is never too small


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """The codes of K rows of d weights, side by side.

    nibbles ``(K, h)`` uint8, h = (d + 1) // 2: component j in the low half of byte j, component
    h + j in its high half. octets ``(K, d)`` int8. biases ``(K,)``, as of the weights. steps and
    rests ``(K,)`` float32: what one code stands for, and the length of the weights less their code,
    of the nibbles (coarse) and of the octets (fine).
    """

    nibbles: Bytes
    coarse_steps: Floats
    coarse_rests: Floats
    octets: Octets
    fine_steps: Floats
    fine_rests: Floats
    biases: Floats | Doubles
    part_of: Codes | None = None  # the codes that these are a run of
    start: int = 0  # of the run

    def __post_init__(self) -> None:
        """Take the arrays for reading alone, wherever they are from.

        The loops of ``scan`` are compiled once for arrays that are, and again for others.
        """
        for name in ARRAYS:
            array = getattr(self, name).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def n(self) -> int:
        """K."""
        return len(self.octets)

    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """Return the arrays, in the order of the fields."""
        return tuple(getattr(self, name) for name in ARRAYS)

    def run(self, start: int, stop: int) -> Codes:
        """Return some rows that follow one another, without a copy."""
        whole, at = (self, 0) if self.part_of is None else (self.part_of, self.start)
        rows = Codes.of_arrays([array[start:stop] for array in self.arrays()])
        return replace(rows, part_of=whole, start=at + start)

    @classmethod
    def of_arrays(cls, arrays: Sequence[npt.NDArray[Any]]) -> Codes:
        """Return codes whose :meth:`arrays` are at hand."""
        nibbles, coarse_steps, coarse_rests, octets, fine_steps, fine_rests, biases = arrays
        return cls(nibbles, coarse_steps, coarse_rests, octets, fine_steps, fine_rests, biases)


def codes_of(weights: Floats | Doubles, biases: Floats | Doubles) -> Codes:
    """Return the codes of rows of weights. *Shape:* ``(K, d)`` and ``(K,)``."""
    n, d = weights.shape
    half = (d + 1) // 2
    nibbles, octets = np.empty((n, half), np.uint8), np.empty((n, d), np.int8)
    steps, rests = np.empty((2, n), np.float32), np.empty((2, n), np.float32)
    for at in range(0, n, ROWS_AT_ONCE):
        part = slice(at, at + ROWS_AT_ONCE)
        nibbles[part], steps[0, part], rests[0, part] = _coarse(weights[part], half)
        octets[part], steps[1, part], rests[1, part] = _fine(weights[part])
    return Codes(nibbles, steps[0], rests[0], octets, steps[1], rests[1], biases)


def joined(parts: list[Codes]) -> Codes:
    """Return the rows of several codes, copied one after the other."""
    arrays = zip(*(part.arrays() for part in parts), strict=True)
    return Codes.of_arrays([np.concatenate(pieces) for pieces in arrays])


def runs_of(parts: list[Codes]) -> list[Codes]:
    """Return the same rows in as few parts as there are without a copy."""
    if not parts:
        return []
    cuts = [0]
    for i, (part, next_part) in enumerate(pairwise(parts), start=1):
        follows = next_part.part_of is not None and next_part.part_of is part.part_of
        if not follows or next_part.start != part.start + part.n:
            cuts.append(i)
    runs = []
    for first, after in pairwise([*cuts, len(parts)]):
        whole, last = parts[first].part_of, parts[after - 1]
        first_part = parts[first]
        runs.append(
            first_part if whole is None else whole.run(first_part.start, last.start + last.n)
        )
    return runs


def _coarse(weights: Floats | Doubles, half: int) -> tuple[Bytes, Floats, Floats]:
    """Return nibbles, steps and rests; of some steps, the one that leaves out least."""
    largest = np.abs(weights).max(axis=1, initial=0.0)
    best_codes, best_steps = np.zeros(weights.shape, np.uint8), np.zeros(len(weights), np.float32)
    least = np.full(len(weights), np.inf)
    for share in SHARES:
        steps = (largest * (share / COARSE)).astype(np.float32)
        values = _in_steps(weights, steps) + np.float32(COARSE)
        codes = np.clip(np.rint(values), 0, 15).astype(np.uint8)
        rests = _rests(weights, codes.astype(np.float32) - np.float32(COARSE), steps)
        better = rests < least
        best_codes[better], best_steps[better] = codes[better], steps[better]
        least = np.minimum(least, rests)
    high = np.zeros((len(weights), half), np.uint8)
    high[:, : weights.shape[1] - half] = best_codes[:, half:]
    low: Bytes = best_codes[:, :half]
    return low | (high << np.uint8(4)), best_steps, _above(least)


def _fine(weights: Floats | Doubles) -> tuple[Octets, Floats, Floats]:
    """Return octets, steps and rests."""
    steps = (np.abs(weights).max(axis=1, initial=0.0) / FINE).astype(np.float32)
    codes = np.clip(np.rint(_in_steps(weights, steps)), -FINE, FINE).astype(np.int8)
    return codes, steps, _above(_rests(weights, codes.astype(np.float32), steps))


def _in_steps(weights: Floats | Doubles, steps: Floats) -> Floats:
    """Return the weights in steps; zeros where a step is zero."""
    divisors = np.where(steps > 0, steps, np.float32(np.inf))[:, None]
    return np.asarray(weights / divisors, np.float32)


def _rests(weights: Floats | Doubles, codes: Floats, steps: Floats) -> Doubles:
    """Return the length of each row less what its codes stand for, in float64."""
    errors = codes.astype(np.float64)
    errors *= steps[:, None]
    np.subtract(weights, errors, out=errors)
    return np.asarray(np.sqrt(np.einsum("kd,kd->k", errors, errors)), np.float64)


def _above(lengths: Doubles) -> Floats:
    """Return float32 numbers that are at least as large."""
    return np.nextafter((lengths * ROUNDED_UP).astype(np.float32), np.float32(np.inf))
