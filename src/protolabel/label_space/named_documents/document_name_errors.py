"""The errors of names that no document has, or another one than the one that was answered.

``answered_document`` says when; nothing is read here.
"""

from __future__ import annotations

from protolabel.errors import InputError
from protolabel.label_space.remembered_documents.document_names import DocumentNames
from protolabel.label_space.remembered_documents.remembered import LABEL_AGAIN
from protolabel.store import AnswerRow
from protolabel.words.text import excerpt

PATH = "give the path of the file, from the folder that you are in"
_MOST_QUOTED = 120  # characters of a name that nothing has: it may be the text of a document
_TEXTLESS = "; a document of that name was answered, and its text is not remembered"


def another_there(place: str) -> InputError:
    """Return the error of a number where another document stands than the one that was answered."""
    return InputError(
        f"{place!r} holds another document than the one that was answered there: the file was "
        "changed since, is read with other options, or lies in another folder",
        expected="the number of a document that stands where it stood when it was answered",
        remedy="label the file again, which answers what stands there now; or give a "
        "Document(id, text)",
        command="if another column was its text, name that one (--text-field); `protolabel "
        "label SPACE FILE` answers what stands there now, and then its numbers hold; or add "
        "the text itself: `protolabel add SPACE CLASS --text TEXT`",
    )


def row_left(place: str, name: str) -> InputError:
    """Return the error of an id or a key whose document stands no longer where it stood."""
    return InputError(
        f"{place!r} holds another document than the one of the name {name!r} that was answered, "
        "and its text is not remembered",
        expected="a document that stands where it stood when it was answered",
        remedy="label the file again, which finds the document if it is still there; or give a "
        "Document(id, text)",
        command="if another column was its text, name that one (--text-field); `protolabel label "
        "SPACE FILE` finds the document if it is still there; or add the text itself: "
        "`protolabel add SPACE CLASS --text TEXT`",
    )


def no_example(name: str, newest: AnswerRow | None, kind: str) -> InputError:
    """Return the error of a name that nothing has which can be taken where no file is read.

    Args:
        name: what was given.
        newest: the document of that name that was answered last, without its text.
        kind: of the change that is made of it.
    """
    clause = "" if newest is None else _TEXTLESS
    return InputError(
        f"no example {_quoted(name, newest)}{clause}",
        expected="the id, source or file name of an example, or of a document whose text is "
        "remembered",
        remedy=f"send the document itself, as a change of kind {kind!r}",
    )


def no_document(name: str, newest: AnswerRow | None) -> InputError:
    """Return the error of a name that nothing has which can be taken where files are read.

    ``newest``: the document of that name that was answered last, without its text or its file.
    """
    clause, remedy = "", PATH
    if newest is not None and newest.source:
        clause = f"; {newest.source!r} was answered, and is not there now"
    elif newest is not None:
        clause, remedy = _TEXTLESS, LABEL_AGAIN
    or_document = "; or give a Document(id, text)" if len(name.split()) > 1 else ""
    return InputError(
        f"no example and no file {_quoted(name, newest)}{clause}",
        expected="the id, source or file name of an example, or the path of a file",
        remedy=f"{remedy}{or_document}",
        command=remedy,
    )


def _quoted(name: str, newest: AnswerRow | None) -> str:
    """Return a name in quotes; a key, which a command may have found, as the id of its document."""
    is_key = newest is not None and DocumentNames.of(newest).have_key(name)
    return repr(excerpt(newest.id if is_key and newest and newest.id else name, _MOST_QUOTED))
