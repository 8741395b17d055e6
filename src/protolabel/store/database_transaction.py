"""A transaction of a connection for one block of statements. ``connection`` begins it in SQLite."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import TYPE_CHECKING

from protolabel.store.damage_behind import damage_behind
from protolabel.store.file_in_use import lost_log_error
from protolabel.store.sqlite_errors import translated

if TYPE_CHECKING:
    from protolabel.store.connection import Connection


class Transaction:
    """A transaction of a connection for one block; inside another of its thread, a part of that.

    A plain class: every statement goes through one, and a generator costs as much as a statement.
    """

    __slots__ = ("_connection", "_joins", "_mode", "_patience")

    def __init__(self, connection: Connection, mode: str, patience: float | None = None) -> None:
        self._connection, self._mode, self._patience = connection, mode, patience
        self._joins = False

    def __enter__(self) -> sqlite3.Connection:
        """Begin, and return SQLite's connection, which no other thread uses until the end."""
        connection = self._connection
        connection.lock.acquire()
        try:
            db = connection.db
            self._joins = db.in_transaction
            if not self._joins:
                connection.begin(self._mode, self._patience)
            return connection.db  # another one where the file was opened again
        except BaseException as error:
            connection.lock.release()
            if isinstance(error, sqlite3.Error):
                raise translated(connection.path, error) from error
            if damage := damage_behind(connection.path, error):
                raise damage from error
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Commit, or roll back after an error; not where it is a part of another transaction."""
        connection = self._connection
        try:
            if not self._joins:
                writes = self._mode == "IMMEDIATE"
                is_lost = writes and connection.has_lost_log()
                _end(connection, is_kept=not error and not is_lost, writes=writes)
                if is_lost and error is None:
                    raise lost_log_error(connection.path)
        except sqlite3.Error as failure:
            raise translated(connection.path, failure) from failure
        finally:
            connection.lock.release()
        if isinstance(error, sqlite3.Error):
            raise translated(connection.path, error) from error
        if error is None or self._joins:
            return
        if damage := damage_behind(connection.path, error):
            raise damage from error


class Section:
    """The same transaction for those who may not have the connection."""

    __slots__ = ("_transaction",)

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def __enter__(self) -> None:
        """Begin."""
        self._transaction.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End as the transaction does."""
        self._transaction.__exit__(kind, error, trace)


def _end(connection: Connection, *, is_kept: bool, writes: bool) -> None:
    """Commit, or roll back; also where the commit fails."""
    db = connection.db
    try:
        if is_kept and writes:
            connection.commit()
        elif is_kept:
            db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
