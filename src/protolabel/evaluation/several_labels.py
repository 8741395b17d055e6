"""Evaluation of a label space whose documents may have several labels: F1, and exact sets.

On its own examples, each left out of all of its classes, or on documents that are new to it.
``of_own_examples`` and ``of_label_space`` come here for such a label space.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.f1_intervals import macro_f1, micro_f1
from protolabel.arithmetic.multilabel import try_labels
from protolabel.arrays import Integers, Mask, Positions
from protolabel.copies.equality import document_digest
from protolabel.documents import unlabelled_document
from protolabel.errors import InputError
from protolabel.evaluation.listed_labels import refuse_lists_of_examples
from protolabel.evaluation.refusals import MORE_EXAMPLES, no_class_error
from protolabel.evaluation.results import Evaluation, Share
from protolabel.evaluation.shares import share_of
from protolabel.label_space.fits.fit_support import read_support
from protolabel.label_space.view import View
from protolabel.types import Example
from protolabel.words.quantity import quantity


def evaluate_labels(view: View, subject: str) -> Evaluation:
    """Evaluate the labels that a view gives its own examples, each without itself.

    Raises:
        InputError: too few examples can be left out.
    """
    with view.rows.reading():
        fit_support = read_support(view.rows, view.prototypes)
    support = fit_support.support
    trial = try_labels(support, fit_support.negative_rows)
    if isinstance(trial, Shortage):
        raise InputError(
            f"labels of left-out examples: {trial.reason}",
            expected="enough examples to leave some out",
            remedy=MORE_EXAMPLES,
        )
    least, threshold = view.settings.threshold, trial.model.threshold
    answers = trial.chances >= (trial.thresholds if least is None else least)
    groups = support.groups[trial.rows]
    shares = label_shares(answers, trial.members, groups, view.head.labels)
    note = "each document is labelled as if it and its near copies were not among the examples: "
    note += "its classes, and what gives the labels their chances and the threshold, lack them"
    threshold = threshold if least is None else least
    return _evaluation(view, "space", subject, len(trial.rows), shares, threshold, (note,))


def evaluate_labels_on(
    view: View, subject: str, labelled: Sequence[Example], groups: Positions, notes: Sequence[str]
) -> Evaluation:
    """Evaluate the labels that a view gives documents that are new to it.

    Args:
        view: settled, and not remembered.
        subject: names what is evaluated.
        labelled: examples; those of equal documents are one document with all their labels.
        groups: ``(n,)``, near copies have one number.
        notes: what the reader must know.

    Raises:
        InputError: no document is of one of its classes, or a label lists others.
    """
    refuse_lists_of_examples(labelled, view)
    names = view.head.labels
    place = {name: k for k, name in enumerate(names)}
    digests = [document_digest(e.text, e.image, e.embedding) for e in labelled]
    first: dict[str, int] = {}
    for i, digest in enumerate(digests):
        first.setdefault(digest, i)
    row = {digest: number for number, digest in enumerate(first)}
    owner, sample = [row[digest] for digest in digests], list(first.values())
    members = np.zeros((len(sample), len(names)), np.bool_)
    unknown = set()
    for example, document in zip(labelled, owner, strict=True):
        if example.label in place:
            members[document, place[example.label]] = True
        else:
            unknown.add(example.label)
    if not members.any():
        raise no_class_error(len(sample), names)
    answers = np.zeros_like(members)
    documents = [unlabelled_document(labelled[i]) for i in sample]
    threshold = None
    for i, answer in enumerate(view.label_many(documents, evidence=0)):
        answers[i, [place[name] for name in answer.label_names]] = True
        threshold = answer.threshold
    shares = label_shares(answers, members, groups[sample], names)
    more = [f"labels that it does not have: {', '.join(sorted(unknown))}"] if unknown else []
    return _evaluation(
        view, "space on data", subject, len(sample), shares, threshold, (*notes, *more)
    )


def label_shares(
    answers: Mask, members: Mask, groups: Integers, names: Sequence[str]
) -> dict[str, Share]:
    """Return F1 over all labels and over classes, and exact sets, with 95 % intervals.

    Near copies count as one document in the intervals. A class that no document has and none got
    has no F1, and the mean over classes says of how many it is.

    *Shape:* ``(n, K)`` twice, ``(n,)``.
    """
    exact: Mask = np.asarray((answers == members).all(axis=1), np.bool_)
    is_hit: Mask = np.asarray((answers & members).any(axis=1) | ~members.any(axis=1), np.bool_)
    micro, macro = micro_f1(answers, members, groups), macro_f1(answers, members, groups)
    n, documents, classes = len(members), len(np.unique(groups)), quantity(len(names), "class")
    if macro.classes < len(names):
        classes = f"{macro.classes} of {classes}"
    return {
        "micro F1, over all labels": Share(micro.f1, micro.low, micro.high, n, documents),
        f"macro F1, over {classes}": Share(macro.f1, macro.low, macro.high, n, documents),
        "exactly their labels": share_of(exact, groups),
        "one of their labels at least": share_of(is_hit, groups),
    }


def _evaluation(
    view: View,
    kind: str,
    subject: str,
    documents: int,
    shares: dict[str, Share],
    threshold: float | None,
    notes: tuple[str, ...],
) -> Evaluation:
    return Evaluation(
        kind=kind,  # type: ignore[arg-type]
        subject=subject,
        encoder=view.head.fingerprint,
        metric=view.head.metric,
        classes=view.head.n_classes,
        examples=documents,
        settings={
            "version": view.version,
            "kappa": view.settings.kappa,
            "threshold": threshold,
            "labels": view.settings.labels,
        },
        shares=shares,
        notes=notes,
    )
