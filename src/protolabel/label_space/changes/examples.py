"""Changes of examples: add, move, remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import ClassVar, Self

import numpy as np

from protolabel.arguments import require_flag
from protolabel.arrays import Floats
from protolabel.documents import as_examples
from protolabel.errors import InputError
from protolabel.images import data_address, from_data_address
from protolabel.label_space.changes.nesting import clean_parents, nest
from protolabel.label_space.changes.request import (
    ChangeRequest,
    Material,
    Needs,
    NothingToChangeError,
    several,
)
from protolabel.label_space.changes.rows import (
    LISTED,
    class_key,
    listed,
    move_one,
    note_near,
    note_unreadable,
    require_examples,
    unreadable_names,
)
from protolabel.label_space.indexes import Indexes
from protolabel.label_space.known_documents import Twin, repeated_examples, twins_of
from protolabel.label_space.lookup import taken_id
from protolabel.label_space.near_texts import near_copies_among
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.quantity import quantity
from protolabel.store import Writing
from protolabel.types import Example


@dataclass(frozen=True)
class Add(ChangeRequest):
    """Add examples, making classes that are not there. All or none.

    ``skip_known``: leave out those that are here already, under whatever label. ``parents``: the
    class above some of the classes, made where it is not there; None for the top.
    """

    kind: ClassVar[str] = "add"
    examples: Sequence[Example]
    skip_known: bool = False
    parents: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_flag(self.skip_known, "skip_known")
        object.__setattr__(self, "examples", clean_examples(self.examples, "no examples"))
        object.__setattr__(self, "parents", clean_parents(self.parents))

    def needs(self, view: View) -> Needs:
        """Return the examples, and the names of their classes."""
        labels = dict.fromkeys(example.label for example in self.examples)
        return Needs(documents=tuple(self.examples), names=tuple(labels))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Make the classes that are new, then add each example."""
        assert material.documents is not None
        equal = twins_of(writing, self.examples, material.documents, indexes.texts)
        twins = repeated_examples(writing, self.examples, equal)
        repeated = {twin.position for twin in twins}
        kept = [i for i in range(len(self.examples)) if not (self.skip_known and i in repeated)]
        if not kept:
            n = len(self.examples)
            raise NothingToChangeError(
                f"nothing new: {'the example is' if n == 1 else f'all {n:,} examples are'} here "
                "already",
                {"examples": [], "classes": [], "new": 0, "known": n},
            )
        examples = [self.examples[i] for i in kept]
        ids, labels, new = add_examples(writing, examples, material.documents[kept], material)
        writing.summary = f"added {quantity(len(ids), 'example')}"
        writing.summary += f" to {listed(labels)}" if labels else ""
        writing.summary += f" ({len(new)} new)" if new else ""
        writing.detail = {"examples": ids[:LISTED], "classes": labels[:LISTED], "new": len(new)}
        unreadable = [ids[kept.index(i)] for i in material.unreadable if i in kept]
        if unreadable:
            some = "it" if len(ids) == 1 else f"{len(unreadable)} of them"
            writing.summary += f"; the encoder cannot read {some}"
            writing.detail["unreadable"] = unreadable[:LISTED]
        note_unreadable(writing, names=unreadable_names(writing, new, material))
        if self.parents:
            above, nested = nest(writing, self.parents, new=True)
            new = [*new, *above]
            writing.detail["nested"] = len(nested)
            writing.summary += f"; {quantity(len(nested), 'class')} put under others"
        note_near(writing, indexes, new)
        note_twins(writing, self.examples, twins, dict(zip(kept, ids, strict=True)))
        note_near_copies(writing, self.examples, equal, indexes)

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it: images as ``data:`` addresses, vectors as lists.

        What an example does not have is left out.
        """
        return {
            "kind": self.kind,
            "examples": [example_fields(example) for example in self.examples],
            "skip_known": self.skip_known,
            **({"parents": dict(self.parents)} if self.parents else {}),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        examples, parents = values.get("examples"), values.get("parents", {})
        skip_known = values.get("skip_known", False)
        own = set(values) <= {f.name for f in fields(cls)} and isinstance(skip_known, bool)
        if not own or not isinstance(examples, list) or not isinstance(parents, Mapping):
            raise InputError(
                "a change of kind 'add'",
                expected='"examples", a list, "skip_known", a bool, and "parents", an object',
            )
        records = tuple(example_from_fields(record) for record in examples)
        return cls(records, bool(skip_known), parents)


@dataclass(frozen=True)
class Move(ChangeRequest):
    """Give examples to another class, which is made if it is not there."""

    kind: ClassVar[str] = "move"
    ids: Sequence[str]
    to: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", several(self.ids, "example ids"))
        object.__setattr__(self, "to", clean_name(self.to))

    def needs(self, view: View) -> Needs:
        """Return the name of the class that may be new."""
        return Needs(names=(self.to,))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Move each."""
        target, is_new = class_key(writing, self.to, material)
        rows = [row for row in require_examples(writing, self.ids) if row.class_key != target]
        if not rows:
            raise NothingToChangeError(f"nothing to move: it stands under {self.to!r} already", {})
        for row in rows:
            move_one(writing, row, target)
        ids = [row.id for row in rows]
        writing.summary = f"moved {listed(ids, 'example')} to {self.to!r}"
        writing.detail = {"examples": ids[:LISTED], "to": self.to}
        note_near(writing, indexes, [self.to] if is_new else [])


