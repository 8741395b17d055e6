"""Reads what the fits of a version are made from: its examples, their classes and their groups.

All of it is as of that version, in its encoding. Nothing is fitted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.kappa import PRIOR, Scatter, prior_for
from protolabel.arithmetic.ridge import NegativeRows
from protolabel.arithmetic.seen_examples import Allowance
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support
from protolabel.arrays import Floats, Integers, Labels, Mask, Metric
from protolabel.copies.equality import document_digests, groups_of, rounded_digests
from protolabel.copies.near_copies import document_groups, whole_groups
from protolabel.encoders.provenance import UNKNOWN
from protolabel.label_space.fits.described_examples import described_examples, description_texts
from protolabel.label_space.fits.fit_bounds import MOST_FITTED
from protolabel.label_space.fits.learned_examples import learned_examples
from protolabel.label_space.fits.negatives_of_version import Contents, FitNegatives, fit_negatives
from protolabel.label_space.stored_items.class_levels import levels_of
from protolabel.store import Rows


@dataclass(frozen=True, slots=True, eq=False)
class FitSupport:
    """The examples of a version, and what its encoder has learned of them.

    Attributes:
        support: at most ``MOST_FITTED`` examples, an equal share of each class, with the totals
            of all. ``support.learned`` are those that the encoder has learned from.
        allowance: how the scores of examples that it has learned from differ from those of other
            documents, as ``adapt`` has measured it; None where nobody knows.
        measured: ``(n,)`` bool, the examples that the allowance was measured for.
        items: ``(n,)``, what each example holds.
        kappa_prior: of the weight of descriptions, which documents may have sharpened.
        negatives: the negative examples; None where there are none.
        scatter: of the support, where it is at hand.
    """

    support: Support
    allowance: Allowance | None
    measured: Mask
    items: Integers
    kappa_prior: float = PRIOR
    negatives: FitNegatives | None = None
    scatter: Scatter | None = None

    @property
    def negative_rows(self) -> NegativeRows | None:
        """The negatives as rows of the regressions of several labels; None where there are none."""
        return None if self.negatives is None else self.negatives.rows

    @property
    def usable(self) -> Mask:
        """The examples whose scores say how new documents would score. *Shape:* ``(n,)``.

        Those that the encoder has learned from do so with an allowance that was measured for them.
        """
        learned = self.support.learned
        return ~learned if self.allowance is None else ~(learned & ~self.measured)

    def simulated(self, simulation: Simulation) -> Simulation:
        """Return simulated queries of the support with the scores that negatives leave them."""
        if self.negatives is None:
            return simulation
        return self.negatives.simulated(simulation, self.support)


def support_of(
    embeddings: Floats,
    labels: Labels,
    classes: ClassTotals,
    contents: Contents,
    *,
    descriptions: Sequence[str | None],
    learned: Mask,
    kappa: float,
    metric: Metric,
) -> Support:
    """Return examples with their copies, their groups and what is no evidence about new documents.

    Args:
        embeddings: (n, d).
        labels: (n,), columns of ``classes``.
        classes: the totals of the classes.
        contents: of the examples; their digests are those of the rounded vectors, too.
        descriptions: K, the texts that describe the classes.
        learned: (n,), the examples that the encoder has learned from itself. Their near copies
            are not new to it either.
        kappa: the weight of a description in examples.
        metric: of the scores.
    """
    groups = document_groups(contents.digests, contents.texts, labels)
    return Support(
        embeddings=embeddings,
        labels=labels,
        classes=classes,
        kappa=kappa,
        metric=metric,
        copies=groups_of(contents.digests),
        groups=groups,
        learned=whole_groups(learned, groups),
        in_descriptions=whole_groups(
            described_examples(contents.texts, embeddings, labels, classes, descriptions), groups
        ),
    )


def read_support(rows: Rows, snapshot: Snapshot) -> FitSupport:
    """Return the support that the prototypes in ``snapshot`` were made from."""
    version = snapshot.version
    with rows.reading():
        keys, items, embeddings = rows.training_set(version, MOST_FITTED)
        arrays = rows.class_arrays(snapshot.keys, version)
        sharpened = rows.sharpened_share(version)
        answering = np.isin(keys, snapshot.keys)
        keys, items, embeddings = keys[answering], items[answering], embeddings[answering]
        texts = rows.texts(items.tolist())
        descriptions = description_texts(rows, snapshot.keys, version)
        learned = learned_examples(rows, version, items, snapshot.provenance or UNKNOWN)
        levels = levels_of(rows, version, lambda: snapshot.keys)
    labels = np.searchsorted(snapshot.keys, keys).astype(np.int64)
    digests = [
        (f"item {item}", *document_digests(text), *rounded)
        for item, text, rounded in zip(
            items.tolist(), texts, rounded_digests(embeddings), strict=True
        )
    ]
    contents = Contents(texts, digests)
    support = support_of(
        embeddings,
        labels,
        ClassTotals.of_fixed(*arrays),
        contents,
        descriptions=descriptions,
        learned=learned.learned,
        kappa=snapshot.kappa,
        metric=snapshot.metric,
    )
    if levels is not None:
        support = replace(support, hierarchy=levels.hierarchy)
    prior = prior_for(sharpened)
    with rows.reading():
        negatives = fit_negatives(rows, snapshot, support, contents)
    return FitSupport(support, learned.allowance, learned.measured, items, prior, negatives)
