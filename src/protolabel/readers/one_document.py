"""One document by its name: a file, a file inside another one, or a row of a table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple, Unpack

from protolabel.errors import InputError
from protolabel.identity.mail_paths import is_mail
from protolabel.identity.row_numbers import row_number, without_number
from protolabel.readers.fields import NoFieldError
from protolabel.readers.kinds import ARCHIVES, MAILS, PACKED, kind_of
from protolabel.readers.options import NoticedOptions, Reading, checked_options
from protolabel.readers.paths import printable
from protolabel.readers.registry import document_of, documents_of_rows
from protolabel.readers.reports import Notice, Reports
from protolabel.readers.source_rows import all_rows
from protolabel.readers.sources import origins
from protolabel.types import Document
from protolabel.words.quantity import quantity

_HOLD_MAILS = (*MAILS, *ARCHIVES, *PACKED, "mbox")


class RowOfId(NamedTuple):
    """A row that was found by its id, with the notices of its table and what takes them."""

    document: Document
    notices: list[Notice]
    on_notice: Callable[[Notice], None] | None

    def give_notices(self) -> None:
        """Give the notices, since the row is used."""
        for notice in self.notices:
            if self.on_notice is not None:
                self.on_notice(notice)


def is_there(name: str) -> bool:
    """Return whether a name begins with the path of a file that is there."""
    return _file_of(name) is not None


def is_position(name: str) -> bool:
    """Return whether a name ends in the number of a row of a file that is there.

    Another row has that number as soon as something is put before it.
    """
    path = _file_of(name)
    return path is not None and row_number(name[len(path) :]) is not None


def read_document(name: str, **options: Unpack[NoticedOptions]) -> Document:
    """Return the document of a name such as ``a.pdf``, ``a.zip/b.txt`` or ``a.csv:12``.

    ``a.csv/T3`` is the row of the id T3. Of a mail, it is the message itself; its attachments have
    names of their own.

    Args:
        name: begins with the path of a file.
        **options: See :class:`NoticedOptions`.

    Raises:
        NoFieldError: the document is a row of a table that has no text field.
        InputError: no file is there, it has no such document, or it holds several.
    """
    path = _file_of(name)
    if path is None:
        raise InputError(f"no file {name!r}", expected="the path of a file that is there")
    first: Document | None = None
    n = 0
    rows: list[Document] = []
    for document in _documents(path, name, options):
        if document.source == printable(name) or (path != name and document.id == name):
            return document
        if _is_row_of_id(document, path, name):
            rows.append(document)
        first = first or document
        n += 1
    if len(rows) == 1:
        return rows[0]
    if n == 1 and first is not None and path == name:
        return first
    if rows:
        raise InputError(
            f"{printable(name)}: {quantity(len(rows), 'row')} of that id",
            expected=f"the name of one document, such as {rows[0].source!r}",
            remedy="name it by its place",
        )
    example = f", such as {first.source!r}" if first is not None else ""
    raise InputError(
        f"{printable(name)}: {quantity(n, 'document')}, none of them of that name",
        expected=f"the name of one document{example}",
        remedy="name one of them; `protolabel add SPACE CLASS FILE` takes all of a file",
    )


def row_of_id(place: str, identity: str, **options: Unpack[NoticedOptions]) -> RowOfId | None:
    """Return the row of an id, wherever it stands in its table by now.

    None where the place has no number of a row, its table cannot be read, or not just one row has
    that id.

    Args:
        place: where the row stood.
        identity: its id, which its table gives.
        **options: as of :func:`read_document`; notices wait until they are asked for.
    """
    if row_number(place) is None:
        return None
    on_notice, notices = options.get("on_notice"), list[Notice]()
    options["on_notice"] = notices.append
    try:
        document = read_document(f"{without_number(place)}/{identity}", **options)
    except InputError:
        return None
    return RowOfId(document, notices, on_notice)


def read_taught(
    name: str, **options: Unpack[NoticedOptions]
) -> tuple[list[Document], list[Document]]:
    """Return the documents that a name teaches about: of a mail, those that can be examples.

    Beside them, the texts of mails among them that are too short to be examples.

    ``name`` and ``options``: as of :func:`read_document`, whose document it is in all other cases,
    and where the mail has no attachment that can be read. A mail may have no text of its own.
    """
    path = _file_of(name)
    if path is None or kind_of(path) not in _HOLD_MAILS:
        return [read_document(name, **options)], []
    try:
        document = read_document(name, **options)
    except InputError:
        if not (path == name and kind_of(path) in MAILS) and not is_mail(printable(name)):
            raise
        documents, covering = _taught_in(path, printable(name), options)
        if not documents:
            raise
        return documents, covering
    documents, covering = _taught_in(path, document.source, options)
    return (documents, covering) if documents else ([document], [])


def _taught_in(
    path: str, source: str, options: NoticedOptions
) -> tuple[list[Document], list[Document]]:
    """Return what :func:`read_taught` does, of a document by its source and of what lies in it."""
    reports = Reports(lambda fault: None)
    reading = Reading(**_of_readers(options), as_examples=True, with_covering=True, reports=reports)
    documents, covering = list[Document](), list[Document]()
    for row in all_rows(origins(path), reading):
        if row.source == source or row.source.startswith(f"{source}/"):
            if row.fault is None:
                (covering if row.is_covering else documents).append(document_of(row))
        elif documents:
            break  # the documents of a mail stand together
    return documents, covering


def row_by_each_field(
    name: str, fields: Iterable[str], **options: Unpack[NoticedOptions]
) -> Iterator[Document]:
    """Yield the row of a name as often as it can be read with one of these fields as its text."""
    path = _file_of(name)
    if path is None:
        return
    for field in fields:
        by_field = _of_readers(options) | {"text_field": field}
        reading = Reading(**by_field, named=printable(name), reports=Reports(lambda fault: None))
        with closing(all_rows(origins(path), reading)) as rows:
            row = next((row for row in rows if row.source == printable(name)), None)
        if row is not None:
            yield document_of(row)


def _is_row_of_id(document: Document, path: str, name: str) -> bool:
    """Return whether a name is the path of a file and the id of a row.

    Such is also the path of a table in the file, and that of what holds the table there.
    """
    row = row_number(document.source)
    if row is None or not document.has_own_id:
        return False
    holder = name.removesuffix(f"/{document.id}")
    return holder != name and (holder == path or _lies_within(row.table, holder, path))


def _lies_within(table: str, holder: str, path: str) -> bool:
    """Return whether a table lies in a part of a file, or is that."""
    return len(holder) > len(path) and f"{table}/".startswith(f"{holder}/")


def _documents(path: str, name: str, options: NoticedOptions) -> Iterator[Document]:
    """Yield the documents of a file, in search of one of them.

    Raises NoFieldError, with the way past a missing field.
    """
    reports = Reports(None, options.get("on_notice"))
    reading = Reading(**_of_readers(options), named=printable(name), reports=reports)
    try:
        yield from documents_of_rows(all_rows(origins(path), reading))
    except NoFieldError as error:
        of_one_document = NoFieldError(
            error.got,
            expected=error.expected,
            remedy="give the Document itself, one of read_documents(path, text_field=NAME)",
            command=error.remedy,
        )
        of_one_document.fields = error.fields
        raise of_one_document from error


def _of_readers(options: NoticedOptions) -> dict[str, Any]:
    """Return the options that are about reading alone, checked."""
    return checked_options({one: value for one, value in options.items() if one != "on_notice"})


def _file_of(name: str) -> str | None:
    """Return the longest beginning of a name that is the path of a file."""
    path = name
    while path and path != os.path.sep:
        for candidate in (path, without_number(path)):
            try:
                if os.path.isfile(candidate):
                    return candidate
                if os.path.isdir(candidate):
                    return None
            except ValueError:  # a NUL character
                return None
        path = os.path.dirname(path)
    return None
