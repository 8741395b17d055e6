"""Evaluation of any encoder on labelled examples: checked, encoded, and handed to ``of_vectors``.

``of_label_space`` evaluates label spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from protolabel.arrays import Floats
from protolabel.copies.equality import document_digests, groups_of
from protolabel.documents import as_examples
from protolabel.encoders import AnyEncoder, as_encoder, reads
from protolabel.encoders.cache import with_cache
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.provenance import folder_of, learned_classes
from protolabel.episodes.class_keys import class_key
from protolabel.errors import InputError
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.evaluation.of_vectors import evaluate_vectors
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.results import Evaluation, document_name
from protolabel.evaluation.shares import first_of_each
from protolabel.evaluation.usable_documents import texts_of_classes, usable_documents
from protolabel.label_space.label_space import DEFAULT_ENCODER
from protolabel.progress import Progress, Step, silent
from protolabel.types import Example, VectorSpace

CHUNK = 256  # documents encoded between two signs of progress
LISTED = 5  # classes that a note names


def evaluate(
    examples: Iterable[Example],
    *,
    encoder: str | AnyEncoder = DEFAULT_ENCODER,
    descriptions: Mapping[str, str] | None = None,
    with_names: bool = False,
    plan: Plan | None = None,
    subject: str = "examples",
    cache: bool = False,
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate an encoder on labelled examples: episodes, all classes at once, confusion.

    Equal documents of a class count once, and near copies too. Documents that the encoder has
    learned from are left out, and so are near copies of them, and documents that stand in the
    description or the name of their class. A plan may keep all of these. Where
    the encoder has learned some of the classes, no figure speaks of new classes.

    Args:
        examples: labelled documents.
        encoder: a name, a folder, or an encoder.
        descriptions: what classes are; the name describes a class that is not among them.
        with_names: describe each class by its name.
        plan: ways, shots, episodes, draws, and whether copies are kept.
        subject: what the report calls the data.
        cache: keep embeddings between processes.
        progress: receives the steps.

    Raises:
        InputError: the examples do not give what the plan asks for. The encoder is not loaded then.
    """
    plan = plan or Plan()
    described = with_names or descriptions is not None
    labelled, folder = as_examples(examples), folder_of(encoder, fetch=True)
    usable = usable_documents(
        labelled, folder, descriptions or {}, described=described, keep_copies=plan.keep_copies
    )
    labels, notes = [e.label for e in usable.examples], list(usable.notes)
    learned_keys = {class_key(name) for name in learned_classes(folder)}
    shots, (plan, plan_notes) = plan.shots, plan.fitted(labels)
    notes += plan_notes
    names, small = plan.usable(labels, described=described, left=usable.left_out)
    if small:
        notes.append(f"left out, too few documents: {', '.join(small)}")
    learned = [name for name in names if class_key(name) in learned_keys]
    if learned:
        notes.append(_learned_words(learned, names))
    taking_part = [i for i, label in enumerate(labels) if label in set(names)]
    independent = [usable.examples[i] for i in taking_part]
    groups = usable.groups[taking_part]
    loaded = as_encoder(encoder)
    loaded = with_cache(loaded) if cache else loaded
    space = VectorSpace(1, loaded.fingerprint, "", loaded.dim, reads(loaded))
    embedder = Embedder(lambda: loaded, space, metric=plan.metric, where=subject)
    _check_kinds(independent, loaded)
    words = None
    if described:
        _require_words(embedder, loaded.fingerprint)
        texts, more = texts_of_classes(names, descriptions or {})
        notes += more if descriptions is not None else []
        words = embedder.texts(texts)
    embeddings = _embeddings(independent, embedder, progress)
    data = LabelledVectors(
        embeddings,
        np.searchsorted(names, [e.label for e in independent]),
        names,
        words,
        first_of_each(
            groups_of(
                (f"group {group}", *document_digests(vector=vector))
                for group, vector in zip(groups.tolist(), embeddings, strict=True)
            )
        ),
        len(learned),
        lambda i: document_name(independent[i].id, independent[i].text, independent[i].source),
    )
    evaluation = evaluate_vectors(
        data, plan, subject=subject, encoder=loaded.fingerprint, notes=notes, progress=progress
    )
    return replace(evaluation, quoted_shot=None if shots is None else max(shots))


def _learned_words(learned: Sequence[str], names: Sequence[str]) -> str:
    """Return the note that an encoder has learned some of the classes."""
    more = ", ..." if len(learned) > LISTED else ""
    return (
        f"the encoder has learned {len(learned)} of these {len(names)} classes "
        f"({', '.join(map(repr, learned[:LISTED]))}{more}): the figures do not say how it does on "
        "new classes"
    )


def _require_words(embedder: Embedder, fingerprint: str) -> None:
    """Refuse descriptions for an encoder that reads no texts."""
    if not embedder.reads_text:
        raise InputError(
            f"descriptions for {fingerprint}, which reads no words",
            expected="an encoder of texts",
            remedy="leave with_names=True and descriptions= out",
        )


def _check_kinds(examples: Sequence[Example], encoder: AnyEncoder) -> None:
    """Refuse embeddings of another size, and images that the encoder cannot read."""
    reads_images = "images" in reads(encoder)
    for e in examples:
        if e.embedding is None and e.image is not None and not reads_images:
            raise InputError(
                f"{e.source or e.id or e.label}: an image for an encoder of texts",
                expected="texts, or an encoder of images",
                remedy="give an encoder of images: encoder=",
            )
        size = None if e.embedding is None else np.shape(e.embedding)
        if size is not None and size != (encoder.dim,):
            raise InputError(
                f"{e.source or e.id or e.label}: an embedding of shape {size}",
                expected=f"({encoder.dim},), as {encoder.fingerprint} has",
                remedy=f"encoder= precomputed:{size[0]}, if all documents bring one",
            )


def _embeddings(examples: Sequence[Example], embedder: Embedder, progress: Progress) -> Floats:
    """Return embeddings (n, d), made a chunk at a time."""
    out = np.empty((len(examples), embedder.dim), np.float32)
    for at in range(0, len(examples), CHUNK):
        progress(Step("documents encoded", at, len(examples)))
        out[at : at + CHUNK] = embedder.documents(examples[at : at + CHUNK], count(at)).embeddings
    progress(Step("documents encoded", len(examples), len(examples)))
    return out
