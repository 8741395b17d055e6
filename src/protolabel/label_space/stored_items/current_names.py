"""Which class a name of an earlier version stands for now: renames and merges are followed.

It reads the history alone, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from protolabel.label_space.kinds_of_change import KINDS_OF_CHANGE, NOTHING
from protolabel.label_space.stored_items.lookup import class_named
from protolabel.store import Rows
from protolabel.store.versions_in_force import versions_in_force
from protolabel.types import Change


class CurrentNames:
    """The names that classes of earlier versions have at one version.

    A class keeps its key when it is renamed. One that was merged goes on as the class that took its
    examples. Changes that were undone count for nothing.
    """

    def __init__(self, rows: Rows, version: int) -> None:
        """Read the history up to a version."""
        self._rows, self._version = rows, version
        self._names = {row.key: row.name for row in rows.classes(version)}
        self._present = set(self._names.values())
        self._merged: dict[int, int] = {}  # key of a class that ended -> of the one it went into
        self._former: dict[str, int] = {}  # name -> key of the class that lost it last
        history = list(rows.changes(before=version + 1))
        in_force = versions_in_force(history)
        for change in history:
            if change.version not in in_force:
                continue
            for name, old, new in self._successions(change):
                self._former.setdefault(name, new)
                if old != new:
                    self._merged[old] = new

    def name(self, label: str, version: int | None = None) -> str:
        """Return the present name of the class that had a name.

        Args:
            label: the name.
            version: where the class had it. None, or a version without such a class: the class of
                that name now, else the one that lost the name last.

        Returns:
            The name itself where no class goes on from it.
        """
        row = None if version is None else self._rows.class_named(label, version)
        if row is None and label in self._present:
            return label
        former = self._former.get(label) if row is None else row.key
        key = None if former is None else self.heir(former)
        return label if key is None else self._names[key]

    def heir(self, key: int) -> int | None:
        """Return the key of the class that a class goes on as; None where it has none.

        A class that is there goes on as itself.
        """
        heir: int | None = key
        while heir is not None and heir not in self._names:
            heir = self._merged.get(heir)
        return heir

    def _successions(self, change: Change) -> Iterator[tuple[str, int, int]]:
        """Yield each name that a change took away, with the keys of its class before and after."""
        new_name = KINDS_OF_CHANGE.get(change.kind, NOTHING).new_name
        if not new_name:
            return
        before, after = change.detail["from"], str(change.detail[new_name])
        heir = class_named(self._rows, after, change.version)
        for name in before if isinstance(before, list) else [before]:
            row = class_named(self._rows, str(name), change.version - 1)
            if row is not None and heir is not None and row.name != heir.name:
                yield row.name, row.key, heir.key
