"""Which classes are taken for which: counts of (true class, answered class), and a table of them.

Only pairs that occur are kept, so that ten thousand classes cost what their mistakes cost. It knows
class numbers and positions of documents, and scores nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.intervals import share_of_clusters

Numbers = npt.NDArray[np.integer]
EXAMPLES_OF_MISTAKES = 3  # documents kept of each kind of mistake


@dataclass(frozen=True)
class Mistaken:
    """A class that another is taken for: ``count`` of its answers; positions of some documents."""

    label: str
    count: int
    documents: tuple[int, ...] = ()


@dataclass(frozen=True)
class ClassResult:
    """The accuracy of one class: ``n`` answers about ``documents`` different documents of it.

    ``low``, ``high``: the 95 % interval of the accuracy (:func:`share_of_clusters`), in which each
    document counts as one case at most, however many draws or near copies of it were asked about.
    ``confused``: what it is taken for, most often first.
    """

    label: str
    accuracy: float
    low: float
    high: float
    n: int
    documents: int
    confused: tuple[Mistaken, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """How many answers about documents of the class ``truth`` were ``answer``: one at least."""

    truth: str
    answer: str
    count: int


class Confusion:
    """Counts pairs of classes, 0 to K - 1, over any number of calls of :meth:`add`."""

    def __init__(self, n_classes: int) -> None:
        self._size = n_classes
        self._counts: dict[int, int] = {}
        self._mistakes: dict[int, list[int]] = {}
        self._documents: dict[int, dict[int, list[int]]] = {}  # answers, and those that are right

    def add(self, truth: Numbers, answers: Numbers, documents: Numbers) -> None:
        """Count answers.

        Args:
            truth: (n,), the true classes.
            answers: (n,), the classes answered.
            documents: (n,), the document's position; equal ones and near copies share one.
        """
        pairs = truth.astype(np.int64) * self._size + answers
        kinds, counts = np.unique(pairs, return_counts=True)
        for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True):
            self._counts[kind] = self._counts.get(kind, 0) + count
        for pair, k, document in zip(
            pairs.tolist(), truth.tolist(), documents.tolist(), strict=True
        ):
            tally = self._documents.setdefault(k, {}).setdefault(document, [0, 0])
            is_right = pair == k * (self._size + 1)
            tally[0], tally[1] = tally[0] + 1, tally[1] + is_right
            if not is_right:
                positions = self._mistakes.setdefault(pair, [])
                if len(positions) < EXAMPLES_OF_MISTAKES and document not in positions:
                    positions.append(document)

    def matrix(self) -> npt.NDArray[np.int64]:
        """Return all pairs, for few classes: (K, K), rows are the truth, columns the answers."""
        whole = np.zeros(self._size * self._size, np.int64)
        whole[list(self._counts)] = list(self._counts.values())
        return whole.reshape(self._size, self._size)

    def pairs(self, names: Sequence[str]) -> tuple[Pair, ...]:
        """Return all pairs of classes with answers, right ones among them, in class order."""
        return tuple(
            Pair(names[pair // self._size], names[pair % self._size], count)
            for pair, count in sorted(self._counts.items())
        )

    @property
    def n(self) -> int:
        """How many answers were counted."""
        return sum(self._counts.values())

    @property
    def accuracy(self) -> float:
        """The share of answers that are right, 0 to 1; nan where there is none."""
        right = sum(c for pair, c in self._counts.items() if pair % (self._size + 1) == 0)
        return right / self.n if self._counts else float("nan")

    def table(self, names: Sequence[str], top: int = 3) -> tuple[ClassResult, ...]:
        """Return the classes that have answers, the least accurate first."""
        answers: dict[int, int] = {}
        right: dict[int, int] = {}
        wrong: dict[int, list[tuple[int, int]]] = {}
        for pair, count in self._counts.items():
            k, answer = divmod(pair, self._size)
            answers[k] = answers.get(k, 0) + count
            if k == answer:
                right[k] = count
            else:
                wrong.setdefault(k, []).append((-count, answer))
        rows = []
        for k, n in answers.items():
            share, tallies = right.get(k, 0) / n, np.array([*self._documents[k].values()])
            low, high = share_of_clusters(tallies[:, 1], tallies[:, 0])
            confused = tuple(
                Mistaken(names[a], -c, tuple(self._mistakes[k * self._size + a]))
                for c, a in sorted(wrong.get(k, []))[:top]
            )
            rows.append(
                (share, -n, k, ClassResult(names[k], share, low, high, n, len(tallies), confused))
            )
        return tuple(row for *_, row in sorted(rows, key=lambda item: item[:3]))
