"""The change that takes in what another label space exported: settings, classes and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np

from protolabel.arguments import require_flag
from protolabel.arrays import Floats
from protolabel.documents import as_examples
from protolabel.errors import InputError
from protolabel.label_space.changes.contradictions import (
    note_withdrawn,
    refuse_contradictions,
    withdrawn_by,
)
from protolabel.label_space.changes.example_records import ExamplesRequest, example_from_fields
from protolabel.label_space.changes.examples import add_examples
from protolabel.label_space.changes.imported_classes import (
    NEAR,
    ImportedClass,
    describe_imported,
    retire_imported,
)
from protolabel.label_space.changes.negatives import Refutation, write_negatives
from protolabel.label_space.changes.nesting import nest
from protolabel.label_space.changes.repetitions import note_near_copies, note_twins
from protolabel.label_space.changes.request import Material, Needs, NothingToChangeError
from protolabel.label_space.changes.rows import (
    LISTED,
    checked_description,
    listed,
    note_unreadable,
    note_unreadable_examples,
    unreadable_names,
)
from protolabel.label_space.indexes import Indexes
from protolabel.label_space.known_documents import (
    Twin,
    contradicted_items,
    repeated_examples,
    twins_of,
)
from protolabel.label_space.settings import checked_rows
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.quantity import quantity
from protolabel.store import Writing
from protolabel.types import Example


@dataclass(frozen=True)
class Import(ExamplesRequest):
    """Take in classes, in their order, and examples with their ids. All or none.

    Attributes:
        settings: as stored. They are taken up only where there is no class yet; a label space in
            use keeps its own.
        skip_known: leave out examples that are here already, under whatever label.
        unsharpened: classes whose sharpened descriptions were left out, since another encoder made
            these.
    """

    kind: ClassVar[str] = "import"
    classes: Sequence[ImportedClass]
    examples: Sequence[Example]
    settings: Mapping[str, str] = field(default_factory=dict)
    skip_known: bool = False
    unsharpened: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", checked_rows(self.settings, "an import"))
        object.__setattr__(self, "examples", tuple(as_examples(self.examples, negatives=True)))
        require_flag(self.skip_known, "skip_known")
        if not self.classes and not self.examples and not self.settings:
            raise InputError("an export of nothing", expected="settings, classes or examples")
        for imported in self.classes:
            if imported.description is not None:
                checked_description(imported.description, imported.label)
        labels = [clean_name(c.label) for c in self.classes]
        if len(set(labels)) < len(labels):
            twice = next(label for label in labels if labels.count(label) > 1)
            raise InputError(f"class {twice!r} twice in an export", expected="each class once")

    def needs(self, view: View) -> Needs:
        """Return descriptions, examples, and the names of classes that have no line."""
        texts = [c.description for c in self.classes if c.description]
        return replace(super().needs(view), descriptions=tuple(texts))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Set, describe, add, and retire last."""
        new = not writing.rows.classes(writing.version)
        if new:
            for key, value in self.settings.items():
                writing.set(key, value)
        effects = {c.label: describe_imported(writing, c, material) for c in self.classes}
        arrivals = [label for label, effect in effects.items() if effect == "made"]
        described = [label for label, effect in effects.items() if effect == "described"]
        sharp = [label for label, effect in effects.items() if effect == "sharpened"]
        nested = {c.label: c.parent for c in self.classes if c.parent and c.label in arrivals}
        if nested:  # a class that was here keeps its place
            nest(writing, nested, new=False, retired=True)
        places = [i for i, example in enumerate(self.examples) if not example.negative]
        positive = [self.examples[i] for i in places]
        items_by_example = self._equal_items(writing, material, indexes)
        equal = self._twins(writing, positive, places, material, indexes)
        twins = repeated_examples(writing, positive, equal)
        repeated = {twin.position for twin in twins}
        additions = [i for i in range(len(positive)) if not (self.skip_known and i in repeated)]
        ids: list[str] = []
        enriched: list[str] = []
        named: list[str] = []
        withdrawn: list[str] = []
        vectors = np.empty((0, 0), np.float32)
        if positive:
            vectors = _as_exported(self.examples, material.vectors)[places]
        if additions:
            examples = [positive[i] for i in additions]
            retired_there = {clean_name(c.label) for c in self.classes if c.retired}
            ids, enriched, named = add_examples(
                writing, examples, vectors[additions], material, retired_there
            )
            withdrawn = withdrawn_by(
                writing, examples, [items_by_example[places[i]] for i in additions]
            )
        refuted = self._refutation(writing, material, items_by_example)
        retired = [c.label for c in self.classes if c.retired and retire_imported(writing, c.label)]
        something = ids or arrivals or described or sharp or retired or refuted.words
        if not (something or (new and self.settings)):
            raise NothingToChangeError(
                f"nothing new: {quantity(len(self.classes), 'class')} and "
                f"{quantity(len(self.examples), 'example')} are here already",
                {
                    "examples": [], "classes": [], "settings": "kept",
                    "known": len(repeated) + refuted.repeated,
                },
            )  # fmt: skip
        labels = [c.label for c in self.classes] or list({e.label: 0 for e in self.examples})
        arrivals += named
        left = [label for label in retired if label not in arrivals]
        writing.summary = _summary(arrivals, enriched, len(ids), described, left)
        if sharp:
            writing.summary += f"; sharpened {listed(sharp)}"
        writing.detail = {
            "examples": ids[:LISTED],
            "classes": labels[:LISTED],
            "settings": "taken up" if new else "kept",
        }
        ids_by_place = {places[i]: id_ for i, id_ in zip(additions, ids, strict=True)}
        note_unreadable_examples(writing, ids_by_place, material)
        texts = {c.label: c.description for c in self.classes}
        changed = [label for label, effect in effects.items() if effect]
        unread = [name for name in changed if texts[name] in material.unreadable_descriptions]
        note_unreadable(writing, unread, unreadable_names(writing, named, material))
        note_twins(writing, positive, twins, dict(zip(additions, ids, strict=True)))
        writing.detail["known"] = len(repeated) + refuted.repeated
        note_near_copies(writing, positive, vectors, equal, indexes)
        note_withdrawn(writing, withdrawn)
        if self.unsharpened:
            n = quantity(len(self.unsharpened), "sharpened description")
            writing.summary += f"; {n} left out, of another encoder: sharpen anew"
            writing.detail["unsharpened"] = list(self.unsharpened)[:LISTED]
        if refuted.words:
            writing.summary += f"; {refuted.words}"
            writing.detail["negatives"] = refuted.added[:LISTED]

    def _equal_items(
        self, writing: Writing, material: Material, indexes: Indexes
    ) -> list[list[int]]:
        """Return the stored items that each example is equal to."""
        if not self.examples:
            return []
        return contradicted_items(writing, self.examples, material.vectors, indexes.texts)

    def _twins(
        self,
        writing: Writing,
        positive: Sequence[Example],
        places: Sequence[int],
        material: Material,
        indexes: Indexes,
    ) -> list[Twin]:
        """Return what the examples that are not negative are equal to."""
        if not positive:
            return []
        vectors = material.vectors[list(places)]
        return twins_of(writing, positive, vectors, indexes.texts)

    def _refutation(
        self, writing: Writing, material: Material, items_by_example: Sequence[Sequence[int]]
    ) -> Refutation:
        """Add the negative examples."""
        places = [i for i, example in enumerate(self.examples) if example.negative]
        if not places:
            return Refutation()
        refuse_contradictions(writing, self.examples, material.vectors)
        vectors = _as_exported(self.examples, material.vectors)[places]
        examples = [self.examples[i] for i in places]
        return write_negatives(writing, examples, vectors, [items_by_example[i] for i in places])

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it."""
        return (
            super().to_dict()
            | {
                "classes": [asdict(imported) for imported in self.classes],
                "settings": dict(self.settings),
                "skip_known": self.skip_known,
            }
            | ({"unsharpened": list(self.unsharpened)} if self.unsharpened else {})
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        try:
            fields: dict[str, Any] = dict(values)
            classes = tuple(ImportedClass(**c) for c in fields.pop("classes"))
            examples = tuple(example_from_fields(e) for e in fields.pop("examples"))
            return cls(classes, examples, **fields)
        except (TypeError, KeyError) as error:
            raise InputError(
                f"a change of kind 'import': {error}", expected="classes, examples and settings"
            ) from error


def _summary(
    arrivals: Sequence[str],
    enriched: Sequence[str],
    examples: int,
    described: Sequence[str],
    retired: Sequence[str],
) -> str:
    """Return what an import did, in a sentence.

    Args:
        arrivals: the classes that were not there.
        enriched: the classes of the examples.
        examples: how many were added.
        described: classes that were there, and got a description.
        retired: classes that were there, and are retired now.
    """
    counts = ((len(arrivals), "class"), (examples, "example"))
    amounts = " and ".join(quantity(n, noun) for n, noun in counts if n)
    labels = {"described": described, "retired": retired}
    parts = [f"{verb} {listed(classes)}" for verb, classes in labels.items() if classes]
    if amounts:
        classes = dict.fromkeys([*arrivals, *enriched])
        parts.insert(0, f"imported {amounts}: {listed(classes)}")
    return "; ".join(parts) or "imported settings"


def _as_exported(examples: Sequence[Example], vectors: Floats) -> Floats:
    """Return the vectors, bit for bit as exported where they came with the examples.

    To bring a vector to length one that has it already may change its last bits.
    """
    exact = vectors.copy()
    for i, example in enumerate(examples):
        if example.embedding is not None:
            vector = np.asarray(example.embedding, dtype=np.float32)
            if np.allclose(vector, vectors[i], rtol=0, atol=NEAR):
                exact[i] = vector
    return exact
