"""Hands the answers of a view to the answer queue, if they may be remembered. Never raises."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from protolabel.arrays import Floats
from protolabel.label_space.answer_path.decisions import Decisions
from protolabel.label_space.waiting_answers.answer_batch import AnswerBatch
from protolabel.time_stamps import now
from protolabel.types import Document, Encoded
from protolabel.words.quantity import quantity

if TYPE_CHECKING:
    from protolabel.label_space.view import View

log = logging.getLogger(__name__)


def remember(
    view: View,
    documents: Sequence[Document],
    encoded: Encoded,
    vectors: Floats,
    decisions: Decisions,
) -> None:
    """Remember the first n documents with their answers.

    ``documents``: n of them. ``encoded``: these and perhaps more, by the rule of the encoder.
    ``vectors``: of the same, as they were answered.
    """
    answer_queue = view.answer_queue
    if answer_queue is None or not documents or view.settings.remember == "off":
        return
    try:
        forgettings = answer_queue.forgettings()
        if forgettings is None:
            return
        n = len(documents)
        batch = AnswerBatch(
            documents=documents,
            encoded=encoded.take(slice(0, n)),
            vectors=vectors[:n],
            encoding=view.embedder.encoding,
            version=view.version,
            head=decisions.head.head,
            labels=decisions.answer_keys[:n],
            probabilities=decisions.best_probabilities[:n],
            settings=view.settings,
            at=now(),
            forgettings=forgettings,
        )
        answer_queue.take(batch)
    except Exception as error:  # an answer that was given is worth more than its memory
        words = quantity(len(documents), "answer was", "answers were")
        log.warning("%s given and not remembered: %s", words, error)
