"""What people said that documents are not, as an estimator takes it over from a label space."""

from __future__ import annotations

from typing import NamedTuple

from protolabel.arrays import Floats, Integers, Keys
from protolabel.label_space.fits.negatives_of_version import stored_pairs
from protolabel.label_space.view import View
from protolabel.store import StatementMoment
from protolabel.store.class_paths import family


class StoredNegative(NamedTuple):
    """The key of a class, the vector ``(d,)`` and the text of a document that is not of it.

    moment: when a person said so. owner: the class that it was said of, which is that class or one
    above it.
    """

    key: int
    vector: Floats
    text: str | None
    moment: StatementMoment
    owner: int


def stored_negatives(view: View) -> list[StoredNegative]:
    """Return the negative examples of each class that can be an answer."""
    stored = stored_pairs(view.rows, view.prototypes)
    if stored is None:
        return []
    rows = view.rows.negatives(view.version)
    moments = view.rows.statement_moments(rows, view.version, negative=True)
    moment_of = {
        (row.class_key, row.item): moment for row, moment in zip(rows, moments, strict=True)
    }
    refuted, items, _ = view.rows.negative_set(view.version)
    pairs = list(zip(refuted.tolist(), items.tolist(), strict=True))
    texts = view.rows.texts(items.tolist())
    keys = view.prototypes.keys_of(stored.columns).tolist()
    return [
        StoredNegative(
            key, stored.vectors[place], texts[place], moment_of[pairs[place]], pairs[place][0]
        )
        for key, place in zip(keys, stored.place.tolist(), strict=True)
    ]


def moments_of_examples(view: View, keys: Keys, items: Integers) -> list[StatementMoment]:
    """Return when examples ``(n,)`` were given; the first moment for classes without negatives."""
    moment_of: dict[tuple[int, int], StatementMoment] = {}
    refuted = {row.class_key for row in view.rows.negatives(view.version)}
    for key in family(view.rows.class_parents(view.version), refuted):
        rows = view.rows.examples(key, view.version)
        for row, moment in zip(
            rows, view.rows.statement_moments(rows, view.version, negative=False), strict=True
        ):
            moment_of[key, row.item] = max(moment, moment_of.get((key, row.item), moment))
    pairs = zip(keys.tolist(), items.tolist(), strict=True)
    return [moment_of.get(pair, StatementMoment()) for pair in pairs]
