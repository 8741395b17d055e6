"""Which followed files to read again, for the texts that the label space may keep by now.

Documents that were forgotten are not among them, nor pictures, which have no text to keep. Nothing
is read here but the answer log.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from protolabel.document_key import document_key
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.session import session_of
from protolabel.row_numbers import without_number
from protolabel.types import Document


class TextlessFiles:
    """The documents whose texts the label space lacks although it may keep them now.

    They are listed once for an opening of a label space, and once more when texts were forgotten
    or may be kept again: those that the folder no longer has are not looked for at each look.
    """

    def __init__(self) -> None:
        self._list(None, {})

    def renew(self, space: LabelSpace, opening: int) -> None:
        """List the documents, if that is due."""
        view = space.view()
        if view.settings.remember != "text" or not pictures_are_text(view):
            self._list(None, {})
            return
        answers = session_of(space).store.answers
        basis = opening, answers.forgettings()
        if basis != self._basis:
            self._list(basis, answers.textless())

    def lacks(self, name: str) -> bool:
        """Return whether a file, by its name in the folder, may hold such a document."""
        return name in self._paths and name not in self._names

    def among(self, documents: Sequence[Document]) -> list[Document]:
        """Return those of the documents whose texts are lacking, and that have one."""
        return [one for one in documents if one.text and document_key(one) in self._documents]

    def done(self, name: str) -> None:
        """Note that a file was read again."""
        self._names.add(name)

    def _list(self, basis: tuple[int, int] | None, sources: Mapping[bytes, str]) -> None:
        self._basis, self._documents = basis, set(sources)
        self._paths = {path for source in sources.values() for path in _paths(source)}
        self._names: set[str] = set()  # of files that were read again


def _paths(source: str) -> list[str]:
    """Return each path that a file may have below the folder, by the source of its document.

    The source may lead to a member of an archive or a row of a table, and it may begin above the
    folder, where the command line has labelled the file.
    """
    whole = os.path.normpath(source).replace("\\", "/").split("/")
    row = [*whole[:-1], without_number(whole[-1])]
    n = len(whole)
    return ["/".join(p[i:j]) for p in (whole, row) for i in range(n) for j in range(i + 1, n + 1)]
