"""What the files hold that people moved in a sorted folder: examples, and what cannot be one."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace

from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.labelled_documents import keys_as_labelled
from protolabel.batch.sorting.sorted_folder import SortedFolder
from protolabel.batch.sorting.withdrawn_examples import digests_of_part, fault_of
from protolabel.copies.equality import document_digests
from protolabel.errors import InputError
from protolabel.label_space.changes.usable_examples import n_new, usable_examples
from protolabel.label_space.changes.usable_labels import examples_of_usable_labels
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.person_statements.shared_parts import (
    examples_of_shared,
    without_shared_parts,
)
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.label_space.view import View
from protolabel.readers.each_file import FileReader
from protolabel.readers.kinds import holds_attachments
from protolabel.readers.paths import printable
from protolabel.readers.reports import Unreadable
from protolabel.types import Document, Example

_File = tuple[Correction, list[Example], list[Unreadable]]  # what it teaches, and what it cannot


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the files hold that people moved.

    Attributes:
        examples: the documents, each with its class.
        decisions: the classes of documents by their keys: of all that a file holds. Those of a
            mail that are no examples are among them, such as a short text.
        contents: what these documents hold, by their keys.
        unusable: those that cannot be used.
        corrections: those of which something is to be written down; partial where something cannot
            be used.
        n_new: how many different examples the label space does not have yet.
        n_learned: how many documents were learned already, of files that were learned in part.
        shared: ids of examples that are none any more, since other mails have them, too.
    """

    examples: tuple[Example, ...]
    decisions: dict[str, list[str]]
    contents: dict[str, str]
    unusable: tuple[Unreadable, ...]
    corrections: tuple[Correction, ...]
    n_new: int
    n_learned: int
    shared: tuple[str, ...] = ()


def learned_part(
    folder: SortedFolder, in_force: Container[int], correction: Correction
) -> set[str]:
    """Return the digests of what was learned already of a file that was learned in parts."""
    entry = correction.entry
    if correction.label != entry.label:
        return set()
    learned_entry = folder.journal.entries.get(entry.place, entry)
    return digests_of_part(folder.space.view(), learned_entry, in_force)


def lessons_of(
    folder: SortedFolder,
    moves: Sequence[Correction],
    part_of: Callable[[Correction], set[str]],
) -> Lessons:
    """Read the files that people moved.

    Of one that was learned in part, what was learned is left to what was decided since.

    Args:
        folder: the sorted folder.
        moves: the files.
        part_of: returns the digests of what was learned of a file already.
    """
    space = folder.space
    files: list[_File] = []
    n_learned, keys = 0, dict[str, list[bytes]]()  # of remembered documents, by the sources here
    covering = list[list[Example]]()  # of each file, the texts of mails that are no examples
    with folder.reader(as_examples=True) as reader:
        for correction in moves:
            path = str(folder.root / correction.place)
            documents, letters, faults = _documents(reader, path, correction.label)
            examples = [_example_of(d, correction.label or "") for d in documents]
            keys |= {
                d.source: keys_as_labelled(d, path, correction.entry)
                for d in (*documents, *letters)
            }
            part = part_of(correction)
            lacking = [e for e in examples if part.isdisjoint(document_digests(e.text, e.image))]
            n_learned += len(examples) - len(lacking)
            files.append((correction, *_fitting(space.view(), lacking, faults)))
            covering.append([_example_of(d, correction.label or "") for d in letters if not part])
    whole = [examples for _, examples, _ in files]
    files, shared = _without_shared_parts(folder, files, keys)
    files = _without_contradictions(files)
    lines: list[Correction] = []
    for correction, examples, faults in files:
        if not faults:
            lines.append(correction)
        elif _is_to_be_noted(space, correction, examples):
            lines.append(replace(correction, is_partial=True))
    usable = [example for _, examples, _ in files for example in examples]
    faulty = {fault.source for _, _, faults in files for fault in faults}
    decided = list[Example]()
    for examples, letters_of_file in zip(whole, covering, strict=True):
        of_file = [one for one in examples if one.source not in faulty]
        decided += [*of_file, *letters_of_file] if of_file else []
    return Lessons(
        examples=tuple(usable),
        decisions={
            key.hex(): [example.label]
            for example in decided
            for key in keys.get(example.source, ())
        },
        contents={
            key.hex(): content_of(example.text, example.image, example.embedding).hex()
            for example in decided
            for key in keys.get(example.source, ())
        },
        unusable=tuple(fault for _, _, faults in files for fault in faults),
        corrections=tuple(lines),
        n_new=n_new(space.view(), usable),
        n_learned=n_learned,
        shared=shared,
    )


