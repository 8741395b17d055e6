"""Changes that take classes out of the answers, and bring them back: retire, unretire.

What stands under a retired class keeps its place there. Answers pass over the retired class: what
is under it counts for the class above, until it is back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from protolabel.errors import ClassError, InputError
from protolabel.label_space.changes.request import ChangeRequest, Material
from protolabel.label_space.changes.rows import distinct_names, listed, require_class
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.names import reference
from protolabel.store import Writing


@dataclass(frozen=True)
class _OfClasses(ChangeRequest):
    """A change of some classes that are there, by their names."""

    labels: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", _class_names(self.labels))


@dataclass(frozen=True)
class Retire(_OfClasses):
    """Take classes out of the answers; examples and descriptions are kept."""

    kind: ClassVar[str] = "retire"

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Retire each."""
        rows = [require_class(writing, name) for name in self.labels]
        for row in rows:
            writing.retire_class(row, retired=True)
        names = [row.name for row in rows]
        writing.summary = f"retired {listed(names)}"
        writing.detail = {"classes": names}


@dataclass(frozen=True)
class Unretire(_OfClasses):
    """Bring retired classes back into the answers, as they were."""

    kind: ClassVar[str] = "restore"  # the word that the log of a file has for it

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Put each back."""
        rows = [require_class(writing, name, retired=True) for name in self.labels]
        for row in rows:
            if not row.retired:
                raise ClassError(f"class {row.name!r} is not retired", expected="a retired class")
            writing.retire_class(row, retired=False)
        names = [row.name for row in rows]
        writing.summary = f"unretired {listed(names)}"
        writing.detail = {"classes": names}


def _class_names(labels: Sequence[str]) -> tuple[str, ...]:
    names = tuple(reference(label) for label in distinct_names(labels, "labels"))
    if not names:
        raise InputError("no class", expected="the name of at least one")
    return tuple(dict.fromkeys(names))
