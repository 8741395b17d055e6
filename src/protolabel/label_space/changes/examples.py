"""The change that adds examples, negative ones too. Moving and removing stand in ``moves``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import ClassVar, Self

from protolabel.arguments import require_flag
from protolabel.arrays import Floats
from protolabel.errors import InputError
from protolabel.label_space.changes.contradictions import (
    note_withdrawn,
    refuse_contradictions,
    withdrawn_by,
)
from protolabel.label_space.changes.example_records import (
    ExamplesRequest,
    clean_examples,
    example_from_fields,
)
from protolabel.label_space.changes.negatives import refuse_taken_id, write_negatives
from protolabel.label_space.changes.nesting import (
    clean_parents,
    nest,
    places_of,
    refuse_levels,
)
from protolabel.label_space.changes.repetitions import note_near_copies, note_twins
from protolabel.label_space.changes.request import Material, NothingToChangeError
from protolabel.label_space.changes.rows import (
    LISTED,
    class_key,
    listed,
    note_near,
    note_unreadable,
    note_unreadable_examples,
    unreadable_names,
)
from protolabel.label_space.indexes import Indexes
from protolabel.label_space.known_documents import (
    contradicted_items,
    repeated_examples,
    twins_of,
)
from protolabel.label_space.lookup import taken_id
from protolabel.quantity import quantity
from protolabel.store import Writing
from protolabel.types import Example


@dataclass(frozen=True)
class Add(ExamplesRequest):
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

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Make the classes that are new, then add each example; negative ones come last."""
        items_by_example = contradicted_items(
            writing, self.examples, material.vectors, indexes.texts
        )
        negative = [i for i, example in enumerate(self.examples) if example.negative]
        n_known = 0
        if len(negative) < len(self.examples):
            try:
                n_known = self._write_examples(writing, material, indexes, items_by_example)
            except NothingToChangeError:
                if not negative:
                    raise
                n_known = len(self.examples) - len(negative)
        if negative:
            refuse_contradictions(writing, self.examples, material.vectors)
            self._write_negatives(writing, material, items_by_example, negative, n_known)

    def _write_examples(
        self,
        writing: Writing,
        material: Material,
        indexes: Indexes,
        items_by_example: Sequence[Sequence[int]],
    ) -> int:
        """Add the examples that are not negative, and return how many of them were here already.

        ``items_by_example``: the items that each of all the examples is equal to.
        """
        places = [i for i, example in enumerate(self.examples) if not example.negative]
        examples = [self.examples[i] for i in places]
        vectors = material.vectors[places]
        equal = twins_of(writing, examples, vectors, indexes.texts)
        twins = repeated_examples(writing, examples, equal)
        repeated = {twin.position for twin in twins}
        additions = [i for i in range(len(examples)) if not (self.skip_known and i in repeated)]
        if not additions:
            self._write_places(writing, indexes, len(examples))
            return len(examples)
        added_examples = [examples[i] for i in additions]
        ids, labels, new = add_examples(writing, added_examples, vectors[additions], material)
        writing.summary = f"added {quantity(len(ids), 'example')}"
        writing.summary += f" to {listed(labels)}" if labels else ""
        writing.summary += f" ({len(new)} new)" if new else ""
        writing.detail = {"examples": ids[:LISTED], "classes": labels[:LISTED], "new": len(new)}
        ids_by_place = {places[i]: id_ for i, id_ in zip(additions, ids, strict=True)}
        note_unreadable_examples(writing, ids_by_place, material)
        note_unreadable(writing, names=unreadable_names(writing, new, material))
        ended: list[str] = []
        if self.parents:
            above, nested, ended = self._nest(writing)
            new = [*new, *above]
            writing.detail["nested"] = len(nested)
            writing.summary += f"; {quantity(len(nested), 'class')} put under others"
        note_near(writing, indexes, new)
        note_twins(writing, examples, twins, dict(zip(additions, ids, strict=True)))
        note_near_copies(writing, examples, vectors, equal, indexes)
        ended += withdrawn_by(
            writing, added_examples, [items_by_example[places[i]] for i in additions]
        )
        note_withdrawn(writing, ended)
        return len(repeated)

    def _nest(self, writing: Writing) -> tuple[list[str], list[str], list[str]]:
        """Put the classes in their places; return what ``nest`` does."""
        refuse_levels(writing, self.parents)
        return nest(writing, places_of(writing, self.parents), new=True)

    def _write_places(self, writing: Writing, indexes: Indexes, n: int) -> None:
        """Put classes in their places where all of the n examples are here already."""
        detail: dict[str, object] = {"examples": [], "classes": [], "new": 0, "known": n}
        above, nested, ended = self._nest(writing)
        if not nested:
            raise NothingToChangeError(
                f"nothing new: {'the example is' if n == 1 else f'all {n:,} examples are'} here "
                "already",
                detail,
            )
        writing.summary = f"{quantity(len(nested), 'class')} put under others; no example is new"
        writing.detail = detail | {"new": len(above), "nested": len(nested)}
        note_near(writing, indexes, above)
        note_withdrawn(writing, ended)

    def _write_negatives(
        self,
        writing: Writing,
        material: Material,
        items_by_example: Sequence[Sequence[int]],
        places: Sequence[int],
        n_known: int,
    ) -> None:
        """Add the negative examples; ``n_known``: how many of the others were here already."""
        examples = [self.examples[i] for i in places]
        vectors = material.vectors[list(places)]
        refutation = write_negatives(
            writing, examples, vectors, [items_by_example[i] for i in places]
        )
        if not refutation.words and not writing.summary:
            raise NothingToChangeError(
                "nothing new: it is so already",
                {"examples": [], "classes": [], "new": 0, "known": len(self.examples)},
            )
        if refutation.words:
            writing.summary += ("; " if writing.summary else "") + refutation.words
        writing.detail = {"examples": [], "classes": [], "new": 0} | writing.detail
        writing.detail |= {"known": n_known + refutation.repeated}
        writing.detail |= {"negatives": refutation.added[:LISTED]}
        writing.detail |= {"removed": refutation.removed[:LISTED]} if refutation.removed else {}

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it."""
        parents = {"parents": dict(self.parents)} if self.parents else {}
        return super().to_dict() | {"skip_known": self.skip_known} | parents

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError."""
        examples, parents = values.get("examples"), values.get("parents", {})
        skip_known = values.get("skip_known", False)
        has_known_fields = set(values) <= {f.name for f in fields(cls)} and isinstance(
            skip_known, bool
        )
        if (
            not has_known_fields
            or not isinstance(examples, list)
            or not isinstance(parents, Mapping)
        ):
            raise InputError(
                "a change of kind 'add'",
                expected='"examples", a list, "skip_known", a bool, and "parents", an object',
            )
        records = tuple(example_from_fields(record) for record in examples)
        return cls(records, bool(skip_known), parents)


def add_examples(
    writing: Writing,
    examples: Sequence[Example],
    vectors: Floats,
    material: Material,
    retired: Collection[str] = (),
) -> tuple[list[str], list[str], list[str]]:
    """Make the classes that are new, then add each example with its row of ``vectors``, (n, d).

    ``retired``: classes that take examples though they may be retired here.

    Returns:
        the ids of the examples, the names of their classes, and those of the new classes.
    """
    keys: dict[str, int] = {}
    new: list[str] = []
    for label in dict.fromkeys(example.label for example in examples):
        keys[label], is_new = class_key(writing, label, material, retired=label in retired)
        if is_new:
            new.append(label)
    ids: dict[str, None] = {}
    for example, vector in zip(examples, vectors, strict=True):
        if example.id:
            if example.id in ids:
                raise taken_id(example)
            refuse_taken_id(writing, example)
        item = writing.item(example.text, vector, example.image)
        ids[writing.add_example(keys[example.label], example.id, item, example.source)] = None
    return list(ids), list(keys), new
