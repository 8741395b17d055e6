"""Evaluation of a label space, as it is, on labelled documents that are new to it.

It brings the fits up to date, as labelling does. That may log a ``Tune``, and moves no example.
``of_own_examples`` evaluates a label space on what it holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Mask, Positions
from protolabel.documents import unlabelled_document
from protolabel.errors import InputError
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.new_documents import new_examples
from protolabel.evaluation.of_encoder import CHUNK
from protolabel.evaluation.refusals import no_class_error
from protolabel.evaluation.results import Evaluation, Share, Table, document_name
from protolabel.evaluation.right_answers import RightAnswers
from protolabel.evaluation.several_labels import evaluate_labels_on
from protolabel.evaluation.shares import first_of_each, share_of
from protolabel.label_space.answer_path.reasons import why_none_answers
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step, silent
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity


def evaluate_space_on(
    space: LabelSpace,
    examples: Iterable[Example],
    *,
    subject: str = "examples",
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate how well a label space, as it is, labels documents whose labels are known.

    Accuracy is that of the best class. A document whose score is below the threshold counts as not
    answered. Documents of classes that the label space does not have are strangers: to decline them
    is right. Documents that are examples or negative examples of the label space already, or near
    copies of these, or that its encoder has learned from, are left out.

    Raises:
        InputError: there is no document, or none that is new to it and of one of its classes.
    """
    space.settle()
    view = space.view().measurable()
    labelled, new = new_examples(space, view, examples)
    groups, notes = new.groups, new.notes
    place = {name: k for k, name in enumerate(view.head.labels)}
    if not place:
        raise InputError(
            f"{space.path}: {why_none_answers(view.classes(), view.settings.kappa)}",
            expected="a label space in which a class can be an answer",
        )
    subject = f"{space.path} on {subject}"
    if view.settings.several:
        evaluation = evaluate_labels_on(view, subject, labelled, groups, notes)
        return replace(evaluation, decided=new.decided)
    rule = RightAnswers.of(view)
    truth = np.array([place.get(e.label, -1) for e in labelled], np.int64)
    _refuse_unknown(labelled, truth >= 0, place, rule)
    verdicts = _verdicts(view, labelled, rule, progress)
    shares, more = _shares(labelled, groups, truth, verdicts, rule)
    notes += [*more, *filter(None, [view.refusal()])]
    confusion = Confusion(len(place))
    ranked = (truth >= 0) & (verdicts.best >= 0)
    confusion.add(truth[ranked], verdicts.best[ranked], first_of_each(groups)[ranked])
    rows = confusion.table(view.head.labels)
    positions = {d for row in rows for mistaken in row.confused for d in mistaken.documents}
    threshold = view.rule.threshold
    finite = threshold is not None and np.isfinite(threshold)
    return Evaluation(
        kind="space on data",
        subject=subject,
        encoder=view.head.fingerprint,
        metric=view.head.metric,
        classes=len(place),
        examples=len(labelled),
        settings={
            "version": view.version,
            "kappa": view.settings.kappa,
            "threshold": threshold if finite else None,
            "head": view.head.head,
        },
        confusion=Table(
            f"best class of each document, {view.head.head}",
            rows,
            confusion.pairs(view.head.labels),
        ),
        shares=shares,
        documents={
            d: document_name(labelled[d].id, labelled[d].text, labelled[d].source)
            for d in sorted(positions)
        },
        notes=tuple(notes),
        decided=new.decided,
    )


def _refuse_unknown(
    labelled: Sequence[Example], of_class: Mask, place: Collection[str], rule: RightAnswers
) -> None:
    """Raise InputError where no document is of a class that can be an answer.

    Args:
        labelled: n documents.
        of_class: (n,) whether each is of such a class.
        place: the names of these classes.
        rule: knows the classes above others.
    """
    if of_class.any():
        return
    if names := _names_above(labelled, rule):
        raise InputError(
            f"{quantity(len(labelled), 'document')}, none of a class that has examples: {names} "
            "stand above others",
            expected=f"some documents labelled with classes among "
            f"{', '.join(map(repr, list(place)[:8]))}",
        )
    example = f" (the first is labelled {labelled[0].label!r})" if labelled else ""
    raise no_class_error(len(labelled), list(place), example)


