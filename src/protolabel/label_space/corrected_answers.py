"""What a person decided with a change counts in the answer log too, for as long as it is in force.

Of a correction, the label is the person's, and the old one refused. An undo takes that back, and a
redo says it again. The change itself does not depend on this.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from protolabel.errors import ProtolabelError
from protolabel.label_space.answer_batch import content_of
from protolabel.label_space.changes import Correct
from protolabel.label_space.session import Session
from protolabel.label_space.undo import versions_in_force
from protolabel.time_stamps import now
from protolabel.types import Change

log = logging.getLogger(__name__)


def note_correction(session: Session, request: Correct, change: Change) -> None:
    """Give the remembered documents that were corrected the labels that a person said.

    Args:
        session: of the label space.
        request: the correction.
        change: its record.
    """
    rows = session.store.rows
    try:
        session.answer_log.write()
        version = session.view().version
        labels = {
            content_of(e.text, e.image, e.embedding): rows.class_named(e.label, version)
            for e in request.examples
        }
        corrected = [
            (row, label)
            for row in session.store.answers.rows()
            if (label := labels.get(row.content)) is not None
        ]
        judged = [
            replace(row, label=label.key, version=version, at=now(), probability=None, person=True)
            for row, label in corrected
        ]
        old = [
            (row.document, row.label)
            for row, label in corrected
            if row.label is not None and row.label != label.key
        ]
        if judged:
            session.store.answers.judge(judged, old, change=version_in_log(session, change))
    except ProtolabelError as error:
        log.info("a correction is not noted in the answer log: %s", error)


def version_in_log(session: Session, change: Change) -> int | None:
    """Return the version that a change made; None for the record of one that changed nothing."""
    newest = next(session.store.rows.changes(before=change.version + 1, limit=1))
    return change.version if (newest.kind, newest.at) == (change.kind, change.at) else None


def follow_history(session: Session, change: Change) -> None:
    """Make the answer log say what it said at the version that an undo, redo or return led to."""
    rows = session.store.rows
    try:
        session.answer_log.write()
        before = versions_in_force(rows.changes(before=change.version))
        after = versions_in_force(rows.changes(before=change.version + 1))
        ended, renewed = sorted(before - after, reverse=True), sorted(after - before)
        session.store.answers.follow(ended, renewed)
    except ProtolabelError as error:
        log.info("the answer log does not follow version %d: %s", change.version, error)
