"""What people said by their moves in a sorted folder, read in one go. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from protolabel.batch.sorting.corrections import Correction, corrections
from protolabel.batch.sorting.later_statements import later_statements
from protolabel.batch.sorting.lessons import learned_part, lessons_of
from protolabel.batch.sorting.sorted_folder import SortedFolder
from protolabel.batch.sorting.withdrawn_examples import Withdrawal, Withdrawn, withdrawn_examples
from protolabel.label_space.changes import Correct, Remove
from protolabel.label_space.stored_items.class_levels import class_paths
from protolabel.readers.reports import Unreadable
from protolabel.store.versions_in_force import versions_in_force
from protolabel.types import Example


@dataclass(frozen=True, slots=True)
class FolderReading:
    """What people said by their moves in a sorted folder.

    Attributes:
        moves: the files that they moved or put there, in the order in which they are listed.
        examples: the documents of these files, each with its class.
        decisions: the classes of documents by their keys.
        contents: what the documents of ``decisions`` hold, by their keys.
        taken_back: the classes that documents are not of any more, by their keys.
        withdrawn: the examples that are to be taken back, by the place of each file.
        unread: the places of files that may hold such examples, and cannot be read.
        unusable: the documents that cannot be used.
        corrections: what is to be written down; partial where something cannot be used.
        n_new: how many different examples the label space does not have yet.
        n_learned: how many documents were learned already, of files that were learned in part.
        shared: ids of examples that are none any more, since other mails have them, too.
        statements: of files about which people said something else since, in words, by the places.
    """

    moves: tuple[Correction, ...]
    examples: tuple[Example, ...]
    decisions: Mapping[str, Sequence[str]]
    contents: Mapping[str, str]
    taken_back: Mapping[str, Sequence[str]]
    withdrawn: Mapping[str, Withdrawn]
    unread: Collection[str]
    unusable: tuple[Unreadable, ...]
    corrections: tuple[Correction, ...]
    n_new: int
    n_learned: int
    shared: tuple[str, ...] = ()
    statements: Mapping[str, str] = field(default_factory=dict)

    @property
    def withdrawn_ids(self) -> list[str]:
        """The ids of all examples that are to be taken back, each once."""
        return list(dict.fromkeys(id_ for classes in self.withdrawn.values() for id_ in classes))

    @property
    def documents(self) -> set[bytes]:
        """The keys of the documents that the change decides on."""
        return {bytes.fromhex(key) for key in (*self.decisions, *self.taken_back)}

    @property
    def request(self) -> Correct | Remove | None:
        """The one change that people's moves ask for; None where they ask for none."""
        ids = self.withdrawn_ids
        if self.examples or self.decisions:
            return Correct(
                self.examples, ids, self.decisions, self.shared, self.contents, self.taken_back
            )
        return Remove(ids, self.taken_back) if ids or self.taken_back else None


def folder_reading(folder: SortedFolder) -> FolderReading:
    """Read what people moved in a sorted folder, or put into it."""
    space, root, journal = folder.space, folder.root, folder.journal
    journal.folders.add(class_paths(space.classes()).values())
    in_force = versions_in_force(space.history())
    everything = corrections(root, journal, in_force, folder.current)
    unlearned = [one for one in everything if not one.is_renamed]
    statements = later_statements(folder, unlearned, in_force)
    moves = [one for one in unlearned if one.place not in statements]
    renames = [one for one in everything if one.is_renamed]
    lessons = lessons_of(folder, moves, partial(learned_part, folder, in_force))
    withdrawal = withdrawn_examples(folder, moves, lessons.examples)
    unread = withdrawal.unread
    readable = [one for one in lessons.corrections if one.place not in unread]
    faults = [fault for faults in unread.values() for fault in faults]
    return FolderReading(
        moves=tuple(_with_effect(moves, withdrawal)),
        examples=lessons.examples,
        decisions=lessons.decisions,
        contents=lessons.contents,
        taken_back={
            key: labels for of in withdrawal.decisions.values() for key, labels in of.items()
        },
        withdrawn=withdrawal.examples,
        unread=frozenset(unread),
        unusable=(*lessons.unusable, *faults),
        corrections=(*_with_effect(readable, withdrawal), *renames),
        n_new=lessons.n_new,
        n_learned=lessons.n_learned,
        shared=lessons.shared,
        statements=statements,
    )


def _with_effect(moves: Sequence[Correction], withdrawal: Withdrawal) -> list[Correction]:
    """Return the corrections but for those undone that would take back nothing now."""
    places = {
        place
        for every in (withdrawal.examples, withdrawal.decisions)
        for place, of_place in every.items()
        if of_place
    }
    return [one for one in moves if one.label or not one.undone or one.place in places]
