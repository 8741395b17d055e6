"""The store of one label space in an SQLite file, by its parts.

``read_protocol`` and ``write_protocol`` say what a label space asks of a store. ``sqlite_rows``
reads, ``transaction`` and ``writing`` change, ``drafts`` keeps the vectors of an encoder that is
not in force yet, ``check`` finds damage, ``new_files`` makes files. What opening and answering do
not need is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from protolabel.arrays import Floats
from protolabel.store.connection import Connection
from protolabel.store.dangling_links import refuse_dangling_link
from protolabel.store.database_transaction import Section
from protolabel.store.files import refuse_memory
from protolabel.store.sorted_folders import note_sorted_folder, sorted_folders
from protolabel.store.sqlite_rows import SqliteRows
from protolabel.store.tables import Tables
from protolabel.store.transaction import open_change
from protolabel.store.writing import SqliteWriting
from protolabel.types import Finding, VectorSpace


class SqliteStore:
    """Rows in a file that can be changed. One transaction a change; a version number each."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._tables = connection, Tables.of(connection)
        self.rows = SqliteRows(self._tables)
        self.answers = self._tables.answers
        self.proposals = self._tables.proposals

    def writing(self, kind: str, who: str) -> AbstractContextManager[SqliteWriting]:
        """Open one change: everything done with it is committed at the end, or nothing."""
        return open_change(self._tables, kind, who)

    def exclusively(self, *, patience: float | None = None) -> AbstractContextManager[None]:
        """Keep other writers out; what is read and written inside is one transaction."""
        return Section(self._connection.transaction("IMMEDIATE", patience=patience))

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Let changes be tried: what is written inside is taken back at the end."""
        with self._connection.rehearsal():
            yield

    def commits_elsewhere(self) -> int:
        """Return a number that grows when another connection has committed."""
        return self._connection.commits_elsewhere()

    def sorted_folders(self) -> list[str]:
        """Return the folders into which files were sorted, the newest last."""
        with self._connection.reading() as db:
            return sorted_folders(db)

    def note_sorted_folder(self, path: str) -> None:
        """Note the absolute path of a folder into which files are sorted."""
        with self._connection.transaction("IMMEDIATE") as db:
            note_sorted_folder(db, path)

    def draft(self, fingerprint: str, encoder: str, dim: int, reads: str) -> VectorSpace:
        """Return the encoding for an encoder's vectors: one that is there, or a new one."""
        from protolabel.store.drafts import draft

        return draft(self._tables, fingerprint, encoder, dim, reads)

    def keep_vectors(self, encoding: VectorSpace, items: Sequence[int], vectors: Floats) -> None:
        """Add vectors of items durably; those that are there already stay as they are."""
        from protolabel.store.drafts import keep_vectors

        keep_vectors(self._connection, encoding, items, vectors)

    def drop_draft(self, encoding: VectorSpace) -> None:
        """Remove the vectors of an encoding that was never in force."""
        from protolabel.store.drafts import drop_draft

        drop_draft(self._connection, encoding)

    def check(self, *, repair: bool = False, who: str = "protolabel") -> list[Finding]:
        """Return what is wrong, and the examples that are equal; repair what is derived."""
        from protolabel.store.check import check
        from protolabel.store.duplicates import contradictions, duplicates
        from protolabel.store.stray_logs import stray_logs

        if strays := stray_logs(self._tables):
            return [Finding(what, "log") for what in strays]  # a change here would spoil them
        findings = check(self._tables, repair=repair, who=who)
        if not any(f.kind == "damage" for f in findings):
            findings.extend(Finding(what, "duplicate") for what in duplicates(self.rows))
            findings.extend(Finding(what, "duplicate") for what in contradictions(self.rows))
        return findings

    def backup(self, path: str) -> None:
        """Copy the label space as it is now to a new file, while others go on writing to it."""
        from protolabel.store.new_files import new_copy

        new_copy(self._connection, path)

    def close(self) -> None:
        """Close the file; what was committed stays.

        Raises:
            StoreError: somebody removed its log; the error says where all is that was in it.
        """
        connection = self._connection
        if connection.guard.inherited or not connection.has_lost_log():
            connection.close()
            return
        from protolabel.store.new_files import save_lost

        try:
            save_lost(connection)
        finally:
            connection.close()


def open_store(path: str) -> SqliteStore:
    """Open an existing file; one that cannot be written is opened for reading."""
    refuse_memory(path)
    refuse_dangling_link(path)
    return SqliteStore(Connection(path))


def open_copy(path: str) -> SqliteStore:
    """Open a private copy of an existing file, for reading alone; nothing is made beside it."""
    refuse_memory(path)
    refuse_dangling_link(path)
    return SqliteStore(Connection(path, copied=True))


def create_store(
    path: str, meta: dict[str, str], encoding: VectorSpace, settings: dict[str, str], who: str
) -> SqliteStore:
    """Make a store at version 1, whole or not at all; ``:memory:`` keeps it in memory."""
    from protolabel.store.new_files import FirstVersion, new_file

    refuse_dangling_link(path)
    return SqliteStore(new_file(path, FirstVersion(meta, encoding, settings, who)))
