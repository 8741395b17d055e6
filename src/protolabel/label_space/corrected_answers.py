"""What a person decided with a change counts in the answer log too.

A correction, or a move or split of examples, replaces the remembered label and refuses the old
one. *Not this* refuses the class, and removes the remembered label if it was that class, or one
under it. ``ended_decisions`` says when a removal does so. Each change calls what applies to it from
its ``note_answers``; nothing here knows the kinds of change. ``changes/history`` takes it back with
the change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from protolabel.equality import short_digest
from protolabel.label_space.answer_batch import content_of
from protolabel.label_space.decided_labels import labels_of_examples
from protolabel.label_space.ended_decisions import LabelsNow, ended, ended_by_removal
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.lookup import example_named
from protolabel.label_space.stored_settings import settings_of
from protolabel.store import Store
from protolabel.store.class_paths import family
from protolabel.time_stamps import now
from protolabel.types import Example


def labels_given(examples: Sequence[Example]) -> dict[bytes, list[str]]:
    """Return the labels that documents come with, by what answers call their content."""
    labels: dict[bytes, list[str]] = {}
    for e in examples:
        labels.setdefault(content_of(e.text, e.image, e.embedding), []).append(e.label)
    return labels


def note_labels_of_examples(
    store: Store,
    labels: Mapping[str, Sequence[str]],
    change: int | None,
    *,
    others_stay: bool = False,
) -> None:
    """Give the remembered documents that stood there as examples the labels that a person said.

    Args:
        store: of the label space, in a transaction.
        labels: those that a person said, by the id or source of the example, as the change was
            given them. The change may have ended some, since an equal one stands there.
        change: the version that the change made; None where it found nothing to change.
        others_stay: documents that may have several labels keep their other ones.
    """
    version = store.rows.version()
    before = version if change is None else change - 1
    by_item: dict[int, list[str]] = {}
    for name, new_labels in labels.items():
        row = example_named(store.rows, name, before, of_document=True)
        if row is not None:
            by_item.setdefault(row.item, []).extend(new_labels)
    by_content: dict[bytes, list[str]] = {}
    digests_of_items = item_digests(store.rows, version, list(by_item))
    for item, digests in zip(by_item, digests_of_items, strict=True):
        if digests:
            by_content.setdefault(short_digest(digests[0]), []).extend(by_item[item])
    if others_stay and settings_of(store.rows, version).several:
        others = labels_of_examples(store.rows, version)
        by_content = {c: [*names, *others.get(c, ())] for c, names in by_content.items()}
    note_labels(store, by_content, change)


def note_removed(store: Store, names: Sequence[str], change: int) -> None:
    """End the decisions that people made by examples which they remove now.

    Args:
        store: of the label space, in a transaction.
        names: of the examples, by id or source.
        change: the version that the removal made.
    """
    judged, refused = ended_by_removal(store, names, change)
    if judged:
        store.answers.judge(judged, refused, change=change)


def note_labels(
    store: Store,
    labels: Mapping[bytes, Sequence[str]],
    change: int | None,
    removed: Sequence[str] = (),
    documents: Collection[bytes] | None = None,
) -> None:
    """Give the remembered documents that were corrected the labels that a person said.

    Every change that says which class a document has ends here, however it names the document. An
    addition does not: it says nothing of the document's other classes. Of several labels, a
    document keeps the one that was remembered, or takes the first. None of them is refused. What a
    person has said already stays as it is, with the change that it was said with.

    Args:
        store: of the label space, in a transaction.
        labels: of each document, by what answers call its content.
        change: the version that the correction made; None where it found nothing to change.
        removed: names of examples of other documents that the change has removed.
        documents: the remembered ones that are meant; None: all of these contents.
    """
    version = store.rows.version()
    classes = {
        label: store.rows.class_named(label, version)
        for label in {label for names in labels.values() for label in names}
    }
    class_keys: dict[bytes, list[int]] = {}
    for content, names in labels.items():
        present = [row.key for name in names if (row := classes[name]) is not None]
        if present:
            class_keys[content] = present
    corrected = [
        (row, keys)
        for row in store.answers.rows(contents=class_keys)
        if (keys := class_keys[row.content])
        and not (row.person and row.label in keys)
        and (documents is None or row.document in documents)
    ]
    judged = [
        replace(
            row,
            label=row.label if row.label in keys else keys[0],
            version=version,
            at=now(),
            probability=None,
            person=True,
        )
        for row, keys in corrected
    ]
    refusals = [
        (row.document, row.label)
        for row, keys in corrected
        if row.label is not None and row.label not in keys
    ]
    if removed and change is not None:  # in one note with the others
        rows, classes_refused = ended_by_removal(store, removed, change)
        of_others = {row.document: row for row in rows if row.content not in labels}
        judged += of_others.values()
        refusals += [pair for pair in classes_refused if pair[0] in of_others]
    if judged:
        store.answers.judge(judged, refusals, change=change)


def note_refused(store: Store, examples: Sequence[Example], change: int | None) -> None:
    """Refuse classes for the remembered documents that are not of them, and end such labels.

    The answer log goes on: a later answer may take the place of a label that has ended.

    Args:
        store: of the label space, in a transaction.
        examples: the negative ones among them count.
        change: the version that the change made; None where it found nothing to change.
    """
    version = store.rows.version()
    refused: dict[bytes, set[int]] = {}
    for example in examples:
        row = store.rows.class_named(example.label, version) if example.negative else None
        if row is not None:
            content = content_of(example.text, example.image, example.embedding)
            refused.setdefault(content, set()).add(row.key)
    note_refused_classes(store, refused, change)


def note_refused_classes(
    store: Store,
    refused: Mapping[bytes, set[int]],
    change: int | None,
    documents: Collection[bytes] | None = None,
) -> None:
    """Do so by what answers call the content of the documents, each with the keys of classes.

    ``documents``: the remembered ones that are meant; None: all of these contents.
    """
    if not refused:
        return
    version = store.rows.version()
    rows = store.answers.rows(contents=refused)
    if documents is not None:
        rows = [row for row in rows if row.document in documents]
    labels_now, parents = LabelsNow(store.rows), store.rows.class_parents(version)
    families = {row.content: set(family(parents, refused[row.content])) for row in rows}
    judged = [
        row if labels_now.among(row, families[row.content]) is None else ended(row, version)
        for row in rows
    ]
    pairs = [(row.document, key) for row in rows for key in sorted(refused[row.content])]
    if judged:
        store.answers.judge(judged, pairs, change=change)