def _names_above(labelled: Sequence[Example], rule: RightAnswers) -> str:
    """Return the labels that are classes above others, and have no prototype, as words."""
    return ", ".join(sorted({repr(e.label) for e in labelled if e.label in rule.above}))


@dataclass(frozen=True, slots=True, eq=False)
class _Verdicts:
    """What a view answered n documents.

    Attributes:
        best: (n,) the place of the best class; -1 where a person has said of each class that the
            document is not of it.
        has_answer: (n,) whether a class was the answer.
        holds: (n,) whether that answer is right.
    """

    best: Positions
    has_answer: Mask
    holds: Mask


def _verdicts(
    view: View, labelled: Sequence[Example], rule: RightAnswers, progress: Progress
) -> _Verdicts:
    """Return what a view answers documents whose labels are known."""
    place = {name: k for k, name in enumerate(view.head.labels)}
    n = len(labelled)
    best = np.full(n, -1, np.int64)
    has_answer, holds = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    answers = view.label_many(_with_progress(labelled, progress), alternatives=2, evidence=0)
    for i, answer in enumerate(answers):
        if answer.alternatives:
            best[i] = place[answer.alternatives[0].label]
        has_answer[i] = answer.label is not None
        holds[i] = rule.holds(answer.label, labelled[i].label)
    return _Verdicts(best, has_answer, holds)


def _shares(
    labelled: Sequence[Example],
    groups: Positions,
    truth: Positions,
    verdicts: _Verdicts,
    rule: RightAnswers,
) -> tuple[dict[str, Share], list[str]]:
    """Return which shares of n documents are right, answered and declined, and notes on them.

    Args:
        labelled: the documents.
        groups: (n,) near copies have one number.
        truth: (n,) the place of each document's class; -1 where that cannot be an answer.
        verdicts: what they were answered.
        rule: says which answers are right.
    """
    of_class, has_answer, holds = truth >= 0, verdicts.has_answer, verdicts.holds
    right, decided = verdicts.best == truth, of_class & has_answer
    shares = {
        "best class right": share_of(right[of_class], groups[of_class]),
        "answered": share_of(has_answer[of_class], groups[of_class]),
        "right among the answered": share_of(holds[decided], groups[decided]),
    }
    notes = []
    if n_unranked := int((of_class & (verdicts.best < 0)).sum()):
        notes.append(
            "of no class, as a person has said of each, and so counted as wrong and in no row of "
            f"the table: {quantity(n_unranked, 'document')}"
        )
    coarse = np.array([e.label in rule.above for e in labelled], np.bool_)
    if coarse.any():
        shares["right by the path, of those of a class above"] = share_of(
            holds[coarse], groups[coarse]
        )
        notes.append(
            f"{quantity(int(coarse.sum()), 'document is', 'documents are')} labelled with classes "
            "above others "
            f"({_names_above(labelled, rule)}): the answer is right where it is that class or one "
            "under it, and the other shares leave them out"
        )
    strange = np.array([rule.is_stranger(e.label) for e in labelled], np.bool_)
    if strange.any():
        shares["strangers declined"] = share_of(~has_answer[strange], groups[strange])
        other = sorted({labelled[i].label for i in np.flatnonzero(strange).tolist()})
        notes.append(f"strangers, of classes that it does not have: {', '.join(other)}")
    return shares, notes


def _with_progress(labelled: Sequence[Example], progress: Progress) -> Iterator[Document]:
    for i, e in enumerate(labelled):
        if i % CHUNK == 0:
            progress(Step("documents labelled", i, len(labelled)))
        yield unlabelled_document(e)
    progress(Step("documents labelled", len(labelled), len(labelled)))
