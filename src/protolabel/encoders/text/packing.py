"""Packs short token sequences side by side into rows, and lays rows out as arrays. Pure arithmetic.

It sees no text and no engine. Sequences of unequal length then need hardly any padding: every token
sees the tokens of its own sequence only (Krell et al. 2021, "Efficient sequence packing without
cross-contamination"). So a vector is the same as without the others in its row, up to the rounding
of the engine, which differs with the shape of a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from protolabel.encoders.text.head import TokenPooling

    Tokens = npt.NDArray[np.int32]
    Numbers = npt.NDArray[np.float32]

ROOM = 64  # tokens of a row that sequences share: docs/decisions/0002 has the measurement

Row = list[int]
"""Which sequences lie side by side, by their numbers."""


class RowInputs(NamedTuple):
    """The inputs of an encoder's graph, in their order, for n sequences in b rows of s tokens.

    ``ids``: (b, s), zeros where no sequence is. ``owners``: (b, s), which of the n sequences a
    token is of, -1 where none is. ``places``: (b, s), the place of a token in its sequence.
    ``weights``: (n, b * s), the weight of each token in the pooled vector of each sequence, not
    normalised. ``totals``: (n, 1), what that pooled vector is divided by.
    """

    ids: Tokens
    owners: Tokens
    places: Tokens
    weights: Numbers
    totals: Numbers


def packed_rows(
    lengths: npt.NDArray[np.int64], *, room: int = ROOM, n_streams: int = 1
) -> list[Row]:
    """Share sequences out into rows, the longest first, each into the fullest row that has room.

    Args:
        lengths: (n,) tokens of each sequence.
        room: tokens of a shared row; a longer sequence has a row of its own, and with 0 each has.
        n_streams: about how many rows there should be at least, since a row is not divided among
            streams. Sequences of very unequal length may give fewer.

    Raises:
        ValueError: a length is below 1.
    """
    if lengths.size and int(lengths.min()) < 1:
        raise ValueError("lengths must be at least 1")
    order = np.argsort(-lengths, kind="stable")
    short = lengths[lengths <= room]
    if short.size:
        n_shared = max(1, n_streams - (lengths.size - short.size))
        room = min(room, max(int(short.max()), -(-int(short.sum()) // n_shared)))
    rows: list[Row] = []
    by_space: list[list[Row]] = [[] for _ in range(room + 1)]  # rows, by the tokens still free
    for number, length in zip(order.tolist(), lengths[order].tolist(), strict=True):
        if length > room:
            rows.append([number])
            continue
        space = next((free for free in range(length, room + 1) if by_space[free]), None)
        if space is None:
            row: Row = []
            rows.append(row)
            space = room
        else:
            row = by_space[space].pop()
        row.append(number)
        by_space[space - length].append(row)
    return rows


def row_inputs(
    sequences: Sequence[Tokens],
    rows: Sequence[Row],
    width: int,
    *,
    pooling: TokenPooling,
    padding: int | None = None,
) -> RowInputs:
    """Lay rows out, and weigh the tokens of each sequence as its pooling does.

    The n sequences are those of the first row, then those of the second, and so on.

    Args:
        sequences: token numbers of all sequences, which the rows refer to.
        rows: the b rows; none has more than ``width`` tokens.
        width: s.
        pooling: how token vectors become one; "max" takes no weights, and theirs mean nothing.
        padding: number of the padding token, for networks that skip it where they number places
            (RoBERTa, MPNet): it has place 0, and the others count from 1. None: places count all
            tokens from 0.

    Sequences of the tokens [7, 8] and [9] in one row of width 4 give ids [7, 8, 9, 0], owners
    [0, 0, 1, -1], places [0, 1, 0, 0] and, for a mean, weights [1, 1, 0, 0] and [0, 0, 1, 0].
    """
    parts = [sequences[number] for row in rows for number in row]
    sizes = np.array([part.size for part in parts], np.int64)
    n_in_row = [len(row) for row in rows]
    ends = np.cumsum(sizes)
    starts = ends - sizes
    firsts = starts[np.cumsum([0, *n_in_row[:-1]])]  # of the first sequence of each row
    row_starts = np.repeat(np.arange(len(rows)) * width - firsts, n_in_row) + starts
    owners = np.repeat(np.arange(sizes.size, dtype=np.int32), sizes)
    places = np.arange(int(sizes.sum())) - np.repeat(starts, sizes)
    at = np.repeat(row_starts, sizes) + places
    ids = np.concatenate(parts)
    shape = (len(rows), width)
    weights = np.zeros((sizes.size, len(rows) * width), np.float32)
    weights[owners, at] = _token_weights(places, np.repeat(sizes, sizes), pooling)
    totals = weights.sum(axis=1, keepdims=True)
    return RowInputs(
        _spread(ids, at, shape, 0),
        _spread(owners, at, shape, -1),
        _spread(_place_numbers(ids, places, padding), at, shape, 0),
        weights,
        np.sqrt(totals) if pooling == "mean_sqrt_len_tokens" else totals,
    )


def _token_weights(
    places: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], pooling: TokenPooling
) -> npt.NDArray[np.float32]:
    """Return the weight of each token, from its place and the tokens of its sequence."""
    if pooling == "cls":
        weights = places == 0
    elif pooling == "lasttoken":
        weights = places == sizes - 1
    else:
        weights = places + 1 if pooling == "weightedmean" else np.ones(places.size)
    return np.asarray(weights, np.float32)


def _place_numbers(
    ids: Tokens, places: npt.NDArray[np.int64], padding: int | None
) -> npt.NDArray[np.int64]:
    """Return the places as the network counts them."""
    if padding is None:
        return places
    is_real = ids != padding
    count = np.cumsum(is_real)
    first = np.arange(places.size) - places  # where the sequence of each token begins
    return np.asarray((count - count[first] + is_real[first]) * is_real, np.int64)


def _spread(
    values: npt.NDArray[np.integer], at: npt.NDArray[np.int64], shape: tuple[int, int], empty: int
) -> Tokens:
    """Return an array of rows with values in their places, and another where there is none."""
    spread = np.full(shape, empty, np.int32)
    spread.reshape(-1)[at] = values
    return spread