def _fitting(
    view: View, examples: list[Example], faults: list[Unreadable]
) -> tuple[list[Example], list[Unreadable]]:
    """Return the examples that the label space can take, and the faults with those of the rest."""
    of_classes, refused = examples_of_usable_labels(view, examples)
    usable, unusable = usable_examples(view, of_classes)
    return usable, [*faults, *refused, *unusable]


def _without_shared_parts(
    folder: SortedFolder, files: list[_File], keys: Mapping[str, Sequence[bytes]]
) -> tuple[list[_File], tuple[str, ...]]:
    """Return files without the parts of mails that are no examples, and ids of such examples.

    ``keys``: of documents, by their sources here.
    """
    every = [example for _, examples, _ in files for example in examples]
    paths = [str(folder.root / correction.place) for correction, examples, _ in files if examples]
    mails_by_kind = {printable(path) for path in paths if holds_attachments(path)}
    sources = [example.source for example in every]
    parts = DocumentParts([], sources, mails_by_kind)
    mails = {source: file for source in sources if (file := parts.file_of(source))}
    own = {
        key: content_of(one.text, one.image, one.embedding)
        for one in every
        for key in keys.get(one.source, ())
    }
    store = session_of(folder.space).store
    usable, shared = without_shared_parts(store, every, mails, own=own)
    for part in shared:
        folder.on_notice(part.notice)
    left = {one.source for one in usable}
    lessons = [(c, [e for e in examples if e.source in left], f) for c, examples, f in files]
    return lessons, examples_of_shared(shared)


def _without_contradictions(files: list[_File]) -> list[_File]:
    """Return files without the documents that others give another class, which are faults now."""
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for _, examples, _ in files:
        for one in examples:
            for digest in document_digests(one.text, one.image):
                labels[digest].setdefault(one.label, one.source)
    consistent_files: list[_File] = []
    for correction, examples, faults in files:
        usable, more = list[Example](), list[Unreadable]()
        for one in examples:
            sources = {
                label: source
                for digest in document_digests(one.text, one.image)
                for label, source in labels[digest].items()
            }
            if len(sources) > 1:
                words = " and ".join(f"{label!r} ({sources[label]})" for label in sources)
                error = InputError(
                    f"{one.source}: one document in the folders of two classes: {words}",
                    expected="all copies of a document in the folder of one class",
                    remedy="move them into one, or remove those that are wrong there",
                )
                more.append(Unreadable(one.source, error))
            else:
                usable.append(one)
        consistent_files.append((correction, usable, [*faults, *more]))
    return consistent_files


def _is_to_be_noted(space: LabelSpace, correction: Correction, usable: list[Example]) -> bool:
    """Return whether a file of which something cannot be used is to be written down as learned."""
    if not correction.is_unfinished:
        return bool(usable)
    has_another_name = correction.place != correction.entry.place
    return has_another_name or n_new(space.view(), usable) > 0


def _documents(
    reader: FileReader, path: str, label: str | None
) -> tuple[list[Document], list[Document], list[Unreadable]]:
    """Return the documents of a file that can be examples, none of no class; and the faults.

    Between them are the texts of mails that are no examples.
    """
    documents, letters = list[Document](), list[Document]()
    faults: list[Unreadable] = []
    if label is None:
        return documents, letters, faults
    for item in reader.taught_documents(path, os.path.basename(path)):
        d, is_covering = (item, False) if isinstance(item, Unreadable) else item
        fault = fault_of(d, path)
        if fault is not None and not is_covering:
            faults.append(fault)
        elif not isinstance(d, Unreadable) and not d.unreadable:
            (letters if is_covering else documents).append(d)
    return documents, letters, faults


def _example_of(document: Document, label: str) -> Example:
    d = document
    return Example(label, d.text, "", d.embedding, d.source, d.image)
