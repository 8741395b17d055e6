"""Encodes a label space's items with another encoder, in batches; refuses what that cannot read.

Nothing here writes to the file or changes the label space.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import numpy as np

from protolabel.arrays import Floats
from protolabel.encoders import AnyEncoder, compatible, reads
from protolabel.encoders.embedder import Embedder
from protolabel.errors import EncoderError, InputError
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.stored_items.chunks import steps
from protolabel.progress import Meter, Progress, silent
from protolabel.store import Kind, Rows
from protolabel.types import Document, VectorSpace
from protolabel.words.quantity import quantity

BATCH = 512  # items that are encoded and written together, and at most lost when a run is killed
CHARACTERS = 400_000  # of their texts
BYTES = 32 * 1024**2  # of their images


def vector_space_of(rows: Rows, encoder: AnyEncoder) -> VectorSpace:
    """Return the vector space of an encoder, whether the file has it already or not."""
    stored = (e for e in rows.encodings() if compatible(e.fingerprint, encoder.fingerprint))
    new = VectorSpace(0, encoder.fingerprint, "", encoder.dim, reads(encoder))
    return next(stored, new)


def embedder_of(binding: Binding, target: VectorSpace, encoder: AnyEncoder) -> Embedder:
    """Return an embedder into a vector space. Raises EncoderError for other dimensions."""
    if encoder.dim != target.dim:
        raise EncoderError(
            f"encoder {encoder.fingerprint} of {encoder.dim} dimensions",
            expected=f"{target.dim}, as the file knows it by that fingerprint",
            remedy="give another encoder another fingerprint",
        )
    return binding.drafted(target, encoder)


def refuse_unreadable(rows: Rows, target: VectorSpace) -> None:
    """Refuse items that the encoder does not read, before anything is encoded.

    Raises:
        EncoderError: if its vectors are made elsewhere.
        InputError: naming the first such item.
    """
    if not target.reads:
        raise EncoderError(
            f"encoder {target.fingerprint}, whose vectors are made elsewhere",
            expected="an encoder that reads the examples",
            remedy="make a new label space, and import examples that bring their embeddings",
        )
    where = rows.path
    bare = rows.holding("embeddings")
    if bare is not None:
        several = (
            f"{quantity(bare.n, 'example')} have an embedding and neither text nor image, the first"
        )
        single = "an example has an embedding and neither text nor image:"
        raise InputError(
            f"{several if bare.n > 1 else single} {bare.example!r} of class {bare.label!r}",
            expected="texts or images, which another encoder can read",
            remedy="add them again with their content and remove these ("
            f"{shlex.join(['protolabel', 'remove', where, bare.example])} ...), or stay with the "
            "present encoder",
        )
    kinds: tuple[Kind, ...] = ("text", "images")
    for kind in kinds:
        holding = None if kind in target.reads.split() else rows.holding(kind)
        if holding is not None:
            first = f"example {holding.example!r}" if holding.example else "the description"
            noun = {"text": "text", "images": "image"}[kind] + "s" * (holding.n > 1)
            raise InputError(
                f"{holding.n} {noun} for an encoder of {target.reads} alone, {target.fingerprint}: "
                f"{'first ' * (holding.n > 1)}{first} of class {holding.label!r}",
                expected=f"an encoder that reads {kind}",
                remedy="choose one, or stay with the present encoder",
            )


def vectors_of(
    rows: Rows,
    embedder: Embedder,
    items: Sequence[int],
    *,
    total: int,
    progress: Progress = silent,
) -> Iterator[tuple[list[int], Floats]]:
    """Yield items in batches with their vectors, (n, d) each; equal ones are encoded once.

    ``progress`` hears how many of ``total`` items have a vector; all but ``items`` have one from
    the start.
    """
    meter = Meter("documents encoded", total, progress)
    meter.advance(total - len(items))
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
        row_of = {content: row for row, content in enumerate(distinct)}
        contents = list(distinct.values())
        done, parts = meter.done, []
        for part in steps(contents):
            meter.advance(done + part.start - meter.done)  # of equal items, the first
            parts.append(embedder.documents(contents[part.start : part.stop]).embeddings)
        yield batch, np.concatenate(parts)[[row_of[d.text, d.image] for d in documents]]
        meter.advance(done + len(batch) - meter.done)
