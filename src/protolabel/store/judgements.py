"""A judgement: what a person's word changes of a remembered answer, and how JSON holds it.

The notes of ``meta`` hold it so: those of ``decision_notes`` and of ``own_answers``. Runs no
statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from protolabel.store.answer_records import AnswerRow

JUDGEMENT = ("class", "probability", "version", "at", "head", "person")
"""The columns of ``answers`` that hold one, in the order of :class:`Judgement`."""
ASSIGNMENTS = ", ".join(f"{column} = ?" for column in JUDGEMENT)  # of a statement


class Judgement(NamedTuple):
    """What is judged of a document; each attribute is that of :class:`AnswerRow`.

    It gives a statement its values, in the order of ``ASSIGNMENTS``.
    """

    class_key: int | None
    probability: float | None
    version: int
    at: str
    head: str
    person: bool

    @classmethod
    def of(cls, row: AnswerRow) -> Judgement:
        """Return the judgement of a row."""
        return cls(row.class_key, row.probability, row.version, row.at, row.head, row.person)

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Judgement:
        """Return what :meth:`to_json` made a list of, or a statement read."""
        class_key, probability, version, at, head, person = values
        return cls(class_key, probability, version, at, head, bool(person))

    def to_json(self) -> list[object]:
        """Return it as JSON can hold it: ``person`` is 0 or 1."""
        return [*self[:-1], int(self.person)]
