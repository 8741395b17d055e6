"""Changes of the place of classes: under another class, or at the top.

A class that others stand under needs no example: it is made as a bare node then, which answers only
for what stands under it. Merging and splitting keep places by the functions here.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from protolabel.arguments import require_flag
from protolabel.errors import ClassError, InputError, UnknownClassError
from protolabel.label_space.changes.contradictions import note_withdrawn, withdrawn_by_places
from protolabel.label_space.changes.negatives_of_places import NegativesBefore, note_kept
from protolabel.label_space.changes.request import ChangeRequest, Material, NothingToChangeError
from protolabel.label_space.changes.rows import (
    LISTED,
    listed,
    live,
    make_class,
    note_near,
    require_class,
)
from protolabel.label_space.configuration.several_rules import refuse_several
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.person_statements.refusals_of_heirs import note_places
from protolabel.label_space.stored_items.class_levels import MOST_LEVELS
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.stored_items.lookup import class_named
from protolabel.names import class_name, reference
from protolabel.store import ClassRow, Store, Writing
from protolabel.words.quantity import quantity


@dataclass(frozen=True)
class Nest(ChangeRequest):
    """Put classes under others, or at the top. All or none.

    Attributes:
        parents: the class above each class; None for the top.
        new: whether a class above that is not there is made.
    """

    kind: ClassVar[str] = "nest"
    parents: Mapping[str, str | None]
    new: bool = False

    def __post_init__(self) -> None:
        require_flag(self.new, "new")
        object.__setattr__(self, "parents", clean_parents(self.parents))
        if not self.parents:
            raise InputError("no class to put under another", expected="at least one")

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Put each in its place, once all of them have one."""
        refuse_levels(writing, self.parents)
        places = nest(writing, self.parents, new=self.new)
        new, moves = places.new, places.moves
        if not moves:
            raise NothingToChangeError(
                f"nothing to move: {listed(list(self.parents))} in that place already", {}
            )
        writing.summary = _summary({child: self.parents[child] for child in moves})
        writing.summary += f" ({len(new)} new)" if new else ""
        writing.detail = {
            "parents": {child: self.parents[child] for child in moves[:LISTED]},
            "moved": len(moves),
            "new": len(new),
        }
        note_near(writing, indexes, new)
        places.note(writing)

    def note_answers(self, store: Store, change: int | None) -> None:
        """Refuse for remembered documents what they were refused for by classes above it."""
        note_places(store, change)


class Places(NamedTuple):
    """What became of classes that were put under others.

    Attributes:
        new: the classes that were made.
        moves: the names of those that have another place now, as the change was given them.
        withdrawals: the ids of the negative examples that the new places contradict, which end.
        negatives: the ids of those that classes have now as a class above had them.
    """

    new: list[str]
    moves: list[str]
    withdrawals: list[str]
    negatives: list[str]

    def note(self, writing: Writing) -> None:
        """Say in the change what became of negative examples."""
        note_kept(writing, self.negatives)
        note_withdrawn(writing, self.withdrawals)


def clean_parents(parents: object) -> dict[str, str | None]:
    """Return the class above each class, by clean names. Raises InputError."""
    if not isinstance(parents, Mapping):
        raise InputError(
            f"classes above others: {repr(parents)[:60]}",
            expected="{class: the class above it, or None for the top}",
        )
    clean: dict[str, str | None] = {}
    for child, parent in parents.items():
        name, above = reference(child), None if parent is None else class_name(parent)
        if clean.get(name, above) != above:
            raise InputError(
                f"class {name!r} under {clean[name]!r} and under {above!r}",
                expected="one class above each",
            )
        clean[name] = above
    return clean


def refuse_levels(writing: Writing, parents: Mapping[str, str | None]) -> None:
    """Raise InputError for a class under another one where documents may have several labels."""
    settings = settings_of(writing.rows, writing.version)
    refuse_several(
        settings.several and any(parent is not None for parent in parents.values()),
        "a class under another one",
        "give each document the labels of both classes",
    )


