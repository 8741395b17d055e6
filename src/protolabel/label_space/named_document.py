"""The document that a name means: an example, a file that is there, or what was answered."""

from __future__ import annotations

from protolabel.errors import InputError
from protolabel.label_space.lookup import example_named
from protolabel.label_space.session import Session
from protolabel.label_space.view import View
from protolabel.store import AnswerRow, ExampleRow
from protolabel.types import Document


def named_document(session: Session, view: View, name: str) -> ExampleRow | Document:
    """Return the example that a name means, else the document.

    A file that is there goes before an example or an answer that has only its name in common.

    Args:
        session: of the label space, which remembers what it answered.
        view: the label space as it is now.
        name: an id, a source, the name of a file, or a path.

    Raises:
        InputError: the name means nothing, or several documents.
    """
    from protolabel.readers.one_document import is_there, read_document

    row = view.rows.example_with_id(name, view.version)
    if row is None and not is_there(name):
        row = example_named(view.rows, name, view.version)
    if row is not None:
        return row
    if is_there(name):
        return read_document(name)
    return _answered(session, name)


def _answered(session: Session, name: str) -> Document:
    """Return the remembered document of that id, source or file name."""
    from protolabel.readers.one_document import is_there, read_document

    session.answer_log.write()
    rows = session.store.answers.rows(texts=True)
    same = [row for row in rows if name in (row.id, row.source)]
    same = same or [row for row in rows if _file_name(row) == name]
    places = list(dict.fromkeys(row.source or row.id for row in same))
    if len(places) > 1:
        listed = ", ".join(map(repr, places[:3])) + (" and more" if len(places) > 3 else "")
        raise InputError(
            f"{len(places)} documents that were answered are called {name!r}: {listed}",
            expected="the source of one of them",
            remedy="give its path",
        )
    if same and is_there(same[-1].source):  # as it is now
        return read_document(same[-1].source)
    if same and same[-1].text is not None:
        return Document(same[-1].id, same[-1].text, source=same[-1].source)
    raise InputError(
        f"no example and no file {name!r}"
        + (f"; {same[-1].source!r} was answered, and is not there now" if same else ""),
        expected="the id, source or file name of an example, or the path of a file",
        remedy="give the path of the file, from the folder that you are in",
    )


def _file_name(row: AnswerRow) -> str:
    return row.source.replace("\\", "/").rsplit("/", 1)[-1]
