"""Changes of classes: describe, rename, merge, split."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from protolabel.errors import ClassExistsError, InputError
from protolabel.label_space.changes.contradictions import note_withdrawn, withdrawn_by_places
from protolabel.label_space.changes.equal_examples import content_key, move_once, words_of_ends
from protolabel.label_space.changes.negatives import split_negatives
from protolabel.label_space.changes.negatives_of_places import NegativesBefore, note_kept
from protolabel.label_space.changes.nesting import put_part_beside, take_over
from protolabel.label_space.changes.request import ChangeRequest, Material, Needs
from protolabel.label_space.changes.rows import (
    LISTED,
    checked_description,
    distinct_names,
    distinct_strings,
    ensure_class,
    listed,
    live,
    make_class,
    note_near,
    note_unreadable,
    require_class,
    unknown_example,
)
from protolabel.label_space.person_statements.corrected_answers import note_labels_of_examples
from protolabel.label_space.person_statements.refusals_of_heirs import note_merge, note_split
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.lookup import class_named, example_named
from protolabel.label_space.view import View
from protolabel.names import class_name, clean_name, reference, refuse_reserved, words_of
from protolabel.store import ClassRow, Store, Writing
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Describe(ChangeRequest):
    """Say what classes are, making those that are not there. ``texts``: description by class."""

    kind: ClassVar[str] = "describe"
    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        if not isinstance(self.texts, Mapping):
            raise InputError(
                f"descriptions: a {type(self.texts).__name__}",
                expected="a class with its description, or {class: description}",
            )
        if not self.texts:
            raise InputError("no description", expected="at least one class with its description")
        texts: dict[str, str] = {}
        for name, text in self.texts.items():
            label = clean_name(name)
            words = checked_description(text, label)
            if texts.get(label, words) != words:
                raise InputError(
                    f"class {label!r}: two descriptions", expected="one description a class"
                )
            texts[label] = words
        object.__setattr__(self, "texts", texts)

    def needs(self, view: View) -> Needs:
        """Return the descriptions."""
        return Needs(descriptions=tuple(self.texts.values()))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Describe each class, or make it."""
        new: list[str] = []
        for name, text in self.texts.items():
            item = writing.item(text, material.descriptions[text])
            row = writing.rows.class_named(name, writing.version)
            if row is None:
                make_class(writing, name, item, "given")
                new.append(name)
            else:
                writing.describe_class(live(row), item, "given")
        writing.summary = f"described {listed(self.texts)}" + (f" ({len(new)} new)" if new else "")
        writing.detail = {"classes": list(self.texts)[:LISTED], "new": len(new)}
        illegible = [
            name for name, text in self.texts.items() if text in material.unreadable_descriptions
        ]
        note_unreadable(writing, illegible)
        note_near(writing, indexes, new)


@dataclass(frozen=True)
class Rename(ChangeRequest):
    """Give a class another name.

    Only the name changes: not the prototype, nor the words that describe it.
    """

    kind: ClassVar[str] = "rename"
    old: str
    new: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "old", reference(self.old))
        object.__setattr__(self, "new", class_name(self.new))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Give the class its new name, which no class may have."""
        row = require_class(writing, self.old, retired=True)
        namesake = writing.rows.class_named(self.new, writing.version)
        if namesake is not None and namesake.key == row.key:
            raise InputError(
                f"a rename of {row.name!r} to {self.new!r}, which is its name",
                expected="another name",
            )
        if namesake is not None:
            raise ClassExistsError(
                f"a class named {self.new!r} exists" + (" (retired)" if namesake.retired else ""),
                expected="a name that no class has",
                remedy="merge instead: "
                + shlex.join(["protolabel", "merge", "SPACE", self.old, self.new])
                + f" --into {shlex.quote(self.new)}",
            )
        refuse_reserved(self.new)
        writing.rename_class(row, self.new)
        writing.summary = f"renamed {row.name!r} to {self.new!r}"
        if row.description and row.description.casefold() != words_of(self.new).casefold():
            writing.summary += f"; it stays described by the words {row.description!r}"
        writing.detail = {"from": row.name, "to": self.new, "description": row.description}
        note_near(writing, indexes, [self.new], without={row.name})


@dataclass(frozen=True)
class Merge(ChangeRequest):
    """Make one class of several; ``into`` may be one of them, or new.

    A class that no person has described takes the description of the others, if they have just one.
    """

    kind: ClassVar[str] = "merge"
    labels: Sequence[str]
    into: str

    def __post_init__(self) -> None:
        labels = tuple(
            reference(label) for label in distinct_names(self.labels, "classes to merge")
        )
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "into", class_name(self.into))

    def needs(self, view: View) -> Needs:
        """Return the name of the class that may be new, and the descriptions that people wrote."""
        texts = {c.name: c.description for c in view.classes() if c.description_from == "given"}
        descriptions = {texts.get(label) or texts.get(clean_name(label)) for label in self.labels}
        return Needs(descriptions=tuple(sorted(filter(None, descriptions))), names=(self.into,))

    def note_answers(self, store: Store, change: int | None) -> None:
        """Refuse the class for remembered documents that are of none of those that it was."""
        note_merge(store, self.labels, self.into, change)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Move the examples of the other classes and what stands under them, and end those.

        A document that comes with several of them, or is there already, stands there once.
        A description that people wrote is kept: a class that has none of its own takes it, if there
        is only one; what is not in force any more stands in the detail.
        """
        rows = {row.key: row for row in (require_class(writing, name) for name in self.labels)}
        into = class_named(writing.rows, self.into, writing.version)
        if not set(rows) - ({into.key} if into else set()):
            raise InputError(
                f"a merge of {listed([r.name for r in rows.values()])} into {self.into!r}",
                expected="at least one other class",
                remedy="to change the name alone, rename it",
            )
        target, is_new = ensure_class(writing, into.name if into else self.into, material)
        sources = [row for row in rows.values() if row.key != target]
        keys, before = {*rows, *({into.key} if into else set())}, NegativesBefore.of(writing)
        take_over(writing, {row.key for row in sources}, target, is_new=is_new)
        before.merge(writing, keys, target)
        stored = () if is_new else writing.rows.examples(target, writing.version)
        members = [m for row in sources for m in writing.rows.examples(row.key, writing.version)]
        moves, ends = move_once(writing, members, target, set(map(content_key, stored)))
        for row in sources:
            writing.end_class(writing.rows.class_with_key(row.key, writing.version))
        negatives = before.keep(writing, keys)
        withdrawals = withdrawn_by_places(writing, [target])
        names = [row.name for row in rows.values()]
        examples = quantity(len(moves), "example")
        merged = f"merged {listed(names)} into {self.into!r} ({examples} moved)"
        writing.summary = "; ".join(filter(None, (merged, words_of_ends(ends, self.into))))
        writing.detail = {"from": names, "into": self.into, "moved": len(moves)}
        writing.detail |= {"removed": ends[:LISTED]} if ends else {}
        self._keep_descriptions(writing, sources, material, target)
        note_kept(writing, negatives)
        note_withdrawn(writing, withdrawals)
        if is_new:
            note_near(writing, indexes, [self.into], without=names)

    def _keep_descriptions(
        self, writing: Writing, sources: list[ClassRow], material: Material, target: int
    ) -> None:
        """Say which description is in force, and keep in the detail the words of the others."""
        descriptions = {r.name: r.description for r in sources if r.described_by == "given"}
        if not descriptions:
            return
        texts = list(dict.fromkeys(text for text in descriptions.values() if text))
        row = writing.rows.class_with_key(target, writing.version)
        lacks_one = row.described_by != "given"
        if lacks_one and len(texts) == 1 and texts[0] in material.descriptions:
            writing.describe_class(
                row, writing.item(texts[0], material.descriptions[texts[0]]), "given"
            )
            writing.summary += f"; it takes the description {texts[0]!r}"
            return
        writing.detail["descriptions"] = descriptions
        verb = "description is" if len(descriptions) == 1 else "descriptions are"
        writing.summary += f"; the {verb} no longer in force: {listed(texts)}"


