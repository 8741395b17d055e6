"""The document of an answer that is remembered, read again from the file that it came from.

A row of a table is told from others by what was answered. Its text is that which is remembered,
where its table cannot be read without a field that nobody names.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

from protolabel.errors import InputError
from protolabel.identity.document_key import whole_path
from protolabel.identity.message_paths import mailbox_of
from protolabel.identity.sorted_paths import standing_path
from protolabel.label_space.named_documents.document_name_errors import (
    another_there,
    no_document,
    no_example,
    row_left,
)
from protolabel.label_space.person_statements.taught_documents import TaughtDocuments
from protolabel.label_space.remembered_documents.document_names import (
    SHORT_KEY,
    DocumentNames,
    documents_named,
    documents_within,
)
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.view import View
from protolabel.readers.options import NoticedOptions
from protolabel.store import AnswerRow
from protolabel.types import Document
from protolabel.words.quantity import quantity

MOST_KEYS = 3  # that an error lists
KEYS = "give its key; `protolabel review SPACE --list --all` lists the keys"


def refuse_unread(name: str, reading: NoticedOptions) -> None:
    """Raise InputError where options say how a file is read, and none is read for a name."""
    for option, value in reading.items():
        if isinstance(value, str):
            raise InputError(
                f"{option}=, and no file {name!r}",
                expected="the path of the file that is read so, or what names a document that was "
                "labelled from it",
                remedy=f"leave {option}= out, or give the path of the file",
            )


def read_as_answered(
    session: Session, view: View, name: str, reading: NoticedOptions
) -> TaughtDocuments:
    """Return the documents of a place in a file that is there; of a mail, what it teaches.

    Raises:
        InputError: it cannot be read, or has a number and holds another document than the one
            that was answered there.
    """
    from protolabel.readers.fields import NoFieldError
    from protolabel.readers.one_document import is_position, read_taught
    from protolabel.readers.paths import printable

    place, read = printable(name), None
    if not is_position(name):
        read = TaughtDocuments.of(*read_taught(name, **reading))
        if not _is_numbered(place, read.documents):
            return read
    session.answer_queue.write()
    rows = session.store.answers.rows(texts=True)
    if read is None:
        try:
            read = TaughtDocuments.of(*read_taught(name, **reading))
        except NoFieldError as error:
            remembered = [row for row in documents_named(rows, place) if row.text is not None]
            if reading.get("text_field") or not remembered:
                raise
            row = _remembered_in_row(name, remembered, error.fields, reading)
            return _remembered(row)
    _refuse_other(view, rows, place, read.documents, name)
    return read


def _remembered_in_row(
    name: str, rows: Sequence[AnswerRow], fields: Sequence[str], reading: NoticedOptions
) -> AnswerRow:
    """Return that of some remembered texts which one of the fields of a row of a table holds now.

    Raises:
        InputError: none of the fields does.
    """
    from protolabel.readers.one_document import row_by_each_field
    from protolabel.readers.paths import printable

    texts = {row.content: row for row in rows}
    for document in row_by_each_field(name, fields, **reading):
        content = content_of(document.text, document.image, document.embedding)
        if content in texts:
            return texts[content]
    raise another_there(printable(name))


def _read(
    place: str, namesakes: Sequence[AnswerRow], reading: NoticedOptions
) -> tuple[TaughtDocuments, bool]:
    """Return the documents of a place, and whether they are a remembered text.

    A remembered text is taken where the place cannot be read as it was: its table has no text field
    that it is known by, or fewer rows by now. Nobody may have named a field.
    """
    from protolabel.readers.one_document import read_taught

    try:
        return TaughtDocuments.of(*read_taught(place, **reading), namesakes), False
    except InputError:
        is_one = len({row.content for row in namesakes}) == 1
        if reading.get("text_field") or not is_one or namesakes[-1].text is None:
            raise
        return _remembered(namesakes[-1]), True


def _remembered(row: AnswerRow) -> TaughtDocuments:
    return TaughtDocuments.alone(Document(row.id, row.text, source=row.source), row.document)


def sorted_place(session: Session, source: str) -> str:
    """Return where a file stands that was sorted, by the path it came from; empty if unclear."""
    folders = session.store.sorted_folders() if source else []
    return standing_path(whole_path(source), folders)


def answered_document(
    session: Session, view: View, name: str, kind: str, reading: NoticedOptions | None
) -> TaughtDocuments:
    """Return the remembered document of that id, source or file name; of a mail, what it teaches.

    Args:
        session: of the label space.
        view: the label space as it is now.
        name: a key, an id, a source or the name of a file.
        kind: of the change that is made of it, for the advice.
        reading: how the file that it came from is read; None: no file is.

    Raises:
        InputError: no document of that name was answered, or several, or its text is not there.
    """
    from protolabel.readers.one_document import is_there

    session.answer_queue.write()
    rows = session.store.answers.rows(texts=True)
    namesakes = documents_named(rows, name)
    sources = {row.source for row in namesakes if reading is not None}
    places = {one: one if is_there(one) else sorted_place(session, one) for one in sources}
    _refuse_several(name, namesakes, {one for one in sources if places[one]})
    newest = namesakes[-1] if namesakes else None
    if reading is not None and newest is not None and places[newest.source]:
        return _as_its_file_is(view, name, rows, namesakes, places[newest.source], reading)
    if newest is not None and newest.text is not None:
        refuse_unread(name, reading or {})
        return _remembered(newest)
    raise no_example(name, newest, kind) if reading is None else no_document(name, newest)


def _refuse_several(name: str, namesakes: Sequence[AnswerRow], files: Collection[str]) -> None:
    """Raise InputError for a name of several documents, unless all of them are of one file.

    ``files``: the sources of these documents that are there.
    """
    is_one_file = len(files) == 1 and all(row.source in files for row in namesakes)
    contents = {row.content: row for row in namesakes}
    if not is_one_file and (len(contents) > 1 or len(files) > 1):
        different = contents if len(contents) > 1 else {row.source: row for row in namesakes}
        raise InputError(
            f"{quantity(len(different), 'document')} that were answered are called {name!r}: "
            f"{listed_keys(different.values())}",
            expected="the name of one document",
            remedy=KEYS,
        )


def _as_its_file_is(
    view: View,
    name: str,
    rows: Sequence[AnswerRow],
    namesakes: Sequence[AnswerRow],
    place: str,
    reading: NoticedOptions,
) -> TaughtDocuments:
    """Return the documents of a name as their file has them now, or as they are remembered.

    Args:
        view: the label space as it is now.
        name: of the documents.
        rows: all remembered documents.
        namesakes: those of that name, oldest first; the file of the newest is there.
        place: where that file stands.
        reading: how the file is read.

    Raises:
        InputError: the file cannot be read, or holds another document now.
    """
    from protolabel.readers.one_document import row_of_id

    newest = namesakes[-1]
    row = row_of_id(place, newest.id, **reading) if newest.place else None
    if row is not None and _holds(view, [row.document], namesakes):
        row.give_notices()
        return TaughtDocuments.alone(row.document)
    taught, is_text = _read(place, namesakes, reading)
    documents = taught.documents
    if is_text or _holds(view, [*documents, *taught.covering], namesakes):
        return taught
    is_key = DocumentNames.of(newest).have_key(name)
    if is_key or _is_numbered(place, documents):  # another document stands there now
        if newest.text is None:
            raise row_left(place, name)
        return _remembered(newest)
    _refuse_other(view, rows, place, documents, name)
    return taught


def _refuse_other(
    view: View, rows: Iterable[AnswerRow], place: str, documents: Sequence[Document], name: str
) -> None:
    """Raise InputError where a place holds no document that was answered from it, but another.

    A row may have moved within its table. The file of a relative path was changed since, or is the
    file of another folder: a relative path is one from where somebody stood then. A whole path
    names its file, whatever it holds now.
    """
    within = documents_within(rows, place)
    is_row = _is_numbered(place, documents)
    if not within or _holds(view, documents, within) or (os.path.isabs(place) and not is_row):
        return
    if is_row:
        raise another_there(place)
    raise InputError(
        f"the file {place!r} holds another document than the one of the name {name!r} that "
        "was answered: the file was changed since, or lies in another folder",
        expected="the file that was answered, seen from the folder that you are in",
        remedy=f"go to the folder of the other file; or, if you mean this file, name it by its "
        f"path: {place}",
    )


def _is_numbered(place: str, documents: Sequence[Document]) -> bool:
    """Return whether a place has a number where another document may stand later.

    ``documents``: those that stand there now.
    """
    from protolabel.readers.one_document import is_position

    paths = [(one.source, one.message_path) for one in documents if one.message_path]
    in_mailboxes = (len(mailbox_of(source, path)) < len(place) for source, path in paths)
    return is_position(place) or any(in_mailboxes)


def _holds(view: View, documents: Iterable[Document], rows: Iterable[AnswerRow]) -> bool:
    """Return whether one of some documents is one of those that were answered."""
    contents = {row.content for row in rows}
    return any(_content_as_answered(view, one) in contents for one in documents)


def _content_as_answered(view: View, document: Document) -> bytes:
    """Return a content as answers are known by it; the encoder prepares a bare vector first."""
    vector = document.embedding
    if document.text is None and document.image is None:
        vector = view.embedder.documents([document]).embeddings[0]
    return content_of(document.text, document.image, vector)


def listed_keys(rows: Iterable[AnswerRow]) -> str:
    """Return the short keys of the newest documents, each with its source where it has one."""
    newest = list(rows)[::-1]
    names = [
        repr(row.document.hex()[:SHORT_KEY]) + f" ({row.source})" * bool(row.source)
        for row in newest[:MOST_KEYS]
    ]
    return ", ".join(names) + " and more" * (len(newest) > MOST_KEYS)
