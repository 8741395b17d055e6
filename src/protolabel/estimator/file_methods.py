"""The methods of an estimator that write a label space file and read one. No pickle.

What stands in the file is decided in ``label_space_file``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from protolabel.estimator.fits import PendingFits
from protolabel.estimator.inputs import Inputs
from protolabel.estimator.label_space_file import write_file
from protolabel.estimator.levels import checked_parents
from protolabel.estimator.options import settings_of
from protolabel.estimator.stored_space import restored
from protolabel.label_space.label_space import LabelSpace
from protolabel.system.caller_warnings import warn_caller
from protolabel.system.import_lock import one_import
from protolabel.words.quantity import quantity

with one_import():
    from sklearn.exceptions import NotFittedError


class FileMethods:
    """Files of the estimator whose examples are in ``_pending``, and whose X ``_inputs`` reads."""

    _inputs: Inputs
    _pending: PendingFits
    parents: Mapping[Any, Any] | None
    unknown_label: object
    classes_: Any
    n_features_in_: int | None

    def to_label_space(self, path: str | Path) -> LabelSpace:
        """Write the examples and settings as a label space file, and return it, open.

        Groups are not in it; a warning says so where there are some.

        Raises:
            SpaceExistsError: there is a file of that name.
            InputError: a label is no name of a class.
        """
        return self._label_space(path)

    @classmethod
    def from_label_space(cls, space: str | Path | LabelSpace, *, encoder: object = None) -> Self:
        """Return an estimator that answers as a label space does now.

        It has no target: where the label space has a target of risk, a warning says so. Where an
        estimator of numbers has written the file, and a class has a name now that is no such
        number, all labels are strings; a warning says so, too.

        Args:
            space: a file, or an open label space.
            encoder: that of the label space; None loads it by the name in the file.
        """
        estimator = cls()
        if isinstance(space, LabelSpace):
            restored(estimator, space, encoder)
        else:
            with LabelSpace(space, encoder=encoder, background=False) as opened:  # type: ignore[arg-type]
                restored(estimator, opened, encoder)
        return estimator

    def _restore(self, pending: PendingFits, inputs: Inputs) -> None:
        """Take up what was fitted elsewhere."""
        self._pending, self._inputs, self.classes_ = pending, inputs, pending.examples.classes
        if inputs.texts is False:
            self.n_features_in_ = inputs.dim

    def save(self, path: str | Path) -> None:
        """Write the estimator into a label space file, without pickle."""
        self._label_space(path).close()

    @classmethod
    def load(cls, path: str | Path, *, encoder: object = None) -> Self:
        """Return the estimator that :meth:`save` wrote: :meth:`from_label_space`."""
        return cls.from_label_space(path, encoder=encoder)

    def _label_space(self, path: str | Path) -> LabelSpace:
        """Write the file, and return it, open; called by a method that a user calls."""
        settings = replace(self._pending_fits().settings, threshold=settings_of(self).threshold)
        embedding = self._inputs.embedding
        space = write_file(
            self._pending,
            settings,
            embedding,
            path,
            self.unknown_label,
            checked_parents(self.parents, self.classes_),
        )
        n_grouped = self._pending.examples.n_grouped
        if n_grouped:
            warn_caller(
                f"{quantity(n_grouped, 'example')} share a group with another one, and a file "
                "holds no groups: what is loaded counts each as a document of its own, and its "
                "calibration_ is surer than it should be",
            )
        return space

    def _pending_fits(self) -> PendingFits:
        if not hasattr(self, "classes_"):
            raise NotFittedError(f"this {type(self).__name__} is not fitted: call fit first")
        return self._pending
