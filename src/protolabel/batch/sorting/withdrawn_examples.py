"""Which examples files were learned as that stand in the review now: they are to be taken back.

An example is known by its content and by the class that the file was learned as. One whose class
was changed since, by ``split``, ``move`` or ``correct``, is still that example. Nothing is changed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.entries import Entry
from protolabel.batch.sorting.labelled_documents import as_labelled
from protolabel.batch.sorting.sorted_folder import SortedFolder
from protolabel.copies.equality import document_digests
from protolabel.errors import InputError
from protolabel.identity.other_folders import keys_of
from protolabel.identity.row_numbers import row_number
from protolabel.label_space.person_statements.withdrawn_documents import withdrawn_documents
from protolabel.label_space.remembered_documents.equal_parts import notices_of_equal_parts
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.label_space.stored_items.item_digests import item_digests
from protolabel.label_space.view import View
from protolabel.readers.kinds import holds_attachments
from protolabel.readers.paths import printable
from protolabel.readers.reports import Notice, Unreadable
from protolabel.store import ExampleRow, Store
from protolabel.types import Document, Example

Withdrawn = dict[str, str]  # ids of examples, each with the class that it has now


class Withdrawal(NamedTuple):
    """What people take back by files that they moved to the review, by the place of each.

    examples: those that end. unread: what cannot be read now, and was learned or may have been.
    decisions: the classes that documents are not of any more, by their keys.
    """

    examples: dict[str, Withdrawn]
    unread: dict[str, list[Unreadable]]
    decisions: dict[str, dict[str, list[str]]]


def withdrawn_examples(
    folder: SortedFolder, moves: Sequence[Correction], learned: Sequence[Example]
) -> Withdrawal:
    """Return what files in the review were learned as, and what was decided with that.

    All copies of the document that were learned are taken back. It stays an example where a copy of
    the file still stands in the folder of the class, or where people put a copy elsewhere now. So
    does a part of a mail that stands for another document on which people decided the same.

    Args:
        folder: the sorted folder.
        moves: the files that people moved.
        learned: what is to be learned of these.
    """
    contents_learned = {content_of(one.text, one.image, one.embedding) for one in learned}
    copies = _copies(folder, moves)
    unread: dict[str, list[Unreadable]] = {}
    files: list[_File] = []
    with folder.reader() as reader:
        for correction in moves:
            entry, label = correction.entry, correction.entry.label
            if correction.label is not None or entry.state != "kept" or label is None:
                continue
            if (entry.digest, label) in copies:
                continue
            place = str(folder.root / correction.place)
            documents, faults = list[Document](), []
            for one in reader.documents(place, os.path.basename(place)):
                fault = fault_of(one, place)
                if fault is not None:
                    faults.append(fault)
                if not isinstance(one, Unreadable):
                    documents.append(as_labelled(one, place, entry))
            if faults and not (entry.is_partial and documents):
                unread[correction.place] = faults
            is_mail = holds_attachments(place)
            files.append(_File.of(correction, label, documents, contents_learned, is_mail))
    examples, decisions = dict[str, Withdrawn](), dict[str, dict[str, list[str]]]()
    besides = {key for file in files for key in file.contents}
    for file in files:
        place = file.correction.place
        examples[place], keys = _withdrawn(folder, file, contents_learned, besides)
        labels = list(dict.fromkeys([file.label, *examples[place].values()]))
        decisions[place] = {key.hex(): labels for key in keys}
    return Withdrawal(examples, unread, decisions)


@dataclass(frozen=True, slots=True)
class _File:
    """A file in the review that was learned as a class.

    examples: its documents as they were labelled, as negative ones. contents: what they hold, by
    their keys. is_mail: whether they are parts of one.
    """

    correction: Correction
    label: str
    examples: list[Example]
    contents: dict[bytes, bytes]
    is_mail: bool

    @classmethod
    def of(
        cls,
        correction: Correction,
        label: str,
        documents: Sequence[Document],
        contents_learned: Collection[bytes],
        is_mail: bool,
    ) -> _File:
        """Return a file of these documents; a whole one that is learned now is left out."""
        source = correction.entry.source
        mails = {printable(source)} if is_mail else ()
        parts = DocumentParts([], (one.source for one in documents), mails)
        examples, contents = list[Example](), dict[bytes, bytes]()
        for one in documents:
            content = content_of(one.text, one.image, one.embedding)
            if parts.file_of(one.source) or content not in contents_learned:
                examples.append(
                    Example(
                        label, one.text, "", one.embedding, one.source, one.image, negative=True
                    )
                )
                contents |= dict.fromkeys(keys_of(one), content)
        return cls(
            correction,
            label,
            examples,
            contents,
            any(parts.file_of(one.source) for one in examples),
        )


def _withdrawn(
    folder: SortedFolder,
    file: _File,
    contents_learned: Collection[bytes],
    besides: Collection[bytes],
) -> tuple[Withdrawn, list[bytes]]:
    """Return the examples that end with a file, and the keys of documents whose decisions do.

    ``besides``: the keys of all documents that are taken back.
    """
    entry, space, store = file.correction.entry, folder.space, session_of(folder.space).store
    learned_entry = folder.journal.entries.get(entry.place, entry)
    learned_entry = learned_entry.before() if file.correction.undone else learned_entry

    def equal_examples(but: Collection[bytes]) -> Withdrawn:
        digests = {
            digest
            for one in file.examples
            if content_of(one.text, one.image, one.embedding) not in but
            for digest in document_digests(one.text, one.image)
        }
        return _examples(space.view(), file.label, learned_entry, digests)

    withdrawn = equal_examples(contents_learned)
    documents, others = withdrawn_documents(
        store, file.examples, file.contents, {file.label, *withdrawn.values()}, besides
    )
    if file.is_mail and others:
        withdrawn = equal_examples({*contents_learned, *others})
    if not file.correction.undone:
        for notice in _notices(store, file, others, besides) if others else ():
            folder.on_notice(notice)
    return withdrawn, documents


def _notices(
    store: Store, file: _File, others: Mapping[bytes, str], besides: Collection[bytes]
) -> list[Notice]:
    """Return what to say of others with the same text, on which people decided the same."""
    if not file.is_mail:
        return notices_of_equal_parts(store, file.examples, {}, besides)
    place, notices = file.correction.place, list[Notice]()
    for one in file.examples:
        other = others.get(content_of(one.text, one.image, one.embedding))
        if other is not None:
            name = one.source.removeprefix(f"{file.correction.entry.source}/")
            words = f"{name} stays as it is: {other} has it, too, and is {file.label!r}"
            notices.append(Notice(place, words))
    return notices


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
