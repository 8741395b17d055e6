"""A label space as an estimator: its parameters, examples and fits. It is only read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.prototypes import prototypes
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Integers, Mask
from protolabel.encoders.provenance import UNKNOWN
from protolabel.estimator.embedding import TextEmbedding
from protolabel.estimator.examples import Description, EstimatorExamples, NegativeExample
from protolabel.estimator.fits import EstimatorFits, PendingFits, temperature
from protolabel.estimator.inputs import Inputs
from protolabel.estimator.label_space_file import PRECOMPUTED, TYPES, WHOLE_NUMBERS, placeholder
from protolabel.estimator.levels import with_parents_to_come
from protolabel.estimator.options import abstain_of
from protolabel.estimator.refused_columns import words_of
from protolabel.estimator.stored_negatives import (
    StoredNegative,
    moments_of_examples,
    stored_negatives,
)
from protolabel.label_space.configuration.estimator_rows import (
    LABEL_TYPE,
    PARENTS_TO_COME,
    UNKNOWN_LABEL,
    parents_to_come_in,
    unknown_label_in,
)
from protolabel.label_space.configuration.settings import FIRST_KAPPA
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.fits.learned_examples import learned_examples
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.stored_items.class_levels import class_paths
from protolabel.label_space.view import View
from protolabel.store.records import ClassRow, StatementMoment
from protolabel.system.caller_warnings import warn_caller
from protolabel.types import VectorSpace

_BOOLS = {"False": False, "True": True}
MOST = 2**62  # examples that are read: all


@dataclass(frozen=True, slots=True, eq=False)
class StoredSpace:
    """What a label space has stored of a version, with the labels of its live classes.

    keys, embeddings, texts, learned, moments: of each example. totals, labels: of each live class.
    unknown_label: that of the estimator which has written it; None for the usual one.
    parents: the label above each one that stands under another, or may come to do so.
    live_labels: by key, also of classes that are only above others.
    """

    kind: str
    unknown_label: object
    parents: dict[Any, Any]
    encoding: VectorSpace
    keys: Integers
    embeddings: Floats
    texts: Sequence[str | None]
    learned: Mask
    rows: Sequence[ClassRow]
    totals: ClassTotals
    labels: list[Any]
    support: Support
    negatives: list[StoredNegative]
    moments: Sequence[StatementMoment]
    live_labels: Mapping[int, Any]

    @property
    def label_of(self) -> dict[int, Any]:
        """Return the labels of live classes by their keys."""
        return dict(zip((row.key for row in self.rows), self.labels, strict=True))

    @property
    def vectors_alone(self) -> bool:
        """Whether no encoder is known of the vectors."""
        return self.encoding.fingerprint.startswith(PRECOMPUTED)


def restored(estimator: Any, space: LabelSpace | View, encoder: object) -> None:
    """Give an estimator the parameters, the examples and the fits of a label space.

    Args:
        estimator: a new ``PrototypicalClassifier``.
        space: it is only read; the fits that it lacks are made.
        encoder: that of the label space; None takes the one that it knows.
    """
    view = (space.view() if isinstance(space, LabelSpace) else space).settled()
    _refuse_or_warn(view)
    stored = _stored_space(view)
    _warn_of_other_labels(stored)
    descriptions = _descriptions(stored)
    if not stored.vectors_alone and encoder is None:
        encoder = stored.encoding.encoder or view.embedder.encoder()
    estimator.set_params(
        encoder=encoder,
        descriptions={
            label: description.vector if description.text is None else description.text
            for label, description in descriptions.items()
        }
        or None,
        kappa="auto" if view.settings.kappa_auto else view.settings.kappa,
        metric=view.prototypes.metric,
        refine=view.settings.refine,
        modes=view.settings.modes,
        abstain=abstain_of(view.settings),
        parents=stored.parents or None,
        unknown_label=stored.unknown_label,
    )
    examples = _examples(stored, view.prototypes.dim, descriptions)
    settings = view.settings
    if stored.kind and settings.kappa_auto:  # the estimator's own kappa follows from its examples
        settings = replace(settings, kappa=FIRST_KAPPA)
    metric = view.prototypes.metric
    fingerprint = None if stored.vectors_alone else stored.encoding.fingerprint
    embedding = TextEmbedding(encoder, metric, fingerprint)
    pending = PendingFits.of(examples, settings, metric, _fits(view, stored, examples))
    inputs = Inputs(embedding, metric, False if stored.vectors_alone else None, examples.dim)
    estimator._restore(pending, inputs)


def _refuse_or_warn(view: View) -> None:
    """Refuse a label space that an estimator cannot be, and say what it leaves behind."""
    refuse_several(
        view.settings.several, "an estimator", "label with the label space itself: label_many"
    )
    if view.levels is not None and view.settings.threshold == -math.inf:
        warn_caller(
            "the label space has classes under others and the threshold none: it answers with a "
            "class above where the nearest one is not sure enough, and the estimator, without "
            "abstain, with the nearest one alone",
        )
    if view.settings.target is not None:
        warn_caller(
            f"the label space answers under the target {view.settings.target}, and the estimator "
            "by the threshold that it would have without one",
        )


def _stored_space(view: View) -> StoredSpace:
    """Read what a label space has stored, in one transaction."""
    with view.rows.reading():
        settings = view.rows.settings(view.version)
        kind, unknown = settings.get(LABEL_TYPE, ""), unknown_label_in(settings.get(UNKNOWN_LABEL))
        keys, items, embeddings = view.rows.training_set(view.version, MOST)
        provenance = view.prototypes.provenance or UNKNOWN
        familiar = learned_examples(view.rows, view.version, items, provenance)
        live = [row for row in view.rows.classes(view.version) if not row.retired]
        paths = class_paths(view.classes())
        above = {name for path in paths.values() for name in path[:-1]}
        with_prototypes = set(view.prototypes.keys.tolist())
        rows = [row for row in live if row.name not in above or row.key in with_prototypes]
        of_rows = np.array([row.key for row in rows], np.int64)
        label_of = dict(zip((r.name for r in live), _labels([r.name for r in live], kind),
                            strict=True))  # fmt: skip
        labels = [label_of[row.name] for row in rows]
        words = any(isinstance(label, str) for label in labels)
        parents = {label_of[name]: label_of[p[-2]] for name, p in paths.items() if len(p) > 1}
        to_come = parents_to_come_in(settings.get(PARENTS_TO_COME))
        return StoredSpace(
            kind=kind,
            unknown_label=unknown if isinstance(unknown, str) == words else None,
            parents=with_parents_to_come(parents, to_come, [*label_of.values()]),
            encoding=view.rows.encoding(view.version),
            keys=keys,
            embeddings=embeddings,
            texts=view.rows.texts(items.tolist()),
            learned=familiar.learned,
            rows=rows,
            totals=ClassTotals.of_fixed(*view.rows.class_arrays(of_rows, view.version)),
            labels=labels,
            support=read_support(view.rows, view.prototypes).support,
            negatives=stored_negatives(view),
            moments=moments_of_examples(view, keys, items),
            live_labels={row.key: label_of[row.name] for row in live},
        )


def _descriptions(stored: StoredSpace) -> dict[Any, Description]:
    """Return the descriptions of classes by their labels; without words where they have none."""
    totals = stored.totals
    words = [
        None if stored.vectors_alone or row.description == placeholder(label) else row.description
        for row, label in zip(stored.rows, stored.labels, strict=True)
    ]
    return {
        stored.labels[i]: Description(totals.descriptions[i], words[i])
        for i in np.flatnonzero(totals.described).tolist()
    }


def _examples(
    stored: StoredSpace, dim: int, descriptions: Mapping[Any, Description]
) -> EstimatorExamples:
    """Return the examples of live classes, negative ones too."""
    label_of = stored.label_of
    live = np.isin(stored.keys, list(label_of))
    examples = (
        EstimatorExamples.empty(dim)
        .with_classes(np.array(stored.labels))
        .with_descriptions(descriptions)
        .with_examples(
            stored.embeddings[live],
            np.array([label_of[key] for key in stored.keys[live].tolist()]),
            [stored.texts[i] for i in np.flatnonzero(live).tolist()],
            None,
            lambda *_: stored.learned[live],
        )
    )
    negatives = tuple(
        NegativeExample(
            label_of[one.key], one.vector, one.text, one.moment,
            stored.live_labels.get(one.owner, label_of[one.key]),
        )
        for one in stored.negatives
    )  # fmt: skip
    moments = tuple(stored.moments[i] for i in np.flatnonzero(live).tolist())
    return replace(examples, negatives=negatives, moments=moments)


def _fits(view: View, stored: StoredSpace, examples: EstimatorExamples) -> EstimatorFits:
    """Return the fits of the view, by the estimator's order of classes."""
    places = np.searchsorted(examples.classes, np.array(stored.labels))
    centres = np.zeros((len(stored.labels), examples.dim))
    centres[places] = prototypes(stored.totals, view.settings.kappa)
    column_of = {key: column for column, key in enumerate(view.head.keys.tolist())}
    columns = [stored.label_of[key] for key in column_of]
    return EstimatorFits(
        view.settings.kappa,
        centres,
        view.head,
        np.searchsorted(examples.classes, np.array(columns)),
        view.calibration,
        temperature(view.calibration, stored.support, view.head),
        words_of(examples.negatives, [column_of[one.key] for one in stored.negatives], examples),
    )


