"""What is behind an answer: the nearest examples of its class, its description, the passage.

The search is exact: all examples of the answered class, one block after the other.
``evidence_source`` reads them and keeps them in memory; ``deciding_passage`` says which passage
decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from protolabel.answers import Evidence, NearExample, Passage
from protolabel.arithmetic.scores import similarities
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.top import top
from protolabel.arrays import Doubles, Floats, Integers, Metric, distinct
from protolabel.label_space.answer_path.deciding_passage import (
    Embed,
    deciding_passage,
    shown_passages,
)
from protolabel.label_space.answer_path.evidence_source import (
    ClassSummary,
    EvidenceSource,
    ShownExample,
    VectorBlock,
)
from protolabel.types import Encoded

CELLS = 2**20  # entries of a matrix of scores: 4 MB of float32, and 8 MB for its order


@dataclass(frozen=True, slots=True, eq=False)
class Queries:
    """Documents whose evidence is asked for, with the class that each is about.

    ``best_keys[i]`` is the key of document i's best class, and ``runner_up_keys[i]`` that of its
    second best; None where there is none, or nobody asks. ``encoded`` and ``texts`` hold the
    documents.
    """

    best_keys: Sequence[int]
    encoded: Encoded
    texts: Sequence[str | None]
    runner_up_keys: Sequence[int] | None = None


def gather(
    source: EvidenceSource,
    snapshot: Snapshot,
    queries: Queries,
    most: int,
    embed: Embed | None = None,
    head: Snapshot | None = None,
) -> list[Evidence]:
    """Return the evidence for each document about its best class.

    Its examples are the nearest ones to the document; where a mode raised the score of the class,
    those that are nearest to this mode.

    Args:
        source: reads the classes, of the same version as ``snapshot``.
        snapshot: the prototypes.
        queries: the documents and their best classes.
        most: the number of nearest examples that evidence shows.
        embed: encodes the words of a passage; None marks no words.
        head: what ranked, where classes may have modes.
    """
    passages = _passages(snapshot, queries, embed) if len(queries.encoded.passage_owner) else {}
    by_class: dict[int, list[int]] = {}
    for i, key in enumerate(queries.best_keys):
        by_class.setdefault(key, []).append(i)
    evidence: dict[int, Evidence] = {}
    for key, positions in by_class.items():
        vectors = queries.encoded.embeddings[positions]
        with source.reading():
            summary = source.summary(key)
            modes = None if head is None else _deciding_modes(head, key, vectors)
            examples = _nearest_examples(source, key, vectors, modes, most, snapshot.metric)
        description_scores = _description_scores(summary, vectors, snapshot.metric)
        shares = _description_shares(summary, vectors, snapshot)
        for row, i in enumerate(positions):
            evidence[i] = Evidence(
                label=summary.name,
                examples=examples[row],
                description=summary.description,
                description_score=None
                if description_scores is None
                else float(description_scores[row]),
                description_share=shares[row],
                carried_by="description" if shares[row] > 0.5 else "examples",
                passage=passages.get(i),
                description_sharpened=summary.sharpened,
            )
    return [evidence[i] for i in range(len(queries.best_keys))]


def nearest(
    blocks: Iterable[VectorBlock], queries: Floats, most: int, metric: Metric
) -> tuple[Integers, Floats]:
    """Return keys and scores of the nearest examples of each query, best first.

    Of equally near examples the older one comes first.

    Args:
        blocks: the examples, oldest first; each is looked at once.
        queries: ``(m, d)`` float32.
        most: how many to return.
        metric: what a score is.

    Returns:
        keys ``(m, k)`` int64 and scores ``(m, k)`` float32, higher is nearer, k at most ``most``.
    """
    keys = np.empty((len(queries), 0), np.int64)
    best = np.empty((len(queries), 0), np.float32)
    for block in blocks:
        step = max(1, CELLS // max(1, len(queries)))
        for start in range(0, len(block.keys), step):
            part = slice(start, start + step)
            scores = similarities(queries, block.embeddings[part], metric)
            columns = top(scores, min(most, scores.shape[1]))
            new = block.keys[part][columns]
            values = np.take_along_axis(scores, columns, axis=1)
            if not keys.shape[1]:
                keys, best = new, values
                continue
            keys = np.concatenate([keys, new], axis=1)
            best = np.concatenate([best, values], axis=1)
            columns = top(best, min(most, best.shape[1]))
            keys = np.take_along_axis(keys, columns, axis=1)
            best = np.take_along_axis(best, columns, axis=1)
    return keys, best


def _deciding_modes(head: Snapshot, key: int, queries: Floats) -> Floats | None:
    """Return the mode of a class that raises its score for each query; NaN where none does.

    *Shape:* queries ``(m, d)`` -> ``(m, d)``, or None where no class has modes.
    """
    if head.modes is None:
        return None
    linear = head.row(key).scores(queries)[:, 0]
    rows = head.modes.deciding(queries, int(np.searchsorted(head.keys, key)), linear)
    vectors = np.full(queries.shape, np.nan, np.float32)
    vectors[rows >= 0] = head.modes.vectors[rows[rows >= 0]]
    return vectors


def _near_modes(
    source: EvidenceSource, key: int, queries: Floats, modes: Floats, most: int, metric: Metric
) -> tuple[Integers, Floats]:
    """Return the examples that are nearest to a mode, as :func:`nearest` does those to a query.

    The scores are those of the queries, best first. *Shape:* queries and modes ``(m, d)``.
    """
    keys, _ = nearest(source.blocks(key), modes, most, metric)
    present = distinct(keys)
    vectors = np.empty((len(present), queries.shape[1]), np.float32)
    for block in source.blocks(key):
        rows = np.isin(block.keys, present)
        vectors[np.searchsorted(present, block.keys[rows])] = block.embeddings[rows]
    places = np.searchsorted(present, keys)
    scores = np.take_along_axis(similarities(queries, vectors, metric), places, axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.take_along_axis(keys, order, axis=1), np.take_along_axis(scores, order, axis=1)


def _nearest_examples(
    source: EvidenceSource,
    key: int,
    queries: Floats,
    modes: Floats | None,
    most: int,
    metric: Metric,
) -> list[tuple[NearExample, ...]]:
    """Return the nearest examples of one class to each query, or to the mode that raised its score.

    *Shape:* queries ``(m, d)``, modes ``(m, d)``: NaN where none did.
    """
    keys, scores = nearest(source.blocks(key), queries, most, metric)
    raised = np.zeros(len(queries), np.bool_) if modes is None else ~np.isnan(modes[:, 0])
    if modes is not None and raised.any():
        keys[raised], scores[raised] = _near_modes(
            source, key, queries[raised], modes[raised], most, metric
        )
    examples = source.examples(dict.fromkeys(keys.ravel().tolist()))
    return [
        tuple(_near_example(source, examples[i], score) for i, score in zip(*pair, strict=True))
        for pair in zip(keys.tolist(), scores.tolist(), strict=True)
    ]


def _near_example(source: EvidenceSource, example: ShownExample, score: float) -> NearExample:
    small = source.thumbnail(example.image) if example.image else None
    return NearExample(example.id, score, example.excerpt, small, example.source)


def _description_scores(summary: ClassSummary, queries: Floats, metric: Metric) -> Floats | None:
    """Return the score of each query against the description, ``(m,)``; None without one."""
    if summary.description_embedding is None:
        return None
    described = summary.description_embedding[None]
    return np.asarray(similarities(queries, described, metric)[:, 0])


def _description_shares(summary: ClassSummary, queries: Floats, snapshot: Snapshot) -> list[float]:
    """Return the part of each prototype score that comes from the description, 0 to 1.

    For a query q, a description g and the sum s of n examples it is kappa q.g / (kappa q.g + q.s).
    It is kappa / (kappa + n) where scores are distances, and where q.g or q.s is negative.
    """
    if summary.description_embedding is None:
        return [0.0] * len(queries)
    weights = snapshot.kappa + summary.n
    share = snapshot.kappa / weights if weights else 0.0
    wide: Doubles = queries.astype(np.float64)
    described = snapshot.kappa * (wide @ summary.description_embedding)
    from_examples = wide @ summary.total
    totals = described + from_examples
    split = (described >= 0) & (from_examples >= 0) & (totals > 0) & (snapshot.metric == "cosine")
    shares = np.divide(described, totals, out=np.full(len(queries), share), where=split)
    return [float(share) for share in shares]


def _passages(snapshot: Snapshot, queries: Queries, embed: Embed | None) -> dict[int, Passage]:
    """Return the passage of each long document that decided, by document."""
    decisions = {}
    for i in distinct(queries.encoded.passage_owner).tolist():
        best = snapshot.row(queries.best_keys[i])
        second = None if queries.runner_up_keys is None else snapshot.row(queries.runner_up_keys[i])
        decisions[i] = deciding_passage(queries.encoded, i, best, second)
    return shown_passages(decisions, queries.texts, embed)
