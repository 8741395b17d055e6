"""A label space moved onto another encoder, or only tried on it.

New vectors are written beside the old ones, in batches that are durable each, before anything is
changed; what is there is not encoded again. Then one transaction puts them in force. Whenever it
stops, the label space is wholly in one encoding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from protolabel.arithmetic.comparison import Side, compare, no_worse
from protolabel.arrays import Floats
from protolabel.encoders import AnyEncoder, compatible, reads
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.provenance import training_of
from protolabel.errors import EncoderError, InputError
from protolabel.label_space.fitting import MOST_EXAMPLES
from protolabel.label_space.session import Changing
from protolabel.label_space.settings import Settings
from protolabel.label_space.stored_fits import LEARNED, setting_of
from protolabel.store import Kind, Rows, Store, Writing
from protolabel.types import Comparison, Document, Reencoded, VectorSpace

BATCH = 512  # items that are encoded and written together, and at most lost when a run is killed
CHARACTERS = 400_000  # of their texts
BYTES = 32 * 1024**2  # of their images
LATE = 64  # items that the last transaction encodes itself; more of them are another batch

Progress = Callable[[int, int], None]  # items done, of how many


class _Overtaken(Exception):
    """Other processes changed too much meanwhile: once more from the beginning, on what is done."""


def compared(now: Changing, encoder: AnyEncoder, progress: Progress | None) -> Comparison:
    """Both encoders on the examples as they are; the file is only read."""
    target = _known(now.store, encoder)
    _refuse(now.store, target)
    embedder = _serving(now, target, now.binding.learn(encoder))
    return _compared(now.store, target, embedder, now.view().embedder.metric, progress)


def reencoded(
    now: Changing,
    encoder: AnyEncoder,
    *,
    name: str,
    only_if_better: bool,
    progress: Progress | None,
) -> Reencoded:
    """Encode what lacks the new encoder's vectors, compare, and put them in force."""
    store, done = now.store, 0
    serving = now.binding.learn(encoder)
    while True:
        present = now.view().embedder
        if compatible(present.fingerprint, encoder.fingerprint):
            told = f"nothing to do: {present.where} is on {present.fingerprint} already"
            return Reencoded(None, None, done, told)
        _refuse(store, _known(store, encoder))
        note = training_of(name).get("learned")
        target = store.draft(encoder.fingerprint, name, encoder.dim, reads(encoder))
        embedder = _serving(now, target, serving)
        while lacking := store.lacking(target.number):
            for batch, vectors in _followed(store, embedder, lacking, store.living(), progress):
                store.keep_vectors(target, batch, vectors)
                done += len(batch)
        comparison = _compared(store, target, embedder, present.metric, None)
        if only_if_better and not no_worse(comparison):
            store.drop_draft(target)
            return Reencoded(
                None, comparison, done, f"kept {present.fingerprint}: {_why(comparison)}"
            )
        flip = _Flip(store, present.encoding, target, embedder, comparison, note)
        try:
            change = now.apply("reencode", flip)
        except _Overtaken:
            continue
        return Reencoded(change, comparison, done + flip.late)


@dataclass
class _Flip:
    """The transaction that puts an encoding in force, with what came since it was drafted."""

    store: Store
    present: int  # the encoding that was in force when the vectors were compared
    target: VectorSpace
    embedder: Embedder
    comparison: Comparison
    note: object  # what the encoder has learned of some examples
    late: int = 0  # items that were encoded here

    def __call__(self, writing: Writing) -> None:
        old, lacking = writing.encoding, self.store.lacking(self.target.number)
        if old.number != self.present or len(lacking) > LATE:
            raise _Overtaken
        _refuse(self.store, self.target)
        for batch, vectors in _encoded(self.store, self.embedder, lacking):
            self.store.keep_vectors(self.target, batch, vectors)
        self.late = len(lacking)
        learned, version = setting_of(self.store, self.note), writing.version - 1
        if learned != self.store.settings(version).get(LEARNED, ""):
            writing.set(LEARNED, learned)
        writing.use_encoding(self.target)
        n, new = self.store.living(), writing.encoding.fingerprint
        noun = f"{n:,} vector{'s' * (n != 1)}"
        writing.summary = f"re-encoded {old.fingerprint} -> {new}, {noun}"
        writing.detail = {
            "from": old.fingerprint,
            "to": new,
            "vectors": n,
            "comparison": asdict(self.comparison),
        }


def _why(comparison: Comparison) -> str:
    if comparison.only_new < comparison.only_old:
        return f"{comparison.new} is right on {comparison.only_old - comparison.only_new} fewer"
    return f"{comparison.n} examples can be compared, and fewer than 10 tell too little"


def _known(rows: Rows, encoder: AnyEncoder) -> VectorSpace:
    """The encoding of an encoder's vectors, whether the file knows it already or not."""
    known = (e for e in rows.encodings() if compatible(e.fingerprint, encoder.fingerprint))
    new = VectorSpace(0, encoder.fingerprint, "", encoder.dim, reads(encoder))
    return next(known, new)


