"""What people said by their moves in a sorted folder, read in one go. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from protolabel.batch.sorting.corrections import Correction, Current, corrections
from protolabel.batch.sorting.journal import Journal
from protolabel.cli.lessons import learned_part, lessons_of
from protolabel.cli.withdrawn_examples import Withdrawn, withdrawn_examples
from protolabel.label_space.changes import Correct, Remove
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.undo import versions_in_force
from protolabel.readers.reports import Unreadable
from protolabel.types import Example


@dataclass(frozen=True, slots=True)
class FolderReading:
    """What people said by their moves in a sorted folder.

    Attributes:
        moves: the files that they moved or put there, in the order in which they are listed.
        examples: the documents of these files, each with its class.
        decisions: the classes of remembered parts of mails among them, by their keys.
        withdrawn: the examples that are to be taken back, by the place of each file.
        unread: the places of files that may hold such examples, and cannot be read.
        unusable: the documents that cannot be used.
        corrections: what is to be written down; partial where something cannot be used.
        n_new: how many different examples the label space does not have yet.
        n_learned: how many documents were learned already, of files that were learned in part.
    """

    moves: tuple[Correction, ...]
    examples: tuple[Example, ...]
    decisions: Mapping[str, Sequence[str]]
    withdrawn: Mapping[str, Withdrawn]
    unread: Collection[str]
    unusable: tuple[Unreadable, ...]
    corrections: tuple[Correction, ...]
    n_new: int
    n_learned: int

    @property
    def withdrawn_ids(self) -> list[str]:
        """The ids of all examples that are to be taken back, each once."""
        return list(dict.fromkeys(id_ for classes in self.withdrawn.values() for id_ in classes))

    @property
    def request(self) -> Correct | Remove | None:
        """The one change that people's moves ask for; None where they ask for none."""
        ids = self.withdrawn_ids
        if self.examples:
            return Correct(self.examples, ids, self.decisions)
        return Remove(ids) if ids else None


def folder_reading(
    space: LabelSpace, root: Path, journal: Journal, options: dict[str, Any], current: Current
) -> FolderReading:
    """Read what people moved in a sorted folder, or put into it.

    Args:
        space: the label space.
        root: the sorted folder.
        journal: its journal.
        options: how files are read.
        current: such as :meth:`CurrentNames.name`.
    """
    in_force = versions_in_force(space.history())
    everything = corrections(root, journal, in_force, current)
    moves = [one for one in everything if not one.is_renamed]
    renames = [one for one in everything if one.is_renamed]
    part = partial(learned_part, space.view(), journal, in_force)
    lessons = lessons_of(space, root, moves, options, part)
    withdrawn, unread = withdrawn_examples(
        space, root, journal, moves, lessons.examples, options, current
    )
    readable = [one for one in lessons.corrections if one.place not in unread]
    faults = [fault for faults in unread.values() for fault in faults]
    return FolderReading(
        moves=tuple(_with_effect(moves, withdrawn)),
        examples=lessons.examples,
        decisions=lessons.decisions,
        withdrawn=withdrawn,
        unread=frozenset(unread),
        unusable=(*lessons.unusable, *faults),
        corrections=(*_with_effect(readable, withdrawn), *renames),
        n_new=lessons.n_new,
        n_learned=lessons.n_learned,
    )


def _with_effect(
    moves: Sequence[Correction], withdrawn: Mapping[str, Withdrawn]
) -> list[Correction]:
    """Return the corrections but for those undone that would take back nothing now."""
    return [one for one in moves if one.label or not one.undone or withdrawn.get(one.place)]
