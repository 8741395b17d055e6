"""Remembered documents as records: what they were answered, and what they prefer now.

Reading and deciding is ``answer_log``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from protolabel.answers import Answer
from protolabel.columns.label_lists import words_of_labels
from protolabel.errors import InputError
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.store import AnswerRow, Store
from protolabel.types import Change, Example

__all__ = ["Accepted", "Remembered", "Suggestion"]

NOBODY = "nobody"  # see ``Remembered.by``
LABEL_AGAIN = "label it again after `protolabel set SPACE remember text`"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A document that was answered, and what is remembered of it.

    Attributes:
        key: names it, in hexadecimal digits; the first eight are enough where they are its own.
        id: of the document.
        source: where it came from.
        label: what it was answered, or what a person accepted, as that class is called now;
            None for *none of these*. A class that was merged goes on as the one that took its
            examples. One that has ended otherwise keeps its last name, with ``(ended)`` where
            another class has that name now.
        probability: of the nearest class then.
        version: of the label space that answered.
        at: when, in ISO 8601.
        by: whose label it is: ``label space``, ``person``, or ``nobody`` where a person has refused
            the label space's answer and there is no other since; ``label`` is then None.
        text: the document, where it may be kept.
        labels: all that a person gave it, sorted, where documents may have several; ``label`` is
            one of them. None elsewhere.
        refused: the classes that a person has refused for it, where no person gave it a label.
    """

    key: str
    id: str
    source: str
    label: str | None
    probability: float | None
    version: int
    at: str
    by: str
    text: str | None = field(default=None, repr=False)
    labels: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()

    @property
    def label_words(self) -> str | None:
        """The label, or all labels in one string; None for *none of these*."""
        return self.label if self.labels is None else words_of_labels(self.labels)

    def to_dict(self, *, text: bool = True) -> dict[str, Any]:
        """Return it as JSON can hold it; ``text``: with its text."""
        record = asdict(self)
        if not text:
            del record["text"]
        if self.labels is None:
            del record["labels"]
        if not self.refused:
            del record["refused"]
        return record


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A remembered document that prefers another class now, or would be declined.

    ``answer`` is the answer now, with its evidence: what accepting makes its label.
    """

    document: Remembered
    answer: Answer

    @property
    def key(self) -> str:
        """The key of the document."""
        return self.document.key

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        record = self.document.to_dict(text=False) | {"answer": self.answer.to_dict()}
        return {key: value for key, value in record.items() if key != "by"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of suggestions that were accepted. ``change``: made by adding examples."""

    suggestions: tuple[Suggestion, ...]
    change: Change | None = None


class NamesInLog(ClassesNow):
    """Names of classes, and which of them people have refused for a document: read when asked."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.rows, store.rows.version())
        self._answers = store.answers

    def labels(self, row: AnswerRow) -> tuple[str, ...] | None:
        """Return all labels that a person gave a document, sorted, as their classes stand now.

        None where the label space gives a document one label, where no person gave it any, and
        where the classes have ended.
        """
        if not (row.person and self._are_several):
            return None
        heirs = {self.key(key) for key in row.decision.classes}
        return tuple(sorted(self.present[key] for key in heirs if key is not None)) or None

    @cached_property
    def _are_several(self) -> bool:
        return settings_of(self._rows, self._version).several

    @cached_property
    def _refused(self) -> dict[bytes, list[int]]:
        refused: dict[bytes, list[int]] = {}
        for document, key in sorted(self._answers.refusals()):
            refused.setdefault(document, []).append(key)
        return refused

    def refused(self, row: AnswerRow) -> tuple[str, ...]:
        """Return the classes that are refused, oldest first; none where a person gave a label."""
        keys = () if row.person else self._refused.get(row.document, ())
        return tuple(self.own_name(key) for key in keys)

    def by(self, row: AnswerRow) -> str:
        """Return whose label a row has, as :attr:`Remembered.by` says."""
        if row.person:
            return "person"
        is_open = row.class_key is None and self._answers.is_without_answer(row.document)
        return NOBODY if is_open else "label space"


def remembered_document(row: AnswerRow, names: NamesInLog) -> Remembered:
    """Return a row as people see it."""
    label, labels = names.label(row.class_key), names.labels(row)
    if labels and label not in labels:  # the class that was remembered has ended, say in a merge
        label = labels[0]
    return Remembered(
        key=row.document.hex(),
        id=row.id,
        source=row.source,
        label=label,
        probability=row.probability,
        version=row.version,
        at=row.at,
        by=names.by(row),
        text=row.text,
        labels=labels,
        refused=names.refused(row),
    )


def examples_of(suggestions: Sequence[Suggestion], rows: Mapping[str, AnswerRow]) -> list[Example]:
    """Return the documents of suggestions as examples of the classes that they prefer now.

    Args:
        suggestions: those that were accepted.
        rows: what is remembered of them, by key.

    Raises:
        InputError: a text is not remembered.
    """
    examples = []
    for suggestion in suggestions:
        row = rows[suggestion.key]
        label = suggestion.answer.label
        if row.text is None or label is None:
            raise InputError(
                f"{row.source or row.id}: its text is not remembered, so that it cannot become "
                "an example",
                expected="a document that was labelled while texts were remembered",
                remedy="add it from its file, or " + LABEL_AGAIN,
            )
        examples.append(Example(label, row.text, source=row.source))
    return examples
