"""The connection below a label space, for tests of what its file holds."""

from __future__ import annotations

from protolabel import LabelSpace
from protolabel.store.connection import Connection
from protolabel.store.sqlite import SqliteStore


def connection_of(space: LabelSpace) -> Connection:
    store = space._store
    assert isinstance(store, SqliteStore)
    return store.connection
