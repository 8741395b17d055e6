"""Files, folders and pipes -> documents, examples and descriptions, as streams.

==================  =====================================  ====================================
source              documents                              default id of a document
==================  =====================================  ====================================
text file           one                                    file name
.png, .jpg, .jpeg   one, an image                          file name
PDF, HTML, RTF,     one                                    file name
DOCX, PPTX, ODT,
EPUB, MHTML
XLSX, XLS, ODS      one a row under a header; one a        file/sheet:row; file name
                    workbook without a text column
mail, by headers    one, and its attachments               file name; file/part/attachment
mailbox (.mbox)     one a message, and attachments         file/number; file/number/part/name
zip, tar            those of the files inside              file/path inside
gzip, bzip2, xz     those of the file inside               those of the file
folder              those of its files, sorted             path relative to the folder
.jsonl, .ndjson     one a line: text, image, embedding     file:line
.json               one an object of an array              file:number of the object, from 1
.csv, .tsv, .tab    one a row under a header               file:line of the row's first line
.npy                one a row of a 2-D float array         row number, from 0
``-`` or a pipe     JSON Lines if it starts with ``{``,    stdin:line
                    an array if it starts with ``[``,
                    else one a line
==================  =====================================  ====================================

The first bytes decide the kind of a file, and its suffix where these leave it open. In a folder or
an archive, a CSV file without a text column is one document. docs/documents.md says what is read of
each kind and what bounds it.

Where several sources are read in one call, folders and arrays of numbers put their name before
these ids, and sources whose last parts are equal put their whole path there.

An ``image`` in a table of JSON is a path relative to the table, within its folder, or a ``data:``
address. Hidden files and what file managers leave are skipped; blank lines are no documents. Memory
is bounded by the longest document and the largest folder listing. Nothing is repaired or skipped in
silence: what cannot be used is an `InputError` that names the file and line, or is reported. A
missing source is refused at the call, everything else when the stream reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Unpack

from protolabel.columns.label_lists import holds_names, list_of_cell, parts_of_cell
from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.progress import Meter
from protolabel.readers.fields import checked_label, refuse_unaccepted
from protolabel.readers.file_rows import refuse_unlabelled
from protolabel.readers.options import Reading, ReadOptions, checked_options
from protolabel.readers.repeated_ids import RepeatedIds
from protolabel.readers.reports import Notice, Reports, Unreadable
from protolabel.readers.rows import ANSWER, NO_LABEL, NOT_LABEL, Row
from protolabel.readers.source_rows import all_rows
from protolabel.readers.sources import Source, origins
from protolabel.readers.text_evidence import reason_of
from protolabel.types import Document, Example
from protolabel.words.text import brief_repr


def read_documents(
    sources: Source | Iterable[Source],
    *,
    progress: Meter | None = None,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    on_notice: Callable[[Notice], None] | None = None,
    **options: Unpack[ReadOptions],
) -> Iterator[Document]:
    """Return the documents of files, folders and pipes, one at a time.

    One whose text is empty or rubbish is among them: its field ``unreadable`` says so.

    Args:
        sources: One path or several, or ``-`` for standard input.
        progress: Is advanced by the bytes that are read.
        on_unreadable: Is called with each document that cannot be used; the stream goes on.
            Without it, the first one ends the stream with its error.
        on_notice: Is called with each choice that a reader makes, such as a guessed field.
        **options: See :class:`ReadOptions`.

    Raises:
        InputError: A source is missing or unreadable, holds no document, or holds one that cannot
            be used.
    """
    reading = Reading(
        **checked_options(options),
        meter=progress or Meter("bytes read"),
        reports=Reports(on_unreadable, on_notice),
    )
    rows = all_rows(origins(sources), reading)
    return documents_of_rows(rows)


def documents_of_rows(rows: Iterable[Row]) -> Iterator[Document]:
    """Yield rows as documents; an id that other rows of the table have, too, is not their own."""
    ids = RepeatedIds()
    for row in rows:
        yield document_of(row, has_own_id=ids.is_own(row))


def document_of(row: Row, *, has_own_id: bool | None = None) -> Document:
    """Return a row as a document; ``has_own_id``: whether the row has an id, if not given."""
    return Document(
        row.id or row.place,
        row.text,
        row.embedding,
        row.source,
        row.image,
        reason_of(row.fault, row.source),
        has_own_id=bool(row.id) if has_own_id is None else has_own_id,
        message_path=row.message_path,
    )


def read_examples(
    sources: Source | Iterable[Source],
    *,
    label: str | None = None,
    progress: Meter | None = None,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    on_notice: Callable[[Notice], None] | None = None,
    **options: Unpack[ReadOptions],
) -> Iterator[Example]:
    """Return the examples of files, folders and pipes, one at a time.

    With ``label`` everything in the sources is an example of it. Without, a table has a label in
    each row, and a folder has one sub-folder per label. Ids are those that a table gives, else
    empty. The ids of one call are held in memory to refuse the same id twice. Of a mail with
    attachments, a short text such as "please find attached" is no example.

    Args:
        sources: One path or several, or ``-`` for standard input.
        label: The label of all of them.
        progress: As for `read_documents`.
        on_unreadable: As for `read_documents`.
        on_notice: As for `read_documents`.
        **options: As for `read_documents`.

    Raises:
        InputError: As `read_documents` does, and for labels that are missing, unusable, or other
            than ``label``.
    """
    fixed = None if label is None else clean_name(label, "the label of all examples")
    reading = Reading(
        **checked_options(options),
        need_label=fixed is None,
        read_label=True,
        as_examples=True,
        meter=progress or Meter("bytes read"),
        reports=Reports(on_unreadable, on_notice),
    )
    return examples_of_rows(all_rows(origins(sources), reading), fixed, reading)


def examples_of_rows(rows: Iterator[Row], fixed: str | None, reading: Reading) -> Iterator[Example]:
    """Yield rows as examples: their labels checked, and their ids unique.

    A row of several labels is an example of each; its id is that of the first.
    """
    sources: dict[str, str] = {}
    for row in rows:
        try:
            alone = row.label is NO_LABEL and row.negative is not NO_LABEL and fixed is None
            labels = [] if alone else _labels(row, fixed, reading)
            negatives = _negatives(row, reading)
            if not labels and not negatives:  # a text of separators alone names no class
                refuse_unlabelled(row.source)
            if labels and ANSWER not in (reading.text_field, reading.label_field):
                refuse_unaccepted(row.answer, row.source)
            if row.fault is not None:
                raise row.fault
            if row.id and sources.setdefault(row.id, row.source) != row.source:
                raise InputError(
                    f"{row.source}: the id {brief_repr(row.id)} again",
                    expected=f"an id of its own (it is that of {sources[row.id]})",
                    remedy="give it another id, or none",
                )
        except InputError as error:
            reading.reports.unreadable(row.source, error)
        else:
            every = [(one, False, row.label) for one in labels]
            every += [(one, True, row.negative) for one in negatives]
            for i, (label, negative, cell) in enumerate(every):
                identity = "" if i else row.id
                yield Example(
                    label, row.text, identity, row.embedding, row.source, row.image, negative,
                    holds_names(cell, reading.is_class),
                )  # fmt: skip


def _negatives(row: Row, reading: Reading) -> list[str]:
    """Return the classes that a row is not of, mostly none."""
    if row.negative is NO_LABEL:
        return []
    parts = parts_of_cell(row.negative, reading.label_separator, reading.is_class)
    return _names(parts, row.source, NOT_LABEL)


def _names(parts: list[object], source: str, field: str) -> list[str]:
    """Return the names in a cell, clean, each once."""
    names = (checked_label(part, source, field) for part in parts)
    return list(dict.fromkeys(clean_name(name, source) for name in names))


def _labels(row: Row, fixed: str | None, reading: Reading) -> list[str]:
    """Return the labels of a row, mostly one, or the one that all of them have."""
    if row.label is NO_LABEL:
        if fixed is None:
            refuse_unlabelled(row.source)
        return [fixed]
    parts = parts_of_cell(row.label, reading.label_separator, reading.is_class)
    if not reading.several_labels:
        parts = [list_of_cell(row.label, reading.is_class)]  # a list is refused
    if not parts:
        raise InputError(
            f"{row.source}: no label",
            expected="one label or more in each row",
            remedy="give the row a label, or remove it",
        )
    labels = _names(parts, row.source, "label")
    if fixed is not None and labels != [fixed]:
        raise InputError(
            f"{row.source}: labelled {', '.join(map(repr, labels))}",
            expected=f"{fixed!r}, the label of all of them",
            remedy="leave that label out to use those in the file",
            command="`protolabel import` takes the labels of the file",
        )
    return labels
