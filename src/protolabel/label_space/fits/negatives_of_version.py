"""Reads the negative examples of a version, beside what their classes have of their own.

A document that is not of a class is not of the classes under it either. What scores lose by it
stands in ``arithmetic.negatives``. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.left_out_negatives import simulated_with
from protolabel.arithmetic.negatives import Negatives, OwnVectors
from protolabel.arithmetic.prototypes import prototypes
from protolabel.arithmetic.ridge import NegativeRows
from protolabel.arithmetic.scores import centres_of
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles, Floats, Integers, Keys, Labels, Positions, unit
from protolabel.copies.boilerplate import NO_CLASS
from protolabel.copies.equality import document_digests
from protolabel.copies.near_copies import document_groups
from protolabel.store import Rows
from protolabel.store.class_paths import family

MOST_OWN = 1000  # examples of a class, the oldest, that its negatives are compared with


class PairsOfNegatives(NamedTuple):
    """Negative examples of classes that can answer.

    items ``(m,)`` and vectors ``(m, d)``: of each negative. columns ``(p,)`` and place ``(p,)``:
    the class and the negative of each pair, as ``columns_of`` returns them.
    """

    items: Integers
    vectors: Floats
    columns: Labels
    place: Integers


def negatives_of(rows: Rows, snapshot: Snapshot) -> Negatives | None:
    """Return the negative examples that the classes of a version lose by; None without any.

    Args:
        rows: of the label space.
        snapshot: the prototypes of the version.
    """
    stored = stored_pairs(rows, snapshot)
    if stored is None:
        return None
    columns = stored.columns
    described = _descriptions(rows, snapshot, columns) if snapshot.kappa > 0 else {}
    return Negatives.of(
        stored.vectors[stored.place],
        columns,
        prototypes_of(snapshot, columns),
        _own_vectors(rows, snapshot, columns, described),
        snapshot.metric,
    )


def negatives_beside_totals(
    rows: Rows, snapshot: Snapshot, totals: ClassTotals, kappa: float
) -> Negatives | None:
    """Return the negatives of a version for classes with other descriptions; None without any.

    Args:
        rows: of the label space.
        snapshot: the prototypes of the version, which compares by the cosine.
        totals: of the same classes.
        kappa: the weight of their descriptions.
    """
    stored = stored_pairs(rows, snapshot)
    if stored is None:
        return None
    columns = stored.columns
    described = {
        column: totals.descriptions[column]
        for column in np.unique(columns).tolist()
        if totals.described[column]
    }
    return Negatives.of(
        stored.vectors[stored.place],
        columns,
        unit(prototypes(totals, kappa)[columns]),
        _own_vectors(rows, snapshot, columns, described),
        "cosine",
    )


@dataclass(frozen=True, slots=True, eq=False)
class FitNegatives:
    """Negatives beside the examples of a fit.

    groups ``(n,)`` int64: of the examples, by the numbers of the negatives' own groups.
    """

    negatives: Negatives
    groups: Integers

    @property
    def rows(self) -> NegativeRows:
        """One row of each document and class, but for near copies of examples.

        The labels of an example say already what it is not.
        """
        groups, columns = self.negatives.groups, self.negatives.columns
        pairs = np.stack([groups, columns])
        first = np.unique(pairs, axis=1, return_index=True)[1]
        first = first[~np.isin(groups[first], self.groups)]
        return NegativeRows(self.negatives.vectors[first], columns[first])

    def refused(self, rows: Positions) -> tuple[Positions, Labels]:
        """Return which classes people have refused for some examples: pairs, ``(p,)`` each.

        Also by a near copy of the example. *Shape:* ``(m,)`` -> positions in ``rows``, columns.
        """
        columns: dict[int, set[int]] = {}
        groups, of_negatives = self.negatives.groups.tolist(), self.negatives.columns.tolist()
        for group, column in zip(groups, of_negatives, strict=True):
            columns.setdefault(group, set()).add(column)
        pairs = [
            (i, column)
            for i, group in enumerate(self.groups[rows].tolist())
            for column in sorted(columns.get(group, ()))
        ]
        at, refused = np.array(pairs, np.int64).reshape(len(pairs), 2).T
        return at, refused

    def simulated(self, simulation: Simulation, support: Support) -> Simulation:
        """Return simulated queries with the scores that negatives leave them."""
        return simulated_with(self.negatives, simulation, support, self.groups)


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What n examples hold, by which equal ones and near copies are told.

    Attributes:
        texts: None where an example has none.
        digests: of each, as ``equality`` makes them.
    """

    texts: Sequence[str | None]
    digests: Sequence[tuple[str, ...]]


def fit_negatives(
    rows: Rows, snapshot: Snapshot, support: Support, contents: Contents
) -> FitNegatives | None:
    """Return the negatives of a version for documents that are left out of it; None without any.

    A document that is left out takes the negatives with it that equal it or are near copies of it.

    Args:
        rows: of the label space.
        snapshot: the prototypes of the version.
        support: its n examples.
        contents: of the n examples.
    """
    stored = stored_pairs(rows, snapshot)
    if stored is None:
        return None
    words = rows.texts(stored.items.tolist())
    return negatives_beside(stored, words, snapshot, support, contents)