@dataclass(frozen=True)
class Split(ChangeRequest):
    """Move members of a class to new classes; the rest stays. ``parts``: example ids by class."""

    kind: ClassVar[str] = "split"
    label: str
    parts: Mapping[str, Sequence[str]]

    def __post_init__(self) -> None:
        if not isinstance(self.parts, Mapping) or not self.parts:
            raise InputError(
                f"parts of a split: {repr(self.parts)[:60]}", expected="{new class: example ids}"
            )
        parts = {
            class_name(part): distinct_strings(
                [ids] if isinstance(ids, str) else ids, f"part {part!r}"
            )
            for part, ids in self.parts.items()
        }
        if len(parts) < len(self.parts):
            raise InputError("two parts of one name", expected="a name for each part")
        object.__setattr__(self, "label", reference(self.label))
        object.__setattr__(self, "parts", parts)

    def needs(self, view: View) -> Needs:
        """Return the names of the parts."""
        return Needs(names=tuple(self.parts))

    @property
    def reads_answers(self) -> bool:
        """Whether it concerns documents that were answered: each member that moves may be one."""
        return True

    def note_answers(self, store: Store, change: int | None) -> None:
        """Give remembered documents the parts that their examples were moved to, or refuse them."""
        labels = {id_: [part] for part, ids in self.parts.items() for id_ in ids}
        note_labels_of_examples(store, labels, change, others_stay=True, follows=True)
        note_split(store, self.label, self.parts, change)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Make the parts, and move their members there."""
        row = require_class(writing, self.label)
        members = {e.id: e for e in writing.rows.examples(row.key, writing.version)}
        part_of: dict[str, str] = {}
        targets: list[int] = []
        for part, ids in self.parts.items():
            if writing.rows.class_named(part, writing.version) is not None:
                raise ClassExistsError(
                    f"a class named {part!r} exists",
                    expected="new names for the parts of a split",
                    remedy="to give examples to an existing class, move them",
                )
            target, _ = ensure_class(writing, part, material)
            targets.append(target)
            put_part_beside(writing, target, row)
            for identity in ids:
                member = example_named(writing.rows, identity, writing.version)
                if member is not None and member.id in part_of:
                    raise InputError(
                        f"example {identity!r} in the parts {part_of[member.id]!r} and {part!r}",
                        expected="each member in one part",
                    )
                if member is None or member.id not in members:
                    raise unknown_example(
                        identity, f"one of the {quantity(len(members), 'example')} of {row.name!r}"
                    )
                part_of[member.id] = part
                writing.move_example(member, target)
        split_negatives(writing, row.key, targets)
        examples = quantity(len(part_of), "example")
        writing.summary = f"split {listed(self.parts)} off {row.name!r} ({examples} moved)"
        writing.detail = {"from": row.name, "parts": {k: len(v) for k, v in self.parts.items()}}
        note_near(writing, indexes, list(self.parts))
