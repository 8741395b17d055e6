"""A row: one document of a source, before it is known whether it is labelled or is an example."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from protolabel.errors import InputError
from protolabel.readers.paths import STDIN, source_name

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

NO_LABEL = object()
EXPORT = "protolabel_export"  # the field by which an export of a label space is known
NOT_LABEL = "not_label"  # the field of a class that a document is not of
ANSWER = "answer"  # the field of what a person said to a label, in files of Prodigy
UNACCEPTED = ("reject", "ignore")
ANSWERS = ("accept", *UNACCEPTED)  # what Prodigy writes there


class Row(NamedTuple):
    """One document of a source.

    ``place`` is its short name, the id of a document without one; ``source`` the full one. ``id``
    is empty where the source gives none; ``label`` is unchecked, or `NO_LABEL`, and so is
    ``negative``, the class that the document is not of. ``fault`` says why
    the text is no evidence of anything: it cannot be an example, and no class is its answer.
    ``named`` is the source of another document, which the row speaks of and does not hold.
    ``message_path`` is that of ``Document``. ``shares_id`` says that other rows of its table, which
    hold something else, have its id, too. ``is_covering`` says that it is the text of a mail and
    too short to be an example. ``answer`` is what a person said to its label, where a field of
    that name says something. ``cell`` is that of an answer, where its table does not say whether
    it is one label or several.
    """

    place: str
    source: str
    id: str
    text: str | None
    embedding: Embeddings | None = None
    label: object = NO_LABEL
    image: bytes | None = None
    fault: InputError | None = None
    negative: object = NO_LABEL
    named: str = ""
    message_path: str = ""
    shares_id: bool = False
    is_covering: bool = False
    answer: object = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """A source: its path, its full name for errors, and its short name among those of one call.

    ``beside``: the file beside which the images of a table lie, where ``path`` is a copy of it;
    empty where nothing that lies beside it is read. None: beside ``path``.
    """

    path: str
    name: str
    place: str
    beside: str | None = None

    @property
    def folder(self) -> str | None:
        """The folder of the images that a table names; None where it has none."""
        file = self.path if self.beside is None else self.beside
        return os.path.dirname(file) or "." if file not in ("", STDIN) else None

    @classmethod
    def of(cls, path: str) -> Origin:
        """Return the origin of a source that is read alone."""
        name = source_name(path)
        return cls(path, name, os.path.basename(name.rstrip("/")) or name)

    def within(self, name: str, path: str) -> Origin:
        """Return the origin of a file inside this one; ``path`` is a copy of it."""
        return Origin(path, f"{self.name}/{name}", f"{self.place}/{name}", beside="")

    def copied(self, path: str) -> Origin:
        """Return the origin of what this one holds, which lies unpacked at ``path``."""
        return replace(self, path=path, beside=self.path if self.beside is None else self.beside)
