"""One record of a note: what a change decided on one document, and what was there before.

``decided_answers`` keeps the records of each change as JSON in ``meta``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from protolabel.store.answer_columns import LABEL, PERSON
from protolabel.store.answer_records import Decision
from protolabel.store.decision_rows import decide, decisions_on

Judgement = list[Any]  # by ``answer_columns``
_OLDER = 4  # parts of a record until format 10
_UNKNOWN = -1  # whether a document of such a record is whole


class NotedDecision(NamedTuple):
    """What a change decided on a document.

    Attributes:
        document: its key, in hexadecimal.
        before: its judgement before the change; None where it was not remembered.
        after: its judgement after it.
        refused: keys of the classes that were refused for it; one below 0 ends a refusal.
        classes: keys of the classes that people gave it before and after, then its content in
            hexadecimal or None, and whether it is whole. None where the change left them.
    """

    document: str
    before: Judgement | None
    after: Judgement | None
    refused: list[int]
    classes: list[Any] | None = None

    @property
    def key(self) -> bytes:
        """What the answer log calls the document."""
        return bytes.fromhex(self.document)

    def joined_by(self, later: NotedDecision) -> NotedDecision:
        """Return what a change has noted of a document, and what it notes once it is remembered."""
        if self.before is not None or later.before is None:
            return self
        refused = list(dict.fromkeys([*self.refused, *later.refused]))
        return self._replace(before=later.before, after=later.after, refused=refused)


def records_of(text: str, documents: Collection[bytes] | None = None) -> Iterator[NotedDecision]:
    """Yield the records of a note; ``documents``: those that are meant, None: all."""
    for record in json.loads(text):
        noted = NotedDecision(*record)
        if len(record) == _OLDER:
            noted = noted._replace(classes=_classes_of_rows(noted))
        if documents is None or noted.key in documents:
            yield noted


def _classes_of_rows(noted: NotedDecision) -> list[Any] | None:
    """Return the classes of a record of format 10, which has those of rows alone."""
    if noted.before is None or noted.after is None:
        return None
    before, after = (
        [row[LABEL]] * bool(row[PERSON] and row[LABEL]) for row in (noted.before, noted.after)
    )
    return None if before == after else [before, after, None, _UNKNOWN]


def classes_noted(db: sqlite3.Connection, decision: Decision) -> list[Any] | None:
    """Return what a record says of the classes, before a decision is written."""
    before = decisions_on(db, [decision.document]).get(decision.document)
    classes = [] if before is None else list(before.classes)
    after = sorted({*decision.classes})
    if classes == after:
        return None
    earlier = before or decision
    content = decision.content or earlier.content
    return [classes, after, content and content.hex(), int(decision.whole or earlier.whole)]


def set_classes(db: sqlite3.Connection, noted: NotedDecision, *, back: bool) -> None:
    """Take back the classes of a record, or give them again, if nobody has decided otherwise."""
    if noted.classes is None:
        return
    before, after, content, whole = noted.classes
    expected, new = (after, before) if back else (before, after)
    stored = decisions_on(db, [noted.key]).get(noted.key)
    present = [] if stored is None else list(stored.classes)
    # Of several labels, an older record has one.
    if present == expected or (whole == _UNKNOWN and expected and {*expected} <= {*present}):
        digest = None if content is None else bytes.fromhex(content)
        decide(db, Decision(noted.key, tuple(new), digest, whole == 1))
