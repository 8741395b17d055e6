"""From X to vectors as a label space holds them, and a batch of them to the examples so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.fixed_point import size_error, unrepresentable
from protolabel.arrays import Floats, Mask, Metric, unit
from protolabel.errors import InputError
from protolabel.estimator.descriptions import described
from protolabel.estimator.embedding import TextEmbedding
from protolabel.estimator.examples import EstimatorExamples
from protolabel.estimator.labels import joined_labels
from protolabel.system.caller_warnings import warn_caller
from protolabel.words.quantity import quantity

KINDS = {False: "vectors", True: "texts"}


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What X must be for a fitted estimator, and how it becomes vectors.

    ``metric``: vectors are brought to unit length for the cosine. ``texts``: whether X holds texts;
    None where it may hold either. ``dim``: columns of vectors; None before the first X.
    """

    embedding: TextEmbedding
    metric: Metric
    texts: bool | None
    dim: int | None = None

    def check_kind(self, texts: Sequence[str] | None) -> None:
        """Raise InputError for texts in place of vectors, or the other way round."""
        if self.texts is not None and (texts is not None) != self.texts:
            raise InputError(
                f"X holds {KINDS[texts is not None]}",
                expected=f"{KINDS[self.texts]}, as the estimator was fitted with",
            )

    def vectors(
        self, x: Any, texts: Sequence[str] | None, focus: Floats | None = None
    ) -> tuple[Floats, Mask]:
        """Return vectors ``(n, d)``, and which texts the encoder could not read ``(n,)``.

        Args:
            x: (n, d) finite numbers, where ``texts`` is None.
            texts: n texts, or None.
            focus: what texts that are queries are weighed by, as ``TextEmbedding`` takes it.

        Raises:
            InputError: another number of columns, or sizes that a sum cannot hold.
        """
        if texts is not None:
            return self.embedding.documents(texts, focus)
        vectors: Floats = np.ascontiguousarray(x, np.float32)
        if self.dim is not None and vectors.shape[1] != self.dim:
            raise InputError(
                f"X of {quantity(vectors.shape[1], 'column')}",
                expected=f"{self.dim}, as the vectors that the estimator was fitted with",
            )
        if self.metric == "cosine":
            return unit(vectors), np.zeros(len(vectors), np.bool_)
        bad = unrepresentable(vectors)
        if len(bad):
            raise size_error(vectors[bad[0]], f"row {bad[0]} of X")
        return vectors, np.zeros(len(vectors), np.bool_)

    def of_dim(self, dim: int) -> Inputs:
        """Return the same for vectors of ``dim`` columns."""
        return replace(self, dim=dim)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Examples that come together, and the descriptions that come with them.

    Attributes:
        vectors: ``(n, d)`` float32, as :meth:`Inputs.vectors` returns them.
        labels: ``(n,)``.
        texts: n texts, or None.
        groups: n names of documents, None for a row without one; or None.
        classes: labels that are classes too.
        descriptions: by label, as the estimator's parameter has them.
    """

    vectors: Floats
    labels: npt.NDArray[Any]
    texts: Sequence[str] | None
    groups: Sequence[object] | None
    classes: Sequence[object]
    descriptions: Mapping[Any, object] | None


def extended(examples: EstimatorExamples, batch: Batch, inputs: Inputs) -> EstimatorExamples:
    """Return the examples with a batch more. Raises InputError where some of it cannot be used."""
    descriptions = described(
        batch.descriptions, examples.descriptions, inputs.embedding, examples.dim
    )
    labels = joined_labels([batch.labels, batch.classes, list(descriptions), examples.classes])
    if inputs.metric == "cosine":
        batch = _with_direction(batch)
    return (
        examples.with_classes(labels)
        .with_descriptions(descriptions)
        .with_examples(
            batch.vectors,
            batch.labels,
            batch.texts,
            batch.groups,
            _new_documents if batch.texts is None else inputs.embedding.learned,
        )
    )


def _with_direction(batch: Batch) -> Batch:
    """Return the examples whose vector has a direction; the others are no evidence."""
    nonzero = np.asarray(batch.vectors.any(axis=1), np.bool_)
    if nonzero.all():
        return batch
    n_zeros = int((~nonzero).sum())
    warn_caller(
        f"{n_zeros} of {quantity(len(nonzero), 'example')} {'has' if n_zeros == 1 else 'have'} a "
        "vector of zeros, which has no direction: left out",
    )
    rows = np.flatnonzero(nonzero).tolist()
    return replace(
        batch,
        vectors=batch.vectors[nonzero],
        labels=batch.labels[nonzero],
        texts=None if batch.texts is None else [batch.texts[i] for i in rows],
        groups=None if batch.groups is None else [batch.groups[i] for i in rows],
    )


def _new_documents(digests: Sequence[tuple[str, ...]], texts: Sequence[str | None]) -> Mask:
    return np.zeros(len(digests), np.bool_)
