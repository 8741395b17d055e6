"""The records of a note: what a change decided on each document, and what was there before.

``decided_answers`` keeps the note of each change in ``meta``. How JSON holds the records stands
here alone, also that of older programs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from protolabel.store.answer_records import Decision
from protolabel.store.decision_rows import decide, decisions_on
from protolabel.store.judgements import Judgement

_OLDER = 4  # parts of a record until format 10, which has no classes


class ClassesOfNote(NamedTuple):
    """The classes that people gave a document, before and after a change.

    Attributes:
        before: their keys before it.
        after: their keys after it.
        content: what the document holds; None where that is not known.
        whole: as of :class:`Decision`; None in a record of an older program, which does not say it
            and has one of several classes.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    content: bytes | None
    whole: bool | None

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> ClassesOfNote:
        """Return what :meth:`to_json` made a list of."""
        before, after, content, whole = values
        digest = None if content is None else bytes.fromhex(content)
        return cls(tuple(before), tuple(after), digest, bool(whole))

    def to_json(self) -> list[object]:
        """Return them as JSON can hold them. ``whole`` must be there, as 0 or 1."""
        assert self.whole is not None
        content = None if self.content is None else self.content.hex()
        return [[*self.before], [*self.after], content, int(self.whole)]


class NotedDecision(NamedTuple):
    """What a change decided on a document.

    Attributes:
        document: what the answer log calls it.
        before: its judgement before the change; None where it was not remembered.
        after: its judgement after it.
        refused: keys of the classes that were refused for it; one below 0 ends a refusal.
        classes: None where the change left them.
    """

    document: bytes
    before: Judgement | None
    after: Judgement | None
    refused: tuple[int, ...] = ()
    classes: ClassesOfNote | None = None

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> NotedDecision:
        """Return what :meth:`to_json` made a list of."""
        document, before, after, refused, *classes = values
        record = cls(
            bytes.fromhex(document),
            None if before is None else Judgement.from_json(before),
            None if after is None else Judgement.from_json(after),
            tuple(refused),
        )
        if len(values) == _OLDER:
            return record._replace(classes=_classes_of_rows(record))
        (of_record,) = classes
        return record._replace(
            classes=None if of_record is None else ClassesOfNote.from_json(of_record)
        )

    def to_json(self) -> list[object]:
        """Return it as JSON can hold it; one of an older program as that held it."""
        before, after = (one and one.to_json() for one in (self.before, self.after))
        record: list[object] = [self.document.hex(), before, after, [*self.refused]]
        if self.classes is None:
            return [*record, None]
        return record if self.classes.whole is None else [*record, self.classes.to_json()]

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of the document."""
        return not (self.before or self.after or self.refused or self.classes)

    def joined_by(self, later: NotedDecision) -> NotedDecision:
        """Return what a change has noted of a document, and what it notes once it is remembered."""
        if self.before is not None or later.before is None:
            return self
        refused = tuple(dict.fromkeys([*self.refused, *later.refused]))
        return self._replace(before=later.before, after=later.after, refused=refused)


def records_of(text: str, documents: Collection[bytes] | None = None) -> Iterator[NotedDecision]:
    """Yield the records of a note; ``documents``: those that are meant, None: all."""
    for values in json.loads(text):
        if documents is None or bytes.fromhex(values[0]) in documents:
            yield NotedDecision.from_json(values)


def note_of(records: Iterable[NotedDecision]) -> str:
    """Return the note of these records."""
    return json.dumps([one.to_json() for one in records])


def _classes_of_rows(record: NotedDecision) -> ClassesOfNote | None:
    """Return the classes of a record of format 10, which has those of rows alone."""
    if record.before is None or record.after is None:
        return None
    before, after = (
        (row.class_key,) if row.person and row.class_key else ()
        for row in (record.before, record.after)
    )
    return None if before == after else ClassesOfNote(before, after, None, None)


def classes_noted(db: sqlite3.Connection, decision: Decision) -> ClassesOfNote | None:
    """Return what a record says of the classes, before a decision is written."""
    before = decisions_on(db, [decision.document]).get(decision.document)
    classes = () if before is None else before.classes
    after = tuple(sorted({*decision.classes}))
    if classes == after:
        return None
    earlier = before or decision
    content = decision.content or earlier.content
    return ClassesOfNote(classes, after, content, decision.whole or earlier.whole)


def set_classes(db: sqlite3.Connection, record: NotedDecision, *, back: bool) -> None:
    """Take back the classes of a record, or give them again, if nobody has decided otherwise."""
    if record.classes is None:
        return
    before, after, content, whole = record.classes
    expected, new = (after, before) if back else (before, after)
    stored = decisions_on(db, [record.document]).get(record.document)
    present = () if stored is None else stored.classes
    # Of several labels, an older record has one.
    if present == expected or (whole is None and expected and {*expected} <= {*present}):
        decide(db, Decision(record.document, new, content, bool(whole)))
