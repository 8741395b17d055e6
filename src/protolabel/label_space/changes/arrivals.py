"""The examples that a change brings in: new ones are added, and what they contradict ends.

The change that adds examples and the one that imports them take these steps in this order: which
documents are here already is found first, then the new examples are added, then the negative
examples that contradict them end, and the negative ones that came along are written last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from protolabel.arrays import Floats
from protolabel.label_space.changes.contradictions import refuse_contradictions, withdrawn_by
from protolabel.label_space.changes.negatives import Refutation, refuse_taken_id, write_negatives
from protolabel.label_space.changes.repetitions import note_near_copies, note_twins
from protolabel.label_space.changes.request import Material
from protolabel.label_space.changes.rows import ensure_class, note_unreadable_examples
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.known_documents import (
    equal_items,
    repeated_examples,
    twins_of,
)
from protolabel.label_space.stored_items.lookup import taken_id
from protolabel.store import Writing
from protolabel.types import Example


class Arrivals:
    """The examples of a change, and which of them are here already.

    Args:
        writing: the change, before any of the examples is written.
        examples: all of them, negative ones too.
        vectors: (n, d), of the examples, as they are to be stored.
        indexes: what is here already.
        skip_known: leave out those that are here already.

    Attributes:
        positive: those that are of their class.
        negative: those that are not.
        items: of all of them, the stored items that each is equal to.
        n_known: how many of the positive ones are here already.
    """

    def __init__(
        self,
        writing: Writing,
        examples: Sequence[Example],
        vectors: Floats,
        indexes: Indexes,
        *,
        skip_known: bool,
    ) -> None:
        self._writing, self._indexes, self._skip_known = writing, indexes, skip_known
        self._examples, self._vectors = examples, vectors
        self._positions = [i for i, example in enumerate(examples) if not example.negative]
        self.positive = [examples[i] for i in self._positions]
        self.negative = [example for example in examples if example.negative]
        self.items = equal_items(writing, examples, vectors, indexes.texts)
        items = [self.items[i] for i in self._positions]
        self._equal = twins_of(writing, self.positive, vectors[self._positions], items)
        self._twins = repeated_examples(writing, self.positive, self._equal)
        known_positions = {twin.position for twin in self._twins}
        self.n_known = len(known_positions)
        self._additions = [
            i for i in range(len(self.positive)) if not (skip_known and i in known_positions)
        ]
        self._ids: dict[int, str] = {}  # of those that were added, by their place in ``positive``

    def add(
        self, material: Material, retired: Collection[str] = ()
    ) -> tuple[list[str], list[str], list[str]]:
        """Add the positive ones; return what :func:`add_examples` does."""
        examples = [self.positive[i] for i in self._additions]
        vectors = self._vectors[self._positions][self._additions]
        ids, labels, new = add_examples(
            self._writing, examples, vectors, material, retired, skip_known=self._skip_known
        )
        self._ids = dict(zip(self._additions, ids, strict=True))
        return ids, labels, new

    def withdraw_contradicted(self) -> list[str]:
        """End the negative examples that the added ones contradict; return their ids."""
        if not self._writing.rows.has_negatives(self._writing.version):
            return []
        return withdrawn_by(
            self._writing,
            [self.positive[i] for i in self._ids],
            [self.items[self._positions[i]] for i in self._ids],
        )

    def note_unreadable(self, material: Material) -> None:
        """Say which of the added ones the encoder cannot read."""
        ids = {self._positions[i]: id_ for i, id_ in self._ids.items()}
        note_unreadable_examples(self._writing, ids, material)

    def note_known(self) -> None:
        """Say how many of the positive ones are here already, or are near copies."""
        note_twins(self._writing, self.positive, self._twins, self._ids)
        vectors = self._vectors[self._positions]
        note_near_copies(self._writing, self.positive, vectors, self._equal, self._indexes)

    def refute(self) -> Refutation:
        """Write the negative ones, after all else, and end the examples that contradict them.

        Raises:
            InputError: the change says of one document that it is of a class and is not.
        """
        if not self.negative:
            return Refutation()
        refuse_contradictions(self._writing, self._examples, self._vectors)
        positions = [i for i, example in enumerate(self._examples) if example.negative]
        items = [self.items[i] for i in positions]
        return write_negatives(
            self._writing,
            self.negative,
            self._vectors[positions],
            items,
            skip_known=self._skip_known,
        )


def add_examples(
    writing: Writing,
    examples: Sequence[Example],
    vectors: Floats,
    material: Material,
    retired: Collection[str] = (),
    *,
    skip_known: bool = False,
) -> tuple[list[str], list[str], list[str]]:
    """Make the classes that are new, then add each example with its row of ``vectors``, (n, d).

    ``retired``: classes that take examples though they may be retired here. ``skip_known``: whether
    those that are here already were left out, which the error about an id says.

    Returns:
        the ids of the examples, the names of their classes, and those of the new classes.
    """
    keys: dict[str, int] = {}
    new: list[str] = []
    for label in dict.fromkeys(example.label for example in examples):
        keys[label], is_new = ensure_class(writing, label, material, retired=label in retired)
        if is_new:
            new.append(label)
    ids: dict[str, None] = {}
    for example, vector in zip(examples, vectors, strict=True):
        if example.id:
            if example.id in ids:
                raise taken_id(example, skip_known=skip_known)
            refuse_taken_id(writing, example, skip_known=skip_known)
        item = writing.item(example.text, vector, example.image)
        ids[writing.add_example(keys[example.label], example.id, item, example.source)] = None
    return list(ids), list(keys), new
