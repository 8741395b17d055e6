"""Which tables and mailboxes a run reads to their end, and which not: their answers hold on then.

Documents come in the order in which they are read: one of the next table ends the one before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePath

from protolabel.identity.document_key import source_digest, table_digest, table_of, without_row
from protolabel.identity.message_paths import mailbox_of
from protolabel.types import Document


class SourcesRead:
    """The tables and mailboxes of one run, by the digests of their paths."""

    def __init__(self) -> None:
        """Begin before the first document."""
        self._table = self._mailbox = ""  # those that are read now
        self._complete, self._faulty = {b""}, set[bytes]()  # b"": of files, read each at once
        self._mailboxes: set[bytes] = set()

    def note(self, document: Document) -> None:
        """Take note that a document is read."""
        source, within = document.source, document.message_path
        table = table_of(source)
        mailbox = os.path.abspath(mailbox_of(source, within)) if within else ""
        if table != self._table:
            self._complete.add(table_digest(self._table))
        if mailbox != self._mailbox:
            self._end_mailbox()
        self._table, self._mailbox = table, mailbox

    def note_fault(self, source: str) -> None:
        """Take note of what cannot be read: what holds it is read in part."""
        path = os.path.abspath(without_row(source))
        self._faulty.update(map(source_digest, _with_those_above(path)))
        for current in (self._table, self._mailbox):
            if current.startswith(f"{path}/"):  # the last one that was read of an archive
                self._faulty.add(source_digest(current))

    def note_end(self) -> None:
        """Take note that the inputs are read to their end."""
        self._complete.add(table_digest(self._table))
        self._end_mailbox()

    def is_whole(self, table: bytes) -> bool:
        """Return whether the table of that digest was read to its end, without a fault."""
        return table in self._complete and table not in self._faulty

    @property
    def has_mailbox(self) -> bool:
        """Whether a mailbox was read to its end."""
        return bool(self._mailboxes)

    def was_in_mailbox(self, path: str) -> bool:
        """Return whether an absolute path lies in a mailbox that was read to its end."""
        digests = set(map(source_digest, _with_those_above(path)))
        return not digests.isdisjoint(self._mailboxes - self._faulty)

    def _end_mailbox(self) -> None:
        if self._mailbox:
            self._mailboxes.add(source_digest(self._mailbox))


def _with_those_above(path: str) -> Iterator[str]:
    """Yield a path and those above it."""
    yield path
    yield from map(str, PurePath(path).parents)
