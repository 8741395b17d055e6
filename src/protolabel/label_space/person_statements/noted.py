"""What is to be written of documents on which a person has decided, before it is written."""

from __future__ import annotations

from typing import NamedTuple

from protolabel.store import AnswerRow, Decision, Store

Pair = tuple[bytes, int]  # a document, and a class that is refused for it


class Noted(NamedTuple):
    """What is to be written of documents on which a person has decided.

    judged: those that are remembered, as they are then. refused: documents with classes that they
    are not of. decisions: on documents that are not remembered.
    """

    judged: list[AnswerRow]
    refused: list[Pair]
    decisions: list[Decision]

    @property
    def documents(self) -> set[bytes]:
        """The documents whose labels are to be written."""
        return {row.document for row in self.judged} | {one.document for one in self.decisions}

    def alters(self, store: Store) -> bool:
        """Return whether a label or a refusal of a document becomes another one.

        A label of the label space's that a person confirms stays what it is.
        """
        documents = {row.document for row in self.judged}
        before = {row.document: row for row in store.answers.rows() if row.document in documents}
        decisions = store.answers.decisions([one.document for one in self.decisions])
        is_other = any(_labels(row) != _labels(before[row.document]) for row in self.judged)
        is_other = is_other or any(one.document in decisions for one in self.decisions)
        pairs = {pair for pair in self.refused if pair[1] > 0}
        return is_other or not pairs <= store.answers.refusals({one for one, _ in pairs})

    def write(self, store: Store, change: int | None) -> None:
        """Write it with the change of this version; None: with none."""
        if any(self):
            store.answers.judge(self.judged, self.refused, change=change, decisions=self.decisions)


def _labels(row: AnswerRow) -> tuple[int, ...]:
    """Return the classes that a remembered document has, whoever gave it them."""
    own = () if row.class_key is None else (row.class_key,)
    return row.decision.classes if row.person else own
