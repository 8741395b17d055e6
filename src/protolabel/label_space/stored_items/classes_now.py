"""Which class a remembered row stands for now: by the key of the class, and merges are followed.

Names are given to other classes again, so that no stored name says it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

from protolabel.label_space.stored_items.current_names import CurrentNames
from protolabel.store import AnswerRow, Rows


class ClassesNow:
    """The classes that the keys in remembered rows stand for at a version."""

    def __init__(self, rows: Rows, version: int) -> None:
        self._rows, self._version = rows, version
        self._names_of_ended: dict[int, str] = {}  # names of classes that have ended, by key

    def key(self, key: int | None) -> int | None:
        """Return the key of the class that a class goes on as: itself, or the one it went into.

        None where it has ended without an heir, and for *none of these*.
        """
        if key is None or key in self.present:
            return key
        return self._history.heir(key)

    def row(self, row: AnswerRow) -> AnswerRow:
        """Return a row with the key of the heir of its class, where the class has one."""
        heir = self.key(row.class_key)
        return row if heir is None or heir == row.class_key else replace(row, class_key=heir)

    def among(self, key: int | None, keys: Collection[int]) -> int | None:
        """Return which of some keys a class stands for: its own, or its heir's; None: none."""
        one = key if key in keys else self.key(key)
        return one if one in keys else None

    def label(self, key: int | None) -> str | None:
        """Return what people read for a class; None for *none of these*.

        The name of the class that it goes on as. Where it has ended without an heir, its last name,
        which says that the class has ended where another class has that name now.
        """
        if key is None:
            return None
        heir = self.key(key)
        return self.own_name(key) if heir is None else self.present[heir]

    def own_name(self, key: int) -> str:
        """Return the name of a class itself, as people read it, also where it has an heir.

        So what was refused is called: a class that took in a refused one is not refused.
        """
        if key in self.present:
            return self.present[key]
        if key not in self._names_of_ended:
            name = self._rows.last_class_name(key) or f"class {key}"
            self._names_of_ended[key] = f"{name} (ended)" if name in self._present_names else name
        return self._names_of_ended[key]

    @cached_property
    def present(self) -> dict[int, str]:
        """The names of the classes of the version, by key."""
        return {row.key: row.name for row in self._rows.classes(self._version)}

    @cached_property
    def _history(self) -> CurrentNames:
        return CurrentNames(self._rows, self._version)

    @cached_property
    def _present_names(self) -> set[str]:
        return set(self.present.values())
