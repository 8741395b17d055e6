"""Which examples files were learned as that stand in the review now: they are to be taken back.

An example is known by its content and by the class that the file was learned as. One whose class
was changed since, by ``split``, ``move`` or ``correct``, is still that example. Nothing is changed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Sequence

from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.sorted_folder import SortedFolder
from protolabel.equality import document_digests
from protolabel.errors import InputError
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.view import View
from protolabel.readers.reports import Unreadable
from protolabel.row_numbers import row_number
from protolabel.store import ExampleRow
from protolabel.types import Document, Example

Withdrawn = dict[str, str]  # ids of examples, each with the class that it has now


def withdrawn_examples(
    folder: SortedFolder, moves: Sequence[Correction], learned: Sequence[Example]
) -> tuple[dict[str, Withdrawn], dict[str, list[Unreadable]]]:
    """Return the examples that files in the review were learned as, by the place of each file.

    All copies of the document that were learned are taken back. It stays an example where a copy of
    the file still stands in the folder of the class, or where people put a copy elsewhere now.

    Also return what cannot be read now, by the place of the file, and was learned or may have been.

    Args:
        folder: the sorted folder.
        moves: the files that people moved.
        learned: what is to be learned of these.
    """
    learned_digests = {
        digest for one in learned for digest in document_digests(one.text, one.image)
    }
    copies = _copies(folder, moves)
    withdrawn: dict[str, Withdrawn] = {}
    unread: dict[str, list[Unreadable]] = {}
    with folder.reader() as reader:
        for correction in moves:
            entry, label = correction.entry, correction.entry.label
            if correction.label is not None or entry.state != "kept" or label is None:
                continue
            if (entry.digest, label) in copies:
                continue
            place = str(folder.root / correction.place)
            digests_as_learned, faults = set[str](), []
            for one in reader.documents(place, os.path.basename(place)):
                fault = fault_of(one, place)
                if fault is not None:
                    faults.append(fault)
                if not isinstance(one, Unreadable):
                    digests_as_learned.update(document_digests(one.text, one.image))
            if faults and not (entry.is_partial and digests_as_learned):
                unread[correction.place] = faults
            learned_entry = folder.journal.entries.get(entry.place, entry)
            learned_entry = learned_entry.before() if correction.undone else learned_entry
            withdrawn[correction.place] = _examples(
                folder.space.view(), label, learned_entry, digests_as_learned - learned_digests
            )
    return withdrawn, unread


def digests_of_part(view: View, learned_entry: Entry, in_force: Container[int]) -> set[str]:
    """Return the digests of the documents of a file that were learned in parts, and still are.

    Args:
        view: the present version.
        learned_entry: the entry as it was written when the file was learned.
        in_force: the versions whose changes are in force.
    """
    versions = [v for v in learned_entry.versions_of_parts if v in in_force and v <= view.version]
    row = (
        view.rows.class_named(learned_entry.label or "", learned_entry.version)
        if versions
        else None
    )
    if row is None:
        return set()
    items = [member.item for v in versions for member in view.rows.examples(row.key, v)]
    stored = item_digests(view.rows, view.version, list(dict.fromkeys(items)))
    return {digest for digests in stored for digest in digests}


def fault_of(document: Document | Unreadable, file: str) -> Unreadable | None:
    """Return why a document that was read cannot be an example, if that can be mended; else None.

    A part of a file in which there is no text, such as a logo in a mail, stays without. A row of a
    table can be filled in.
    """
    if isinstance(document, Unreadable):
        return document
    is_part = document.source.startswith(f"{file}/") and row_number(document.source) is None
    if document.unreadable and not is_part:
        error = InputError(f"{document.source}: {document.unreadable}")
        return Unreadable(document.source, error)
    return None


def _copies(folder: SortedFolder, moves: Sequence[Correction]) -> set[tuple[str, str]]:
    """Return the digests of learned files that stand where they were put, and their classes."""
    left = {correction.entry.place for correction in moves}
    return {
        (entry.digest, folder.current(entry.label, entry.version))
        for entry in folder.journal.entries.values()
        if entry.state == "kept" and entry.label is not None and entry.place not in left
    }


def _examples(view: View, label: str, learned_entry: Entry, digests: Collection[str]) -> Withdrawn:
    """Return the living examples of a document that are of a class, or were when it was learned.

    Args:
        view: the present version.
        label: the class, by its present name.
        learned_entry: the entry as it was written when the file was learned.
        digests: of the document.
    """
    if not digests:
        return {}
    rows, members = view.rows, _equal_members(view, label, view.version, digests)
    if learned_entry.label is not None and 0 < learned_entry.version <= view.version:
        for row in _equal_members(view, learned_entry.label, learned_entry.version, digests):
            present_row = rows.example_with_id(row.id, view.version)
            if present_row is not None and present_row.key == row.key:
                members.append(present_row)
    return {row.id: rows.class_with_key(row.class_key, view.version).name for row in members}


def _equal_members(
    view: View, label: str, version: int, digests: Collection[str]
) -> list[ExampleRow]:
    """Return the examples of a class at a version that are equal to a document."""
    row = view.rows.class_named(label, version)
    if row is None:
        return []
    members = list(view.rows.examples(row.key, version))
    contents = item_digests(view.rows, view.version, [member.item for member in members])
    pairs = zip(members, contents, strict=True)
    return [
        member for member, member_digests in pairs if not set(digests).isdisjoint(member_digests)
    ]