@dataclass(frozen=True)
class Remove(ChangeRequest):
    """Remove examples: they count no longer. The history keeps them."""

    kind: ClassVar[str] = "remove"
    ids: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", several(self.ids, "example ids"))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """End each."""
        rows = require_examples(writing, self.ids)
        for row in rows:
            writing.end_example(row)
        ids = [row.id for row in rows]
        writing.summary = f"removed {listed(ids, 'example')}"
        writing.detail = {"examples": ids[:LISTED]}


def clean_examples(examples: Sequence[Example], nothing: str) -> tuple[Example, ...]:
    """Return examples with clean labels. Raises InputError, which says ``nothing``, for none."""
    checked = as_examples(examples)
    if not checked:
        raise InputError(nothing, expected="at least one")
    return tuple(replace(e, label=clean_name(e.label, e.source)) for e in checked)


def add_examples(
    writing: Writing, examples: Sequence[Example], vectors: Floats, material: Material
) -> tuple[list[str], list[str], list[str]]:
    """Make the classes that are new, then add each example with its row of ``vectors``, (n, d).

    Returns:
        the ids of the examples, the names of their classes, and those of the new classes.
    """
    keys: dict[str, int] = {}
    new: list[str] = []
    for label in dict.fromkeys(example.label for example in examples):
        keys[label], is_new = class_key(writing, label, material)
        if is_new:
            new.append(label)
    ids: dict[str, None] = {}
    for example, vector in zip(examples, vectors, strict=True):
        if example.id:
            _refuse_taken_id(writing, example, ids)
        item = writing.item(example.text, vector, example.image)
        ids[writing.add_example(keys[example.label], example.id, item, example.source)] = None
    return list(ids), list(keys), new


def note_twins(
    writing: Writing, examples: Sequence[Example], twins: Sequence[Twin], ids: Mapping[int, str]
) -> None:
    """Say how many examples are here already, and which have another label there.

    Args:
        writing: the change.
        examples: those that came.
        twins: what they are equal to.
        ids: of the examples that were added, by their position; the others were left out.
    """
    repeated = {twin.position for twin in twins}
    writing.detail["known"] = len(repeated)
    if repeated:
        done = "added once more" if repeated <= set(ids) else "left out"
        writing.summary += f"; {len(repeated):,} of {len(examples):,} were here already, {done}"
    two_labels = [
        {
            "example": ids.get(twin.position) or examples[twin.position].id,
            "label": examples[twin.position].label,
            "other": twin.id,
            "other_label": twin.label,
        }
        for twin in twins
        if twin.label != examples[twin.position].label
    ]
    if two_labels:
        writing.detail["two_labels"] = two_labels[:LISTED]
        writing.summary += f"; {quantity(len(two_labels), 'document')} under two labels"


def note_near_copies(
    writing: Writing, examples: Sequence[Example], twins: Sequence[Twin], indexes: Indexes
) -> None:
    """Say how many examples are near copies of others: they count as one document with those.

    Args:
        writing: the change.
        examples: those that came.
        twins: what they are equal to.
        indexes: of the texts that are here.
    """
    equal = {twin.position for twin in twins}
    near = near_copies_among(writing.rows, writing.before, examples, equal, indexes.texts.near)
    writing.detail["near_copies"] = len(near)
    if near:
        are = "is a near copy" if len(near) == 1 else "are near copies"
        writing.summary += f"; {len(near):,} of {len(examples):,} {are} of other examples"


def _refuse_taken_id(writing: Writing, example: Example, ids: Mapping[str, None]) -> None:
    if example.id in ids or writing.rows.example_with_id(example.id, writing.version):
        raise taken_id(example)


def example_fields(example: Example) -> dict[str, object]:
    """Return an example as JSON can hold it; what it does not have is left out."""
    record: dict[str, object] = {"label": example.label}
    if example.text is not None:
        record["text"] = example.text
    if example.image is not None:
        record["image"] = data_address(example.image)
    if example.embedding is not None:
        record["embedding"] = [float(x) for x in np.asarray(example.embedding, dtype=np.float32)]
    if example.id:
        record["id"] = example.id
    if example.source:
        record["source"] = example.source
    return record


def example_from_fields(record: object) -> Example:
    """Return the example of these fields. Raises InputError."""
    own = {f.name for f in fields(Example)}
    if not isinstance(record, dict) or set(record) - own or "label" not in record:
        raise InputError("an example of a change", expected=f'"label", and of {sorted(own)}')
    values = dict(record)
    if isinstance(values.get("image"), str):
        values["image"] = from_data_address(values["image"])
    if values.get("embedding") is not None:
        try:
            values["embedding"] = np.asarray(values["embedding"], dtype=np.float32)
        except (TypeError, ValueError):
            raise InputError(
                "an embedding that is no list of numbers", expected="a list of numbers"
            ) from None
    return Example(**values)
