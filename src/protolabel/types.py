"""The records that all folders share: documents, examples, classes, changes, findings. No I/O.

Vocabulary as in docs/glossary.md. Arrays are C-contiguous; shapes stand beside each field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from protolabel.arrays import Embeddings, Floats, Integers, Positions, unit
from protolabel.beginnings import Beginnings
from protolabel.errors import EncoderError
from protolabel.joined_parts import joined_beginnings, joined_shares, joined_weights
from protolabel.words.change_hints import hints_of
from protolabel.words.quantity import quantity


@dataclass(frozen=True, slots=True)
class Document:
    """One item to be labelled: a text, an image, or an embedding made elsewhere.

    Its embedding, (d,) float32, may come with a text or image, or alone. ``id`` names the answer.

    Attributes:
        source: where it came from (``file:line``); errors show it.
        image: the bytes of a PNG or JPEG file.
        unreadable: why its text is no evidence. It is not encoded, and its answer is no class.
        has_own_id: false where a position or a place made the id: then equal documents are one. It
            is also false for later rows of a table that share an id and hold different things.
        message_path: of a message, the end of its source, with its name for its number.
        folder: where its source lies; None: the working folder; "": nowhere here, it was sent.
    """

    id: str
    text: str | None = field(default=None, repr=False)
    embedding: Embeddings | None = None
    source: str = ""
    image: bytes | None = field(default=None, repr=False)
    unreadable: str = ""
    has_own_id: bool = field(default=True, compare=False, repr=False)
    message_path: str = field(default="", compare=False, repr=False)
    folder: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A document with a label, given by a person. ``id`` is made from its content when empty.

    ``negative``: it is not of this class. ``is_name``: its label was listed; a ``;`` is part of it.
    """

    label: str
    text: str | None = field(default=None, repr=False)
    id: str = ""
    embedding: Embeddings | None = None
    source: str = ""
    image: bytes | None = field(default=None, repr=False)
    negative: bool = False
    is_name: bool = field(default=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Documents as vectors: one a document, and one a passage for those that were split.

    A document that fits the encoder's window has no row among the passages.

    Attributes:
        embeddings: (n, d) float32.
        passage_embeddings: (m, d) float32, in document order.
        passage_owner: (m,) int64, ascending: the row in ``embeddings`` that a passage belongs to.
        passage_spans: (m, 2) int64, character offsets.
        unread_shares: (n, 2) float32, the share of each document's tokens that the encoder does not
            know (1 where it finds no token), and the share of its words that the encoder breaks
            into single letters; None where it does not count.
        passage_weights: (m,) float32, by which passages, and perhaps beginnings, add up to the
            embedding; None where the encoder does not say.
        beginnings: those that are added besides.

    Raises:
        EncoderError: the shapes do not agree, or the owners are not rows in ascending order.
    """

    embeddings: Embeddings
    passage_embeddings: Embeddings
    passage_owner: Positions
    passage_spans: Integers
    unread_shares: Embeddings | None = None
    passage_weights: Floats | None = None
    beginnings: Beginnings | None = None

    def __post_init__(self) -> None:
        n, m = len(self.embeddings), len(self.passage_owner)
        vectors = (self.embeddings.shape[1:], self.passage_embeddings.shape)
        if self.embeddings.ndim != 2 or vectors[1] != (m, *vectors[0]):
            raise EncoderError(
                f"vectors of shape {self.embeddings.shape} and passages of {vectors[1]}",
                expected=f"(n, d) and ({m}, d), as there are {m} owners",
            )
        if self.unread_shares is not None and self.unread_shares.shape != (n, 2):
            raise EncoderError(
                f"shares of unread tokens of shape {self.unread_shares.shape}", expected=f"({n}, 2)"
            )
        if self.passage_weights is not None and self.passage_weights.shape != (m,):
            raise EncoderError(
                f"{quantity(len(self.passage_weights), 'passage weight')}", expected=f"{m}"
            )
        owner = self.passage_owner
        in_order = owner.ndim == 1 and (m < 2 or bool((np.diff(owner) >= 0).all()))
        within = in_order and (not m or 0 <= int(owner[0]) <= int(owner[-1]) < n)
        if self.passage_spans.shape != (m, 2) or not within:
            raise EncoderError(
                f"passages of {m} owners and spans of shape {self.passage_spans.shape}",
                expected=f"owners in order within 0 to {n - 1}, and spans of shape ({m}, 2)",
            )

    @classmethod
    def whole(cls, embeddings: Embeddings) -> Encoded:
        """Return documents that have no passages. *Shape:* ``(n, d)`` float32."""
        dim = embeddings.shape[1]
        none = np.empty((0, dim), np.float32)
        return cls(embeddings, none, np.empty(0, np.int64), np.empty((0, 2), np.int64))

    @classmethod
    def empty(cls, dim: int) -> Encoded:
        """Return no documents, of ``dim`` dimensions."""
        return cls.whole(np.empty((0, dim), np.float32))

    @classmethod
    def join(cls, parts: Sequence[Encoded], dim: int) -> Encoded:
        """Return the documents of all parts, in order, with their passages."""
        if not parts:
            return cls.empty(dim)
        sizes = [len(part.embeddings) for part in parts]
        offsets = [0, *np.cumsum(sizes[:-1]).tolist()]
        owners = [part.passage_owner + at for part, at in zip(parts, offsets, strict=True)]
        return cls(
            np.concatenate([part.embeddings for part in parts]),
            np.concatenate([part.passage_embeddings for part in parts]),
            np.concatenate(owners),
            np.concatenate([part.passage_spans for part in parts]),
            joined_shares([part.unread_shares for part in parts], sizes),
            joined_weights([part.passage_weights for part in parts], list(map(len, owners))),
            joined_beginnings([part.beginnings for part in parts], offsets),
        )

    def among(self, rows: Sequence[int], n: int) -> Encoded:
        """Return n documents: these at the given rows, and others that were not read."""
        vectors = np.zeros((n, self.embeddings.shape[1]), np.float32)
        vectors[rows] = self.embeddings
        shares = np.tile(np.array([1, 0], np.float32), (n, 1))
        shares[rows] = 0 if self.unread_shares is None else self.unread_shares
        return replace(self.owned_by(np.asarray(rows, np.int64), vectors), unread_shares=shares)

    def owned_by(self, rows: Positions, vectors: Embeddings) -> Encoded:
        """Return the same among more documents: these at ``rows``; ``vectors``: (n, d) of all."""
        beginnings = self.beginnings and self.beginnings.owned_by(rows[self.beginnings.owner])
        owner = rows[self.passage_owner]
        return replace(
            self, embeddings=vectors, passage_owner=owner, unread_shares=None, beginnings=beginnings
        )

    def take(self, part: slice) -> Encoded:
        """Return the documents of a slice of step 1, with the passages that are theirs."""
        start, stop, _ = part.indices(len(self.embeddings))
        low, high = np.searchsorted(self.passage_owner, [start, max(start, stop)]).tolist()
        return Encoded(
            self.embeddings[start:stop],
            self.passage_embeddings[low:high],
            self.passage_owner[low:high] - start,
            self.passage_spans[low:high],
            None if self.unread_shares is None else self.unread_shares[start:stop],
            None if self.passage_weights is None else self.passage_weights[low:high],
            self.beginnings and self.beginnings.take(start, stop),
        )

    def pick(self, rows: Sequence[int]) -> Encoded:
        """Return some of the documents, in the order of ``rows``."""
        return Encoded.join([self.take(slice(i, i + 1)) for i in rows], self.embeddings.shape[1])

    def unit(self) -> Encoded:
        """Return the same with every vector at length one; a vector of zeros stays zero."""
        beginnings = self.beginnings and self.beginnings.unit()
        vectors, passages = unit(self.embeddings), unit(self.passage_embeddings)
        return replace(self, embeddings=vectors, passage_embeddings=passages, beginnings=beginnings)


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """A class, with the ``parent`` above it. ``sharpened``: documents moved its description."""

    name: str
    examples: int
    description: str | None
    description_from: Literal["given", "name", "none"]
    retired: bool
    since_version: int
    sharpened: bool = False
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One durable transaction. ``version`` is the label space's number after it."""

    version: int
    kind: str
    summary: str
    at: str
    who: str
    reverts: int | None = None
    detail: dict[str, object] = field(default_factory=dict)

    @property
    def hints(self) -> tuple[str, ...]:
        """Sentences about effects that may be unintended."""
        return hints_of(self.detail)

    def number(self, key: str) -> int:
        """Return the number that ``detail`` has under a key; 0 where it has none."""
        value = self.detail.get(key, 0)
        return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two encoders on a label space's own examples, each left out of its class in turn.

    ``n`` examples can be left out: those of classes with two or more. ``difference`` is the new
    accuracy less the old one, ``low`` and ``high`` its paired 95 % interval; all of them None where
    n is 0. ``only_old`` and ``only_new`` count the examples that one encoder alone has right.
    ``learned`` examples are left out, since one of the encoders has learned from them.
    """

    old: str
    new: str
    n: int
    old_accuracy: float | None
    new_accuracy: float | None
    difference: float | None
    low: float | None
    high: float | None
    only_old: int
    only_new: int
    old_kappa: float
    new_kappa: float
    learned: int = 0


@dataclass(frozen=True, slots=True)
class Reencoded:
    """What became of moving a label space to another encoder.

    ``change`` is None where nothing was changed, and ``reason`` then says why. ``encoded`` examples
    and descriptions were encoded for it in this run; a run that was stopped may have done others.
    """

    change: Change | None
    comparison: Comparison | None
    encoded: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """The space that the vectors of one encoder lie in, as a label space knows it.

    ``number``: its number in the file. ``fingerprint``: the identity of its encoder. ``encoder``:
    the encoder's name or folder, empty if it has none. ``dim``: the length of its vectors.
    ``reads``: what the encoder reads, as :func:`protolabel.encoders.reads` says it.
    """

    number: int
    fingerprint: str
    encoder: str
    dim: int
    reads: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found in a label space.

    ``kind``: ``damage`` in what people made, which only a backup brings back; ``derived``, which
    can be put right; ``duplicate``, equal documents, which count twice; ``log``, later changes in
    a log that was left behind. ``repaired``: it was done.
    """

    what: str
    kind: Literal["damage", "derived", "duplicate", "log"]
    repaired: bool = False

    @property
    def derived(self) -> bool:
        """Whether it follows from the rows and can be rebuilt."""
        return self.kind == "derived"
