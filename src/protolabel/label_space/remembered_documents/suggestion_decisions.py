"""What a person decides along with a change, beside its rows. It decides nothing itself.

``session`` writes a decision in the transaction of the change, so that neither is there without the
other. It is also written where the change itself finds nothing to change. What the label space
decides about a query is in ``ranked_queries``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from protolabel.errors import InputError
from protolabel.label_space.person_statements.refused_classes import RefusedClasses
from protolabel.label_space.person_statements.statements import Statements, documents_meant
from protolabel.label_space.remembered_documents.remembered import Suggestion
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.lookup import class_named
from protolabel.store import AnswerRow, Store
from protolabel.time_stamps import now


class PersonDecision(ABC):
    """Rows that belong to a change and to no version."""

    @property
    def detail(self) -> Mapping[str, object]:
        """What the record of the change says of the decision."""
        return {}

    @abstractmethod
    def write(self, store: Store, change: int | None) -> None:
        """Write the rows, inside the transaction of the change.

        Args:
            store: of the label space.
            change: the version that the change made; None where it found nothing to change.

        Raises:
            ProtolabelError: the decision does not hold any more; nothing is changed then.
        """


@dataclass(frozen=True)
class AcceptedSuggestions(PersonDecision):
    """Documents get the classes that they prefer now; their old labels are not proposed again.

    Equal documents are decided on together.
    """

    suggestions: Sequence[Suggestion]

    def write(self, store: Store, change: int | None) -> None:
        """Judge the documents, if they are as they were listed."""
        rows = suggested_rows(store, self.suggestions)
        newest = store.rows.version()  # a suggestion may be of a version that tuning would make
        judged = [
            replace(
                rows[s.key],
                class_key=class_key(store, s.answer.label),
                probability=s.answer.probability,
                version=min(s.answer.space_version, newest),
                head=s.answer.head,
                at=now(),
                person=True,
            )
            for s in self.suggestions
        ]
        old = [(row.document, row.class_key) for row in rows.values() if row.class_key is not None]
        equal_rows = _equal_rows(store, judged)
        old += _replaced_labels(equal_rows)
        judged += [_decided_like(row, one, newest) for row, one in equal_rows]
        store.answers.judge(judged, old, change=change)


def dismiss(store: Store, suggestions: Sequence[Suggestion]) -> None:
    """Keep the labels of documents, and of equal ones, and refuse the classes suggested for them.

    ``store``: in a transaction of the caller. Raises InputError as :func:`suggested_rows` does.
    """
    rows = suggested_rows(store, suggestions)
    suggested_keys = {
        rows[one.key].content: class_key(store, one.answer.label) for one in suggestions
    }
    judged, newest = [replace(row, person=True) for row in rows.values()], store.rows.version()
    equal_rows = _equal_rows(store, judged)
    refused = _replaced_labels(equal_rows)
    judged += [_decided_like(row, one, newest) for row, one in equal_rows]
    refused += [(row.document, suggested_keys[row.content]) for row in judged]
    store.answers.judge(judged, refused)


def equal_keys(store: Store, suggestions: Sequence[Suggestion]) -> set[str]:
    """Return the keys of the documents that are decided on with these, themselves among them."""
    keys = {one.key for one in suggestions}
    rows = [row for row in store.answers.rows() if row.document.hex() in keys]
    return keys | {row.document.hex() for row, _ in _equal_rows(store, rows)}


def _equal_rows(store: Store, judged: Sequence[AnswerRow]) -> list[tuple[AnswerRow, AnswerRow]]:
    """Return the other documents that are meant with some, each with the one that it is equal to.

    Those are equal documents, but no parts of other mails.
    """
    statements = Statements()
    for row in judged:
        statements.labels[row.content] = []
        statements.sources[row.content].add(row.source)
    by_content, keys = {row.content: row for row in judged}, {row.document for row in judged}
    rows = documents_meant(store, statements, ())
    return [(row, by_content[row.content]) for row in rows if row.document not in keys]


def _decided_like(row: AnswerRow, judged: AnswerRow, version: int) -> AnswerRow:
    """Return a document with the label that a person gave an equal one."""
    if row.class_key == judged.class_key:
        return replace(row, person=True)
    label = judged.class_key
    return replace(row, class_key=label, version=version, at=now(), probability=None, person=True)


def _replaced_labels(
    equal_rows: Sequence[tuple[AnswerRow, AnswerRow]],
) -> list[tuple[bytes, int]]:
    """Return the documents that had another class than the one that they get, with that class."""
    return [
        (row.document, row.class_key)
        for row, judged in equal_rows
        if row.class_key is not None and row.class_key != judged.class_key
    ]


def suggested_rows(
    store: Store, suggestions: Sequence[Suggestion], *, texts: bool = False
) -> Mapping[str, AnswerRow]:
    """Return the rows of suggestions by key, in their order, if they are as they were.

    Raises:
        InputError: a document is no longer remembered, has another label, or was decided on since.
    """
    rows = {r.document.hex(): r for r in store.answers.rows(texts=texts)}
    classes, refused = ClassesNow(store.rows, store.rows.version()), RefusedClasses(store)
    for suggestion in suggestions:
        row = rows.get(suggestion.key)
        is_current = (
            row is not None
            and classes.label(row.class_key) == suggestion.document.label
            and (not row.person or row.at == suggestion.document.at)
            and not refused.refuses(row, class_key(store, suggestion.answer.label))
        )
        if not is_current:
            raise InputError(
                f"{suggestion.document.source or suggestion.document.id} is no longer "
                "remembered as it was listed",
                expected="suggestions that are up to date",
                remedy="list them again: protolabel review SPACE --list",
            )
    return {s.key: rows[s.key] for s in suggestions}


def class_key(store: Store, label: str | None) -> int:
    """Return the key of a class by its name now. Raises InputError where there is none."""
    row = None if label is None else class_named(store.rows, label, store.rows.version())
    if row is None:
        raise InputError(f"class {label!r}", expected="a class of this label space")
    return row.key
