"""``PrototypicalClassifier``: a label space's arithmetic behind the methods of scikit-learn.

It holds no formula. What X may be stands in ``columns`` and ``inputs``, what is computed in
``fits``, the file in ``label_space_file``.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.softmax import softmax
from protolabel.arrays import Doubles, Mask, Metric
from protolabel.errors import InputError
from protolabel.estimator.columns import texts_of, warn_of_empty_texts
from protolabel.estimator.embedding import TextEmbedding
from protolabel.estimator.examples import EstimatorExamples
from protolabel.estimator.file_methods import FileMethods
from protolabel.estimator.fits import PendingFits
from protolabel.estimator.inputs import Batch, Inputs, extended
from protolabel.estimator.labels import check_labels, joined_labels
from protolabel.estimator.level_methods import LevelMethods
from protolabel.estimator.levels import checked_parents
from protolabel.estimator.options import checked_metric, settings_of, unknown_label_of
from protolabel.readers.text_evidence import why_no_evidence
from protolabel.system.caller_warnings import warn_caller
from protolabel.system.import_lock import one_import

with one_import():
    from sklearn.base import BaseEstimator, ClassifierMixin, clone
    from sklearn.utils import Tags, assert_all_finite, check_consistent_length, column_or_1d
    from sklearn.utils.validation import check_is_fitted, validate_data


class PrototypicalClassifier(FileMethods, LevelMethods, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier by prototypes: from a few examples a class, from descriptions, or both.

    It answers as a :class:`protolabel.LabelSpace` with the same examples does. ``X`` is a matrix of
    vectors (n, d), or a column of texts: a list, an array, a pandas Series, or a table of one
    column. New classes may appear in any call of :meth:`partial_fit`.

    Args:
        encoder: what makes vectors of texts: a name, a folder, an object with `encode`, or a
            function. None: vectors are taken as they are, texts go to the default encoder.
        descriptions: what classes are, by label: a text, or a vector (d,). A class that is only
            described can be an answer.
        kappa: how many examples a description is worth; "auto" estimates it.
        metric: "cosine", or "euclidean".
        refine: whether a linear step tells the classes apart better (for the cosine).
        modes: whether a class may have several prototypes besides, where the examples ask for them
            (with ``refine``).
        abstain: None answers always, with the nearest class. "auto" declines below the fitted
            threshold, a number below that score; what is declined gets ``unknown_label``.
        parents: the class above each class that stands under one. With ``abstain``, a document
            whose nearest class is not sure enough gets the deepest class above it that is.
        unknown_label: None takes -1 where labels are numbers, and "none of these" where they are
            strings.

    Attributes:
        classes_: (K,) labels, sorted. Of two classes with equal scores the first one wins.
        n_features_in_: columns of X; not there where X is a list of texts.
        feature_names_in_: names of the columns, where X is a table.

    Examples:
        >>> from protolabel import PrototypicalClassifier
        >>> X = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.2, 0.9]]
        >>> classifier = PrototypicalClassifier().fit(X, ["bill", "bill", "order", "order"])
        >>> classifier.predict([[0.8, 0.0]]).tolist()
        ['bill']
    """

    def __init__(  # noqa: PLR0913  # scikit-learn asks for each parameter by its name
        self,
        encoder: object = None,
        *,
        descriptions: Mapping[Any, object] | None = None,
        kappa: float | Literal["auto"] = "auto",
        metric: Metric = "cosine",
        refine: bool = True,
        modes: bool = True,
        abstain: float | Literal["auto"] | None = None,
        parents: Mapping[Any, Any] | None = None,
        unknown_label: object = None,
    ) -> None:
        self.encoder = encoder
        self.descriptions = descriptions
        self.kappa = kappa
        self.metric = metric
        self.refine = refine
        self.modes = modes
        self.abstain = abstain
        self.parents = parents
        self.unknown_label = unknown_label

    # -- learning -------------------------------------------------------------------------------

    def fit(self, X: Any, y: Any, groups: Any = None) -> Self:
        """Learn from examples, and forget earlier ones.

        Args:
            X: (n, d) vectors, or n texts.
            y: (n,) labels.
            groups: (n,), which examples are of one document, such as its passages or its copies.
                They count as one where examples are left out for the calibration, and in the
                refinement. Equal examples are one document in any case. A row whose group is
                missing (None, NaN, ``pandas.NA``) is of no group: a document of its own.
        """
        self._learn(X, y, None, groups, reset=True)
        self._pending.get()
        self._warn_without_threshold()
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, groups: Any = None) -> Self:
        """Learn from more examples; new labels become classes.

        After any number of calls, in any order, the state is that of one :meth:`fit` on all
        examples. What takes long is fitted at the next prediction.

        Args:
            X: (n, d) vectors, or n texts, as in the first call.
            y: (n,) labels.
            classes: labels that are classes too, with or without examples; not needed.
            groups: as in :meth:`fit`; equal groups in two calls are the same document, whatever
                type holds them.
        """
        self._learn(X, y, classes, groups, reset=not hasattr(self, "classes_"))
        return self

    def _learn(self, x: Any, y: Any, classes: Any, groups: Any, *, reset: bool) -> None:
        metric, settings = checked_metric(self.metric), settings_of(self)
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target y "
                "is None."
            )
        texts = texts_of(x)
        if reset:
            inputs = Inputs(TextEmbedding(self.encoder, metric), metric, texts is not None)
        elif metric == self._inputs.metric:
            inputs = self._inputs
        else:
            raise InputError(
                f"metric={metric!r} for an estimator fitted with {self._inputs.metric!r}",
                expected="the same metric in every call of partial_fit",
                remedy="call fit with all examples",
            )
        inputs.check_kind(texts)
        if texts is None:
            with np.errstate(over="ignore"):  # what overflows is infinite, and refused
                x, y = validate_data(self, x, y, dtype=np.float32, reset=reset)
        elif reset or hasattr(x, "columns"):
            validate_data(self, x, skip_check_array=True, reset=reset)
        y = column_or_1d(y, warn=True)
        check_labels(y)
        assert_all_finite(y)
        check_consistent_length(x, y, groups)
        vectors, _ = inputs.vectors(x, texts)
        batch = Batch(
            vectors,
            y,
            texts,
            None if groups is None else list(groups),
            [] if classes is None else list(column_or_1d(classes)),
            self.descriptions,
        )
        before = EstimatorExamples.empty(vectors.shape[1]) if reset else self._pending.examples
        examples = extended(before, batch, inputs)
        checked_parents(self.parents, examples.classes)
        self._inputs = inputs.of_dim(examples.dim)
        self._pending = PendingFits(examples, settings, metric)
        self.classes_ = examples.classes

    def _warn_without_threshold(self) -> None:
        calibration = self._pending.get().calibration
        if self.abstain == "auto" and isinstance(calibration, Shortage):
            warn_caller(
                f"abstain='auto' declines nothing: a threshold {calibration.reason}",
            )

    # -- answering ------------------------------------------------------------------------------

    def decision_function(self, X: Any) -> Doubles:
        """Return scores, higher is nearer: cosines, or minus squared distances.

        Minus infinity for a class that has neither an example nor a description.

        *Shape:* ``(n, K)``; ``(n,)`` for two classes, the second's minus the first's.
        """
        scores, _, empty = self._scores(X)
        warn_of_empty_texts(empty)
        scores = self._spread(scores, -np.inf)
        return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

    def predict_proba(self, X: Any) -> Doubles:
        """Return the probability of each class for a query that belongs to one of them.

        The most probable class is the one that :meth:`predict` answers, unless it abstains. Where
        ``calibration_`` is a Shortage, the probabilities rank the classes and say little more.

        *Shape:* ``(n, K)``, rows sum to one.
        """
        scores, _, empty = self._scores(X)
        warn_of_empty_texts(empty)
        return self._spread(softmax(scores, self._pending.get().temperature), 0.0)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return labels ``(n,)``; ``unknown_label`` for what is declined.

        With ``abstain`` and ``parents``, a label is that of the deepest class that is sure enough:
        the nearest one, or one above others. A text without evidence, which is empty or of
        meaningless characters, is declined. Without ``abstain`` it gets a class like any other, and
        a UserWarning says so.
        """
        scores, unread, empty = self._scores(X)
        fits = self._pending.get()
        best = scores.argmax(axis=1)
        if self.abstain is None:
            warn_of_empty_texts(empty)
            return np.asarray(self.classes_[fits.columns[best]])
        declined = unread.copy()
        least = settings_of(self).threshold  # the parameter may have been set since the fit
        thresholds = fits.thresholds(best) if least is None else np.full(len(best), least)
        if thresholds is not None:
            declined |= scores.max(axis=1) < thresholds
        unknown = [unknown_label_of(self.unknown_label, self.level_classes_)]
        labels = joined_labels([self._answers(scores, best), unknown])
        return np.asarray(labels[np.where(declined, len(best), np.arange(len(best)))])

    def _scores(self, x: Any) -> tuple[Doubles, Mask, list[str]]:
        """Return the scores against the columns of the head, and which texts were not read.

        Of texts it says besides why each is no evidence; empty where it is some.
        """
        check_is_fitted(self, "classes_")
        texts = texts_of(x)
        self._inputs.check_kind(texts)
        if texts is None:
            with np.errstate(over="ignore"):  # what overflows is infinite, and refused
                x = validate_data(self, x, dtype=np.float32, reset=False)
        elif hasattr(x, "columns"):
            validate_data(self, x, skip_check_array=True, reset=False)
        focus = self._pending.examples.description_vectors() if texts is not None else None
        vectors, unread = self._inputs.vectors(x, texts, focus)
        empty = [why_no_evidence(text) for text in texts or ()]
        return self._pending.get().scores(vectors, texts), unread, empty

    def _spread(self, columns: Doubles, value_elsewhere: float) -> Doubles:
        """Return values of columns of the head as those of all classes. *Shape:* ``(n, K)``."""
        values = np.full((len(columns), len(self.classes_)), value_elsewhere)
        values[:, self._pending.get().columns] = columns
        return values

    # -- what was fitted ------------------------------------------------------------------------

    @property
    def prototypes_(self) -> Doubles:
        """Prototypes (K, d), in the order of ``classes_``; zeros without evidence."""
        return self._pending_fits().get().prototypes

    @property
    def kappa_(self) -> float:
        """How many examples a description is worth."""
        return self._pending_fits().get().kappa

    @property
    def calibration_(self) -> Calibration | Shortage:
        """What scores mean: accuracy by leave-one-out, threshold, and so on; or what it lacks."""
        return self._pending_fits().get().calibration

    # -- scikit-learn ---------------------------------------------------------------------------

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags

    def __sklearn_clone__(self) -> Self:
        """Return an unfitted copy. The encoder is shared: it is never changed, and may be large."""
        parameters = self.get_params(deep=False)
        encoder = parameters.pop("encoder")
        copies = {name: clone(value, safe=False) for name, value in parameters.items()}
        copy = type(self)(encoder, **copies)
        for name in ("_metadata_request", "_sklearn_output_config"):
            if hasattr(self, name):
                setattr(copy, name, deepcopy(getattr(self, name)))
        return copy
