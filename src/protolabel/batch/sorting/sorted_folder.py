"""A sorted folder beside the label space that sorted it, and how the files in it are read."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from protolabel.batch.sorting.corrections import Current
from protolabel.batch.sorting.journal import Journal
from protolabel.errors import ProtolabelError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.stored_items.current_names import CurrentNames
from protolabel.readers.each_file import FileReader
from protolabel.readers.reports import Notice

log = logging.getLogger(__name__)


def note_sorted_folder(space: LabelSpace, root: Path) -> None:
    """Let a label space know a folder, so that a sorted file has the name of its source, too.

    A file that cannot be written is left as it is.
    """
    store, path = session_of(space).store, os.path.abspath(root)
    try:
        if path not in store.sorted_folders():
            store.note_sorted_folder(path)
    except ProtolabelError as error:
        log.info("%s is not noted as a sorted folder: %s", path, error)


@dataclass(frozen=True)
class SortedFolder:
    """A sorted folder and its label space.

    Attributes:
        space: the label space.
        root: the folder.
        journal: its journal, open.
        options: how files are read: those of :class:`ReadOptions`.
        on_notice: is called with each choice of a reader, and with each part that is left out.
    """

    space: LabelSpace
    root: Path
    journal: Journal
    options: dict[str, Any]
    on_notice: Callable[[Notice], None]

    @cached_property
    def current(self) -> Current:
        """The present name of a class from its name at a version; the history is read once."""
        return CurrentNames(self.space.view().rows, self.space.version).name

    def reader(self, *, as_examples: bool = False) -> FileReader:
        """Return what reads files of the folder; close it afterwards.

        Args:
            as_examples: whether documents become examples: covering texts of mails are left out.
        """
        return FileReader(self.on_notice, as_examples=as_examples, **self.options)
