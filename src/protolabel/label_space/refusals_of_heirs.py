"""Refusals of a class go on in the classes that it becomes, by the rule of negative examples.

What was refused for a document is refused in every part of a split, and after a merge only where
every merged class was refused. These are refusals that stand in the answer log alone, say where no
text is kept. They are part of the change, which is taken back with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from protolabel.label_space.lookup import class_named
from protolabel.label_space.refused_classes import is_refused
from protolabel.store import Store


def note_split(store: Store, label: str, parts: Iterable[str], change: int | None) -> None:
    """Refuse the parts of a class for the documents that it was refused for.

    Args:
        store: of the label space, in a transaction.
        label: of the class that was split.
        parts: their names.
        change: the version that the split made; None where it found nothing to change.
    """
    whole = None if change is None else class_named(store.rows, label, change - 1)
    if change is None or whole is None:
        return
    rows = [store.rows.class_named(part, change) for part in parts]
    keys = [row.key for row in rows if row is not None]
    documents = {document for document, key in store.answers.refusals() if key == whole.key}
    _refuse(store, documents, keys, {whole.key, *keys}, change)


def note_merge(store: Store, labels: Iterable[str], into: str, change: int | None) -> None:
    """Refuse the merged class for the documents that all its classes were refused for.

    Args:
        store: of the label space, in a transaction.
        labels: of the classes that were merged.
        into: the name of the merged class; if it was there, it is one of them.
        change: the version that the merge made; None where it found nothing to change.
    """
    target = None if change is None else class_named(store.rows, into, change)
    if change is None or target is None:
        return
    rows = [class_named(store.rows, name, change - 1) for name in (*labels, into)]
    merged = {row.key for row in rows if row is not None}
    parents = store.rows.class_parents(change - 1)
    refused: dict[bytes, set[int]] = {}
    for document, key in store.answers.refusals():
        refused.setdefault(document, set()).add(key)
    documents = {
        document
        for document, keys in refused.items()
        if all(is_refused(key, keys, parents) for key in merged)
    }
    _refuse(store, documents, [target.key], {target.key, *merged}, change)


def _refuse(
    store: Store,
    documents: Collection[bytes],
    keys: Collection[int],
    classes: Collection[int],
    change: int,
) -> None:
    """Refuse classes for remembered documents, but for those that a person has put there.

    ``classes``: the keys of the classes before and after the change.
    """
    if not documents:
        return
    rows = [
        row
        for row in store.answers.rows()
        if row.document in documents and not (row.person and row.class_key in classes)
    ]
    pairs = [(row.document, key) for row in rows for key in keys]
    if pairs:
        store.answers.judge(rows, pairs, change=change)
