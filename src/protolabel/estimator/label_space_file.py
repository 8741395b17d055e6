"""An estimator as a label space file. No pickle.

The file holds the examples, negative ones too, the descriptions and the settings; a label that is
no string is written as its name, with its type as a setting. Settings, too, are ``unknown_label``
and the parents of labels that may come. The way back is in ``stored_space``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Floats
from protolabel.encoders import PrecomputedEncoder
from protolabel.errors import InputError
from protolabel.estimator.embedding import TextEmbedding
from protolabel.estimator.examples import EstimatorExamples, NegativeExample
from protolabel.estimator.fits import PendingFits
from protolabel.estimator.levels import all_labels
from protolabel.label_space.configuration.estimator_rows import (
    LABEL_TYPE,
    parents_row,
    unknown_label_row,
)
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.export import FORMAT, ORDER, VERSION, places_of
from protolabel.label_space.label_space import LabelSpace
from protolabel.names import clean_name
from protolabel.readers.rows import NOT_LABEL

WHOLE_NUMBERS = range(-(2**63), 2**63)  # others are rounded beside these, in one array
TYPES: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float, "bool": bool}
PRECOMPUTED = "precomputed:"  # begins the fingerprint of vectors that no encoder is known of


class _Vectors:
    """Stands for the encoder while the file is written: it has the vectors of descriptions."""

    def __init__(self, dim: int, fingerprint: str, vectors: Mapping[str, Floats]) -> None:
        self.dim, self.fingerprint, self._vectors = dim, fingerprint, vectors

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of descriptions. *Shape:* n texts -> ``(n, d)`` float32."""
        rows = [self._vectors[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)


def write_file(
    pending: PendingFits,
    settings: Settings,
    embedding: TextEmbedding,
    path: str | Path,
    unknown_label: object = None,
    parents: Mapping[Any, Any] = MappingProxyType({}),
) -> LabelSpace:
    """Write a label space file, and return it open.

    Args:
        pending: the examples and their fits.
        settings: those of the file, but for kappa, which is the one in force.
        embedding: what made the vectors of texts, if there were any.
        path: of a file that is not there yet.
        unknown_label: the label of what is declined; None: the usual one.
        parents: the class above each class that stands under one, or may come to do so.

    Raises:
        SpaceExistsError: it is there.
        InputError: a label is no name of a class, or ``unknown_label`` no string and no number.
    """
    examples = pending.examples.in_order()
    labels = all_labels(parents, examples.classes)
    kind, names = _names(labels)
    name_of = dict(zip(labels.tolist(), names, strict=True))
    places = {name_of[label]: name_of[parents[label]] for label in name_of if label in parents}
    vectors = {
        description.text or placeholder(label): description.vector
        for label, description in examples.descriptions.items()
    }
    fingerprint = embedding.fingerprint if embedding.used else f"{PRECOMPUTED}{examples.dim}"
    encoder = _Vectors(examples.dim, fingerprint, vectors)
    settings = replace(settings, kappa=pending.get().kappa)
    header: dict[str, object] = {
        FORMAT: VERSION,
        "encoder_fingerprint": fingerprint,
        "metric": pending.metric,
        "settings": settings.rows()
        | {LABEL_TYPE: kind}
        | unknown_label_row(unknown_label)
        | parents_row({label: parents[label] for label in parents if label not in name_of}),
    }
    space = LabelSpace.create(
        path,
        encoder=encoder if vectors or embedding.used else PrecomputedEncoder(examples.dim),
        metric=pending.metric,
        names_mean=False,
        encoder_name=(embedding.name or None) if embedding.used else fingerprint,
        background=False,
    )
    with space:
        space.import_records([header, *_records(examples, names, places)], "the estimator")
    source = embedding.source if embedding.used and not embedding.name else None
    return LabelSpace(path, encoder=source, background=False)


def _records(
    examples: EstimatorExamples, names: Sequence[str], places: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    """Yield the classes, those that are only above others last, and the examples.

    ``places``: the name of the class above each class that stands under one.
    """
    for i, name in enumerate(names):
        label = examples.classes[i : i + 1].tolist()
        description = examples.descriptions.get(label[0]) if label else None
        words = None if description is None else description.text or placeholder(label[0])
        record: dict[str, object] = {
            "label": name,
            "description": words,
            "description_from": "none" if description is None else "given",
            "retired": False,
        }
        yield record | ({"parent": places[name]} if name in places else {})
    moments = (*examples.moments, *(negative.moment for negative in examples.negatives))
    order = places_of(moments if examples.negatives else ())
    for i, place in enumerate(examples.labels.tolist()):
        record = {"id": str(i + 1), "label": names[place], "embedding": examples.embeddings[i]}
        record |= {ORDER: order[moments[i]]} if order else {}
        yield record if examples.texts[i] is None else record | {"text": examples.texts[i]}
    negatives = _of_refused(examples.negatives, names)
    for i, (name, negative) in enumerate(negatives, start=len(examples.labels) + 1):
        record = {"id": str(i), NOT_LABEL: name, "embedding": negative.vector}
        record[ORDER] = order[negative.moment]
        yield record if negative.text is None else record | {"text": negative.text}


def _of_refused(
    negatives: Sequence[NegativeExample], names: Sequence[str]
) -> Iterator[tuple[str, NegativeExample]]:
    """Yield each document once with the class that it is not of, which may be above others."""
    listed = set[tuple[object, ...]]()
    for one in negatives:
        name = str(one.refused) if str(one.refused) in names else str(one.label)
        statement = (name, one.moment, *one.digests)
        if statement not in listed:
            listed.add(statement)
            yield name, one


def _names(classes: npt.NDArray[Any]) -> tuple[str, list[str]]:
    """Return the type of the labels and the names of the classes. Raises InputError."""
    labels = classes.tolist()
    kind = next((k for k, type_ in TYPES.items() if all(type(c) is type_ for c in labels)), None)
    if kind is None:
        raise InputError(
            f"labels of type {type(labels[0]).__name__}",
            expected=f"labels of one of the types {', '.join(TYPES)}",
            remedy="fit with such labels",
        )
    if kind == "int" and (beyond := [label for label in labels if label not in WHOLE_NUMBERS]):
        raise InputError(
            f"the label {beyond[0]} in a label space file",
            expected="whole numbers that 64 bits with a sign can hold",
            remedy="fit with strings: y.astype(str)",
        )
    names = [str(label) for label in labels]
    for name in names:
        if clean_name(name) != name:
            raise InputError(
                f"the label {name!r} in a label space file",
                expected=f"a label without blanks at its ends and the like: {clean_name(name)!r}",
                remedy="rename it in y and fit again",
            )
    return kind, names


def placeholder(label: object) -> str:
    """Return the words for a description that is a vector alone."""
    return f"(a vector that describes {label})"
