"""Changes of classes: describe, rename, merge, split, retire, restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from protolabel.errors import ClassError, ClassExistsError, InputError
from protolabel.label_space.changes.request import ChangeRequest, Material, Needs
from protolabel.label_space.changes.rows import (
    LISTED,
    class_key,
    listed,
    live,
    require_class,
    unknown_example,
)
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.store import Writing


@dataclass(frozen=True)
class Describe(ChangeRequest):
    """Say what classes are, making those that are not there. ``texts``: description by class."""

    kind: ClassVar[str] = "describe"
    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.texts:
            raise InputError("no description", expected="at least one class with its description")
        texts: dict[str, str] = {}
        for name, text in self.texts.items():
            if not isinstance(text, str) or not text.strip():
                raise InputError(
                    f"an empty description of class {name!r}", expected="words that say what it is"
                )
            texts[clean_name(name)] = text.strip()
        object.__setattr__(self, "texts", texts)

    def needs(self, view: View) -> Needs:
        """Return the descriptions."""
        return Needs(texts=tuple(self.texts.values()))

    def write(self, writing: Writing, material: Material) -> None:
        """Describe each class, or make it."""
        new = 0
        for name, text in self.texts.items():
            item = writing.item(text, material.texts[text])
            row = writing.rows.class_named(name, writing.version)
            if row is None:
                writing.new_class(name, item, "given")
                new += 1
            else:
                writing.describe_class(live(row), item, "given")
        writing.summary = f"described {listed(self.texts)}" + (f" ({new} new)" if new else "")
        writing.detail = {"classes": list(self.texts)[:LISTED], "new": new}


@dataclass(frozen=True)
class Rename(ChangeRequest):
    """Another name. Only the name changes: not the prototype, nor the words that describe it."""

    kind: ClassVar[str] = "rename"
    old: str
    new: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "old", clean_name(self.old))
        object.__setattr__(self, "new", clean_name(self.new))

    def write(self, writing: Writing, material: Material) -> None:
        """Give the class its new name, which no class may have."""
        row = require_class(writing, self.old, retired=True)
        taken = writing.rows.class_named(self.new, writing.version)
        if taken is not None:
            raise ClassExistsError(
                f"a class named {self.new!r} exists" + (" (retired)" if taken.retired else ""),
                expected="a name that no class has",
                remedy="merge instead: "
                f"protolabel merge {self.old!r} {self.new!r} --into {self.new!r}",
            )
        writing.rename_class(row, self.new)
        writing.summary = f"renamed {self.old!r} to {self.new!r}"
        writing.detail = {"from": self.old, "to": self.new}


@dataclass(frozen=True)
class Merge(ChangeRequest):
    """Make one class of several; ``into`` may be one of them, or new."""

    kind: ClassVar[str] = "merge"
    labels: Sequence[str]
    into: str

    def __post_init__(self) -> None:
        labels = tuple(dict.fromkeys(clean_name(label) for label in self.labels))
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "into", clean_name(self.into))

    def needs(self, view: View) -> Needs:
        """Return the name of the class that may be new."""
        return Needs(names=(self.into,))

    def write(self, writing: Writing, material: Material) -> None:
        """Move the examples of the other classes, and end those."""
        rows = {name: require_class(writing, name) for name in self.labels}
        if not set(rows) - {self.into}:
            raise InputError(
                f"a merge of {listed(rows)} into {self.into!r}",
                expected="at least one other class",
                remedy="to change the name alone, rename it",
            )
        target, _ = class_key(writing, self.into, material)
        moved = 0
        for name, row in rows.items():
            if name == self.into:
                continue
            for example in writing.rows.examples(row.key, writing.version):
                writing.move_example(example, target)
                moved += 1
            writing.end_class(row)
        writing.summary = f"merged {listed(rows)} into {self.into!r} ({moved} examples moved)"
        writing.detail = {"from": list(rows), "into": self.into, "moved": moved}


@dataclass(frozen=True)
class Split(ChangeRequest):
    """Move members of a class to new classes; the rest stays. ``parts``: example ids by class."""

    kind: ClassVar[str] = "split"
    label: str
    parts: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        parts = {clean_name(part): tuple(ids) for part, ids in self.parts.items()}
        object.__setattr__(self, "label", clean_name(self.label))
        object.__setattr__(self, "parts", parts)

    def needs(self, view: View) -> Needs:
        """Return the names of the parts."""
        return Needs(names=tuple(self.parts))

    def write(self, writing: Writing, material: Material) -> None:
        """Make the parts, and move their members there."""
        row = require_class(writing, self.label)
        members = {e.id: e for e in writing.rows.examples(row.key, writing.version)}
        part_of: dict[str, str] = {}
        for part, ids in self.parts.items():
            if writing.rows.class_named(part, writing.version) is not None:
                raise ClassExistsError(
                    f"a class named {part!r} exists",
                    expected="new names for the parts of a split",
                    remedy="to give examples to an existing class, move them",
                )
            target, _ = class_key(writing, part, material)
            for identity in ids:
                if identity in part_of:
                    raise InputError(
                        f"example {identity!r} in the parts {part_of[identity]!r} and {part!r}",
                        expected="each member in one part",
                    )
                if identity not in members:
                    raise unknown_example(
                        identity, f"one of the {len(members)} examples of {self.label!r}"
                    )
                part_of[identity] = part
                writing.move_example(members[identity], target)
        moved = len(part_of)
        writing.summary = f"split {listed(self.parts)} off {self.label!r} ({moved} examples moved)"
        writing.detail = {"from": self.label, "parts": {k: len(v) for k, v in self.parts.items()}}


@dataclass(frozen=True)
class Retire(ChangeRequest):
    """Take classes out of the answers; examples and descriptions are kept."""

    kind: ClassVar[str] = "retire"
    labels: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", _class_names(self.labels))

    def write(self, writing: Writing, material: Material) -> None:
        """Retire each."""
        for name in self.labels:
            writing.retire_class(require_class(writing, name), retired=True)
        writing.summary = f"retired {listed(self.labels)}"
        writing.detail = {"classes": list(self.labels)}


@dataclass(frozen=True)
class Restore(ChangeRequest):
    """Bring retired classes back into the answers, as they were."""

    kind: ClassVar[str] = "restore"
    labels: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", _class_names(self.labels))

    def write(self, writing: Writing, material: Material) -> None:
        """Restore each."""
        for name in self.labels:
            row = require_class(writing, name, retired=True)
            if not row.retired:
                raise ClassError(f"class {name!r} is not retired", expected="a retired class")
            writing.retire_class(row, retired=False)
        writing.summary = f"restored {listed(self.labels)}"
        writing.detail = {"classes": list(self.labels)}


def _class_names(labels: Sequence[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(clean_name(label) for label in labels))
    if not names:
        raise InputError("no class", expected="the name of at least one")
    return names
