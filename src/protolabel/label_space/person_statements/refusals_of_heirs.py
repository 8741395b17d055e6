"""Refusals of a class go on in the classes that it becomes, by the rule of negative examples.

What was refused for a document is refused in every part of a split, and after a merge only where
every merged class was refused. A class that leaves its place takes along what was refused for it
through the classes above it. These are refusals that stand in the answer log alone, say where no
text is kept. They are part of the change, which is taken back with them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from protolabel.label_space.person_statements.noted import Pair
from protolabel.label_space.person_statements.refused_classes import is_refused, lost_refusals
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.lookup import class_named
from protolabel.store import Store
from protolabel.store.class_paths import way_up
from protolabel.types import Change

Documents = Collection[bytes] | None  # those that are meant; None: all


def note_heirs(store: Store, change: Change, documents: Collection[bytes]) -> None:
    """Refuse for some documents what a change that was made before would have refused for them.

    They have come to be remembered since.

    Args:
        store: of the label space, in a transaction.
        change: as the log has it.
        documents: which may have refusals by now that are older than the change.
    """
    detail, version = change.detail, change.version
    former, parts = detail.get("from"), detail.get("parts")
    if change.kind == "merge" and isinstance(former, list):
        note_merge(store, former, str(detail.get("into")), version, documents)
    elif change.kind == "split" and isinstance(parts, dict):
        note_split(store, str(former), parts, version, documents)
    else:
        note_places(store, version, documents)


def note_split(
    store: Store,
    label: str,
    parts: Iterable[str],
    change: int | None,
    among: Documents = None,
) -> None:
    """Refuse the parts of a class for the documents that it was refused for.

    Args:
        store: of the label space, in a transaction.
        label: of the class that was split.
        parts: their names.
        change: the version that the split made; None where it found nothing to change.
        among: the documents that are meant; None: all.
    """
    whole = None if change is None else class_named(store.rows, label, change - 1)
    if change is None or whole is None:
        return
    rows = [store.rows.class_named(part, change) for part in parts]
    keys = [row.key for row in rows if row is not None]
    refusals = store.answers.refusals(among)
    documents = {document for document, key in refusals if key == whole.key}
    _refuse(store, _pairs(store, documents, keys, {whole.key, *keys}), change)


def note_merge(
    store: Store,
    labels: Iterable[str],
    into: str,
    change: int | None,
    among: Documents = None,
) -> None:
    """Refuse the merged class for the documents that all its classes were refused for.

    Args:
        store: of the label space, in a transaction.
        labels: of the classes that were merged.
        into: the name of the merged class; if it was there, it is one of them.
        change: the version that the merge made; None where it found nothing to change.
        among: the documents that are meant; None: all.
    """
    target = None if change is None else class_named(store.rows, into, change)
    if change is None or target is None:
        return
    rows = [class_named(store.rows, name, change - 1) for name in (*labels, into)]
    merged = {row.key for row in rows if row is not None}
    noted, parents = _noted(store, among), store.rows.class_parents(change - 1)
    whole = {
        document
        for document, keys in noted.items()
        if all(is_refused(key, keys, parents) for key in merged)
    }
    ended = {one for one, keys in noted.items() if target.key in keys} - whole
    pairs = _pairs(store, whole, [target.key], {target.key, *merged})
    pairs += _pairs(store, ended, [-target.key], ())
    _refuse(store, pairs + _pairs_of_places(store, change, merged, among), change)


def note_places(store: Store, change: int | None, among: Documents = None) -> None:
    """Refuse classes that have left a class above for the documents that it was refused for.

    Args:
        store: of the label space, in a transaction.
        change: the version that gave classes other places; None where it found nothing to change.
        among: the documents that are meant; None: all.
    """
    if change is not None:
        _refuse(store, _pairs_of_places(store, change, among=among), change)


def _pairs_of_places(
    store: Store, change: int, but: Collection[int] = (), among: Documents = None
) -> list[Pair]:
    """Return the documents with the classes to refuse for them, since these left a class above.

    ``but``: keys of classes that need none of it.
    """
    before = store.rows.class_parents(change - 1)
    noted = _noted(store, among) if before else {}
    if not noted:
        return []
    after, classes_now = store.rows.class_parents(change), ClassesNow(store.rows, change - 1)
    rows, pairs = {row.document: row for row in store.answers.rows()}, list[Pair]()
    for document, of_document in sorted(noted.items()):
        row = rows.get(document)
        own = classes_now.key(row.class_key) if row is not None and row.person else None
        if keys := of_document.difference(way_up(before, own) if own is not None else ()):
            lost = lost_refusals((keys, before), (keys, after), but)
            pairs += [(document, key) for key in lost]
    return pairs


def _noted(store: Store, among: Documents) -> dict[bytes, set[int]]:
    """Return the classes that are refused for documents."""
    noted: dict[bytes, set[int]] = {}
    for document, key in store.answers.refusals(among):
        noted.setdefault(document, set()).add(key)
    return noted


def _pairs(
    store: Store,
    documents: Collection[bytes],
    keys: Collection[int],
    classes: Collection[int],
) -> list[Pair]:
    """Return documents with classes to refuse, but for those that a person has put there.

    ``keys``: of these classes; one below 0 ends a refusal. ``classes``: the keys of the classes
    before and after the change.
    """
    rows = store.answers.rows() if documents else ()
    exempt = {row.document for row in rows if row.person and row.class_key in classes}
    return [(document, key) for document in sorted(set(documents) - exempt) for key in keys]


def _refuse(store: Store, pairs: Sequence[Pair], change: int) -> None:
    """Refuse classes for documents, in one note of the change."""
    if pairs:
        documents = {document for document, _ in pairs}
        rows = [row for row in store.answers.rows() if row.document in documents]
        store.answers.judge(rows, pairs, change=change)
