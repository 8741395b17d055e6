"""What a person decided with a change counts in the answer log too.

A correction, or a move or split of examples, replaces the remembered label and refuses the old
one. *Not this* refuses the class, and ends the remembered label if it was that class, or one under
it. ``ended_decisions`` says when a removal does so, and what is left then. Each change calls what
applies to it from its ``note_answers``; nothing here knows the kinds of change. ``changes/history``
takes it back with the change. Which documents are meant is in ``statements``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from protolabel.copies.equality import short_digest
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.person_statements.ended_decisions import (
    NO_DOCUMENTS,
    LabelsByDocument,
    ended,
    ended_by_removal,
)
from protolabel.label_space.person_statements.noted import Noted, Pair
from protolabel.label_space.person_statements.statements import (
    Statements,
    decisions_meant,
    documents_meant,
)
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.stored_items.lookup import example_named
from protolabel.store import AnswerRow, Decision, Rows, Store
from protolabel.store.class_paths import family
from protolabel.time_stamps import now


def note_labels_of_examples(
    store: Store,
    labels: Mapping[str, Sequence[str]],
    change: int | None,
    *,
    others_stay: bool = False,
    follows: bool = False,
) -> None:
    """Give the documents that stood there as examples the labels that a person said.

    Args:
        store: of the label space, in a transaction.
        labels: those that a person said, by the id or source of the example, as the change was
            given them. The change may have ended some, since an equal one stands there.
        change: the version that the change made; None where it found nothing to change.
        others_stay: documents that may have several labels keep their other ones.
        follows: as of :class:`Statements`.
    """
    options = {"others_stay": others_stay, "follows": follows}
    noted_labels_of_examples(store, labels, change, **options).write(store, change)


def noted_labels_of_examples(
    store: Store,
    labels: Mapping[str, Sequence[str]],
    change: int | None = None,
    *,
    others_stay: bool = False,
    follows: bool = False,
) -> Noted:
    """Return what :func:`note_labels_of_examples` writes."""
    version = store.rows.version()
    before = version if change is None else change - 1
    named = {name: example_named(store.rows, name, before, of_document=True) for name in labels}
    rows = {name: row for name, row in named.items() if row is not None}
    digests_of_items = item_digests(store.rows, version, [row.item for row in rows.values()])
    statements = Statements(follows=follows)
    for (name, row), digests in zip(rows.items(), digests_of_items, strict=True):
        if digests:
            content = short_digest(digests[0])
            statements.labels[content] += labels[name]
            statements.sources[content].add(row.source)
            statements.former[content].add(row.class_key)
    others_stay = others_stay and settings_of(store.rows, version).several
    return noted_labels(store, statements, NO_DOCUMENTS, others_stay=others_stay)


def note_removed(
    store: Store, names: Sequence[str], change: int | None, documents: LabelsByDocument
) -> None:
    """End the decisions that people made by examples which they remove now.

    Args:
        store: of the label space, in a transaction.
        names: of the examples, by id or source.
        change: the version that the removal made; None where it found nothing to change.
        documents: as for :func:`ended_by_removal`.
    """
    version = store.rows.version() if change is None else change
    ended_by_removal(store, names, version, documents).write(store, change)


def note_labels(
    store: Store,
    statements: Statements,
    change: int | None,
    removed: Sequence[str] = (),
    decisions: LabelsByDocument = NO_DOCUMENTS,
    taken_back: LabelsByDocument = NO_DOCUMENTS,
) -> None:
    """Give the documents that were corrected the labels that a person said.

    Every change that says which class a document has ends here, however it names the document. An
    addition does not: it says nothing of the document's other classes.

    Args:
        store: of the label space, in a transaction.
        statements: what a person said of documents.
        change: the version that the correction made; None where it found nothing to change.
        removed: names of examples of other documents that the change has removed.
        decisions: labels of documents by their keys; they may be no examples, and need not be
            remembered.
        taken_back: other documents of which the removal is said, as for
            :func:`ended_by_removal`.
    """
    noted = noted_labels(store, statements, decisions)
    if taken_back or (removed and change is not None):  # in one note with the others
        version = store.rows.version() if change is None else change
        removal = ended_by_removal(store, removed, version, taken_back)
        documents = removal.documents - noted.documents - decisions.keys()
        if not taken_back:
            documents -= {
                row.document for row in removal.judged if row.content in statements.labels
            }
        noted = Noted(
            noted.judged + [row for row in removal.judged if row.document in documents],
            noted.refused + [pair for pair in removal.refused if pair[0] in documents],
            noted.decisions + [one for one in removal.decisions if one.document in documents],
        )
    noted.write(store, change)


def noted_labels(
    store: Store,
    statements: Statements,
    decisions: Mapping[bytes, Sequence[str]],
    *,
    others_stay: bool = False,
) -> Noted:
    """Return what is to be written of documents that have these labels; see :func:`note_labels`.

    ``others_stay``: a document keeps its other labels, but for those that its examples have left.
    """
    version = store.rows.version()
    by_content = class_keys(store.rows, statements.labels, version)
    by_document = class_keys(store.rows, decisions, version)
    pairs = list[tuple[AnswerRow, Sequence[int]]]()
    classes_now = ClassesNow(store.rows, version)
    for row in documents_meant(store, statements, by_document, by_content):
        keys = by_document.get(row.document) or by_content[row.content]
        if others_stay:
            former = statements.former[row.content]
            keys = [*keys, *(one for one in row.labels if classes_now.among(one, former) is None)]
        pairs.append((row, keys))
    judged, refused = with_labels(pairs, version)
    others = list[Decision]()
    for one in decisions_meant(store, statements, by_document, by_content):
        keys = by_document.get(one.document) or by_content[one.content or b""]
        if others_stay:
            former = statements.former[one.content or b""]
            keys = [*keys, *(key for key in one.classes if classes_now.among(key, former) is None)]
        if set(keys) != set(one.classes):
            others.append(replace(one, classes=tuple(sorted({*keys}))))
    return Noted(judged, refused, others)


def class_keys(
    rows: Rows, labels: Mapping[bytes, Sequence[str]], version: int
) -> dict[bytes, list[int]]:
    """Return the keys of the classes of these names; what has none that is there is left out."""
    classes = {
        label: rows.class_named(label, version)
        for label in {label for names in labels.values() for label in names}
    }
    keys = {
        one: [row.key for name in names if (row := classes[name]) is not None]
        for one, names in labels.items()
    }
    return {one: present for one, present in keys.items() if present}


def with_labels(
    corrected: Iterable[tuple[AnswerRow, Sequence[int]]], version: int
) -> tuple[list[AnswerRow], list[Pair]]:
    """Return remembered documents with the labels that a person said, and the classes refused.

    Of several labels, the class of a document stays what was remembered, or is the first. None of
    them is refused. What a person has said already stays as it is, with the change that it was said
    with.

    Args:
        corrected: documents, each with the keys of its classes.
        version: that the correction made.
    """
    changed = [
        (row, keys)
        for row, keys in corrected
        if not (row.person and set(row.labels) == set(keys) and row.class_key in keys)
    ]
    judged = [
        replace(
            row,
            class_key=row.class_key if row.class_key in keys else keys[0],
            labels=tuple(sorted({*keys})),
            version=version,
            at=now(),
            probability=None,
            person=True,
        )
        for row, keys in changed
    ]
    refusals = [
        (row.document, row.class_key)
        for row, keys in changed
        if row.class_key is not None and row.class_key not in keys
    ]
    return judged, refusals


def note_refused(
    store: Store,
    statements: Statements,
    change: int | None,
    decisions: Mapping[bytes, Sequence[str]] = NO_DOCUMENTS,
) -> None:
    """Refuse classes for the documents that are not of them, and end such labels.

    A mail that is not remembered is refused by its keys, so that its first answer knows of it.
    The answer log goes on: a later answer may take the place of a label that has ended.

    Args:
        store: of the label space, in a transaction.
        statements: which classes documents are not of.
        change: the version that the change made; None where it found nothing to change.
        decisions: as for :func:`note_labels`, the classes that these documents are not of.
    """
    noted_refusals(store, statements, decisions).write(store, change)


def noted_refusals(
    store: Store, statements: Statements, decisions: Mapping[bytes, Sequence[str]]
) -> Noted:
    """Return what is to be written of documents that are not of these classes."""
    version = store.rows.version()
    by_content = class_keys(store.rows, statements.labels, version)
    by_document = class_keys(store.rows, decisions, version)
    rows = documents_meant(store, statements, by_document, by_content)
    refused = [(row, by_document.get(row.document) or by_content[row.content]) for row in rows]
    judged, pairs = with_refusals(store.rows, refused, version)
    others, refusal = list[Decision](), _Refusal(store.rows, version)
    for one in decisions_meant(store, statements, by_document, by_content):
        keys = by_document.get(one.document) or by_content[one.content or b""]
        left = refusal.left(one.classes, keys)
        if len(left) < len(one.classes):
            others.append(replace(one, classes=tuple(left)))
        if one.document in by_document:
            pairs += [(one.document, key) for key in sorted(keys)]
    return Noted(judged, pairs, others)


def with_refusals(
    rows: Rows, refused: Iterable[tuple[AnswerRow, Collection[int]]], version: int
) -> tuple[list[AnswerRow], list[Pair]]:
    """Return remembered documents without the labels that are refused for them, and these.

    The other labels that a person gave such a document stay.

    Args:
        rows: of the label space.
        refused: documents, each with the keys of the classes that it is not of.
        version: that the refusal made.
    """
    refusal = _Refusal(rows, version)
    judged, pairs = list[AnswerRow](), list[Pair]()
    for row, keys in refused:
        own = () if row.class_key is None else (row.class_key,)
        labels = row.decision.classes if row.person else own
        left = refusal.left(labels, keys)
        judged.append(ended(row, left, version) if len(left) < len(labels) else row)
        pairs += [(row.document, key) for key in sorted(keys)]
    return judged, pairs


class _Refusal:
    """Which labels of a document stay where classes are refused for it."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._classes_now, self._parents = ClassesNow(rows, version), rows.class_parents(version)

    def left(self, labels: Iterable[int], keys: Collection[int]) -> list[int]:
        """Return the labels that are none of these classes, and stand under none of them."""
        refused = set(family(self._parents, keys))
        return [one for one in labels if self._classes_now.among(one, refused) is None]
