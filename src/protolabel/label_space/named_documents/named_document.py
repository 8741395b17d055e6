"""The document that a name means: an example, a file that is there, or what was answered.

Names that come from elsewhere, over HTTP for one, must not name files here: ``files=False``.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from protolabel.arguments import require_strings
from protolabel.columns.label_lists import labels_of_one
from protolabel.documents import as_document, as_examples, as_one_document, checked_text
from protolabel.errors import InputError
from protolabel.identity.document_key import whole_path
from protolabel.identity.other_folders import keys_of
from protolabel.identity.sorted_paths import original_path
from protolabel.label_space.changes import Correct, Move, Refute, Relabel
from protolabel.label_space.named_documents.answered_document import (
    KEYS,
    answered_document,
    listed_keys,
    read_as_answered,
    refuse_unread,
    sorted_place,
)
from protolabel.label_space.person_statements.shared_parts import (
    examples_of_shared,
    notices_of,
    without_shared_parts,
)
from protolabel.label_space.person_statements.taught_documents import TaughtDocuments
from protolabel.label_space.remembered_documents.document_names import documents_named
from protolabel.label_space.remembered_documents.equal_parts import notices_of_equal_parts
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.label_space.stored_items.document_parts import DocumentParts
from protolabel.label_space.stored_items.lookup import example_named
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.readers.options import NoticedOptions
from protolabel.readers.reports import Notice, with_source
from protolabel.store import ExampleRow
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity

log = logging.getLogger(__name__)


def correction(
    session: Session,
    document: str | Document,
    to: str | Iterable[str],
    *,
    files: bool = True,
    reading: NoticedOptions | None = None,
) -> Move | Correct | Relabel:
    """Return the change that gives a document its class; a string names the document.

    The name of a mail stands for those of its documents that can be examples.

    Where documents may have several labels, ``to`` may be a list of them; the document has those,
    and no others.

    Raises:
        InputError: as :func:`named_document` does.
    """
    several = session.view().settings.several
    if isinstance(to, list | tuple | set | frozenset):
        labels_of_one(to, _with_classes(document, list(to)), several)
    if isinstance(document, str):
        row = named_document(session, session.view(), document, files=files, reading=reading)
        if isinstance(row, ExampleRow) and several:
            return Relabel(row.id, [to] if isinstance(to, str) else list(to))
        if isinstance(row, ExampleRow):
            return Move([row.id], to, copies=True)  # type: ignore[arg-type]  # refused unless it is a name
        taught = row
    else:
        taught = TaughtDocuments.alone(as_document(document))
    documents, label = taught.documents, clean_name(to) if isinstance(to, str) else to
    examples = as_examples(documents, [label] * len(documents), several=several)
    labels = [example.label for example in examples]
    examples, shared = _examples_of(session, taught, examples, reading)
    return Correct(
        tuple(replace(example, id="") for example in examples),
        decisions=_by_key(taught.contents, labels),
        shared=shared,
        contents={key.hex(): content.hex() for key, content in taught.contents.items()},
    )


def _with_classes(document: str | Document, names: Sequence[object]) -> str:
    """Return what a person said who gave a document these classes, as an error says it."""
    name = document if isinstance(document, str) else as_document(document).source or document.id
    words = ", ".join(repr(one)[:60] for one in names[:3])
    n = f"{quantity(len(names), 'class')}{' in a list' if len(names) == 1 else ''}"
    return f"{name or 'a document'} with {n}{': ' if words else ''}{words}"


def refutation(
    session: Session,
    document: str | Document,
    label: str | Iterable[str],
    *,
    files: bool = True,
    reading: NoticedOptions | None = None,
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
        taught = (
            TaughtDocuments([_document_of(view, named)], [], {})
            if isinstance(named, ExampleRow)
            else named
        )
    else:
        taught = TaughtDocuments.alone(as_one_document(document))
    for content in taught.documents:
        if content.unreadable:
            raise InputError(
                f"{content.source or content.id}: {content.unreadable}",
                expected="a document with a text that says something",
            )
    labels = [label] if isinstance(label, str) else require_strings(label, "classes")
    if not labels:
        raise InputError("no class that it is not", expected="one class or more")
    names = list(dict.fromkeys(map(clean_name, labels)))
    examples = [
        Example(
            name, content.text, "", content.embedding, content.source, content.image, negative=True
        )
        for content in taught.documents
        for name in names
    ]
    usable, _ = _examples_of(session, taught, examples, reading)
    _give_notice_of_place(taught, {one.source for one in usable}, reading)
    return Refute(tuple(usable), decisions=_by_key(_refused_parts(session, taught), names))


def _examples_of(
    session: Session,
    taught: TaughtDocuments,
    examples: Sequence[Example],
    reading: NoticedOptions | None,
) -> tuple[list[Example], tuple[str, ...]]:
    """Return those examples of the documents of a name that are none of other mails, too.

    Beside them are the ids of examples that are none any more, as ``SharedPart`` says.

    What a person is to know of a mail goes to ``reading``, else to the log.
    """
    session.answer_queue.write()
    usable, shared = without_shared_parts(
        session.store, examples, taught.files, own=taught.contents, by_key=True
    )
    own = taught.without({part.source for part in shared}).notice if usable else None
    of_text = [part.notice for part in shared if not (part.label or part.by_key)]
    notices = of_text or ([own] if own is not None else [])
    notices += [part.notice for part in shared if part.label] + notices_of(shared)
    notices += notices_of_equal_parts(session.store, usable, taught.files)
    on_notice = (reading or {}).get("on_notice") or _log_notice
    for notice in notices:
        on_notice(notice)
    return usable, examples_of_shared(shared)


def _give_notice_of_place(
    taught: TaughtDocuments, sources: Collection[str], reading: NoticedOptions | None
) -> None:
    """Say of a mail that the parts which are no examples are known by where it lies.

    ``sources``: of the parts that are examples.
    """
    on_notice = (reading or {}).get("on_notice") or _log_notice
    parts = [one.source for one in (*taught.covering, *taught.documents)]
    for file in dict.fromkeys(taught.files[one] for one in parts if one not in sources):
        if file:
            words = "what is no example is refused for this file where it lies now"
            is_sorted = original_path(whole_path(file)) != whole_path(file)
            on_notice(Notice(file, words + ", and where sorting puts it" * is_sorted))


def _refused_parts(session: Session, taught: TaughtDocuments) -> list[bytes]:
    """Return the keys of parts of mails: classes are refused for these alone, and no equal ones."""
    parts, places = DocumentParts.remembered(session.store), session.store.answers.places()
    is_mail = any(taught.files.values())
    own = {key for one in (*taught.covering, *taught.documents) if is_mail for key in keys_of(one)}
    return [
        key for key in taught.contents
        if key in own or (key in places and parts.file_of(places[key].source))
    ]  # fmt: skip


def _by_key(keys: Iterable[bytes], labels: Iterable[str]) -> dict[str, list[str]]:
    """Return the classes that a person gives documents, or refuses for them, by their keys."""
    names = list(dict.fromkeys(labels))
    return {key.hex(): names for key in keys}


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
    reading: NoticedOptions | None = None,
) -> ExampleRow | TaughtDocuments:
    """Return the example that a name means, else the document; of a mail, what it teaches.

    A file that is there goes before an example or an answer that has only its name in common, and
    the id of an example before all others. A file that was sorted has the name of its source, too,
    while nothing else stands there. Else the documents of a name must have one content:
    positions such as ``stdin:1``, and the numbers of documents without ids, come again. A position
    in a file must still hold a document that was answered from it, if any was.

    Args:
        session: of the label space, which remembers what it answered.
        view: the label space as it is now.
        name: an id, a source, the name of a file, or a path.
        files: whether files may be read: that of the name, and that which a document came from.
        kind: of the change that is made of it, for the advice.
        reading: how files are read. The log takes the notices, where nothing else does.

    Raises:
        InputError: the name means nothing, or several documents.
    """
    from protolabel.readers.one_document import is_there
    from protolabel.readers.paths import printable

    reading = {"on_notice": _log_notice, **(reading or {})}
    file_exists = files and is_there(name)
    if not file_exists:
        checked_text(name, "document")  # the name of a file may hold bytes that are no UTF-8
    row = view.rows.example_with_id(printable(name), view.version)
    if row is None and not file_exists:
        row = example_named(view.rows, name, view.version, of_document=True)
        if row is not None:
            _refuse_answered(session, view, row, name)
    if row is not None:
        if not file_exists:
            refuse_unread(name, reading)
        return row
    if not file_exists and files:
        place = sorted_place(session, name)
        file_exists, name = bool(place), place or name
    if file_exists:
        taught = read_as_answered(session, view, name, reading)
    else:
        taught = answered_document(session, view, name, kind, reading if files else None)
    return taught


def _log_notice(notice: Notice) -> None:
    log.warning("%s", with_source(notice.message, notice.source))


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
            f"{listed_keys(rows_elsewhere.values())}",
            expected="the id of the example, or the key of another document",
            remedy=KEYS,
        )
