"""What becomes of the documents whose decisions a change ends, for a preview. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from protolabel.answers import Answer
from protolabel.label_space.classes_now import ClassesNow
from protolabel.label_space.session import Session
from protolabel.label_space.view import View


@dataclass(frozen=True, slots=True)
class EndedDecision:
    """A document that a person gave a class, and that is open after a change.

    label: that class. next_label: what is remembered of it then; None for no label.
    """

    label: str | None
    next_label: str | None

    def before(self, answer: Answer) -> Answer:
        """Return the answer of now with the class that the person gave."""
        return _decided(answer, self.label, "a person decided so")

    def after(self, answer: Answer) -> Answer:
        """Return the answer after the change with what is remembered then."""
        reason = "the decision ends: the document is open until it is answered again"
        return _decided(answer, self.next_label, reason)


def decisions_now(session: Session) -> dict[bytes, str | None]:
    """Return the classes that people gave remembered documents, by document."""
    classes_now = ClassesNow(session.store.rows, session.store.rows.version())
    rows = session.store.answers.rows()
    return {row.document: classes_now.label(row.class_key) for row in rows if row.person}


def ended_decisions(
    session: Session, decisions: Mapping[bytes, str | None], after: View
) -> dict[bytes, EndedDecision]:
    """Return those of some decisions that a change has ended, by document.

    Args:
        session: the label space, with the change and what it says of remembered documents.
        decisions: those from before the change.
        after: the view of the change.
    """
    classes_now = ClassesNow(session.store.rows, after.version)
    return {
        row.document: EndedDecision(decisions[row.document], classes_now.label(row.class_key))
        for row in session.store.answers.rows()
        if row.document in decisions and not row.person
    }


def _decided(answer: Answer, label: str | None, reason: str) -> Answer:
    return replace(
        answer, label=label, reason=reason, probability=None, chance=None, none_probability=None,
        levels=(),
    )  # fmt: skip
