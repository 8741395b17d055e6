"""How right answers are, by a table of the true labels: those of a label space, or of a file.

An answer is right where it is the class that the truth says, or *none of these* for a document of
no class. ``truth`` finds the label of each document; ``right_answers`` knows classes above others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Mask, Positions
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.listed_labels import refuse_lists_of_answers, refuse_lists_of_truth
from protolabel.evaluation.new_documents import NewDocuments, unknown_to
from protolabel.evaluation.results import Evaluation, Table, document_name
from protolabel.evaluation.right_answers import RightAnswers
from protolabel.evaluation.several_labels import label_shares
from protolabel.evaluation.shares import first_of_each, share_of
from protolabel.evaluation.truth import LabelNames, Truth, refuse_second_labels, truth_of
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.names import DECLINE
from protolabel.progress import Progress, silent, stepped
from protolabel.readers.truth import NamedLabels
from protolabel.types import Document
from protolabel.words.quantity import quantity

MOST_LISTED = 5  # names in a note


@dataclass(frozen=True, slots=True)
class _Cases:
    """n answers beside the truth.

    Attributes:
        names: the id and an excerpt of each document.
        answers, truth: the labels of each; none where it is of no class.
        groups: (n,) near copies have one number.
    """

    names: Sequence[tuple[str, str]]
    answers: Sequence[LabelNames]
    truth: Sequence[LabelNames]
    groups: Positions


def evaluate_by_truth(
    space: LabelSpace,
    documents: Iterable[Document],
    rows: Sequence[NamedLabels],
    *,
    subject: str = "documents",
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate what a label space answers documents, by a table of their true labels.

    Documents that it or its encoder knows already, or near copies of them, are left out. One that
    cannot be read counts with the answer that it gets, *none of these*.

    Raises:
        InputError: the table does not fit the documents, a label lists others, or all documents
            are known.
    """
    everything = list(documents)
    refuse_lists_of_truth(rows, space.view())
    truth = truth_of(everything, rows)
    space.settle()
    view = space.view().measurable()
    labelled = [
        (document, labels)
        for document, labels in zip(everything, truth.labels, strict=True)
        if labels is not None
    ]
    if not view.settings.several:
        refuse_second_labels(rows, "one label, as the documents of this label space have")
    new, novelty = _unknown(space, view, labelled)
    notes = novelty.notes
    readings = stepped((d for d, _ in new), "documents labelled", len(new), progress)
    answers = view.label_many(readings, alternatives=1, evidence=0)
    cases = _Cases(
        [document_name(d.id, d.text, d.source) for d, _ in new],
        [answer.label_names for answer in answers],
        [labels for _, labels in new],
        novelty.groups,
    )
    if n_unread := sum(bool(d.unreadable) for d, _ in new):
        notes.append(f"answered none of these, for they cannot be read: {_documents(n_unread)}")
    notes += [*truth_notes(truth), *filter(None, [view.refusal()])]
    evaluation = _evaluation(
        cases,
        RightAnswers.of(view),
        f"{space.path} on {subject}",
        notes,
        several=view.settings.several,
    )
    return replace(
        evaluation,
        encoder=view.head.fingerprint,
        metric=view.head.metric,
        classes=view.head.n_classes,
        settings=evaluation.settings | {"version": view.version, "head": view.head.head},
        truth=truth,
        decided=novelty.decided,
    )


def evaluate_answers(
    answers: Sequence[NamedLabels],
    rows: Sequence[NamedLabels],
    *,
    subject: str = "answers",
    space: LabelSpace | None = None,
) -> Evaluation:
    """Evaluate answers that were given earlier, by a table of the true labels of their documents.

    Args:
        answers: what each document was answered.
        rows: the table.
        subject: names the answers.
        space: the label space that gave them, which knows which classes it has and which stand
            above others. Without it, each label of the table counts as a class.

    Raises:
        InputError: the table does not fit the answers, or a label lists others.
    """
    if space is not None and not space.view().settings.several:
        answers = [answer.with_one_label() for answer in answers]
        rows = [row.with_one_label() for row in rows]
    refuse_lists_of_answers(answers, rows, space)
    truth = truth_of(answers, rows)
    pairs = [
        (answer, labels)
        for answer, labels in zip(answers, truth.labels, strict=True)
        if labels is not None
    ]
    cases = _Cases(
        [document_name(answer.id, None, answer.source) for answer, _ in pairs],
        [answer.labels for answer, _ in pairs],
        [labels for _, labels in pairs],
        np.arange(len(pairs)),
    )
    notes = ["a file of answers holds no texts: copies of a document count as others do"]
    notes += truth_notes(truth)
    labels = {label for answer in answers for label in answer.labels}
    if space is None:
        true_labels = {label for _, labels in pairs for label in labels}
        rule = RightAnswers.alone(labels | true_labels)
        if never := sorted(true_labels - labels):
            notes.append(
                f"labels that no answer has: {_listed(never)}; if the label space lacks these "
                "classes, name it too: then none of these is right there"
            )
    else:
        rule = RightAnswers.of(space.view())
    several = any(len(labels) > 1 for labels in (*cases.answers, *cases.truth))
    evaluation = _evaluation(cases, rule, subject, notes, several=several)
    return replace(evaluation, truth=truth)