def places_of(writing: Writing, parents: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the places of classes that are there, and of the classes above these.

    Those of classes whose examples were all left out are of no use.
    """
    present = {name for name in parents if class_named(writing.rows, name, writing.version)}
    below = present
    while below:
        above = {parents[name] for name in below}
        below = {name for name in parents if name in above and name not in present}
        present |= below
    return {name: parent for name, parent in parents.items() if name in present}


def nest(
    writing: Writing, parents: Mapping[str, str | None], *, new: bool, retired: bool = False
) -> Places:
    """Put classes under others, and refuse a place that cannot be.

    Args:
        writing: the change.
        parents: the class above each class; None for the top.
        new: whether a class above that is not there is made.
        retired: whether a class above may be retired.

    Raises:
        UnknownClassError: a class, or without ``new`` a class above, is not there.
        ClassError: a class would stand under itself or too deep, or under a retired one.
    """
    nodes: list[str] = []
    keys: dict[str, int] = {}
    for parent in dict.fromkeys(p for p in parents.values() if p is not None):
        row = class_named(writing.rows, parent, writing.version)
        if row is not None:
            keys[parent] = (row if retired else live(row)).key
        elif new:
            keys[parent] = make_class(writing, parent, None, "none")
            nodes.append(parent)
        else:
            names = (c.name for c in writing.rows.classes(writing.version))
            raise UnknownClassError(parent, names, remedy="add new=True to make it")
    moves, before = [], NegativesBefore.of(writing)
    for child, name in parents.items():
        row = require_class(writing, child, retired=True)
        above = None if name is None else keys[name]
        if row.parent != above:
            writing.put_class_under(row, above)
            moves.append(child)
            keys[child] = row.key
    _refuse_impossible(writing, [keys[child] for child in moves])
    negatives = before.keep(writing)
    withdrawals = withdrawn_by_places(writing, [keys[child] for child in moves])
    return Places(nodes, moves, withdrawals, negatives)


def take_over(writing: Writing, ended: Collection[int], target: int, *, is_new: bool) -> None:
    """Put what stands under classes that end under the class that takes them in.

    A target that stands under one of them takes the place of the topmost of these. A new target
    takes the place that they have in common, and else stands at the top.

    Args:
        writing: the change.
        ended: keys of classes that will end.
        target: key of the class that takes them in.
        is_new: whether it was made in this change.
    """
    parents = writing.rows.class_parents(writing.version)
    if not parents:
        return

    def surviving(key: int) -> int | None:
        above = parents.get(key)
        while above is not None and above in ended:
            above = parents.get(above)
        return above

    place = parents.get(target)
    if is_new:
        places = {surviving(key) for key in ended}
        place = places.pop() if len(places) == 1 else None
    else:
        above = place
        while above is not None:
            if above in ended:
                place = surviving(above)
            above = parents.get(above)
    moves = {child: target for child, parent in parents.items() if parent in ended}
    moves = {child: parent for child, parent in moves.items() if child not in ended}
    for child, parent in (moves | {target: place}).items():
        row = writing.rows.class_with_key(child, writing.version)
        if row.parent != parent:
            writing.put_class_under(row, parent)
    _refuse_impossible(writing)


def put_part_beside(writing: Writing, part: int, whole: ClassRow) -> None:
    """Put a class that was split off another under the same class as that one."""
    if whole.parent is not None:
        row = writing.rows.class_with_key(part, writing.version)
        writing.put_class_under(row, whole.parent)


def _refuse_impossible(writing: Writing, moves: Sequence[int] = ()) -> None:
    """Raise ClassError where a class stands under itself, or under too many others.

    ``moves``: the classes whose new places are to be named as the reason.
    """
    parents = writing.rows.class_parents(writing.version)
    for key in [*(key for key in moves if key in parents), *parents]:
        above, levels = key, 1
        while above in parents:
            above, levels = parents[above], levels + 1
            if above == key or levels > len(parents) + 1:
                raise _circle(writing, key, parents)
        if levels > MOST_LEVELS:
            name = writing.rows.class_with_key(key, writing.version).name
            raise ClassError(
                f"class {name!r} at level {levels}",
                expected=f"at most {MOST_LEVELS} levels",
                remedy="put it under a class that is nearer to the top",
            )


def _circle(writing: Writing, key: int, parents: Mapping[int, int]) -> ClassError:
    pair = (writing.rows.class_with_key(k, writing.version) for k in (key, parents[key]))
    names = [row.name for row in pair]
    return ClassError(
        f"class {names[0]!r} under {names[1]!r}, which stands under it",
        expected="a class that does not stand under it",
        remedy=f"lift that class first: {shlex.join(['protolabel', 'lift', 'SPACE', names[1]])}",
    )


def _summary(parents: Mapping[str, str | None]) -> str:
    lifted = [child for child, parent in parents.items() if parent is None]
    nested = [child for child, parent in parents.items() if parent is not None]
    above = list(dict.fromkeys(p for p in parents.values() if p is not None))
    parts = []
    if nested:
        what = listed(nested) if len(nested) <= 3 else quantity(len(nested), "class")
        parts.append(f"put {what} under {listed(above)}")
    if lifted:
        parts.append(f"lifted {listed(lifted)} to the top")
    return " and ".join(parts)
