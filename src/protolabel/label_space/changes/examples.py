"""The change that adds examples, negative ones too. Moving and removing stand in ``moves``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import ClassVar, Self

from protolabel.arguments import require_flag
from protolabel.errors import InputError
from protolabel.label_space.changes.arrivals import Arrivals
from protolabel.label_space.changes.contradictions import note_withdrawn
from protolabel.label_space.changes.example_records import (
    ExamplesRequest,
    clean_examples,
    clean_shared,
    end_shared,
    example_from_fields,
    note_shared,
    words_of_refusals,
)
from protolabel.label_space.changes.negatives_of_places import note_kept
from protolabel.label_space.changes.nesting import (
    Places,
    clean_parents,
    nest,
    places_of,
    refuse_levels,
)
from protolabel.label_space.changes.request import Material, NothingToChangeError
from protolabel.label_space.changes.rows import (
    LISTED,
    listed,
    note_near,
    note_unreadable,
    unreadable_names,
)
from protolabel.label_space.person_statements.refusals_of_heirs import note_places
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.store import Store, Writing
from protolabel.types import Example
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Add(ExamplesRequest):
    """Add examples, making classes that are not there. All or none.

    ``skip_known``: leave out those that are here already, under whatever label. ``parents``: the
    class above some of the classes, made where it is not there; None for the top. ``shared``: ids
    of examples that several mails have as their own text; they end.
    """

    kind: ClassVar[str] = "add"
    examples: Sequence[Example]
    skip_known: bool = False
    parents: Mapping[str, str | None] = field(default_factory=dict)
    shared: Sequence[str] = ()

    def __post_init__(self) -> None:
        require_flag(self.skip_known, "skip_known")
        object.__setattr__(self, "examples", clean_examples(self.examples, "no examples"))
        object.__setattr__(self, "parents", clean_parents(self.parents))
        object.__setattr__(self, "shared", clean_shared(self.shared))

    def note_answers(self, store: Store, change: int | None) -> None:
        """Refuse for remembered documents what they are not of, also in new places of classes."""
        super().note_answers(store, change)
        if self.parents:
            note_places(store, change)

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Make the classes that are new, then add each example; negative ones come last."""
        shared = end_shared(writing, self.shared)
        arrivals = Arrivals(
            writing, self.examples, material.vectors, indexes, skip_known=self.skip_known
        )
        if arrivals.positive:
            try:
                self._write_positive(writing, material, indexes, arrivals)
            except NothingToChangeError:
                if not arrivals.negative:
                    raise
        if arrivals.negative:
            self._write_negative(writing, arrivals)
        note_shared(writing, shared)

    def _write_positive(
        self, writing: Writing, material: Material, indexes: Indexes, arrivals: Arrivals
    ) -> None:
        """Add the examples that are of their class, and put the classes in their places."""
        n = len(arrivals.positive)
        if self.skip_known and arrivals.n_known == n:
            self._write_places(writing, indexes, n)
            return
        ids, labels, new = arrivals.add(material)
        writing.summary = f"added {quantity(len(ids), 'example')}"
        writing.summary += f" to {listed(labels)}" if labels else ""
        writing.summary += f" ({len(new)} new)" if new else ""
        writing.detail = {"examples": ids[:LISTED], "classes": labels[:LISTED], "new": len(new)}
        writing.detail["added"] = len(ids)
        arrivals.note_unreadable(material)
        note_unreadable(writing, names=unreadable_names(writing, new, material))
        withdrawals: list[str] = []
        if self.parents:
            places = self._nest(writing)
            new, withdrawals = [*new, *places.new], places.withdrawals
            writing.detail["nested"] = len(places.moves)
            writing.summary += f"; {quantity(len(places.moves), 'class')} put under others"
            note_kept(writing, places.negatives)
        certain = {example.label for example in self.examples if example.is_name}
        note_near(writing, indexes, new, certain=certain)
        arrivals.note_known()
        note_withdrawn(writing, [*withdrawals, *arrivals.withdraw_contradicted()])

    def _nest(self, writing: Writing) -> Places:
        """Put the classes in their places."""
        refuse_levels(writing, self.parents)
        return nest(writing, places_of(writing, self.parents), new=True)

    def _write_places(self, writing: Writing, indexes: Indexes, n: int) -> None:
        """Put classes in their places where all of the n examples are here already."""
        detail: dict[str, object] = {"examples": [], "classes": [], "new": 0, "known": n}
        places = self._nest(writing)
        if not places.moves:
            raise NothingToChangeError(
                f"nothing new: {'the example is' if n == 1 else f'all {n:,} examples are'} here "
                "already",
                detail,
            )
        n_moves = len(places.moves)
        writing.summary = f"{quantity(n_moves, 'class')} put under others; no example is new"
        writing.detail = detail | {"new": len(places.new), "nested": n_moves}
        note_near(writing, indexes, places.new)
        places.note(writing)

    def _write_negative(self, writing: Writing, arrivals: Arrivals) -> None:
        """Write the examples that are not of their class."""
        refutation = arrivals.refute()
        if not refutation.words and not writing.summary:
            raise NothingToChangeError(
                "nothing new: it is so already",
                {"examples": [], "classes": [], "new": 0, "known": len(self.examples)},
                words_of_refusals(example.label for example in arrivals.negative),
            )
        if refutation.words:
            writing.summary += ("; " if writing.summary else "") + refutation.words
        writing.detail = {"examples": [], "classes": [], "new": 0} | writing.detail
        writing.detail |= {"known": arrivals.n_known + refutation.repeated}
        writing.detail |= {"negatives": refutation.added[:LISTED]}
        writing.detail |= {"removed": refutation.removed[:LISTED]} if refutation.removed else {}

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it."""
        parents = {"parents": dict(self.parents)} if self.parents else {}
        shared = {"shared": list(self.shared)} if self.shared else {}
        return super().to_dict() | {"skip_known": self.skip_known} | parents | shared

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
        return cls(records, bool(skip_known), parents, clean_shared(values.get("shared", [])))
