"""What becomes of the documents whose decisions a change makes, replaces or ends, for a preview.

Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from protolabel.answers import Answer
from protolabel.label_space.person_statements.decided_labels import as_decided
from protolabel.label_space.remembered_documents.remembered import (
    NamesInLog,
    Remembered,
    remembered_document,
)
from protolabel.label_space.session import Session
from protolabel.label_space.view import View

PERSON = "person"  # as ``Remembered.by``


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    """A document that people have decided on, before a change or after it.

    label: what is remembered of it before. next_label: the same after it.
    """

    label: Remembered
    next_label: Remembered

    @property
    def is_open_with_its_label(self) -> bool:
        """Whether nobody decides any more, and what is remembered is the label of the decision.

        That is so where it was decided on before it was labelled: no answer of its own came first.
        """
        return self.next_label.by != PERSON and _labels(self.label) == _labels(self.next_label)

    def before(self, answer: Answer) -> Answer:
        """Return the answer of now with what is remembered."""
        return _with_remembered(answer, self.label, "")

    def after(self, answer: Answer) -> Answer:
        """Return the answer after the change with what is remembered then.

        Of a document that is open with its label, the answer itself is what comes next.
        """
        reason = "the decision ends: the document is open until it is answered again"
        return _with_remembered(answer, self.next_label, reason)


def remembered_now(session: Session) -> dict[bytes, Remembered]:
    """Return what is remembered of documents, by these."""
    names = NamesInLog(session.store)
    rows = session.store.answers.rows()
    return {row.document: remembered_document(row, names) for row in rows}


def changed_decisions(
    session: Session, remembered: Mapping[bytes, Remembered], after: View
) -> dict[bytes, ChangedDecision]:
    """Return those of some remembered documents whose decisions a change alters, by document.

    A document is among them if its label is another one, and a person gave it or gives it, and if
    a decision on it ends.

    Args:
        session: the label space, with the change and what it says of remembered documents.
        remembered: what was remembered before the change.
        after: the view of the change.
    """
    changed = {}
    for document, one in remembered_now(session).items():
        before = remembered.get(document)
        if before is None or PERSON not in (before.by, one.by):
            continue
        if _labels(before) != _labels(one) or one.by != PERSON:
            changed[document] = ChangedDecision(before, one)
    return changed


def _labels(one: Remembered) -> tuple[str, ...]:
    """Return the labels that are remembered of a document; none for *none of these*."""
    return one.labels or (() if one.label is None else (one.label,))


def _with_remembered(answer: Answer, one: Remembered, reason: str) -> Answer:
    """Return an answer with what is remembered of its document."""
    if one.by == PERSON:
        return as_decided(answer, _labels(one))
    return as_decided(answer, _labels(one), reason=reason)
