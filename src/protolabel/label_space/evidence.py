"""What is behind an answer: the nearest examples of its class, its description, the passage.

Exact, against all examples of the answered class. Those of recently answered classes are kept in
memory, by version and within a bound of bytes, since a stream of documents asks for the same ones
again and again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arrays import Floats
from protolabel.errors import ImageError
from protolabel.images import thumbnail
from protolabel.store import Rows
from protolabel.types import Encoded, Evidence, NearExample, Passage

EXCERPT = 160  # characters of an example or passage that evidence shows
MEMORY_BYTES = 256 * 2**20
MOST_THUMBNAILS = 4096  # kept in memory, of some kilobytes each


@dataclass(frozen=True, slots=True, eq=False)
class ClassMembers:
    """One class as evidence needs it. embeddings ``(n, d)``, description_embedding ``(d,)``.

    ``images``: the item of each example that is an image, 0 for a text.
    """

    name: str
    ids: tuple[str, ...]
    images: tuple[int, ...]
    excerpts: tuple[str, ...]
    embeddings: Floats
    description: str | None
    description_embedding: Floats | None


class EvidenceSource:
    """Reads members of classes as of one version."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._kept: OrderedDict[int, ClassMembers] = OrderedDict()
        self._bytes = 0
        self._thumbnails: OrderedDict[int, bytes | None] = OrderedDict()
        self._lock = threading.Lock()

    def members(self, key: int) -> ClassMembers:
        """Members of a class, from memory where they were asked for lately."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._read(key)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._bytes += found.embeddings.nbytes
            while self._bytes > MEMORY_BYTES and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.embeddings.nbytes
        return found

    def thumbnail(self, item: int) -> bytes | None:
        """A small PNG of an item's image, kept in memory; None where the image is damaged."""
        with self._lock:
            if item in self._thumbnails:
                self._thumbnails.move_to_end(item)
                return self._thumbnails[item]
        made = None
        with suppress(ImageError):  # evidence never costs an answer; `check` finds the damage
            made = thumbnail(self._rows.image(item) or b"")
        with self._lock:
            self._thumbnails[item] = made
            if len(self._thumbnails) > MOST_THUMBNAILS:
                self._thumbnails.popitem(last=False)
        return made

    def _read(self, key: int) -> ClassMembers:
        with self._rows.reading():
            row = self._rows.class_with_key(key, self._version)
            examples = self._rows.examples(key, self._version)
            return ClassMembers(
                row.name,
                tuple(e.id for e in examples),
                tuple(e.item if e.has_image else 0 for e in examples),
                tuple(e.source if e.has_image else excerpt(e.text) for e in examples),
                self._rows.example_embeddings(key, self._version),
                row.description,
                self._rows.description_embedding(key, self._version),
            )


def gather(
    source: EvidenceSource,
    snapshot: Snapshot,
    keys: Sequence[int],
    encoded: Encoded,
    texts: Sequence[str | None],
    most: int,
) -> list[Evidence]:
    """Evidence for each query about its best class.

    ``keys[i]`` is the key of query i's best class; ``encoded`` and ``texts`` hold the queries.
    """
    passages = _best_passages(snapshot, keys, encoded, texts)
    by_class: dict[int, list[int]] = {}
    for i, key in enumerate(keys):
        by_class.setdefault(key, []).append(i)
    found: list[Evidence | None] = [None] * len(keys)
    for key, queries in by_class.items():
        members = source.members(key)
        vectors = encoded.embeddings[queries]
        seen = _of_class(members, vectors, snapshot, most, source.thumbnail)
        for i, one in zip(queries, seen, strict=True):
            examples, description_score, share = one
            found[i] = Evidence(
                label=members.name,
                examples=examples,
                description=members.description,
                description_score=description_score,
                description_share=share,
                carried_by="description" if share > 0.5 else "examples",
                passage=passages.get(i),
            )
    return [e for e in found if e is not None]


def _of_class(
    members: ClassMembers,
    queries: Floats,
    snapshot: Snapshot,
    most: int,
    thumbnail_of: Callable[[int], bytes | None],
) -> list[tuple[tuple[NearExample, ...], float | None, float]]:
    """Nearest examples, description score and share of it, for queries ``(m, d)`` of one class."""
    inner = queries @ members.embeddings.T  # (m, n)
    scores = inner
    if snapshot.metric == "euclidean":
        scores = 2 * inner - np.square(members.embeddings).sum(axis=1)
        scores -= np.square(queries).sum(axis=1, keepdims=True)
    few = min(most, scores.shape[1])
    nearest = np.argsort(-scores, axis=1, kind="stable")[:, :few] if few else None
    g = members.description_embedding
    told: list[float] | None = None if g is None else (queries @ g).tolist()
    shown = inner.sum(axis=1).tolist()
    out: list[tuple[tuple[NearExample, ...], float | None, float]] = []
    for row in range(len(queries)):
        examples: tuple[NearExample, ...] = ()
        if nearest is not None:
            examples = tuple(
                NearExample(
                    members.ids[j],
                    float(scores[row, j]),
                    members.excerpts[j],
                    thumbnail_of(members.images[j]) if members.images[j] else None,
                )
                for j in nearest[row].tolist()
            )
        spoken = None if told is None else told[row]
        out.append((examples, spoken, _share(spoken, shown[row], snapshot, len(members.ids))))
    return out


def _share(spoken: float | None, shown: float, snapshot: Snapshot, n: int) -> float:
    """Part of the prototype's score that the description gave: kappa q.g / (kappa q.g + q.sum).

    Where the two pull in opposite directions the weights kappa / (kappa + n) are what remains.
    """
    if spoken is None:
        return 0.0
    told = snapshot.kappa * spoken
    if snapshot.metric == "euclidean" or told < 0 or shown < 0 or told + shown <= 0:
        return snapshot.kappa / (snapshot.kappa + n) if snapshot.kappa + n else 0.0
    return told / (told + shown)


def _best_passages(
    snapshot: Snapshot, keys: Sequence[int], encoded: Encoded, texts: Sequence[str | None]
) -> dict[int, Passage]:
    """The passage of each long document that scores highest for the document's best class."""
    best: dict[int, Passage] = {}
    for i in np.unique(encoded.passage_owner).tolist():
        rows = np.flatnonzero(encoded.passage_owner == i)
        weights, bias = snapshot.row(keys[i])
        scores = encoded.passage_embeddings[rows] @ weights + bias
        top = int(np.argmax(scores))
        start, end = encoded.passage_spans[rows[top]].tolist()
        text = texts[i] or ""
        best[i] = Passage(start, end, excerpt(text[start:end]), float(scores[top]))
    return best


def excerpt(text: str | None) -> str:
    """The beginning of a text on one line: at most ``EXCERPT`` characters."""
    if text is None:
        return ""
    line = " ".join(text[: 2 * EXCERPT].split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
