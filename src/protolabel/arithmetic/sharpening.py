"""Sharpen the descriptions of classes by unlabelled documents. It reads and stores nothing.

A description stands for its class until there are examples, and it lies beside the documents that
it describes, not among them. The documents that a stream brings show where those lie: each moves
the descriptions of the classes that it may belong to. Their weight in a prototype stays kappa, so
it shrinks as examples come (eq. 3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.class_totals import ClassTotals
from protolabel.arithmetic.negatives import Losses, refuted
from protolabel.arithmetic.prototypes import has_prototype, prototypes
from protolabel.arithmetic.softmax import softmax
from protolabel.arrays import Doubles, Floats, Labels, Mask, unit

STEPS = 5  # of soft assignment
SHARPNESS = 30.0  # of an assignment, by the cosine
MOST = 0.7  # share of the documents in a sharpened description, however many they are
HALF = 5.0  # documents of a class at which that share is half of it
CELLS_AT_ONCE = 4_000_000  # documents x classes


@dataclass(frozen=True, slots=True, eq=False)
class Sharpening:
    """vectors ``(K, d)`` float32: what stands for each description. documents ``(K,)`` float64: how
    many documents moved it, each counted by its chance; 0 where a class has no description.
    """

    vectors: Floats
    documents: Doubles


def sharpened(
    classes: ClassTotals,
    kappa: float,
    embeddings: Floats,
    labels: Labels,
    losses: Losses | None = None,
) -> Sharpening:
    """Return the descriptions of classes, sharpened by unlabelled documents.

    With g the description of a class, w the sum of its documents' chances and m their weighted
    mean, the result is (1 - s) g + s m at length one, with s = 0.7 w / (w + 5). The chances are the
    softmax of 30 times the cosines with the prototypes, less what these lose by negative examples,
    and follow from the result in turn, five times over. A refused class has no chance. Every run
    begins at the descriptions themselves, so a second one with the same documents changes nothing.

    Args:
        classes: the totals of K classes, with their own descriptions.
        kappa: the weight of a description in examples, while the chances are computed.
        embeddings: of the documents, ``(m, d)``, of length one.
        labels: ``(m,)``, the class of a document where a person has said it, else -1.
        losses: what the cosines of documents with prototypes lose; None where none loses.

    Source:
        Ren et al. (2018), "Meta-learning for semi-supervised few-shot classification", eqs. 4 and
        5; there the documents move the prototype itself, and count as much as examples.
    """
    descriptions = classes.descriptions.astype(np.float64)
    weight = np.zeros(len(descriptions))
    totals = classes
    for _ in range(STEPS):
        present = has_prototype(totals, kappa, "cosine")
        centres = unit(prototypes(totals, kappa))
        weight, sums = _soft_sums(centres, present, embeddings, labels, losses)
        weight = np.where(classes.described, weight, 0.0)
        share = (MOST * weight / (weight + HALF))[:, None]
        mean = np.divide(
            sums, weight[:, None], out=np.zeros_like(descriptions), where=weight[:, None] > 0
        )
        sharpened = unit((1.0 - share) * descriptions + share * mean)
        totals = replace(totals, descriptions=np.where(classes.described[:, None], sharpened, 0.0))
    return Sharpening(np.asarray(totals.descriptions, np.float32), weight)


def _soft_sums(
    centres: Floats,
    present: Mask,
    embeddings: Floats,
    labels: Labels,
    losses: Losses | None,
) -> tuple[Doubles, Doubles]:
    """Return the sum of chances of each class, ``(K,)``, and of the documents by them, ``(K, d)``.

    A document without a class that can answer counts for none.
    """
    weight, sums = np.zeros(len(centres)), np.zeros(centres.shape)
    if not present.any():
        return weight, sums
    rows = max(1, CELLS_AT_ONCE // len(centres))
    for start in range(0, len(embeddings), rows):
        part = slice(start, start + rows)
        vectors = embeddings[part].astype(np.float64)
        cosines = np.where(present, vectors @ centres.T.astype(np.float64), -np.inf)
        if losses is not None:
            at = losses.of_queries(part)
            cosines[at.queries, at.columns] -= at.amounts
        chances = softmax(cosines, 1.0 / SHARPNESS)
        chances[refuted(cosines)] = 0.0  # also where no other class is left
        certain = np.flatnonzero(labels[part] >= 0)
        chances[certain] = 0.0
        chances[certain, labels[part][certain]] = 1.0
        weight += chances.sum(axis=0)
        sums += chances.T @ vectors
    return weight, sums
