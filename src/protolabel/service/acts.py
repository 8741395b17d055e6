"""Writes down what people do that makes no version; what makes one is in the history."""

from __future__ import annotations

from fastapi import Request

from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.service.roles import name_of
from protolabel.store.act_records import Act, ActRecords
from protolabel.store.side_file import SideFile


def acts_of(space: LabelSpace) -> ActRecords:
    """Return the acts on a label space."""
    return ActRecords(SideFile(space.path), session_of(space).store.rows.identity)


def note_act(request: Request, space: LabelSpace, kind: str, summary: str) -> None:
    """Write down an act in the name of who asks. Raises StoreError where that cannot be done."""
    acts_of(space).add(Act(kind, summary, name_of(request) or session_of(space).who, space.version))