def _unknown(
    space: LabelSpace, view: View, labelled: Sequence[tuple[Document, LabelNames]]
) -> tuple[list[tuple[Document, LabelNames]], NewDocuments]:
    """Return the documents that are new to a view, and what is said of them and of the others.

    Those that cannot be read have nothing that could be known: each is a group of its own.
    """
    legible = [i for i, (d, _) in enumerate(labelled) if not d.unreadable]
    documents = [labelled[i][0] for i in legible]
    labels = [labelled[i][1] or (DECLINE,) for i in legible]
    new = unknown_to(space, view, documents, labels)
    places = (legible[i] for i in new.places.tolist())
    group_of = dict(zip(places, new.groups.tolist(), strict=True))
    first_free = int(new.groups.max(initial=-1)) + 1
    group_of |= {i: first_free + i for i in range(len(labelled)) if labelled[i][0].unreadable}
    positions = sorted(group_of)
    groups = np.array([group_of[i] for i in positions], np.int64)
    return [labelled[i] for i in positions], new._replace(groups=groups)


def _evaluation(
    cases: _Cases, rule: RightAnswers, subject: str, notes: list[str], *, several: bool
) -> Evaluation:
    """Return the shares of right answers and the confusions; the caller adds what answered."""
    n, names = len(cases.truth), sorted({*rule.classes, *(a for one in cases.answers for a in one)})
    strange = [label for labels in cases.truth for label in labels if rule.is_stranger(label)]
    if strange:
        notes = [
            *notes,
            f"labels of no class here: {_with_counts(strange)}; none of these is right",
        ]
    evaluation = Evaluation(
        kind="truth",
        subject=subject,
        encoder="",
        metric="",
        classes=len(names),
        examples=n,
        settings={},
        notes=tuple(notes),
    )
    if several:
        place = {name: i for i, name in enumerate(names)}
        shares = label_shares(
            _members(cases.answers, place), _members(cases.truth, place), cases.groups, names
        )
        return replace(evaluation, settings={"labels": "several"}, shares=shares)
    truth = [
        next((name for name in labels if not rule.is_stranger(name)), DECLINE)
        for labels in cases.truth
    ]
    answers = [next(iter(labels), DECLINE) for labels in cases.answers]
    is_stranger = np.array([label == DECLINE for label in truth], np.bool_)
    is_answer = np.array([label != DECLINE for label in answers], np.bool_)
    is_right = np.array(
        [
            answer == label or (label != DECLINE and rule.holds(answer, label))
            for answer, label in zip(answers, truth, strict=True)
        ],
        np.bool_,
    )
    groups = cases.groups
    shares = {
        "right": share_of(is_right, groups),
        "answered": share_of(is_answer, groups),
        "right among the answered": share_of(is_right[is_answer], groups[is_answer]),
    }
    if is_stranger.any():
        shares["strangers declined"] = share_of(~is_answer[is_stranger], groups[is_stranger])
    columns = [t if ok else a for t, a, ok in zip(truth, answers, is_right, strict=True)]
    table = _confusions(truth, columns, first_of_each(groups))
    positions = {d for row in table.rows for mistaken in row.confused for d in mistaken.documents}
    return replace(
        evaluation,
        confusion=table,
        shares=shares,
        documents={d: cases.names[d] for d in sorted(positions)},
    )


def _members(labels: Sequence[LabelNames], place: dict[str, int]) -> Mask:
    """Return which document has which class. *Shape:* ``(n, K)``."""
    members = np.zeros((len(labels), len(place)), np.bool_)
    for row, names in enumerate(labels):
        members[row, [place[name] for name in names if name in place]] = True
    return members


def _confusions(truth: Sequence[str], answers: Sequence[str], documents: Positions) -> Table:
    """Return which classes are answered for which, *none of these* among them, without a bound."""
    names = [*sorted({*truth, *answers} - {DECLINE}), DECLINE]
    place = {name: k for k, name in enumerate(names)}
    confusion = Confusion(len(names))
    confusion.add(
        np.array([place[name] for name in truth], np.int64),
        np.array([place[name] for name in answers], np.int64),
        documents,
    )
    rows = confusion.table(names, top=len(names))
    return Table("the answer to each document", rows, confusion.pairs(names))


def truth_notes(truth: Truth) -> list[str]:
    """Return as sentences what fits nothing: documents without a row, rows without a document."""
    notes = []
    for names, words in (
        (truth.without_row, "documents that the table of truth does not name"),
        (truth.without_document, "rows of the table of truth whose document is not there"),
    ):
        if names:
            notes.append(f"{words}, left out: {len(names):,} ({_listed(names)})")
    return notes


def _documents(n: int) -> str:
    return quantity(n, "document")


def _listed(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more


def _with_counts(labels: Sequence[str]) -> str:
    """Return labels with how many documents have each, as words."""
    counts = {label: labels.count(label) for label in sorted(set(labels))}
    return _listed([f"{label} ({n})" for label, n in counts.items()])
