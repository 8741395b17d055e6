"""Evaluation of any encoder on labelled examples: checked, encoded, and handed to ``of_vectors``.

``of_label_space`` evaluates label spaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from protolabel.arrays import Floats, Positions
from protolabel.copies.equality import document_digests, groups_of, rounded_digests
from protolabel.copies.learned_documents import LearnedDocuments
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.documents import as_examples
from protolabel.encoders import AnyEncoder, as_encoder, reads
from protolabel.encoders.cache import with_cache
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.provenance import folder_of, learned_classes, learned_from
from protolabel.episodes.class_keys import class_key
from protolabel.errors import InputError
from protolabel.evaluation.labelled import LabelledVectors
from protolabel.evaluation.of_vectors import evaluate_vectors
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.refusals import LeftOut
from protolabel.evaluation.results import Evaluation, document_name
from protolabel.evaluation.shares import first_of_each
from protolabel.label_space.label_space import DEFAULT_ENCODER
from protolabel.names import clean_name, words_of
from protolabel.progress import Progress, Step, silent
from protolabel.types import Example, VectorSpace
from protolabel.words.quantity import quantity

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
    learned from are left out, and so are near copies of them. A plan may keep all of these. Where
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
    usable = _usable(labelled, folder, keep_copies=plan.keep_copies)
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
        texts, more = _texts(names, descriptions or {})
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


@dataclass(frozen=True, slots=True, eq=False)
class Usable:
    """The examples on which an encoder can be evaluated.

    Attributes:
        examples: without those that are left out.
        groups: (n,), of each example its group; equal documents and near copies share one.
        left_out: how many documents are left out, and why.
        notes: what was left out, or kept though it usually is.
    """

    examples: list[Example]
    groups: Positions
    left_out: LeftOut
    notes: list[str]


def _usable(examples: Sequence[Example], folder: str, *, keep_copies: bool) -> Usable:
    """Leave out copies, near ones too, and what the encoder has learned from.

    Args:
        examples: labelled documents.
        folder: of the encoder.
        keep_copies: leave out nothing, and count in the notes what usually is.
    """
    examples = [replace(e, label=clean_name(e.label, e.source)) for e in examples]
    digests = [document_digests(e.text, e.image, e.embedding) for e in examples]
    rounded = rounded_digests([e.embedding for e in examples])
    shared = [(*exact, *near) for exact, near in zip(digests, rounded, strict=True)]
    labels = np.unique([e.label for e in examples], return_inverse=True)[1].reshape(-1)
    equal, groups = groups_of(shared), document_groups(shared, [e.text for e in examples], labels)
    documents = learned_from(folder) or LearnedDocuments.none()
    learned = documents.include(digests, [e.text for e in examples])
    learned = whole_groups(learned, groups)
    notes, verb = [], "kept" if keep_copies else "left out"
    if learned.any():
        notes.append(
            f"{verb}, the encoder has learned from them or near copies of them: "
            f"{int(learned.sum())} of {len(examples)} documents"
        )
    unlearned = np.flatnonzero(~learned)
    if (
        not keep_copies
        and learned.any()
        and len(np.unique(labels[unlearned])) < min(2, len(np.unique(labels)))
    ):
        raise InputError(
            f"{quantity(len(examples), 'document')}, "
            f"{int(learned.sum())} of which the encoder has learned "
            "from, or from near copies of them",
            expected="documents of two classes or more that are new to the encoder",
            remedy="give documents that it has not learned from, or another encoder=; "
            "keep_copies=True evaluates on them all the same",
        )
    distinct = _firsts(equal, labels, unlearned)
    independent = _firsts(groups, labels, unlearned)
    if len(distinct) < len(unlearned):
        equal_ones = len(unlearned) - len(distinct)
        notes.append(f"{verb}, copies of another document of the class: {equal_ones}")
    if len(independent) < len(distinct):
        near = len(distinct) - len(independent)
        notes.append(f"{verb}, near copies of another document of the class: {near}")
    notes += _contradictions(examples, equal)
    if not keep_copies:
        distinct_examples = [examples[i] for i in independent.tolist()]
        copies = Counter(examples[i].label for i in unlearned.tolist())
        copies.subtract(example.label for example in distinct_examples)
        left_out = LeftOut(int(learned.sum()), copies)
        return Usable(distinct_examples, groups[independent], left_out, notes)
    if notes:
        notes.append(
            "every document is kept (keep_copies=True), as published protocols do: new documents "
            "may be answered less well"
        )
    return Usable(examples, groups, LeftOut(), notes)


def _contradictions(examples: Sequence[Example], equal: Positions) -> list[str]:
    """Return the note about documents under several classes, if there are any.

    Args:
        examples: n of them.
        equal: (n,), of each example its document.
    """
    labels_of: dict[int, dict[str, Example]] = {}
    for example, document in zip(examples, equal.tolist(), strict=True):
        labels_of.setdefault(document, {}).setdefault(example.label, example)
    contradictions = [classes for classes in labels_of.values() if len(classes) > 1]
    if not contradictions:
        return []
    first = contradictions[0]
    place = next(iter(first.values()))
    return [
        f"under more than one class: {quantity(len(contradictions), 'document')}, the first is "
        f"{place.id or place.source!r} ({', '.join(first)})"
    ]


def _firsts(groups: Positions, labels: Positions, among: Positions) -> Positions:
    """Return the first document of each group and class, of those ``among``, ascending."""
    pairs = np.stack([groups[among], labels[among]])
    return np.sort(among[np.unique(pairs, axis=1, return_index=True)[1]])


def _texts(names: Sequence[str], descriptions: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return what describes each class, and notes on what did not match."""
    cleaned = {clean_name(label): text for label, text in descriptions.items()}
    missing = [n for n in names if n not in cleaned]
    unused = sorted(set(cleaned) - set(names))
    notes = []
    if missing:
        notes.append(f"no description, so its name serves: {', '.join(missing)}")
    if unused:
        notes.append(f"descriptions of classes that take no part: {', '.join(unused)}")
    return [cleaned.get(n) or words_of(n) for n in names], notes


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
