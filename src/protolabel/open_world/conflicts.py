"""Examples that are likely under the wrong class, with evidence; classes to split or to merge.

Nothing is changed: each finding names the command that would.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from protolabel.answers import NearExample, write_thumbnail
from protolabel.arguments import require_whole
from protolabel.arithmetic import conflicts as arithmetic
from protolabel.arithmetic.leave_one_out import simulate
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.spread import spread_of
from protolabel.arrays import Positions
from protolabel.label_space.answer_path.evidence import Queries, gather
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.fits.fit_support import FitSupport, read_support
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.store.class_paths import way_up
from protolabel.types import Encoded
from protolabel.words.text import excerpt

MOST_EXPLAINED = 200  # conflicts that come with evidence
EVIDENCE = 3  # nearest examples
IN_A_PART = 100  # ids of a part that are listed
EXCERPT = 120  # characters


@dataclass(frozen=True, slots=True)
class Conflict:
    """An example that lies nearer another class.

    Attributes:
        id: of the example.
        label: the class that it stands under.
        nearer: the other class.
        margin: score of its own class without it, less that of the nearer one.
        strength: the same beside an ordinary example: 1 is as far on the wrong side as half of all
            examples are on the right one. Higher is clearer.
        excerpt: the beginning of its text.
        source: where it came from; empty where that is not known.
        evidence: the nearest examples of the other class.
    """

    id: str
    label: str
    nearer: str
    margin: float
    strength: float
    excerpt: str
    source: str
    evidence: tuple[NearExample, ...]


@dataclass(frozen=True, slots=True)
class SplitAdvice:
    """A class with several modes.

    Attributes:
        label: of the class.
        sizes: how many different examples each mode has, most first; near copies count as one.
        parts: the ids of examples of each, ``IN_A_PART`` at most.
        excerpts: the beginning of a text of each.
    """

    label: str
    sizes: tuple[int, ...]
    parts: tuple[tuple[str, ...], ...]
    excerpts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergeAdvice:
    """Two classes that cannot be told apart.

    ``right`` of their ``documents`` are nearer to their own class. ``p_value``: the chance of so
    many or more, were the two the same.
    """

    labels: tuple[str, str]
    right: int
    documents: int
    p_value: float


@dataclass(frozen=True, slots=True)
class ConflictReport:
    """What is likely wrong.

    Attributes:
        examples: likely label errors, clearest first.
        splits, merges: advice about classes.
        documents: how many different examples were judged: compared with the nearest other class.
        right: how many of these are nearer to their own class.
        comparable: whether label errors can be told: these are more than half, beyond chance.
            Where there are too few examples, or the classes overlap, ``examples`` is empty.
        version: of the label space.
    """

    examples: tuple[Conflict, ...]
    splits: tuple[SplitAdvice, ...]
    merges: tuple[MergeAdvice, ...]
    documents: int
    right: int
    comparable: bool
    version: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        record = asdict(self)
        for conflict in record["examples"]:
            for near in conflict["evidence"]:
                write_thumbnail(near)
        return record


def find_conflicts(space: LabelSpace, *, evidence: int = EVIDENCE) -> ConflictReport:
    """Return examples that lie clearly nearer another class, and advice to split and merge.

    Each example is compared with prototypes that were made without it and its copies, and with the
    examples of both classes one by one: what chance alone often does is not listed. Negative
    examples count as in answers, and no class that a person has refused for an example, or for a
    near copy of it, is the nearer one. Nor is a class above its own, or under it: these have
    examples of one kind by design. None is listed where the examples that are nearer to their own
    class are not more than half, beyond chance.

    Args:
        space: the label space.
        evidence: how many of the nearest examples of the other class each conflict shows.
    """
    require_whole(evidence, "evidence", 0)
    view = space.view()
    refuse_several(
        view.settings.several,
        "examples that lie nearer another class",
        "look at the labels that left-out examples get: protolabel evaluate --space SPACE",
    )
    fit_support = read_support(view.rows, view.prototypes)
    simulation = fit_support.simulated(simulate(fit_support.support))
    above = _columns_above(view)
    of_rivals = _without_levels(_without_refused(fit_support, simulation), above)
    clear = arithmetic.conflicts(fit_support.support, of_rivals)
    ids = _Examples(view, fit_support)
    splits = []
    spread = spread_of(fit_support.support)
    if spread is not None:
        parents = set(view.rows.class_parents(view.version).values())
        keys = view.prototypes.keys.tolist()
        for k, label in enumerate(view.prototypes.labels):
            if keys[k] in parents:
                continue  # its parts are the classes under it
            parts = arithmetic.modes(fit_support.support, k, spread)
            if len(parts) >= 2:
                splits.append(ids.split(label, parts))
    names = view.prototypes.labels
    merges = [
        MergeAdvice(
            (names[pair.first], names[pair.second]), pair.right, pair.documents, pair.p_value
        )
        for pair in arithmetic.confused_pairs(simulation)
        if pair.second not in above[pair.first] and pair.first not in above[pair.second]
    ]
    return ConflictReport(
        tuple(_conflicts(view, fit_support, clear, ids, evidence)),
        tuple(splits),
        tuple(merges),
        clear.judged,
        clear.right,
        clear.ordinary is not None,
        view.version,
    )


def _without_refused(fit_support: FitSupport, simulation: Simulation) -> Simulation:
    """Return simulated queries without the scores of classes that people have refused for them."""
    if fit_support.negatives is None:
        return simulation
    queries, columns = fit_support.negatives.refused(simulation.rows)
    others = columns != simulation.labels[queries]
    scores = simulation.scores.copy()
    scores[queries[others], columns[others]] = -np.inf
    return replace(simulation, scores=scores)


def _columns_above(view: View) -> list[list[int]]:
    """Return of each class the columns of the classes above it that can answer."""
    parents, keys = view.rows.class_parents(view.version), view.prototypes.keys.tolist()
    columns = {key: column for column, key in enumerate(keys)}
    return [[columns[one] for one in way_up(parents, key)[1:] if one in columns] for key in keys]


def _without_levels(simulation: Simulation, above: Sequence[Sequence[int]]) -> Simulation:
    """Return simulated queries without the scores of classes above their own, and under it."""
    if not any(above):
        return simulation
    scores = simulation.scores.copy()
    for column, columns_above in enumerate(above):
        queries = np.flatnonzero(simulation.labels == column)
        for other in columns_above:
            scores[queries, other] = -np.inf
            scores[simulation.labels == other, column] = -np.inf
    return replace(simulation, scores=scores)


class _Examples:
    """Names of examples by their rows in a support."""

    def __init__(self, view: View, fit_support: FitSupport) -> None:
        self._view, self._fit_support = view, fit_support

    def ids(self, rows: Positions) -> list[str]:
        """Return the id of the example of each row, under the row's class."""
        items = self._fit_support.items[rows].tolist()
        labels = [self._view.prototypes.labels[k] for k in self._fit_support.support.labels[rows]]
        stored = self._view.rows.examples_of_items(set(items), self._view.version) if items else {}
        return [
            next((i for i, name in stored.get(item, ()) if name == label), "")
            for item, label in zip(items, labels, strict=True)
        ]

    def excerpts(self, rows: Positions) -> list[str]:
        """Return the beginnings of their texts."""
        texts = self._view.rows.texts(self._fit_support.items[rows].tolist())
        return [excerpt(text, EXCERPT) for text in texts]

    def source(self, identity: str) -> str:
        """Return where an example came from, by its id."""
        row = self._view.rows.example_with_id(identity, self._view.version)
        return "" if row is None else row.source

    def split(self, label: str, parts: Sequence[Positions]) -> SplitAdvice:
        """Return the advice to split a class."""
        return SplitAdvice(
            label,
            tuple(len(rows) for rows in parts),
            tuple(tuple(self.ids(rows[:IN_A_PART])) for rows in parts),
            tuple(self.excerpts(rows[:1])[0] for rows in parts),
        )


