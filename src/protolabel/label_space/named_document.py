"""The document that a name means: an example, a file that is there, or what was answered.

Names that come from elsewhere, over HTTP for one, must not name files here: ``files=False``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from protolabel.arguments import require_strings
from protolabel.documents import as_document, as_examples, as_one_document, checked_text
from protolabel.errors import InputError
from protolabel.label_space.answer_batch import content_of
from protolabel.label_space.changes import Correct, Move, Refute, Relabel
from protolabel.label_space.document_names import SHORT_KEY, documents_named, documents_within
from protolabel.label_space.lookup import example_named
from protolabel.label_space.remembered import LABEL_AGAIN
from protolabel.label_space.session import Session
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.quantity import quantity
from protolabel.readers.options import ReadOptions
from protolabel.store import AnswerRow, ExampleRow
from protolabel.text import excerpt
from protolabel.types import Document, Example

MOST_KEYS = 3  # that an error lists
_MOST_QUOTED = 120  # characters of a name that nothing has: it may be the text of a document
PATH = "give the path of the file, from the folder that you are in"
KEYS = "give its key; `protolabel review SPACE --list --all` lists the keys"


def correction(
    session: Session,
    document: str | Document,
    to: str | Iterable[str],
    *,
    files: bool = True,
    reading: ReadOptions | None = None,
) -> Move | Correct | Relabel:
    """Return the change that gives a document its class; a string names the document.

    The name of a mail stands for those of its documents that can be examples.

    Where documents may have several labels, ``to`` may be a list of them; the document has those,
    and no others.

    Raises:
        InputError: as :func:`named_document` does.
    """
    several = session.view().settings.several
    if isinstance(document, str):
        row = named_document(session, session.view(), document, files=files, reading=reading)
        if isinstance(row, ExampleRow) and several:
            return Relabel(row.id, [to] if isinstance(to, str) else list(to))
        if isinstance(row, ExampleRow):
            return Move([row.id], to, copies=True)  # type: ignore[arg-type]  # refused unless it is a name
        documents = row
    else:
        documents = [as_document(document)]
    label = clean_name(to) if isinstance(to, str) else to
    examples = as_examples(documents, [label] * len(documents), several=several)
    return Correct(tuple(replace(example, id="") for example in examples))


def refutation(
    session: Session,
    document: str | Document,
    label: str | Iterable[str],
    *,
    files: bool = True,
    reading: ReadOptions | None = None,
) -> Refute:
    """Return the change that says which classes a document is not of; a string names it.

    Raises:
        InputError: as :func:`named_document` does.
    """
    view = session.view()
    if isinstance(document, str):
        named = named_document(
            session, view, document, files=files, kind=Refute.kind, reading=reading
        )
        contents = [_document_of(view, named)] if isinstance(named, ExampleRow) else named
    else:
        contents = [as_one_document(document)]
    for content in contents:
        if content.unreadable:
            raise InputError(
                f"{content.source or content.id}: {content.unreadable}",
                expected="a document with a text that says something",
            )
    labels = [label] if isinstance(label, str) else require_strings(label, "classes")
    if not labels:
        raise InputError("no class that it is not", expected="one class or more")
    return Refute(
        tuple(
            Example(
                name, content.text, "", content.embedding, content.source, content.image,
                negative=True,
            )
            for content in contents
            for name in dict.fromkeys(map(clean_name, labels))
        )
    )  # fmt: skip


def _document_of(view: View, row: ExampleRow) -> Document:
    """Return the document that an example holds, with its vector where it has no words."""
    image = view.rows.image(row.item) if row.has_image else None
    vector = None
    if row.text is None and image is None:
        vectors = view.rows.vectors_of([row.item], view.rows.encoding(view.version))
        vector = vectors[row.item]
    return Document(row.id, row.text, vector, row.source, image)


def named_document(
    session: Session,
    view: View,
    name: str,
    *,
    files: bool = True,
    kind: str = Correct.kind,
    reading: ReadOptions | None = None,
) -> ExampleRow | list[Document]:
    """Return the example that a name means, else the document; of a mail, what it teaches.

    A file that is there goes before an example or an answer that has only its name in common, and
    the id of an example before all others. Else the documents of a name must have one content:
    positions such as ``stdin:1``, and the numbers of documents without ids, come again. A position
    in a file must still hold a document that was answered from it, if any was.

    Args:
        session: of the label space, which remembers what it answered.
        view: the label space as it is now.
        name: an id, a source, the name of a file, or a path.
        files: whether files may be read: that of the name, and that which a document came from.
        kind: of the change that is made of it, for the advice.
        reading: how files are read.

    Raises:
        InputError: the name means nothing, or several documents.
    """
    from protolabel.readers.one_document import is_position, is_there, read_taught
    from protolabel.readers.paths import printable

    file_exists = files and is_there(name)
    if not file_exists:
        checked_text(name, "document")  # the name of a file may hold bytes that are no UTF-8
    row = view.rows.example_with_id(printable(name), view.version)
    if row is None and not file_exists:
        row = example_named(view.rows, name, view.version, of_document=True)
        if row is not None:
            _refuse_answered(session, view, row, name)
    if row is not None:
        return row
    if file_exists:
        documents = read_taught(name, **(reading or {}))
        if is_position(name):
            session.answer_queue.write()
            _refuse_other(view, session.store.answers.rows(), printable(name), documents, name)
        return documents
    return _remembered_documents(session, name, kind, reading or {} if files else None)


def _refuse_answered(session: Session, view: View, row: ExampleRow, name: str) -> None:
    """Raise InputError where another document than that of an example was answered by its name."""
    session.answer_queue.write()
    document = _document_of(view, row)
    content = content_of(document.text, document.image, document.embedding)
    namesakes = documents_named(session.store.answers.rows(), name)
    rows_elsewhere = {
        namesake.content: namesake for namesake in namesakes if namesake.content != content
    }
    if rows_elsewhere:
        raise InputError(
            f"the example {row.id!r} is called {name!r}, and so "
            f"{'are other documents' if len(rows_elsewhere) > 1 else 'is another document'}: "
            f"{_keys(rows_elsewhere.values())}",
            expected="the id of the example, or the key of another document",
            remedy=KEYS,
        )


def _refuse_other(
    view: View, rows: Iterable[AnswerRow], place: str, documents: Iterable[Document], name: str
) -> None:
    """Raise InputError where a place holds no document that was answered from it, but another.

    A row may have moved within its table. The file of a relative path was changed since, or is the
    file of another folder: a relative path is one from where somebody stood then. A whole path
    names its file, whatever it holds now.
    """
    from protolabel.readers.one_document import is_position

    contents = {row.content for row in documents_within(rows, place)}
    is_row = is_position(place)
    is_same = any(_content_as_answered(view, one) in contents for one in documents)
    if is_same or not contents or (os.path.isabs(place) and not is_row):
        return
    if is_row:
        raise InputError(
            f"{place!r} holds another document than the one that was answered there: the file was "
            "changed since, is read with other options, or lies in another folder",
            expected="the number of a document that stands where it stood when it was answered",
            remedy="label the file again, which answers what stands there now; or give a "
            "Document(id, text)",
            command="`protolabel label SPACE FILE` answers what stands there now, and then its "
            "numbers hold; or add the text itself: `protolabel add SPACE CLASS --text TEXT`",
        )
    raise InputError(
        f"the file {place!r} holds another document than the one of the name {name!r} that "
        "was answered: the file was changed since, or lies in another folder",
        expected="the file that was answered, seen from the folder that you are in",
        remedy=f"go to the folder of the other file; or, if you mean this file, name it by its "
        f"path: {place}",
    )


def _content_as_answered(view: View, document: Document) -> bytes:
    """Return a content as answers are known by it; the encoder prepares a bare vector first."""
    vector = document.embedding
    if document.text is None and document.image is None:
        vector = view.embedder.documents([document]).embeddings[0]
    return content_of(document.text, document.image, vector)


def _keys(rows: Iterable[AnswerRow]) -> str:
    """Return the short keys of the newest documents, each with its source where it has one."""
    newest = list(rows)[::-1]
    names = [
        repr(row.document.hex()[:SHORT_KEY]) + f" ({row.source})" * bool(row.source)
        for row in newest[:MOST_KEYS]
    ]
    return ", ".join(names) + " and more" * (len(newest) > MOST_KEYS)


def _remembered_documents(
    session: Session, name: str, kind: str, reading: ReadOptions | None
) -> list[Document]:
    """Return the remembered document of that id, source or file name; of a mail, what it teaches.

    ``reading``: how the file that it came from is read; None: no file is.
    """
    from protolabel.readers.one_document import is_there, read_taught

    files = reading is not None

    session.answer_queue.write()
    rows = session.store.answers.rows(texts=True)
    namesakes = documents_named(rows, name)
    files_there = {row.source for row in namesakes if is_there(row.source)} if files else set()
    is_one_file = len(files_there) == 1 and all(row.source in files_there for row in namesakes)
    contents = {row.content: row for row in namesakes}
    if not is_one_file and (len(contents) > 1 or len(files_there) > 1):
        different = contents if len(contents) > 1 else {row.source: row for row in namesakes}
        raise InputError(
            f"{quantity(len(different), 'document')} that were answered are called {name!r}: "
            f"{_keys(different.values())}",
            expected="the name of one document",
            remedy=KEYS,
        )
    if reading is not None and namesakes and is_there(namesakes[-1].source):  # as it is now
        documents = list(read_taught(namesakes[-1].source, **reading))
        _refuse_other(session.view(), rows, namesakes[-1].source, documents, name)
        return documents
    if namesakes and namesakes[-1].text is not None:
        return [Document(namesakes[-1].id, namesakes[-1].text, source=namesakes[-1].source)]
    if not files:
        raise InputError(
            f"no example {excerpt(name, _MOST_QUOTED)!r}"
            + (
                "; a document of that name was answered, and its text is not remembered"
                * bool(namesakes)
            ),
            expected="the id, source or file name of an example, or of a document whose text is "
            "remembered",
            remedy=f"send the document itself, as a change of kind {kind!r}",
        )
    clause = ""
    remedy = PATH
    if namesakes and namesakes[-1].source:
        clause = f"; {namesakes[-1].source!r} was answered, and is not there now"
    elif namesakes:
        clause = "; a document of that name was answered, and its text is not remembered"
        remedy = LABEL_AGAIN
    or_document = "; or give a Document(id, text)" if len(name.split()) > 1 else ""
    raise InputError(
        f"no example and no file {excerpt(name, _MOST_QUOTED)!r}{clause}",
        expected="the id, source or file name of an example, or the path of a file",
        remedy=f"{remedy}{or_document}",
        command=remedy,
    )
