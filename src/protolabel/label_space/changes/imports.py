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
from protolabel.label_space.changes.arrivals import Arrivals
from protolabel.label_space.changes.contradictions import note_withdrawn
from protolabel.label_space.changes.example_records import (
    ExamplesRequest,
    example_from_fields,
    words_of_refusals,
)
from protolabel.label_space.changes.imported_classes import (
    NEAR,
    ImportedClass,
    describe_imported,
    retire_imported,
)
from protolabel.label_space.changes.later_statements import say_again
from protolabel.label_space.changes.nesting import nest
from protolabel.label_space.changes.request import Material, Needs, NothingToChangeError
from protolabel.label_space.changes.rows import (
    LISTED,
    checked_description,
    listed,
    note_unreadable,
    unreadable_names,
)
from protolabel.label_space.configuration.settings import checked_rows
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.store import Writing
from protolabel.types import Example
from protolabel.words.quantity import quantity

_NO_VECTORS = np.empty((0, 0), np.float32)


@dataclass(frozen=True)
class Import(ExamplesRequest):
    """Take in classes, in their order, and examples with their ids. All or none.

    Attributes:
        settings: as stored. They are taken up only where there is no class yet; a label space in
            use keeps its own.
        skip_known: leave out examples that are here already, under whatever label.
        unsharpened: classes whose sharpened descriptions were left out, since another encoder made
            these.
        order: the places of examples among what people said, by ids; the later, the higher. An
            example without one was before all of these.
    """

    kind: ClassVar[str] = "import"
    over_http: ClassVar[bool] = False
    classes: Sequence[ImportedClass]
    examples: Sequence[Example]
    settings: Mapping[str, str] = field(default_factory=dict)
    skip_known: bool = False
    unsharpened: Sequence[str] = ()
    order: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", checked_rows(self.settings, "an import"))
        object.__setattr__(self, "examples", tuple(as_examples(self.examples, negatives=True)))
        require_flag(self.skip_known, "skip_known")
        if not isinstance(self.order, Mapping) or not all(map(is_place, self.order.values())):
            raise InputError("the order of an import", expected="whole numbers from 1 on, by ids")
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
        new_classes = [label for label, effect in effects.items() if effect == "made"]
        described = [label for label, effect in effects.items() if effect == "described"]
        sharp = [label for label, effect in effects.items() if effect == "sharpened"]
        nested = {c.label: c.parent for c in self.classes if c.parent and c.label in new_classes}
        if nested:  # a class that was here keeps its place
            nest(writing, nested, new=False, retired=True)
        arrivals = Arrivals(
            writing,
            self.examples,
            _as_exported(self.examples, material) if self.examples else _NO_VECTORS,
            indexes,
            skip_known=self.skip_known,
        )
        retired_there = {clean_name(c.label) for c in self.classes if c.retired}
        ids, enriched, named = arrivals.add(material, retired_there)
        withdrawn = arrivals.withdraw_contradicted()
        refuted = arrivals.refute()
        additions = {*ids, *refuted.added}
        places = say_again(writing, self.examples, arrivals.items, additions, self.order)
        writing.order_statements({**self.order, **places})
        retired = [c.label for c in self.classes if c.retired and retire_imported(writing, c.label)]
        something = ids or new_classes or described or sharp or retired or refuted.words
        if not (something or (new and self.settings)):
            raise self._nothing_new(arrivals.n_known + refuted.repeated)
        labels = [c.label for c in self.classes] or list({e.label: 0 for e in self.examples})
        new_classes += named
        left = [label for label in retired if label not in new_classes]
        parts = [_summary(new_classes, enriched, len(ids), described, left)]
        parts += [f"sharpened {listed(sharp)}"] if sharp else []
        leads = not any(parts) and bool(refuted.words)  # nothing else came in
        parts += [refuted.words] if leads else []
        writing.summary = "; ".join(filter(None, parts)) or "imported settings"
        writing.detail = {
            "examples": ids[:LISTED],
            "added": len(ids),
            "classes": labels[:LISTED],
            "new": len(new_classes),
            "settings": "taken up" if new else "kept",
        }
        arrivals.note_unreadable(material)
        texts = {c.label: c.description for c in self.classes}
        changed = [label for label, effect in effects.items() if effect]
        unread = [name for name in changed if texts[name] in material.unreadable_descriptions]
        note_unreadable(writing, unread, unreadable_names(writing, named, material))
        arrivals.note_known()
        writing.detail["known"] = arrivals.n_known + refuted.repeated
        note_withdrawn(writing, withdrawn)
        if self.unsharpened:
            n = quantity(len(self.unsharpened), "sharpened description")
            writing.summary += f"; {n} left out, of another encoder: sharpen anew"
            writing.detail["unsharpened"] = list(self.unsharpened)[:LISTED]
        if refuted.words:
            writing.summary += "" if leads else f"; {refuted.words}"
            writing.detail["negatives"] = refuted.added[:LISTED]

    def _nothing_new(self, n_known: int) -> NothingToChangeError:
        return NothingToChangeError(
            f"nothing new: {quantity(len(self.classes), 'class')} and "
            f"{quantity(len(self.examples), 'example')} are here already",
            {"examples": [], "classes": [], "settings": "kept", "known": n_known},
            words_of_refusals(example.label for example in self.examples if example.negative),
        )

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
            | ({"order": dict(self.order)} if self.order else {})
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


def is_place(value: object) -> bool:
    """Return whether a value is a place in an order."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _summary(
    new_classes: Sequence[str],
    enriched: Sequence[str],
    examples: int,
    described: Sequence[str],
    retired: Sequence[str],
) -> str:
    """Return what an import did, in a sentence; empty where none of this came in.

    Args:
        new_classes: the classes that were not there.
        enriched: the classes of the examples.
        examples: how many were added.
        described: classes that were there, and got a description.
        retired: classes that were there, and are retired now.
    """
    counts = ((len(new_classes), "class"), (examples, "example"))
    amounts = " and ".join(quantity(n, noun) for n, noun in counts if n)
    labels = {"described": described, "retired": retired}
    parts = [f"{verb} {listed(classes)}" for verb, classes in labels.items() if classes]
    if amounts:
        classes = dict.fromkeys([*new_classes, *enriched])
        parts.insert(0, f"imported {amounts}: {listed(classes)}")
    return "; ".join(parts)


def _as_exported(examples: Sequence[Example], material: Material) -> Floats:
    """Return the vectors of examples, bit for bit as exported where they came with them.

    To bring a vector to length one that has it already may change its last bits.
    """
    exact = material.vectors.copy()
    for vector, example in zip(exact, examples, strict=True):
        if example.embedding is not None:
            exported = np.asarray(example.embedding, dtype=np.float32)
            if np.allclose(exported, vector, rtol=0, atol=NEAR):
                vector[:] = exported
    return exact