def _conflicts(
    view: View,
    fit_support: FitSupport,
    clear: arithmetic.Conflicts,
    examples: _Examples,
    evidence: int,
) -> list[Conflict]:
    labels, keys = view.prototypes.labels, view.prototypes.keys
    ordinary = clear.ordinary or math.nan  # without one, nothing is listed
    n = min(len(clear.rows), MOST_EXPLAINED) if evidence else 0
    near: list[tuple[NearExample, ...]] = [()] * len(clear.rows)
    if n:
        vectors = Encoded.whole(fit_support.support.embeddings[clear.rows[:n]])
        queries = Queries([int(keys[k]) for k in clear.nearer[:n]], vectors, [None] * n)
        why = gather(view.evidence_source, view.prototypes, queries, evidence)
        near[:n] = [reason.examples for reason in why]
    example_labels = fit_support.support.labels[clear.rows].tolist()
    return [
        Conflict(
            id=identity,
            label=labels[example_labels[i]],
            nearer=labels[int(clear.nearer[i])],
            margin=float(clear.margins[i]),
            strength=float(-clear.margins[i] / ordinary),
            excerpt=beginning,
            source=examples.source(identity),
            evidence=near[i],
        )
        for i, (identity, beginning) in enumerate(
            zip(examples.ids(clear.rows), examples.excerpts(clear.rows), strict=True)
        )
    ]
