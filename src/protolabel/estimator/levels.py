"""Classes above the classes of an estimator: which level answers, and what each level is worth.

The rules and the sums are those of a label space. Labels may be of any kind that classes have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.hierarchy import Hierarchy
from protolabel.arithmetic.softmax import softmax
from protolabel.arrays import Doubles, Positions
from protolabel.errors import InputError
from protolabel.estimator.fits import EstimatorFits
from protolabel.estimator.labels import joined_labels
from protolabel.label_space.stored_items.class_levels import MOST_LEVELS, Levels, decide_levels


@dataclass(frozen=True, slots=True, eq=False)
class EstimatorLevels:
    """The classes of an estimator and those above them.

    Attributes:
        labels: ``(m,)`` the classes as scikit-learn has them, then those that are only above
            others, sorted.
        hierarchy: of the m nodes but for classes that neither have a prototype nor stand above
            others; first the columns of the fits.
        places: which of the labels each node of the hierarchy is.
    """

    labels: npt.NDArray[Any]
    hierarchy: Hierarchy
    places: Positions

    @classmethod
    def of(
        cls, parents: Mapping[Any, Any], classes: npt.NDArray[Any], fits: EstimatorFits
    ) -> EstimatorLevels:
        """Return the levels of an estimator.

        Args:
            parents: the class above each class that stands under one, as checked.
            classes: ``(K,)``, sorted.
            fits: whose columns are the classes with prototypes.
        """
        labels = all_labels(parents, classes)
        place = {label: i for i, label in enumerate(labels.tolist())}

        def parent_of(at: int) -> int | None:
            (label,) = labels[at : at + 1].tolist()
            return place[parents[label]] if label in parents else None

        hierarchy = Hierarchy.of(fits.columns, parent_of)
        return cls(labels, hierarchy, hierarchy.keys)

    def probabilities(self, scores: Doubles, fits: EstimatorFits) -> Doubles:
        """Return the probability of each label with all that stands under it.

        *Shape:* ``(n, k)`` -> ``(n, m)``.
        """
        sums = np.zeros((len(scores), len(self.labels)))
        sums[:, self.places] = self.hierarchy.sums(softmax(scores, fits.temperature))
        return sums

    def answers(
        self, scores: Doubles, best: Positions, fits: EstimatorFits, strangers: float
    ) -> npt.NDArray[Any]:
        """Return the label of the deepest level of each query that is sure enough, ``(n,)``.

        Without a calibration it is the nearest class.

        Args:
            scores: ``(n, k)``.
            best: ``(n,)`` the column of the best score.
            fits: what the scores mean.
            strangers: the share of documents of no class.
        """
        shares = none = None
        if not isinstance(fits.calibration, Shortage):
            shares = softmax(scores, fits.temperature)
            sizes = fits.head.sizes[best]
            none = fits.calibration.none_probability(scores.max(axis=1), sizes, strangers)
        levels = decide_levels(Levels(self.hierarchy, {}), best, shares, none, None)
        return np.asarray(self.labels[self.places[levels.answers]])


def all_labels(parents: Mapping[Any, Any], classes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the classes, and after them, sorted, the labels that are only above others."""
    present = set(classes.tolist())
    family: set[Any] = set()
    for label in present:
        while label in parents and parents[label] not in family:
            label = parents[label]
            family.add(label)
    only_above = sorted(family - present)
    return joined_labels([classes, only_above]) if only_above else classes


def with_parents_to_come(
    parents: Mapping[Any, Any], to_come: Mapping[Any, Any], labels: Sequence[Any]
) -> dict[Any, Any]:
    """Return parents with those of labels that may come, but for what cannot stand beside them.

    A file may have got classes since it was written: of these it says itself what they stand under.

    Args:
        parents: the label above each class that stands under one.
        to_come: the label above each one that was no class yet.
        labels: of all classes.
    """
    present, words = set(labels), any(isinstance(label, str) for label in labels)
    new = {
        label: above
        for label, above in to_come.items()
        if label not in present and all(isinstance(one, str) == words for one in (label, above))
    }
    together = {**parents, **new}
    return {label: together[label] for label in together
            if label in parents or _depth(label, together) <= MOST_LEVELS}  # fmt: skip


def _depth(label: Any, parents: Mapping[Any, Any]) -> int:
    """Return on which level a label stands; one more than there may be where it is deeper."""
    depth = 1
    while label in parents and depth <= MOST_LEVELS:
        label, depth = parents[label], depth + 1
    return depth


def checked_parents(parents: object, classes: npt.NDArray[Any]) -> Mapping[Any, Any]:
    """Return the class above each class that stands under one; nothing where none does.

    A label that is neither a class nor above one counts as one that may come.

    Raises:
        InputError: no mapping, labels of another kind than the classes, a class under itself, or
            more levels than there may be.
    """
    if parents is None:
        return {}
    if not isinstance(parents, Mapping):
        raise InputError(
            f"parents of type {type(parents).__name__}", expected="{label: the label above it}"
        )
    words = isinstance(classes[0], str)
    for label in (*parents, *parents.values()):
        if isinstance(label, str) != words or isinstance(label, bool | np.bool_):
            kind = "a string" if words else "a number"
            raise InputError(f"parents with {label!r}", expected=f"{kind}, as the classes are")
    for label in parents:
        above, depth = label, 1
        while above in parents:
            above, depth = parents[above], depth + 1
            if above == label or depth > MOST_LEVELS:
                raise InputError(
                    f"parents with {label!r} under itself"
                    if above == label
                    else f"parents with more than {MOST_LEVELS} levels above one another",
                    expected=f"at most {MOST_LEVELS} levels, and no class under itself",
                )
    return parents
