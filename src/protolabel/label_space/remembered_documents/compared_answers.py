"""Remembered documents beside what a label space answers them now: who would get another answer.

``answer_log`` writes what a person decides about them. Documents of another encoding are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from protolabel.arguments import require_whole
from protolabel.errors import InputError
from protolabel.label_space.answer_path.view_answers import (
    MOST_EXPLAINED,
    explained,
    rows_and_answers,
)
from protolabel.label_space.person_statements.decided_labels import contradicts
from protolabel.label_space.person_statements.refused_classes import RefusedClasses
from protolabel.label_space.rehearsal import present_view
from protolabel.label_space.remembered_documents.remembered import (
    NamesInLog,
    Suggestion,
    remembered_document,
)
from protolabel.label_space.remembered_documents.suggestion_decisions import class_key
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.class_levels import class_paths
from protolabel.label_space.stored_items.lookup import class_named
from protolabel.names import clean_name, reference
from protolabel.types import Document


class ComparedAnswers:
    """The remembered documents of one encoding with the answers that they would get now.

    Args:
        session: of the label space, whose waiting answers are written.
        refined: as in a preview.
    """

    def __init__(self, session: Session, *, refined: bool | None) -> None:
        self._session = session
        self._view, why_none = present_view(session, refined=refined)
        table = session.store.answers
        self._rows, self._encoded, self._answers = rows_and_answers(
            table, self._view, table.rows(), why_none
        )
        self._names = NamesInLog(session.store)

    def suggestions(
        self, *, to: str | None = None, before: str | None = None, evidence: int = 3
    ) -> list[Suggestion]:
        """Return the documents that prefer another class now, surest first.

        See :meth:`AnswerLog.suggestions`.
        """
        require_whole(evidence, "evidence", 0)
        to_key = None if to is None else class_key(self._session.store, to)
        refused = RefusedClasses(self._session.store)
        places = [
            i
            for i in self._labelled(before)
            if (key := self._answers.keys[i]) is not None
            and key != self._names.key(self._rows[i].class_key)
            and not refused.refuses(self._rows[i], key)
            and (to_key is None or key == to_key)
        ]
        places.sort(key=self._answers.sureness, reverse=True)
        return self._listed(places, evidence)

    def declined(self, *, before: str | None = None, evidence: int = 3) -> list[Suggestion]:
        """Return the documents that have a class, and would be *none of these* now, oldest first.

        What a person decided stays as it is: those documents are not among them. Nor are documents
        that were declined before.
        """
        require_whole(evidence, "evidence", 0)
        return self._listed(self._declined(before), evidence)

    def n_declined(self, *, before: str | None = None) -> int:
        """Return how many documents :meth:`declined` would list."""
        return len(self._declined(before))

    def decided_otherwise(
        self, *, before: str | None = None, evidence: int = 3
    ) -> list[Suggestion]:
        """Return the documents that would get another answer now than a person decided, by age.

        An answer of a class above the decided one, or under it, is no other answer.
        """
        require_whole(evidence, "evidence", 0)
        paths = class_paths(self._view.classes())
        places = []
        for i in self._labelled(before):
            row, label = self._rows[i], self._answers.labels[i]
            name = self._names.label(row.class_key)
            if row.person and name is not None:
                labels = () if label is None else (label,)
                if contradicts((name,), labels, paths):
                    places.append(i)
        return self._listed(places, evidence)

    def _declined(self, before: str | None) -> list[int]:
        """Return the places of the documents that have a class, and would have none now."""
        return [
            i
            for i in self._labelled(before)
            if self._answers.keys[i] is None
            and self._rows[i].class_key is not None
            and not self._rows[i].person
        ]

    def _labelled(self, label: str | None) -> Iterator[int]:
        """Yield the places of the documents that have this label; None: of all."""
        name = None if label is None else self._former_name(label)
        for i, row in enumerate(self._rows):
            if name is None or self._names.label(row.class_key) == name:
                yield i

    def _listed(self, places: Sequence[int], evidence: int) -> list[Suggestion]:
        """Return documents with their answers now, the first of them with evidence."""
        first = places[:MOST_EXPLAINED]
        why = explained(self._view, self._encoded, self._answers, first, evidence)
        return [
            Suggestion(
                remembered_document(row := self._rows[i], self._names),
                self._answers.answer(i, Document(row.id, source=row.source), why.get(i)),
            )
            for i in places
        ]

    def _former_name(self, label: str) -> str:
        """Return the name of a class that is here, or that documents have as their label.

        Raises:
            InputError: it is neither.
        """
        rows = self._session.store.rows
        present = class_named(rows, label, rows.version())
        if present is not None:
            return present.name
        present_names = {self._names.label(row.class_key) for row in self._rows}
        for name in (label, reference(label), clean_name(label)):
            if name in present_names:
                return name
        raise InputError(
            f"class {label!r}",
            expected="a class of this label space, or one that remembered documents have",
        )
