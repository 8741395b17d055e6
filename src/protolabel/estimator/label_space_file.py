"""An estimator as a label space file, and a label space as an estimator. No pickle.

The file holds the examples, negative ones too, the descriptions and the settings; a label that is
no string is written as its name, with its type as a setting. ``unknown_label`` is not in the file.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.prototypes import prototypes
from protolabel.arithmetic.support import ClassTotals
from protolabel.arrays import Floats
from protolabel.encoders import PrecomputedEncoder
from protolabel.encoders.provenance import UNKNOWN
from protolabel.errors import InputError
from protolabel.estimator.embedding import TextEmbedding
from protolabel.estimator.examples import Description, EstimatorExamples, NegativeExample
from protolabel.estimator.fits import Fits, PendingFits, temperature
from protolabel.estimator.inputs import Inputs
from protolabel.estimator.options import abstain_of
from protolabel.label_space.export import FORMAT, VERSION
from protolabel.label_space.fit_support import read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.learned_examples import learned_examples
from protolabel.label_space.negatives_of_version import stored_pairs
from protolabel.label_space.settings import FIRST_KAPPA, LABEL_TYPE, Settings
from protolabel.label_space.several_rules import refuse_several
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.readers.rows import NOT_LABEL

TYPES: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float, "bool": bool}
_BOOLS = {"False": False, "True": True}
PRECOMPUTED = "precomputed:"  # begins the fingerprint of vectors that no encoder is known of
MOST = 2**62  # examples that are read: all


class _Vectors:
    """Stands for the encoder while the file is written: it has the vectors of descriptions."""

    def __init__(self, dim: int, fingerprint: str, vectors: Mapping[str, Floats]) -> None:
        self.dim, self.fingerprint, self._vectors = dim, fingerprint, vectors

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of descriptions. *Shape:* n texts -> ``(n, d)`` float32."""
        rows = [self._vectors[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)


def write_file(
    pending: PendingFits, settings: Settings, embedding: TextEmbedding, path: str | Path
) -> LabelSpace:
    """Write a label space file, and return it open.

    Args:
        pending: the examples and their fits.
        settings: those of the file, but for kappa, which is the one in force.
        embedding: what made the vectors of texts, if there were any.
        path: of a file that is not there yet.

    Raises:
        SpaceExistsError: it is there.
        InputError: a label is no name of a class.
    """
    examples = pending.examples.in_order()
    kind, names = _names(examples.classes)
    vectors = {
        own.text or _placeholder(label): own.vector for label, own in examples.descriptions.items()
    }
    fingerprint = embedding.fingerprint if embedding.used else f"{PRECOMPUTED}{examples.dim}"
    encoder = _Vectors(examples.dim, fingerprint, vectors)
    settings = replace(settings, kappa=pending.get().kappa)
    header: dict[str, object] = {
        FORMAT: VERSION,
        "encoder_fingerprint": fingerprint,
        "metric": pending.metric,
        "settings": settings.rows() | {LABEL_TYPE: kind},
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
        space.import_records([header, *_records(examples, names)], "the estimator")
    source = embedding.source if embedding.used and not embedding.name else None
    return LabelSpace(path, encoder=source, background=False)


def _records(examples: EstimatorExamples, names: Sequence[str]) -> Iterator[dict[str, object]]:
    for label, name in zip(examples.classes.tolist(), names, strict=True):
        own = examples.descriptions.get(label)
        yield {
            "label": name,
            "description": None if own is None else own.text or _placeholder(label),
            "description_from": "none" if own is None else "given",
            "retired": False,
        }
    for i, place in enumerate(examples.labels.tolist()):
        record = {"id": str(i + 1), "label": names[place], "embedding": examples.embeddings[i]}
        yield record if examples.texts[i] is None else record | {"text": examples.texts[i]}
    names_of = dict(zip(examples.classes.tolist(), names, strict=True))
    for i, one in enumerate(examples.negatives, start=len(examples.labels) + 1):
        record = {"id": str(i), NOT_LABEL: names_of[one.label], "embedding": one.vector}
        yield record if one.text is None else record | {"text": one.text}


def _names(classes: npt.NDArray[Any]) -> tuple[str, list[str]]:
    """Return the type of the labels and the names of the classes. Raises InputError."""
    labels = classes.tolist()
    kind = next((k for k, one in TYPES.items() if all(type(c) is one for c in labels)), None)
    if kind is None:
        raise InputError(
            f"labels of type {type(labels[0]).__name__}",
            expected=f"labels of one of the types {', '.join(TYPES)}",
            remedy="fit with such labels",
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


def _placeholder(label: object) -> str:
    """Return the words for a description that is a vector alone."""
    return f"(a vector that describes {label})"


def restored(estimator: Any, space: LabelSpace | View, encoder: object) -> None:
    """Give an estimator the parameters, the examples and the fits of a label space.

    Args:
        estimator: a new ``PrototypicalClassifier``.
        space: it is only read; the fits that it lacks are made.
        encoder: that of the label space; None takes the one that it knows.
    """
    view = (space.view() if isinstance(space, LabelSpace) else space).settled()
    refuse_several(
        view.settings.several, "an estimator", "label with the label space itself: label_many"
    )
    if view.levels is not None:
        warnings.warn(
            "the label space has classes under others: it answers with a class above where the "
            "nearest one is not sure enough, and the estimator with the nearest one alone",
            UserWarning,
            stacklevel=3,
        )
    if view.settings.target is not None:
        warnings.warn(
            f"the label space answers under the target {view.settings.target}, and the estimator "
            "by the threshold that it would have without one",
            UserWarning,
            stacklevel=3,
        )
    with view.rows.reading():
        written_settings = view.rows.settings(view.version)
        encoding = view.rows.encoding(view.version)
        keys, items, embeddings = view.rows.training_set(view.version, MOST)
        texts = view.rows.texts(items.tolist())
        learned = learned_examples(
            view.rows, view.version, items.tolist(), view.prototypes.provenance or UNKNOWN
        ).learned
        rows = [row for row in view.rows.classes(view.version) if not row.retired]
        totals = ClassTotals.of_fixed(
            *view.rows.class_arrays(np.array([row.key for row in rows], np.int64), view.version)
        )
        support = read_support(view.rows, view.prototypes).support
        negatives = _negatives(view)
    kind = written_settings.get(LABEL_TYPE, "")
    labels = _labels([row.name for row in rows], kind)
    label_of = dict(zip((row.key for row in rows), labels, strict=True))
    live = np.isin(keys, list(label_of))
    vectors_alone = encoding.fingerprint.startswith(PRECOMPUTED)
    descriptions = {
        labels[i]: Description(
            totals.descriptions[i],
            None if vectors_alone or row.description == _placeholder(labels[i])
            else row.description,
        )
        for i, row in enumerate(rows) if totals.described[i]
    }  # fmt: skip
    if not vectors_alone and encoder is None:
        encoder = encoding.encoder or view.embedder.encoder()
    estimator.set_params(
        encoder=encoder,
        descriptions={
            label: own.vector if own.text is None else own.text
            for label, own in descriptions.items()
        }
        or None,
        kappa="auto" if view.settings.kappa_auto else view.settings.kappa,
        metric=view.prototypes.metric,
        refine=view.settings.refine,
        modes=view.settings.modes,
        abstain=abstain_of(view.settings),
    )
    examples = (
        EstimatorExamples.empty(view.prototypes.dim)
        .with_classes(np.array(labels))
        .with_descriptions(descriptions)
        .with_examples(
            embeddings[live],
            np.array([label_of[key] for key in keys[live].tolist()]),
            [texts[i] for i in np.flatnonzero(live).tolist()],
            None,
            lambda *_: learned[live],
        )
    )
    examples = replace(
        examples,
        negatives=tuple(
            NegativeExample(label_of[key], vector, text) for key, vector, text in negatives
        ),
    )
    places = np.searchsorted(examples.classes, np.array(labels))
    centres = np.zeros((len(labels), examples.dim))
    centres[places] = prototypes(totals, view.settings.kappa)
    columns = [label_of[key] for key in view.head.keys.tolist()]
    fits = Fits(
        view.settings.kappa,
        centres,
        view.head,
        np.searchsorted(examples.classes, np.array(columns)),
        view.calibration,
        temperature(view.calibration, support, view.head),
    )
    settings = view.settings
    if kind and settings.kappa_auto:  # the estimator's own kappa follows from its examples alone
        settings = replace(settings, kappa=FIRST_KAPPA)
    embedding = TextEmbedding(
        encoder, view.prototypes.metric, None if vectors_alone else encoding.fingerprint
    )
    pending = PendingFits.of(examples, settings, view.prototypes.metric, fits)
    inputs = Inputs(
        embedding, view.prototypes.metric, False if vectors_alone else None, examples.dim
    )
    estimator._restore(pending, inputs)


def _negatives(view: View) -> list[tuple[int, Floats, str | None]]:
    """Return the negative examples: the class that each is of, its vector and its text."""
    stored = stored_pairs(view.rows, view.prototypes)
    if stored is None:
        return []
    texts = view.rows.texts(stored.items.tolist())
    keys = view.prototypes.keys_of(stored.columns).tolist()
    return [
        (key, stored.vectors[place], texts[place])
        for key, place in zip(keys, stored.place.tolist(), strict=True)
    ]


def _labels(names: Sequence[str], kind: str) -> list[Any]:
    """Return the labels of classes: names, or what an estimator wrote them for."""
    try:
        labels = [TYPES[kind](name) if kind != "bool" else _BOOLS[name] for name in names]
    except (KeyError, ValueError):  # a label space, or one that has got further classes since
        return list(names)
    return labels if [str(label) for label in labels] == list(names) else list(names)
