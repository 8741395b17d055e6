"""What a person corrected counts in the answer log too: the label is theirs, the old one refused.

The correction itself is a change of the label space, which does not depend on this.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from protolabel.errors import ProtolabelError
from protolabel.label_space.answer_batch import content_of
from protolabel.label_space.changes import Correct
from protolabel.label_space.session import Session
from protolabel.time_stamps import now

log = logging.getLogger(__name__)


def note_correction(session: Session, request: Correct) -> None:
    """Give the remembered documents that were corrected the labels that a person said."""
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
            session.store.answers.judge(judged, old)
    except ProtolabelError as error:
        log.info("a correction is not noted in the answer log: %s", error)