def _serving(now: Changing, target: VectorSpace, encoder: AnyEncoder) -> Embedder:
    if encoder.dim != target.dim:
        raise EncoderError(
            f"encoder {encoder.fingerprint} of {encoder.dim} dimensions",
            expected=f"{target.dim}, as the file knows it by that fingerprint",
            remedy="give another encoder another fingerprint",
        )
    return now.binding.drafted(target, encoder)


def _refuse(rows: Rows, target: VectorSpace) -> None:
    """Refuse what cannot be encoded, before anything is."""
    if not target.reads:
        raise EncoderError(
            f"encoder {target.fingerprint}, whose vectors are made elsewhere",
            expected="an encoder that reads the examples",
            remedy="make a new label space, and import examples that bring their embeddings",
        )
    where = rows.path
    bare = rows.holding("embeddings")
    if bare is not None:
        some = f"{bare.n} examples have an embedding and neither text nor image, the first"
        one = "an example has an embedding and neither text nor image:"
        raise InputError(
            f"{some if bare.n > 1 else one} {bare.example!r} of class {bare.label!r}",
            expected="texts or images, which another encoder can read",
            remedy="add them again with their content and remove these (protolabel remove "
            f"{where} {bare.example} ...), or stay with the present encoder",
        )
    kinds: tuple[Kind, ...] = ("text", "images")
    for kind in kinds:
        held = None if kind in target.reads.split() else rows.holding(kind)
        if held is not None:
            first = f"example {held.example!r}" if held.example else "the description"
            noun = {"text": "text", "images": "image"}[kind] + "s" * (held.n > 1)
            raise InputError(
                f"{held.n} {noun} for an encoder of {target.reads} alone, {target.fingerprint}: "
                f"{'first ' * (held.n > 1)}{first} of class {held.label!r}",
                expected=f"an encoder that reads {kind}",
                remedy="choose one, or stay with the present encoder",
            )


def _followed(
    rows: Rows, embedder: Embedder, lacking: Sequence[int], total: int, progress: Progress | None
) -> Iterator[tuple[list[int], Floats]]:
    """The vectors of what is lacking of a total, told to ``progress`` when they have been taken."""
    told = progress or (lambda done, total: None)
    done = total - len(lacking)
    told(done, total)
    for batch, vectors in _encoded(rows, embedder, lacking):
        yield batch, vectors
        done += len(batch)
        told(done, total)


def _encoded(
    rows: Rows, embedder: Embedder, items: Sequence[int]
) -> Iterator[tuple[list[int], Floats]]:
    """Items in batches with their vectors; equal ones of a batch are encoded once."""
    at = 0
    while at < len(items):
        batch: list[int] = []
        documents: list[Document] = []
        size = 0.0
        while at < len(items) and len(batch) < BATCH and size < 1:
            batch.append(items[at])
            documents.append(rows.content(items[at]))
            size += len(documents[-1].text or "") / CHARACTERS
            size += len(documents[-1].image or b"") / BYTES
            at += 1
        distinct = {(d.text, d.image): d for d in documents}
        place = {said: i for i, said in enumerate(distinct)}
        vectors = embedder.documents(list(distinct.values())).embeddings
        yield batch, vectors[[place[d.text, d.image] for d in documents]]


def _compared(
    rows: Rows, target: VectorSpace, embedder: Embedder, metric: str, progress: Progress | None
) -> Comparison:
    """Old and new vectors of the same items; those that the file lacks are encoded and not kept."""
    with rows.reading():
        version = rows.version()
        present = rows.encoding(version)
        settings = Settings.from_rows(rows.settings(version))
        keys, items = rows.training_items(version, MOST_EXAMPLES)
        told = rows.descriptions()
        needed = sorted({*items, *told.values()})
        old, new = rows.found(needed, present), rows.found(needed, target)
    lacking = [item for item in needed if item not in new]
    for batch, vectors in _followed(rows, embedder, lacking, len(needed), progress):
        new |= dict(zip(batch, vectors, strict=True))
    classes = sorted({*keys.tolist(), *told})
    labels = np.searchsorted(np.asarray(classes, dtype=np.int64), keys)
    described = np.array([key in told for key in classes], dtype=np.bool_)

    def side(encoding: VectorSpace, vectors: dict[int, Floats]) -> Side:
        rows_of = np.zeros((len(items) + len(classes), encoding.dim), dtype=np.float32)
        for row, item in enumerate(items):
            rows_of[row] = vectors[item]
        for row, key in enumerate(classes, start=len(items)):
            if key in told:
                rows_of[row] = vectors[told[key]]
        return Side(encoding.fingerprint, rows_of[: len(items)], rows_of[len(items) :])

    return compare(
        side(present, old),
        side(target, new),
        labels,
        described,
        kappa=None if settings.kappa_auto else settings.kappa,
        metric="euclidean" if metric == "euclidean" else "cosine",
    )
