"""One regular file -> rows, by its kind; archives and mail give the files inside them too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import NoReturn

from protolabel.errors import InputError, MissingPackageError
from protolabel.progress import Meter
from protolabel.readers.archives import Archive, Nesting, members, unpacked
from protolabel.readers.covering_texts import without_covering_text
from protolabel.readers.fields import NoFieldError, text_fault
from protolabel.readers.formats.extraction import Extraction, Request
from protolabel.readers.image_files import is_picture, read_image
from protolabel.readers.kinds import ARCHIVES, EXTRACTED, FOREIGN, MAILS, PACKED, TABLES, kind_of
from protolabel.readers.mailboxes import rows_of_message
from protolabel.readers.misnamed import refuse_misnamed
from protolabel.readers.options import Reading
from protolabel.readers.paths import source_size
from protolabel.readers.plain_text import read_whole
from protolabel.readers.rows import NO_LABEL, Origin, Row
from protolabel.readers.stream_rows import stream_rows
from protolabel.system.extras import install_line, is_installed, require
from protolabel.words.text import PAGE_END, has_visible_text

_MODULES = {
    **dict.fromkeys(("docx", "pptx", "odt", "epub"), "defusedxml"),
    "pdf": "pypdfium2",
    "msg": "oxmsg",
    "parquet": "pyarrow",
    "picture": "tesserocr",
    "sheets": "python_calamine",
    "rtf": "striprtf",
}
_NAMES = {
    "pdf": "PDF files",
    "sheets": "workbooks",
    "rtf": "RTF files",
    "epub": "EPUB files",
    "msg": "Outlook messages",
    "parquet": "Parquet files",
    "picture": "the text of pictures",
}


def refuse_unlabelled(source: str) -> NoReturn:
    """Raise the InputError for an example without a label."""
    raise InputError(
        f"{source}: an example without a label",
        expected="a label for it",
        remedy="give a folder per label, a table with a label in each row, or the label of all "
        "(`protolabel add` takes it)",
    )


def file_rows(
    origin: Origin,
    kind: str,
    reading: Reading,
    nesting: Nesting | None = None,
    *,
    among_others: bool = False,
) -> Iterator[Row]:
    """Yield the documents of a file. Files inside it that cannot be used are reported.

    ``among_others``: it lies in a folder or archive of documents, where a table without a text
    column is one document.
    """
    nesting = nesting or Nesting()
    if reading.ocr and kind in ("image", "text") and is_picture(origin.path):
        kind = "picture"
    refuse_misnamed(origin, kind, reading)
    if kind in TABLES:
        yield from _table_rows(origin, kind, reading, among_others)
    elif kind in PACKED:
        yield from _unpacked_rows(origin, kind, reading, nesting, among_others)
    elif kind in ARCHIVES:
        yield from _member_rows(origin, kind, reading, nesting)
    elif kind == "sheets":
        yield from _workbook_rows(origin, reading)
    elif kind == "parquet":
        yield from _parquet_rows(origin, reading)
    elif kind in FOREIGN or kind == "npy":
        _refuse_kind(origin.name, kind)
    elif reading.need_label:
        refuse_unlabelled(origin.name)
    elif kind == "mbox":
        yield from _member_rows(origin, kind, reading, nesting)
    elif kind in EXTRACTED or kind == "picture":
        rows = _extracted_rows(origin, kind, reading, nesting)
        is_taught = kind in MAILS and reading.as_examples
        yield from without_covering_text(rows, origin, reading) if is_taught else rows
    elif kind == "image":
        image = read_image(origin.path, origin.name, reading.max_bytes, reading.meter)
        yield Row(origin.place, origin.name, "", None, image=image)
    else:
        text = read_whole(origin.path, origin.name, reading)
        yield _text_row(origin, text, "" if text else "the file is empty")


def _refuse_kind(name: str, kind: str) -> NoReturn:
    """Raise the InputError for a file that is no document here."""
    if kind == "npy":
        raise InputError(
            f"{name}: a table of embeddings among documents",
            expected="one source of documents or of embeddings",
            remedy="give the table by its own path, or move it out of the folder",
        )
    what, remedy = FOREIGN[kind]
    raise InputError(f"{name}: {what}", expected="a kind that is read", remedy=remedy)


def _text_row(origin: Origin, text: str, empty: str = "") -> Row:
    """Return a text as the row of its file. ``empty``: what the file is if it holds no text."""
    fault = text_fault(text, origin.name)
    if empty and fault is not None and not has_visible_text(text):
        fault = InputError(
            f"{origin.name}: {empty}",
            expected="a document with words in it",
            remedy=f"install what reads pictures of text (`{install_line('ocr', [])}`), or leave "
            "it out"
            if ("text layer" in empty or "only OCR" in empty) and not is_installed("ocr")
            else "give its text, or leave it out",
        )
    return Row(origin.place, origin.name, "", text, fault=fault)


def labelled(rows: Iterator[Row], label: str, reading: Reading) -> Iterator[Row]:
    """Yield rows with the label of their folder; those with another one are reported."""
    for row in rows:
        if row.label is NO_LABEL or row.label == label:
            yield row._replace(label=label)
            continue
        error = InputError(
            f"{row.source}: labelled {row.label!r} in the folder of {label!r}",
            expected="the label of the folder, or none",
            remedy="move the table out of the folder, or correct the label",
        )
        reading.reports.unreadable(row.source, error)


def _table_rows(origin: Origin, kind: str, reading: Reading, among_others: bool) -> Iterator[Row]:
    rows = stream_rows(origin, kind, reading)
    if not among_others or reading.need_label or kind in ("json", "jsonl"):
        yield from rows
        return
    try:
        first = next(rows, None)
    except NoFieldError:
        if reading.wants_rows_of(origin.name):
            raise
        text = read_whole(origin.path, origin.name, replace(reading, meter=Meter("bytes read")))
        reading.reports.notice(origin.name, "has no text column and is read as one document")
        yield _text_row(origin, text)
        return
    yield from rows if first is None else chain([first], rows)


def _unpacked_rows(
    origin: Origin, kind: str, reading: Reading, nesting: Nesting, among_others: bool
) -> Iterator[Row]:
    deeper = nesting.within(origin.name)
    with reading.extractor.folder() as folder:
        reading.meter.advance(source_size(origin.path) or 0)
        path = unpacked(kind, origin.path, origin.name, folder, deeper.budget)
        inside = origin.copied(path)
        yield from file_rows(
            inside, kind_of(path), _inside(reading), deeper, among_others=among_others
        )


def _member_rows(origin: Origin, kind: str, reading: Reading, nesting: Nesting) -> Iterator[Row]:
    """Yield the documents in an archive; its folders are their labels where these are needed."""
    deeper = nesting.within(origin.name)
    inner = replace(_inside(reading), need_label=False)
    with reading.extractor.folder() as folder:
        reading.meter.advance(source_size(origin.path) or 0)
        archive = Archive(origin.path, origin.name, folder, deeper.budget)
        for member in members(kind, archive):
            inside = origin.within(member.name, member.path)
            try:
                if member.error is not None:
                    raise member.error
                rows = file_rows(inside, kind_of(member.path), inner, deeper, among_others=True)
                if member.message:
                    rows = rows_of_message(rows, inside.name, member.message)
                if not reading.need_label:
                    yield from rows
                    continue
                label, slash, _ = member.name.partition("/")
                if not slash:
                    refuse_unlabelled(inside.name)
                yield from labelled(rows, label, reading)
            except InputError as error:
                reading.reports.unreadable(inside.name, error)
        archive.left_out.report(origin.name, reading.reports)


def _extracted_rows(origin: Origin, kind: str, reading: Reading, nesting: Nesting) -> Iterator[Row]:
    if kind == "picture" and not is_installed("ocr"):
        yield _text_row(origin, "", "a picture, whose text only OCR could read")
        return
    with reading.extractor.folder() as folder:
        extraction = _extraction(origin, kind, reading, folder)
        if extraction.text is not None or not extraction.files:
            yield _text_row(origin, extraction.text or "", extraction.empty or "no text in it")
        if not extraction.files:
            return
        deeper = nesting.within(origin.name)
        for name, path in extraction.files:
            inside = origin.within(name, path)
            try:
                yield from file_rows(
                    inside, kind_of(path), _inside(reading), deeper, among_others=True
                )
            except InputError as error:
                reading.reports.unreadable(inside.name, error)


def _workbook_rows(origin: Origin, reading: Reading) -> Iterator[Row]:
    """Yield the rows of each sheet that names its text column; without one, all as one document."""
    with reading.extractor.folder() as folder:
        extraction = _extraction(origin, "sheets", reading, folder)
        sheets = [(name, path) for name, path in extraction.files if source_size(path)]
        empty_sheets, n_tables = [], 0
        fault: NoFieldError | None = None
        for name, path in sheets:
            sheet = origin.within(name, path)
            rows = stream_rows(sheet, "csv", replace(_inside(reading), is_sheet=True))
            try:
                first = next(rows, None)
            except NoFieldError as error:
                if reading.wants_rows_of(sheet.name):
                    raise
                empty_sheets.append(name)
                fault = fault or error
                continue
            if first is not None:
                n_tables += 1
                yield from chain([first], rows)
        if n_tables:
            for name in empty_sheets:
                message = f"has no text column, and is left out: the sheet {name!r}"
                reading.reports.notice(origin.name, message)
            return
        must_have_rows = reading.need_label or reading.text_field
        if fault is not None and (must_have_rows or reading.wants_rows_of(origin.name)):
            raise fault
        texts = [
            read_whole(path, origin.name, _inside(reading)).replace(",,", ",").strip(",\n")
            for _, path in sheets
        ]
        reading.reports.notice(origin.name, "has no text column and is read as one document")
        yield _text_row(origin, PAGE_END.join(texts), "no text in it")


def _parquet_rows(origin: Origin, reading: Reading) -> Iterator[Row]:
    with reading.extractor.folder() as folder:
        for _, path in _extraction(origin, "parquet", reading, folder).files:
            yield from stream_rows(origin.copied(path), "jsonl", _inside(reading))


def _extraction(origin: Origin, kind: str, reading: Reading, folder: str) -> Extraction:
    """Return what a file holds. Raises InputError for what cannot be read."""
    if kind in _MODULES:
        try:
            what = f"reading {_NAMES.get(kind, 'office files')} ({origin.name})"
            extra = {"parquet": "tables", "picture": "ocr"}.get(kind, "documents")
            require(extra, what, _MODULES[kind])
        except MissingPackageError as error:
            if reading.reports.on_unreadable is None:
                raise
            raise InputError(
                f"{origin.name}: {error.got}",
                expected=error.expected,
                remedy=error.remedy,
                command=error.command,
            ) from error
    reading.meter.advance(source_size(origin.path) or 0)
    path = os.path.abspath(origin.path)
    request = Request(
        kind, path, folder, reading.max_bytes, reading.encoding,
        fields=[f for f in (reading.text_field, reading.label_field, reading.id_field) if f],
        label_field=reading.label_field,
        needs_label=reading.need_label or reading.names_documents,
    )  # fmt: skip
    extraction = reading.extractor.extract(request, origin.name)
    for notice in extraction.notices:
        reading.reports.notice(origin.name, notice)
    return extraction


def _inside(reading: Reading) -> Reading:
    """Return how to read a file inside another: its bytes do not count as progress."""
    return replace(reading, meter=Meter("bytes read"))
