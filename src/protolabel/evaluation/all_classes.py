"""All classes at once: k examples a class, everything else as queries, over several draws.

The situation of a label space, where :mod:`.episodic` is that of few-shot papers. Prototypes and
their refinement are scored on the same draws; a draw of more examples holds those of fewer. It
encodes nothing. Memory is bounded: queries go in chunks, and are subsampled beyond ``MOST``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.kappa import estimate_kappa
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Metric, Positions
from protolabel.episodes.sampler import generator_of
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.episodic import Accuracy, averaged
from protolabel.label_space.settings import FIRST_KAPPA

Step = Callable[[], None]

MOST = 20_000  # queries of a draw
CELLS = 2**23  # scores at once: 32 MB
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # examples a class of the learning curve


@dataclass(frozen=True, eq=False)
class SizeResult:
    """Accuracy with ``shot`` examples a class. ``queries`` of ``available`` were scored a draw.

    ``refined`` is None where there is no refinement: without examples, or not for unit vectors.
    ``confusion`` is of the refined answers where there are any, else of the prototypes' (``head``).
    """

    shot: int
    prototypes: Accuracy
    refined: Accuracy | None
    queries: int
    available: int
    head: str
    confusion: Confusion


def sizes_for(least: int, shots: Sequence[int], *, described: bool) -> list[int]:
    """Examples a class that a learning curve shows, where the smallest class has ``least``.

    0 where classes are described, then 1, 2, 5, 10, ... and the shots asked for, as long as a query
    of each class is left.
    """
    found = {k for k in (*STEPS, *shots) if 1 <= k < least}
    return sorted(found | ({0} if described else set()))


def drawn(labels: Positions, rng: np.random.Generator) -> Positions:
    """A random rank within its class for every document: the first k are the support. ``(n,)``."""
    order = np.lexsort((rng.random(len(labels)), labels))
    starts = np.searchsorted(labels[order], labels[order])
    ranks = np.empty(len(labels), np.int64)
    ranks[order] = np.arange(len(labels)) - starts
    return ranks


def every_class(
    embeddings: Floats,
    labels: Positions,
    words: Floats | None,
    *,
    sizes: Sequence[int],
    draws: int = 5,
    kappa: float | None = None,
    metric: Metric = "cosine",
    seed: int = 0,
    most: int = MOST,
    step: Step = lambda: None,
) -> list[SizeResult]:
    """Accuracy over all classes for each of ``sizes`` examples a class.

    ``kappa`` None: estimated from the support of each draw, as a label space does. ``step`` is
    called once a draw and size; a size of 0 has a single draw, and so no interval.

    *Shape:* embeddings ``(n, d)``, of unit length where the metric is cosine; labels ``(n,)`` in
    ``[0, K)``, each class there more often than any size; words ``(K, d)`` or None.
    """
    classes = int(labels.max()) + 1
    told = np.zeros((classes, embeddings.shape[1]), np.float32) if words is None else words
    described = np.full(classes, words is not None)
    found = []
    for shot in sizes:
        heads = _Heads(classes)
        available = queries = 0
        for number in range(draws if shot else 1):  # without support, all draws are one
            ranks = drawn(labels, generator_of(seed, number))
            support, rest = np.flatnonzero(ranks < shot), np.flatnonzero(ranks >= shot)
            available = len(rest)
            if len(rest) > most:
                rest = np.sort(generator_of(seed, number, shot).permutation(rest)[:most])
            queries = len(rest)
            models = _fitted(embeddings[support], labels[support], told, described, kappa, metric)
            for head, model in models.items():
                heads.score(head, model, embeddings, labels, rest)
            step()
        found.append(heads.result(shot, queries, available))
    return found


class _Heads:
    """Accuracy and confusion of one size, by head."""

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._shares: dict[str, list[float]] = {}
        self._confusion: dict[str, Confusion] = {}

    def score(
        self,
        head: str,
        model: LinearModel,
        embeddings: Floats,
        labels: Positions,
        rest: Positions,
    ) -> None:
        """Count the answers to the queries ``rest``, in chunks."""
        right, size = 0, max(1, CELLS // self._classes)
        counted = self._confusion.setdefault(head, Confusion(self._classes))
        for at in range(0, len(rest), size):
            part = rest[at : at + size]
            answered = model.scores(embeddings[part]).argmax(axis=1)
            counted.add(labels[part], answered, part)
            right += int((answered == labels[part]).sum())
        self._shares.setdefault(head, []).append(right / len(rest))

    def result(self, shot: int, queries: int, available: int) -> SizeResult:
        """All draws together; a head that could not be fitted in every draw is left out."""
        plain, fine = self._shares["prototypes"], self._shares.get("refined", [])
        refined = averaged(fine) if len(fine) == len(plain) else None
        head = "prototypes" if refined is None else "refined"
        return SizeResult(
            shot, averaged(plain), refined, queries, available, head, self._confusion[head]
        )


def _fitted(
    support: Floats,
    labels: Positions,
    words: Floats,
    described: npt.NDArray[np.bool_],
    kappa: float | None,
    metric: Metric,
) -> dict[str, LinearModel]:
    """Return the weights of each head, from one draw's support."""
    drawn_support = Support.of(support, labels, words, described, metric=metric)
    if kappa is None:
        estimate = estimate_kappa(drawn_support)
        kappa = FIRST_KAPPA if estimate is None else estimate
    drawn_support = drawn_support.with_kappa(kappa)
    models = {"prototypes": LinearModel.of_classes(drawn_support.classes, kappa, metric)}
    if metric == "cosine" and len(support):  # the pull and its temperature are for unit vectors
        refined = refine(drawn_support)
        if refined is not None:
            models["refined"] = refined
    return models
