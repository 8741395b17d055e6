"""Answers that are remembered only once it is clear that their request is not refused.

Requests that are answered together are encoded together. One of them may be refused for one of its
documents; then none of its documents is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from protolabel.label_space.waiting_answers.answer_batch import AnswerBatch
from protolabel.label_space.waiting_answers.answer_queue import AnswerQueue
from protolabel.types import Document


class AnswersOnHold:
    """Stands in the place of an answer queue while documents are answered."""

    def __init__(self, answer_queue: AnswerQueue | AnswersOnHold) -> None:
        self._answer_queue = answer_queue
        self._batches: list[AnswerBatch] = []

    def forgettings(self) -> int | None:
        """Return what the answer queue says."""
        return self._answer_queue.forgettings()

    def decided_labels(self, documents: Sequence[Document]) -> list[tuple[str, ...]]:
        """Return what the answer queue says."""
        return self._answer_queue.decided_labels(documents)

    def take(self, batch: AnswerBatch) -> None:
        """Take answers that were given."""
        self._batches.append(batch)

    def release(self, *, leave_out: Iterable[Document] = ()) -> None:
        """Hand the answers to the answer queue, without those to some documents."""
        refusals = {id(document) for document in leave_out}
        for batch in self._batches:
            rows = [i for i, document in enumerate(batch.documents) if id(document) not in refusals]
            if rows:
                is_whole = len(rows) == len(batch.documents)
                self._answer_queue.take(batch if is_whole else batch.pick(rows))
        self._batches = []
