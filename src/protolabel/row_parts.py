"""Rows of a large matrix that are computed together: so many that a cache holds them.

What a part takes of memory is small enough that the allocator gives the same pages to the next one.
"""

from __future__ import annotations

from collections.abc import Iterator

CELLS_AT_ONCE = 2**14 - 512  # 124 kB of float64, which the allocator keeps and a cache holds


def row_parts(rows: int, columns: int) -> Iterator[slice]:
    """Yield slices of the rows of a matrix, in order: each of about ``CELLS_AT_ONCE`` cells."""
    size = max(1, CELLS_AT_ONCE // max(1, columns))
    for start in range(0, rows, size):
        yield slice(start, start + size)
