"""A label space frozen at one version: what scores are computed against.

Classes lie in blocks of about a thousand rows, ordered by key. A change makes a new snapshot that
shares every block it did not touch with the old one, so that it costs O(block), not O(classes),
and readers of the old one never see it. Nothing here reads or writes a file.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic import scan
from protolabel.arithmetic.block import (
    BLOCK,
    Block,
    block_of,
    codes_of_blocks,
    empty_block,
    first_keys,
    rebuilt,
)
from protolabel.arithmetic.class_totals import ClassGroup, ClassVectors
from protolabel.arithmetic.codes import Codes, runs_of
from protolabel.arithmetic.modes import Modes
from protolabel.arithmetic.negatives import Negatives
from protolabel.arithmetic.scores import LinearModel, Ranking, ranking, scores
from protolabel.arrays import Doubles, Floats, Integers, Keys, Metric, Positions
from protolabel.copies.learned_documents import Provenance

SCANNED = 50_000  # classes from which on a scan of codes is faster: it is compiled when first used


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The arrays of one version: names, keys, weights, biases of classes that can be an answer.

    It is frozen. Every answer names its ``version`` and ``fingerprint``.

    ``basis`` is the newest version that moved a prototype. ``kappa`` is the weight of a
    description in examples (eq. 3). Only classes that have a prototype are here
    (``prototypes.has_prototype``): no other, and no retired one, can be an answer. ``modes`` belong
    to the refined head; ``negatives`` lower the scores of either head. Both are None where scores
    do not depend on them.
    """

    version: int
    basis: int
    fingerprint: str
    dim: int
    metric: Metric
    kappa: float
    head: Literal["prototypes", "refined"] = "prototypes"
    provenance: Provenance | None = field(default=None, repr=False)  # of the encoder
    blocks: tuple[Block, ...] = ()
    starts: tuple[int, ...] = field(default=(), repr=False)  # first key of each block
    modes: Modes | None = field(default=None, repr=False)
    negatives: Negatives | None = field(default=None, repr=False)
    _ends: Integers = field(init=False, repr=False)  # of the columns of each block
    _runs: tuple[Codes, ...] | None = field(default=None, init=False, repr=False)  # of the blocks

    def __post_init__(self) -> None:
        """Count the columns."""
        ends = np.cumsum([len(block.keys) for block in self.blocks], dtype=np.int64)
        object.__setattr__(self, "_ends", ends)

    @property
    def n_classes(self) -> int:
        """Classes that can be an answer."""
        return int(self._ends[-1]) if len(self._ends) else 0

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the names, in the order of the columns of :meth:`scores`."""
        return tuple(name for block in self.blocks for name in block.names)

    def names_of(self, columns: Iterable[int]) -> dict[int, str]:
        """Return the names of some columns of :meth:`scores`, without listing all."""
        names = {}
        for column in columns:
            block, row = self._place(column)
            names[column] = block.names[row]
        return names

    def keys_of(self, columns: Integers) -> Keys:
        """Return the class keys of some columns, without listing all. *Shape:* ``(n,)``."""
        keys = np.empty(len(columns), np.int64)
        for block, queries, rows in self._places(columns):
            keys[queries] = block.keys[rows]
        return keys

    def sizes_of(self, columns: Integers) -> Doubles:
        """Return the sizes of some columns, without listing all. *Shape:* ``(n,)``."""
        sizes = np.empty(len(columns), np.float64)
        for block, queries, rows in self._places(columns):
            sizes[queries] = block.counts[rows] + self.kappa * block.described[rows]
        return sizes

    def _place(self, column: int) -> tuple[Block, int]:
        """Return the block of a column, and the row in it."""
        place = int(np.searchsorted(self._ends, column, side="right"))
        block = self.blocks[place]
        return block, column - int(self._ends[place]) + len(block.names)

    def _places(self, columns: Integers) -> Iterator[tuple[Block, Integers, Integers]]:
        """Yield each block that holds some of these columns: which ones, and their rows in it."""
        if len(self.blocks) == 1:
            yield self.blocks[0], np.arange(len(columns)), columns
            return
        if len(columns) == 0:
            return
        blocks = np.searchsorted(self._ends, columns, side="right")
        order = np.argsort(blocks, kind="stable")
        present, starts = np.unique(blocks[order], return_index=True)
        for place, queries in zip(present.tolist(), np.split(order, starts[1:]), strict=True):
            block = self.blocks[place]
            yield block, queries, columns[queries] - (self._ends[place] - len(block.names))

    @property
    def keys(self) -> Keys:
        """Class keys in the same order. *Shape:* ``(K,)`` int64, ascending."""
        return _concatenation([block.keys for block in self.blocks], np.int64, ())

    @property
    def sizes(self) -> Doubles:
        """n_k, and kappa where the class is described. *Shape:* ``(K,)`` float64."""
        sizes = [block.counts + self.kappa * block.described for block in self.blocks]
        return _concatenation(sizes, np.float64, ())

    @property
    def weights(self) -> Floats | Doubles:
        """Return prototypes as weights (:class:`LinearModel`). *Shape:* ``(K, d)``."""
        return _concatenation([block.weights for block in self.blocks], np.float32, (self.dim,))

    @property
    def biases(self) -> Floats | Doubles:
        """Return the biases of the same. *Shape:* ``(K,)``."""
        return _concatenation([block.biases for block in self.blocks], np.float32, ())

    def scores(self, embeddings: Floats) -> Floats:
        """Return the score of every query against every class; higher is nearer. Exact.

        *Shape:* ``(n, d)`` float32 -> ``(n, K)`` float32.
        """
        out = np.empty((len(embeddings), self.n_classes), dtype=np.float32)
        at = 0
        for block in self.blocks:
            part = out[:, at : at + len(block.names)]
            scores(embeddings, block.weights, block.biases, self.metric, part)
            at += len(block.names)
        out = out if self.modes is None else self.modes.scores(embeddings, out)
        return out if self.negatives is None else self.negatives.lowered(embeddings, out)

    def best(self, embeddings: Floats, k: int) -> Ranking:
        """Return the k best classes of each query; of equal ones the older comes first.

        It is what :meth:`ranking` returns of all scores, whatever way it was found.

        *Shape:* embeddings ``(n, d)`` -> columns and scores ``(n, k)``.
        """
        if self.n_classes < SCANNED or self.modes is not None or not scan.available():
            return self.ranking(embeddings, self.scores(embeddings), k)
        best = scan.best_of(embeddings, k, self._coded(), self._rows, self.metric)
        if self.negatives is not None:  # which only lower scores: what is not lowered stays best
            queries, columns, _ = self.negatives.losses(embeddings)
            if (best.columns[queries] == columns[:, None]).any():
                return self.ranking(embeddings, self.scores(embeddings), k)
        return best

    def _coded(self) -> tuple[Codes, ...]:
        """Return the codes of all weights, which are kept: threads may make them side by side."""
        runs = self._runs
        if runs is None:
            runs = tuple(runs_of(codes_of_blocks(self.blocks)))
            object.__setattr__(self, "_runs", runs)  # at once, for those who ask meanwhile
        return runs

    def ranking(self, embeddings: Floats, score_matrix: Floats, k: int) -> Ranking:
        """Return the k best classes of each query; of equal ones the older comes first.

        Whatever k is, and whichever queries are ranked together. *Shape:* embeddings ``(n, d)``,
        their scores ``(n, K)`` -> columns and scores ``(n, k)``.
        """
        longest = max((block.longest for block in self.blocks), default=0.0)
        if self.modes is not None:  # whose vectors have length one
            longest += 1.0
        adjusted = self.modes is not None or self.negatives is not None
        adjustment = self._full_scores if adjusted else None
        return ranking(embeddings, score_matrix, k, self._rows, longest, self.metric, adjustment)

    def _full_scores(self, queries: Floats, columns: Positions, linear: Floats) -> Floats:
        """Return scores by the weights with what modes and negatives change. *Shape:* ``(p,)``."""
        if self.modes is not None:
            linear = self.modes.pair_scores(queries, columns, linear)
        if self.negatives is not None:
            linear = self.negatives.pair_scores(queries, columns, linear)
        return linear

    def _rows(self, columns: Positions) -> tuple[Floats | Doubles, Floats | Doubles]:
        """Return weights ``(m, d)`` and biases ``(m,)`` of columns ``(m,)``, which ascend."""
        kind = self.blocks[0].weights.dtype
        weights, biases = np.empty((len(columns), self.dim), kind), np.empty(len(columns), kind)
        blocks = np.searchsorted(self._ends, columns, side="right")
        present, starts = np.unique(blocks, return_index=True)
        for place, low, high in zip(
            present.tolist(), starts.tolist(), [*starts[1:].tolist(), len(columns)], strict=True
        ):
            block = self.blocks[place]
            rows = columns[low:high] - (self._ends[place] - len(block.names))
            weights[low:high], biases[low:high] = block.weights[rows], block.biases[rows]
        return weights, biases

    def refined(self, model: LinearModel, modes: Modes | None = None) -> Snapshot:
        """Return the same classes under refined weights; scoring is the same path.

        ``model``, ``modes``: K classes, in the order of ``labels``.
        """
        blocks, at = [], 0
        for block in self.blocks:
            rows = slice(at, at + len(block.names))
            weights, biases = model.weights[rows].copy(), model.biases[rows].copy()
            blocks.append(replace(block, weights=weights, biases=biases, codes=None))
            at = rows.stop
        return replace(self, blocks=tuple(blocks), head="refined", modes=modes)

    def row(self, key: int) -> LinearModel:
        """Return the class of that key alone, which must be here, as a linear model."""
        block = self.blocks[max(0, bisect.bisect_right(self.starts, key) - 1)]
        at = int(np.searchsorted(block.keys, key))
        row = slice(at, at + 1)
        return LinearModel(block.weights[row], block.biases[row], self.metric)

    def prototype(self, name: str) -> Floats | Doubles:
        """Return the weights of one class. *Shape:* ``(d,)``."""
        for block in self.blocks:
            if name in block.names:
                row: Floats | Doubles = block.weights[block.names.index(name)]
                return row
        raise KeyError(name)

    def changed(
        self, vectors: Mapping[int, ClassVectors | None], version: int, basis: int
    ) -> Snapshot:
        """Return the snapshot after some classes changed (None: gone); the others are shared.

        Raises nothing; keys that were never there and are None are ignored.
        """
        by_block: dict[int, dict[int, ClassVectors | None]] = {}
        for key, new in vectors.items():
            place = max(0, bisect.bisect_right(self.starts, key) - 1)
            by_block.setdefault(place, {})[key] = new
        blocks: list[Block] = []
        for place, block in enumerate(self.blocks or (empty_block(self.dim),)):
            changes = by_block.get(place)
            if changes is None:
                blocks.extend([block] if len(block.keys) else [])
            else:
                blocks.extend(rebuilt(block, changes, self.kappa, self.metric))
        changed, starts = tuple(blocks), first_keys(blocks)
        return replace(self, version=version, basis=basis, blocks=changed, starts=starts)

    def of_blocks(self, blocks: Sequence[Block]) -> Snapshot:
        """Return the same with other classes: blocks in ascending order of key, none empty."""
        return replace(self, blocks=tuple(blocks), starts=first_keys(blocks))

    def filled(self, vectors: Iterable[ClassVectors] | Iterable[ClassGroup]) -> Snapshot:
        """Return the same with these classes instead, which come in ascending order of key.

        ``vectors``: single classes, or groups of at most ``BLOCK``.
        """
        blocks = (block_of(group, self.kappa, self.metric) for group in _groups(vectors, self.dim))
        return self.of_blocks([block for block in blocks if block.names])


def _groups(
    vectors: Iterable[ClassVectors] | Iterable[ClassGroup], dim: int
) -> Iterator[ClassGroup]:
    single: list[ClassVectors] = []
    for arrival in vectors:
        if isinstance(arrival, ClassGroup):
            yield arrival
            continue
        single.append(arrival)
        if len(single) == BLOCK:
            yield ClassGroup.of(single, dim)
            single = []
    if single:
        yield ClassGroup.of(single, dim)


def _concatenation(
    parts: list[npt.NDArray[np.generic]], dtype: type, tail: tuple[int, ...]
) -> npt.NDArray:  # type: ignore[type-arg]
    return np.concatenate(parts) if parts else np.empty((0, *tail), dtype=dtype)