def _labels(names: Sequence[str], kind: str) -> list[Any]:
    """Return the labels of classes: names, or what an estimator wrote them for.

    Where one name is not of that type, all are names: the classes of an estimator have one type.
    """
    if _names_of_no_label(names, kind) or kind not in TYPES:
        return list(names)
    return [_label(name, kind) for name in names]


def _label(name: str, kind: str) -> Any:
    """Return the label of a name. Raises ValueError or KeyError where it is of no such type."""
    return _BOOLS[name] if kind == "bool" else TYPES[kind](name)


def _names_of_no_label(names: Sequence[str], kind: str) -> list[str]:
    """Return the names that no label of the type has; none where no type is known."""
    others = []
    for name in names if kind in TYPES else ():
        try:
            label = _label(name, kind)
            same = str(label) == name and (kind != "int" or label in WHOLE_NUMBERS)
        except (KeyError, ValueError):
            same = False
        others += [] if same else [name]
    return others


def _warn_of_other_labels(stored: StoredSpace) -> None:
    """Say that labels come back as strings where they were of another type when they were saved."""
    others = _names_of_no_label([row.name for row in stored.rows], stored.kind)
    if others:
        names = ", ".join(map(repr, others[:3])) + (", ..." if len(others) > 3 else "")
        warn_caller(
            f"the labels were of type {stored.kind}, and the label space has got classes since "
            f"that are none ({names}): all labels are strings now, and equal none of y as it was; "
            "to keep the type, rename or retire these classes",
        )
