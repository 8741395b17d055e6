"""The methods of an estimator whose classes stand under others. The rules are in ``levels``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Doubles, Mask, Positions
from protolabel.estimator.columns import warn_of_empty_texts
from protolabel.estimator.fits import PendingFits
from protolabel.estimator.levels import EstimatorLevels, all_labels, checked_parents

if TYPE_CHECKING:
    from collections.abc import Callable


class LevelMethods:
    """Levels of the estimator whose examples are in ``_pending``."""

    _pending: PendingFits
    parents: Mapping[Any, Any] | None
    classes_: Any
    if TYPE_CHECKING:
        _scores: Callable[[Any], tuple[Doubles, Mask, list[str]]]
        _pending_fits: Callable[[], PendingFits]

    @property
    def level_classes_(self) -> npt.NDArray[Any]:
        """The classes, and after them those that are only above others, ``(m,)``."""
        self._pending_fits()
        return all_labels(checked_parents(self.parents, self.classes_), self.classes_)

    def predict_level_proba(self, X: Any) -> Doubles:
        """Return the probability of each of ``level_classes_`` with all that stands under it.

        A class above others has the sum of these, and of its own share where it has examples or a
        description: the right class is this one or stands under it.

        *Shape:* ``(n, m)``.
        """
        scores, _, empty = self._scores(X)
        warn_of_empty_texts(empty)
        return self._levels().probabilities(scores, self._pending.get())

    def _levels(self) -> EstimatorLevels:
        parents = checked_parents(self.parents, self.classes_)
        return EstimatorLevels.of(parents, self.classes_, self._pending.get())

    def _answers(self, scores: Doubles, best: Positions) -> npt.NDArray[Any]:
        """Return the label of each query, of the deepest level that is sure enough ``(n,)``.

        ``best``: the column of the best score of each.
        """
        fits = self._pending.get()
        if not self.parents:
            return np.asarray(self.classes_[fits.columns[best]])
        strangers = self._pending.settings.strangers
        return self._levels().answers(scores, best, fits, strangers)
