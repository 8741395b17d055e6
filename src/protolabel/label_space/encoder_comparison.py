"""Two encoders compared on a label space's own examples. It changes nothing and keeps nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protolabel.arithmetic.comparison import compare
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats
from protolabel.copies.descriptions import texts_in_descriptions
from protolabel.copies.equality import document_digests
from protolabel.copies.learned_documents import Provenance
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.encoders.embedder import Embedder
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.label_space.fits.learned_examples import learned_by, learned_examples
from protolabel.label_space.stored_items.item_vectors import vectors_of
from protolabel.progress import Progress, silent
from protolabel.store import Rows
from protolabel.types import Comparison, VectorSpace


def compared(
    rows: Rows,
    target: VectorSpace,
    embedder: Embedder,
    provenances: tuple[Provenance, Provenance],
    *,
    progress: Progress = silent,
) -> Comparison:
    """Return the comparison of the encoder in force with another, by leave-one-out.

    Vectors that the file lacks are encoded and not kept. Examples that either encoder has learned
    from are left out, and so are those that stand in the description of their class.

    Args:
        rows: of the label space.
        target: the vector space of the other encoder.
        embedder: of the other encoder.
        provenances: what the encoder in force and the other one have learned from.
        progress: follows what is encoded.
    """
    with rows.reading():
        version = rows.version()
        present = rows.encoding(version)
        settings = settings_of(rows, version)
        keys, items = rows.training_items(version, MOST_FITTED)
        descriptions = rows.descriptions()
        words = dict(zip(descriptions, rows.texts([*descriptions.values()]), strict=True))
        needed = sorted({*items, *descriptions.values()})
        old, new = rows.vectors_of(needed, present), rows.vectors_of(needed, target)
    lacking = [item for item in needed if item not in new]
    for batch, vectors in vectors_of(rows, embedder, lacking, total=len(needed), progress=progress):
        new |= dict(zip(batch, vectors, strict=True))
    classes = sorted({*keys.tolist(), *descriptions})
    labels = np.searchsorted(np.asarray(classes, dtype=np.int64), keys)
    described = np.array([key in descriptions for key in classes], dtype=np.bool_)

    contents = map(rows.content, items)  # an encoder that confuses documents makes them no equals
    digests = [document_digests(text=c.text, image=c.image) for c in contents]
    texts = rows.texts(items)
    groups = document_groups(digests, texts, labels)
    inside = texts_in_descriptions(texts, labels, [words.get(key) for key in classes])
    inside = whole_groups(inside, groups)
    present_provenance, other_provenance = provenances
    in_force = learned_examples(rows, version, items, present_provenance).learned
    learned = in_force | learned_by(other_provenance, rows, version, items)
    learned = whole_groups(learned, groups)

    def side(space: VectorSpace, vectors: dict[int, Floats]) -> Support:
        matrix = np.zeros((len(items) + len(classes), space.dim), dtype=np.float32)
        for row, item in enumerate(items):
            matrix[row] = vectors[item]
        for row, key in enumerate(classes, start=len(items)):
            if key in descriptions:
                matrix[row] = vectors[descriptions[key]]
        support = Support.of(
            matrix[: len(items)],
            labels,
            matrix[len(items) :],
            described,
            kappa=settings.kappa,
            metric=embedder.metric,
            groups=groups,
            learned=learned,
        )
        return replace(support, in_descriptions=inside)

    return compare(
        side(present, old),
        side(target, new),
        (present.fingerprint, target.fingerprint),
        own_kappa=settings.kappa_auto,
    )
