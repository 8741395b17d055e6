"""All classes at once: k examples a class, everything else as queries, over several draws.

This is what a label space does; :mod:`.episodic` is the protocol of few-shot papers. Prototypes and
their refinement are scored on the same draws. A draw of more examples includes those of fewer.
Nothing is encoded. Memory is bounded: queries go in chunks, and beyond ``MOST`` they are
subsampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.intervals import Estimate, combined_share
from protolabel.arithmetic.kappa import kappa_for
from protolabel.arithmetic.refinement import refine
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.support import Support, ranks_within
from protolabel.arithmetic.variances import documents_variance, draws_variance
from protolabel.arrays import Floats, Mask, Metric, Positions
from protolabel.episodes.sampler import generator_of
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.progress import Meter, Progress, silent

MOST = 20_000  # queries of a draw
CELLS = 2**23  # scores at once: 32 MB
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # examples a class of the learning curve


@dataclass(frozen=True, eq=False)
class SizeResult:
    """The accuracy with ``shot`` examples a class. ``queries`` of ``available`` were scored a draw.

    The intervals speak of new examples and new documents of the same classes.

    ``refined`` is None where there is no refinement: without examples, or not for unit vectors.
    ``confusion`` is of the refined answers where there are any, else of the prototypes' (``head``).
    """

    shot: int
    prototypes: Estimate
    refined: Estimate | None
    queries: int
    available: int
    head: str
    confusion: Confusion


def sizes_for(least: int, shots: Sequence[int], *, described: bool) -> list[int]:
    """Return the numbers of examples a class that a learning curve shows.

    These are 0 where classes are described, then 1, 2, 5, 10, ... and ``shots``, as long as a query
    of each class is left of ``least``, the size of the smallest class.
    """
    sizes = {k for k in (*STEPS, *shots) if 1 <= k < least}
    return sorted(sizes | ({0} if described else set()))


def drawn(labels: Positions, rng: np.random.Generator) -> Positions:
    """Return a random rank within its class for each document, (n,): the first k are support."""
    order = np.lexsort((rng.random(len(labels)), labels))
    return ranks_within(labels, order)


def every_class(
    data: LabelledVectors,
    *,
    sizes: Sequence[int],
    draws: int = 5,
    kappa: float | None = None,
    metric: Metric = "cosine",
    seed: int = 0,
    most: int = MOST,
    progress: Progress = silent,
) -> list[SizeResult]:
    """Return the accuracy over all classes for each of ``sizes`` examples a class.

    Each class has more documents than any size. A size of 0 has a single draw. ``kappa`` None:
    estimated from the support of each draw, as a label space does.
    """
    embeddings, labels = data.embeddings, data.labels
    words, described = _descriptions(data)
    meter = Meter("draws of all classes", sum(draws if k else 1 for k in sizes), progress)
    meter.advance(0)
    results = []
    for shot in sizes:
        heads: dict[str, _Answers] = {}
        available = queries = 0
        for number in range(draws if shot else 1):  # without support, all draws are one
            ranks = drawn(labels, generator_of(seed, number))
            support, query_rows = np.flatnonzero(ranks < shot), np.flatnonzero(ranks >= shot)
            available = len(query_rows)
            if len(query_rows) > most:
                query_rows = np.sort(
                    generator_of(seed, number, shot).permutation(query_rows)[:most]
                )
            queries = len(query_rows)
            models = _head_models(
                embeddings[support], labels[support], words, described, kappa, metric
            )
            for head, model in models.items():
                heads.setdefault(head, _Answers(data)).add(query_rows, model)
            meter.advance(1)
        results.append(_result(heads, shot, queries, available))
    return results


def _descriptions(data: LabelledVectors) -> tuple[Floats, Mask]:
    """Return descriptions (K, d), zeros where there are none, and which classes have one (K,)."""
    classes = len(data.names)
    if data.descriptions is None:
        none = np.zeros((classes, data.embeddings.shape[1]), np.float32)
        return none, np.zeros(classes, np.bool_)
    return data.descriptions, np.ones(classes, np.bool_)


class _Answers:
    """The answers of one head over the draws of one size."""

    def __init__(self, data: LabelledVectors) -> None:
        self._data = data
        self.accuracies: list[float] = []
        self.confusion = Confusion(len(data.names))
        self._right = np.zeros(len(data.labels))  # how often each document was answered rightly
        self._n_queries = np.zeros(len(data.labels))  # and how often it was a query

    def add(self, rows: Positions, model: LinearModel) -> None:
        """Count the answers of one draw to the queries in n rows ``(n,)``, in chunks."""
        embeddings, labels = self._data.embeddings, self._data.labels
        size = max(1, CELLS // len(self._data.names))
        right = 0
        for at in range(0, len(rows), size):
            part = rows[at : at + size]
            answers = model.scores(embeddings[part]).argmax(axis=1)
            hits = answers == labels[part]
            self.confusion.add(labels[part], answers, self._data.clusters[part])
            self._right[part] += hits
            self._n_queries[part] += 1
            right += int(hits.sum())
        self.accuracies.append(right / len(rows))

    def estimate(self, shot: int) -> Estimate:
        """Return the mean over draws; its interval speaks of new examples and new documents."""
        labels = self._data.labels
        queried = self._n_queries > 0
        rates = self._right[queried] / self._n_queries[queried]
        parts = [documents_variance(rates, labels[queried], self._data.clusters[queried])]
        if shot:
            shared = float((shot / np.bincount(labels)).mean())
            parts.append(draws_variance(np.asarray(self.accuracies), shared))
        documents = len(np.unique(self._data.clusters[queried]))
        mean = float(np.mean(self.accuracies))
        return combined_share(mean, len(self.accuracies), parts, documents)


def _result(heads: dict[str, _Answers], shot: int, queries: int, available: int) -> SizeResult:
    """Return all draws together; a head that could not be fitted in each draw is left out."""
    plain, fine = heads["prototypes"], heads.get("refined")
    if fine is not None and len(fine.accuracies) < len(plain.accuracies):
        fine = None
    return SizeResult(
        shot,
        plain.estimate(shot),
        fine.estimate(shot) if fine else None,
        queries,
        available,
        "refined" if fine else "prototypes",
        (fine or plain).confusion,
    )


def _head_models(
    support: Floats,
    labels: Positions,
    words: Floats,
    described: Mask,
    kappa: float | None,
    metric: Metric,
) -> dict[str, LinearModel]:
    """Return the weights of each head, from one draw's support."""
    drawn_support = Support.of(support, labels, words, described, metric=metric)
    if kappa is None:
        kappa = kappa_for(drawn_support)
    drawn_support = drawn_support.with_kappa(kappa)
    models = {"prototypes": LinearModel.of_classes(drawn_support.classes, kappa, metric)}
    if len(support):
        refined = refine(drawn_support)
        if refined is not None:
            models["refined"] = refined
    return models
