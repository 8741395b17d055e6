"""The inner loops of ``scan``, compiled by numba for the processor at hand when first called.

Nobody but ``scan`` imports this: numba is an extra, and compiling takes a second. Each loop leaves
the interpreter's lock to others. No compiled code is kept between processes.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding
import numba
import numpy as np

THREADS = min(int(numba.get_num_threads()), 8)  # of one query: memory bounds it, not cores


def _use_wide_vectors() -> None:
    """Let LLVM use the 512-bit vectors of this processor: docs/decisions/0045 has what they gain.

    On most processors of Intel that have them, LLVM prefers half the width, as was right for the
    first of these. Where numba has compiled something before, or the user has set its
    ``NUMBA_CPU_FEATURES``, all stays as it is.
    """
    features = llvmlite.binding.get_host_cpu_features()
    settings: Any = numba.config
    if settings.CPU_FEATURES is None and features.get("avx512bw"):
        settings.CPU_FEATURES = f"{features.flatten()},-prefer-256-bit"


_use_wide_vectors()

ROWS_AT_ONCE = 512


@numba.njit(nogil=True)
def _nibble_products(
    nibbles: Any, low: Any, high: Any, first: int, last: int, products: Any
) -> None:
    """Write the products of some rows with a query, in whole numbers; codes count from 0 to 15."""
    for i in range(first, last):
        total = np.int32(0)
        for j in range(nibbles.shape[1]):  # one expression: so it becomes vector instructions
            byte = nibbles[i, j]
            total += np.int32(np.int16(byte & 15) * low[j]) + np.int32(
                np.int16(byte >> 4) * high[j]
            )
        products[i - first] = total


@numba.njit(nogil=True)
def coarse_uppers(nibbles: Any, rows: Any, halves: Any, formula: Any, uppers: Any) -> None:
    """Write the most that each row can score; minus infinity for one without a prototype.

    Args:
        nibbles: (n, h) uint8.
        rows: steps, rests and biases, (n,) each.
        halves: two of (h,) int16, of the query.
        formula: six float64, as of ``scan.RowFormula``.
        uppers: (n,) float32, written.
    """
    steps, rests, biases = rows
    scale, centre, of_step, of_rest, tiny, shift = formula
    products = np.empty(ROWS_AT_ONCE, np.int32)
    for first in range(0, len(nibbles), ROWS_AT_ONCE):
        last = min(len(nibbles), first + ROWS_AT_ONCE)
        _nibble_products(nibbles, halves[0], halves[1], first, last, products)
        step, error, bias = steps[first:last], rests[first:last], biases[first:last]
        out = uppers[first:last]
        for t in range(len(out)):
            score = step[t] * (scale * (products[t] - centre)) + bias[t] - shift
            bound = step[t] * of_step + error[t] * of_rest + tiny * (abs(bias[t]) + shift)
            out[t] = score + bound


@numba.njit(nogil=True)
def fine_bounds(
    octets: Any, rows: Any, numbers: Any, formula: Any, places: Any, lowers: Any, uppers: Any
) -> None:
    """Write the least and the most that some rows can score.

    Args:
        octets: (n, d) int8.
        rows: steps, rests and biases, (n,) each.
        numbers: (d,) int16, of the query.
        formula: six float64, as of ``scan.RowFormula``.
        places: (m,) int64, which rows.
        lowers: (m,) float32, written.
        uppers: (m,) float32, written.
    """
    steps, rests, biases = rows
    scale, centre, of_step, of_rest, tiny, shift = formula
    for t in range(len(places)):
        i = places[t]
        total = np.int32(0)
        for j in range(octets.shape[1]):
            total += np.int32(np.int16(octets[i, j]) * numbers[j])
        score = steps[i] * (scale * (total - centre)) + biases[i] - shift
        bound = steps[i] * of_step + rests[i] * of_rest + tiny * (abs(biases[i]) + shift)
        lowers[t] = score - bound if biases[i] > -np.inf else -np.inf
        uppers[t] = score + bound if biases[i] > -np.inf else -np.inf