def negatives_beside(
    stored: PairsOfNegatives,
    words: Sequence[str | None],
    snapshot: Snapshot,
    support: Support,
    contents: Contents,
) -> FitNegatives:
    """Return negatives for documents that are left out, beside the examples of a fit.

    Args:
        stored: the negatives of classes that can answer.
        words: m texts of the negatives.
        snapshot: the prototypes.
        support: its n examples.
        contents: of the n examples.
    """
    columns, place, vectors = stored.columns, stored.place, stored.vectors
    items = stored.items.tolist()
    more = [
        (f"item {item}", *document_digests(text)) for item, text in zip(items, words, strict=True)
    ]
    n = len(support.labels)
    groups = document_groups(
        [*contents.digests, *more],
        [*contents.texts, *words],
        np.append(support.labels, np.full(len(items), NO_CLASS)),  # it is of no refused class
        vectors=np.concatenate([support.embeddings, vectors]),
    )
    members = np.flatnonzero(np.isin(support.labels, columns))
    members = members[np.argsort(support.labels[members], kind="stable")]
    described = np.unique(columns)
    described = described[support.classes.described[described] & (support.kappa > 0)]
    owners = np.concatenate([support.labels[members], described])
    order = np.argsort(owners, kind="stable")
    parts = [support.embeddings[members], support.classes.descriptions[described]]
    numbers = np.concatenate([groups[members], np.full(len(described), -1)])
    own_vectors = OwnVectors(np.concatenate(parts)[order], owners[order], numbers[order])
    negatives = Negatives.of(
        vectors[place],
        columns,
        prototypes_of(snapshot, columns),
        own_vectors,
        snapshot.metric,
        groups[n:][place],
    )
    return FitNegatives(negatives, groups[:n])


def stored_pairs(rows: Rows, snapshot: Snapshot) -> PairsOfNegatives | None:
    """Return the negatives of the version; None where no class that can answer has any."""
    keys, items, vectors = rows.negative_set(snapshot.version)
    if not len(keys):
        return None
    columns, place = columns_of(keys, snapshot.keys, rows.class_parents(snapshot.version))
    return PairsOfNegatives(items, vectors, columns, place) if len(columns) else None


def columns_of(
    negative_keys: Keys, keys: Keys, parents: Mapping[int, int]
) -> tuple[Labels, Integers]:
    """Return the classes that negatives are of, and which negative that is: ``(p,)`` each.

    Args:
        negative_keys: (m,) the class of each negative.
        keys: (K,) those of the classes that can answer, ascending.
        parents: the class above each class that has one.
    """
    pairs: list[tuple[int, int]] = []
    for key in np.unique(negative_keys).tolist():
        sought = np.array(family(parents, [key]), np.int64)
        at = np.minimum(np.searchsorted(keys, sought), max(0, len(keys) - 1))
        columns_of_document = at[keys[at] == sought].tolist() if len(keys) else []
        stored = np.flatnonzero(negative_keys == key).tolist()
        pairs += [(column, place) for column in columns_of_document for place in stored]
    columns, places = np.array(sorted(pairs), np.int64).reshape(len(pairs), 2).T
    return columns, places


def prototypes_of(snapshot: Snapshot, columns: Labels) -> Doubles:
    """Return the prototype of each column, of length one where scores are cosines."""
    keys = snapshot.keys_of(columns).tolist()
    weights_by_key = {key: snapshot.row(key).weights[0] for key in dict.fromkeys(keys)}
    weights = np.stack([weights_by_key[key] for key in keys])
    return np.asarray(centres_of(weights, snapshot.metric), np.float64)


def _descriptions(rows: Rows, snapshot: Snapshot, columns: Labels) -> dict[int, Floats]:
    """Return the vectors of the descriptions of some classes, of those that have one."""
    different = np.unique(columns)
    keys = snapshot.keys_of(different).tolist()
    vectors = [rows.description_embedding(key, snapshot.version) for key in keys]
    pairs = zip(different.tolist(), vectors, strict=True)
    return {column: vector for column, vector in pairs if vector is not None}


def _own_vectors(
    rows: Rows, snapshot: Snapshot, columns: Labels, described: Mapping[int, Floats]
) -> OwnVectors:
    """Return the examples of some classes and the descriptions that count."""
    parts: list[Floats] = []
    owners: list[int] = []
    different = np.unique(columns)
    keys = snapshot.keys_of(different).tolist()
    for column, key in zip(different.tolist(), keys, strict=True):
        class_vectors = [rows.example_embeddings(key, snapshot.version)[:MOST_OWN]]
        if column in described:
            class_vectors.append(described[column][None])
        parts += class_vectors
        owners += [column] * sum(map(len, class_vectors))
    return OwnVectors(np.concatenate(parts), np.array(owners, np.int64), np.arange(len(owners)))
