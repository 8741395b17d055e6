"""Which followed files to read again, for the texts that the label space may keep by now.

Documents that were forgotten are not among them, nor pictures, which have no text to keep. Nothing
is read here but the answer log.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from protolabel.identity.document_key import document_key
from protolabel.identity.row_numbers import without_number
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.pictures import pictures_are_text
from protolabel.label_space.session import session_of
from protolabel.types import Document


class TextlessFiles:
    """The documents whose texts the label space lacks although it may keep them now.

    They are listed once for an opening of a label space, and once more when texts were forgotten
    or may be kept again: those that the folder no longer has are not looked for at each look. A
    file that is read for the first time afterwards lacks no text.
    """

    def __init__(self) -> None:
        self._list(None, {}, ())

    def renew(self, space: LabelSpace, opening: int, names: Collection[str]) -> None:
        """List the documents and their files, if that is due.

        ``names``: of all files that were read so far, by their paths in the folder.
        """
        view = space.view()
        if view.settings.remember != "text" or not pictures_are_text(view):
            self._list(None, {}, ())
            return
        answers = session_of(space).store.answers
        basis = opening, answers.forgettings()
        if basis != self._basis:
            self._list(basis, answers.textless(), names)

    def lacks(self, name: str) -> bool:
        """Return whether a file, by its name in the folder, may hold such a document."""
        return name in self._names

    def among(self, documents: Sequence[Document]) -> list[Document]:
        """Return those of the documents whose texts are lacking, and that have one."""
        return [
            one
            for one in documents
            if one.text and (document_key(one) in self._documents or one.source in self._sources)
        ]

    def done(self, name: str) -> None:
        """Note that a file was read again."""
        self._names.discard(name)

    def _list(
        self, basis: tuple[int, int] | None, sources: Mapping[bytes, str], names: Collection[str]
    ) -> None:
        self._basis, self._documents = basis, set(sources)
        self._sources = set(sources.values())  # an earlier program knew them by other keys
        self._names = files_of(sources.values(), names)


def files_of(sources: Iterable[str], names: Collection[str]) -> set[str]:
    """Return the files, of some names, that the documents of some sources may come from.

    A source may lead to a member of an archive or a row of a table, and it may begin above the
    folder, where the command line has labelled the file. Anybody may send a source: at each of its
    parts the files of that very name are compared, and nothing of it is kept.
    """
    depths: dict[str, set[int]] = defaultdict(set)  # of files, by the last part of their names
    for name in names:
        parts = _parts(name)
        depths[parts[-1]].add(len(parts))
    paths, ends = {"/".join(_parts(name)) for name in names}, set[str]()
    for source in sources:
        parts = _parts(os.path.normpath(source))
        row = len(parts) - 1, without_number(parts[-1])
        for at, last in [*enumerate(parts), row]:
            for depth in depths.get(last, ()):
                path = "/".join([*parts[max(0, at - depth + 1) : at], last])
                if path in paths:
                    ends.add(path)
    return {name for name in names if "/".join(_parts(name)) in ends}


def _parts(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")
