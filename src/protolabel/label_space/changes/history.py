"""Changes that go back: undo, redo, return to a version. The log itself never shrinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from protolabel.arguments import require_whole
from protolabel.label_space.changes.request import ChangeRequest, Material
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.undo import (
    redo_target,
    undo_target,
    versions_turned,
)
from protolabel.store import Store, Writing
from protolabel.types import Change
from protolabel.words.change_hints import LOST_DECISIONS


class HistoryRequest(ChangeRequest):
    """A change that goes back: what people decided on documents and proposals goes with it."""

    @property
    def reads_answers(self) -> bool:
        """Whether answers that wait to be remembered must be written before the change."""
        return True

    def detail_of_answers(self, store: Store, writing: Writing) -> Mapping[str, object]:
        """Return :meth:`AnswerTable.lost_decisions` of the changes on the way, if there are any."""
        if writing.reverts is None or not store.answers.has_decisions():
            return {}
        ended, renewed = versions_turned(store.rows, self.kind, writing.version, writing.reverts)
        lost = store.answers.lost_decisions([*ended, *renewed])
        return {LOST_DECISIONS: lost} if lost else {}

    def note_answers(self, store: Store, change: int | None) -> None:
        """Take back or repeat what people decided with the changes on the way."""
        if change is None or not (store.answers.has_decisions() or store.proposals.has_decisions()):
            return
        reverts = next(store.rows.changes(change + 1, 1)).reverts
        assert reverts is not None
        ended, renewed = versions_turned(store.rows, self.kind, change, reverts)
        store.answers.follow(ended, renewed)
        store.proposals.follow(ended, renewed)


@dataclass(frozen=True)
class Undo(HistoryRequest):
    """Go back to what was before the newest change that is in force."""

    kind: ClassVar[str] = "undo"
    decides: ClassVar[bool] = True

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Revert to the version before that change."""
        target = undo_target(writing.rows.changes(before=writing.version))
        _take_back(writing, target)
        writing.summary = f"undid version {target.version}: {target.summary}"


@dataclass(frozen=True)
class Redo(HistoryRequest):
    """Go back to what was before the newest undo."""

    kind: ClassVar[str] = "redo"
    decides: ClassVar[bool] = True

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Revert to the version before that undo."""
        target = redo_target(writing.rows.changes(before=writing.version))
        _take_back(writing, target)
        writing.summary = f"redid what version {target.version} undid"


@dataclass(frozen=True)
class ReturnTo(HistoryRequest):
    """Go back to what was at a version; what came after stays in the history."""

    kind: ClassVar[str] = "return"
    decides: ClassVar[bool] = True
    version: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", require_whole(self.version, "version", 1))

    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Revert to the version, which must have been."""
        writing.rows.require_version(self.version, writing.before)
        writing.revert_to(self.version)
        writing.reverts = self.version
        writing.summary = f"returned to version {self.version}"


def _take_back(writing: Writing, change: Change) -> None:
    """Revert to the version before a change."""
    writing.revert_to(change.version - 1)
    writing.reverts = change.version
