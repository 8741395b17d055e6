"""What is below a label space, for tests of what its file holds: its connection, its damage."""

from __future__ import annotations

from pathlib import Path

from protolabel import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.store import Store, open_store
from protolabel.store.connection import Connection
from protolabel.store.sqlite import SqliteStore
from protolabel.types import Finding


def connection_of(space: LabelSpace | Store) -> Connection:
    store = store_of(space)
    assert isinstance(store, SqliteStore)
    return store._connection


def store_of(space: LabelSpace | Store) -> Store:
    return session_of(space).store if isinstance(space, LabelSpace) else space


def damage(space: LabelSpace | Store, *, repair: bool = False) -> list[Finding]:
    """What ``check`` says, without the examples that are equal: they are no damage."""
    return [f for f in store_of(space).check(repair=repair) if f.kind != "duplicate"]


def findings(path: Path, *, repair: bool = False) -> list[Finding]:
    """What :func:`damage` says of a file that is not open."""
    store = open_store(str(path))
    try:
        return damage(store, repair=repair)
    finally:
        store.close()


def summaries(path: Path) -> dict[int, str]:
    """Return the summary of each change of a file that is not open, which has no damage."""
    store = open_store(str(path))
    try:
        assert damage(store) == []
        return {change.version: change.summary for change in store.rows.changes()}
    finally:
        store.close()
