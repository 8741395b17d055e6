"""The rule by which a person's decision about a remembered document ends.

A document stays of the class that a person gave it until a person takes its example out of that
class, and no equal one is left there, or says *not this*. Which documents an example stands for is
in ``statements``: the one that it came from, and equal whole ones, but no part of another mail. The
document is open again then: it has no label until it is answered again, and the class is refused.
One that has several labels keeps the others. A merge or a move ends no decision. Nothing is written
here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from protolabel.copies.equality import short_digest
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
from protolabel.time_stamps import now

LabelsByDocument = Mapping[bytes, Sequence[str]]
NO_DOCUMENTS: LabelsByDocument = MappingProxyType({})


def ended(row: AnswerRow, left: Sequence[int], version: int) -> AnswerRow:
    """Return a row without some of its labels.

    It has those that are left, by the person who gave them. With none left it is a document that
    no person has decided on.
    """
    if row.person and left:
        key = row.class_key if row.class_key in left else left[0]
        return replace(row, class_key=key, labels=tuple(left), version=version, at=now())
    nothing = replace(row, class_key=None, labels=(), version=version, at=now())
    return replace(nothing, probability=None, person=False)


def ended_by_removal(
    store: Store, names: Sequence[str], change: int, documents: LabelsByDocument = NO_DOCUMENTS
) -> Noted:
    """Return what becomes of the documents whose decisions end.

    They are those that the examples came from, and equal whole ones, also where the label space
    itself gave them the class, unless a person says which they are. One that may have several
    labels keeps the others.

    Args:
        store: of the label space, in the transaction of the change.
        names: of the examples that a person removed, by id or source.
        change: the version that the removal made.
        documents: those that a person took back, by their keys, each with the names of the classes
            that it is not of any more; empty: nobody says which.
    """
    if documents:
        return _of_documents(store, documents, change)
    removed = removed_documents(store.rows, names, change - 1)
    contents = removed.former
    meant = documents_meant(store, removed, (), contents) if contents else []
    judged, refused = without_removed(store.rows, meant, contents, change)
    decisions = list[Decision]()
    of_removed = _OfRemoved(store.rows, contents, change)
    for one in decisions_meant(store, removed, (), contents) if contents else ():
        endings = of_removed.among(one.classes, one.content or b"")
        if endings:
            left = tuple(key for key in one.classes if key not in endings)
            decisions.append(replace(one, classes=left))
            refused += [(one.document, key) for key in endings.values()]
    return Noted(judged, refused, decisions)


def _of_documents(store: Store, documents: LabelsByDocument, change: int) -> Noted:
    """Return what becomes of documents that a person takes back, as :func:`ended_by_removal`."""
    keys = {
        document: {
            class_row.key for name in names if (class_row := store.rows.class_named(name, change))
        }
        for document, names in documents.items()
    }
    classes_now = ClassesNow(store.rows, change)
    judged, refused, decisions = list[AnswerRow](), list[Pair](), list[Decision]()
    for row in store.answers.rows():
        endings = taken_among(classes_now, row, keys.get(row.document, ()))
        if endings:
            judged.append(ended(row, [key for key in row.labels if key not in endings], change))
            refused += [(row.document, key) for key in endings.values()]
    remembered = store.answers.places()
    for one in store.answers.decisions(list(keys)).values():
        if one.document not in remembered:
            heirs = {key: classes_now.among(key, keys[one.document]) for key in one.classes}
            lost = [heir for heir in heirs.values() if heir is not None]
            if lost:
                left = tuple(key for key, heir in heirs.items() if heir is None)
                decisions.append(replace(one, classes=left))
                refused += [(one.document, key) for key in lost]
    return Noted(judged, refused, decisions)


def taken_among(classes_now: ClassesNow, row: AnswerRow, keys: Collection[int]) -> dict[int, int]:
    """Return those labels that a person gave a document which are of these classes.

    Each with the class that it stands for.
    """
    heirs = {one: classes_now.among(one, keys) for one in (row.labels if row.person else ())}
    return {one: heir for one, heir in heirs.items() if heir is not None}


def without_removed(
    rows: Rows, documents: Iterable[AnswerRow], removed: Mapping[bytes, set[int]], change: int
) -> tuple[list[AnswerRow], list[Pair]]:
    """Return those of some remembered documents whose labels end, and what is refused.

    Args:
        rows: of the label space.
        documents: those that are meant.
        removed: the classes that a person took equal examples out of, by what answers call their
            content.
        change: the version that the removal made.
    """
    of_removed = _OfRemoved(rows, removed, change)
    judged, refused = list[AnswerRow](), list[Pair]()
    for row in documents:
        own = row.labels if row.person or row.class_key is None else (row.class_key, *row.labels)
        endings = of_removed.among(own, row.content)
        if endings:
            judged.append(ended(row, [key for key in own if key not in endings], change))
            refused += [(row.document, key) for key in endings.values()]
    return judged, refused


class _OfRemoved:
    """Which classes of documents have lost their last equal examples.

    The arguments are those of :func:`without_removed`.
    """

    def __init__(self, rows: Rows, removed: Mapping[bytes, set[int]], change: int) -> None:
        self._rows, self._removed, self._change = rows, removed, change
        self._classes_now = ClassesNow(rows, change)

    def among(self, classes: Iterable[int], content: bytes) -> dict[int, int]:
        """Return those among the classes of a document, each with the class that it stands for."""
        removed = self._removed.get(content, set())
        heirs = {one: self._classes_now.among(one, removed) for one in classes}
        return {
            one: heir
            for one, heir in heirs.items()
            if heir is not None and not _is_member(self._rows, heir, content, self._change)
        }


def removed_documents(rows: Rows, names: Sequence[str], before: int) -> Statements:
    """Return the classes and the sources of examples at a version, by what answers call them."""
    examples = [
        row
        for name in names
        if rows.negative_with_id(name, before) is None
        and (row := example_named(rows, name, before)) is not None
    ]
    statements = Statements()
    contents = item_digests(rows, before, [row.item for row in examples])
    for row, digests in zip(examples, contents, strict=True):
        if digests:
            content = short_digest(digests[0])
            statements.former[content].add(row.class_key)
            statements.sources[content].add(row.source)
    return statements


def _is_member(rows: Rows, key: int, content: bytes, version: int) -> bool:
    """Return whether a document is an example of a class, by its content."""
    items = [row.item for row in rows.examples(key, version)]
    return any(
        digests and short_digest(digests[0]) == content
        for digests in item_digests(rows, version, items)
    )
