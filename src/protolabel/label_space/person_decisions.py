"""What a person decides along with a change, outside of every version. It decides nothing itself.

``session`` writes a decision in the transaction of the change, so that neither is there without the
other. It is also written where the change itself finds nothing to change. What the label space
decides about a query is in ``ranked_queries``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from protolabel.errors import InputError
from protolabel.label_space.classes_now import ClassesNow
from protolabel.label_space.lookup import class_named
from protolabel.label_space.refused_classes import RefusedClasses
from protolabel.label_space.remembered import Suggestion
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
    """Documents get the classes that they prefer now; their old labels are not proposed again."""

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
        store.answers.judge(judged, old, change=change)


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
            and not refused.hold(row, class_key(store, suggestion.answer.label))
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
