"""What people said that documents are not, as an estimator takes it over from a label space."""

from __future__ import annotations

from typing import NamedTuple

from protolabel.arrays import Floats, Integers, Keys
from protolabel.label_space.fits.negatives_of_version import stored_pairs
from protolabel.label_space.view import View
from protolabel.store.class_paths import family


class StoredNegative(NamedTuple):
    """The key of a class, the vector ``(d,)`` and the text of a document that is not of it.

    version: when a person said so.
    """

    key: int
    vector: Floats
    text: str | None
    version: int


def stored_negatives(view: View) -> list[StoredNegative]:
    """Return the negative examples of each class that can be an answer."""
    stored = stored_pairs(view.rows, view.prototypes)
    if stored is None:
        return []
    rows = view.rows.negatives(view.version)
    versions = view.rows.statement_versions(rows, view.version, negative=True)
    version_of = {row.item: version for row, version in zip(rows, versions, strict=True)}
    items = stored.items.tolist()
    texts = view.rows.texts(items)
    keys = view.prototypes.keys_of(stored.columns).tolist()
    return [
        StoredNegative(key, stored.vectors[place], texts[place], version_of[items[place]])
        for key, place in zip(keys, stored.place.tolist(), strict=True)
    ]


def versions_of_examples(view: View, keys: Keys, items: Integers) -> list[int]:
    """Return when examples ``(n,)`` were given; 0 of classes without negative examples."""
    version_of: dict[tuple[int, int], int] = {}
    refuted = {row.class_key for row in view.rows.negatives(view.version)}
    for key in family(view.rows.class_parents(view.version), refuted):
        rows = view.rows.examples(key, view.version)
        versions = view.rows.statement_versions(rows, view.version, negative=False)
        version_of |= {(key, row.item): v for row, v in zip(rows, versions, strict=True)}
    pairs = zip(keys.tolist(), items.tolist(), strict=True)
    return [version_of.get(pair, 0) for pair in pairs]
