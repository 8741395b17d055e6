"""Where remembered documents stand now, which a run has met without answering them again.

Inserting a row shifts the numbers of the rows below. Their answers stay valid; the places that are
remembered are brought up to date here. Nothing is encoded, and what cannot be written is left as it
was.
"""

from __future__ import annotations

import logging

from protolabel.errors import ProtolabelError
from protolabel.identity.document_key import document_key, own_place
from protolabel.label_space.view import View
from protolabel.label_space.waiting_answers.answer_queue import AnswerQueue
from protolabel.store.answer_records import StoredPlace
from protolabel.system.closable import Closable
from protolabel.types import Document

MOST_WAITING = 4096  # places that wait to be written

log = logging.getLogger(__name__)


class RememberedPlaces(Closable):
    """Notes where remembered documents stand now, and writes the places that have changed."""

    def __init__(self, view: View) -> None:
        """Read the places. ``view``: answers; where it remembers nothing, no place is noted."""
        queue = view.answer_queue
        remembers = view.settings.remember != "off"
        self._queue = queue if isinstance(queue, AnswerQueue) and remembers else None
        self._stored: dict[bytes, StoredPlace] = {}
        self._waiting: dict[bytes, StoredPlace] = {}
        try:
            if self._queue is not None:
                self._stored = self._queue.places()
        except ProtolabelError as error:
            log.info("places are not remembered: %s", error)

    def note(self, document: Document) -> None:
        """Take note of where a document stands that was answered before.

        Of equal rows, whose key is one, the last counts, as where all are answered.
        """
        if not self._stored:
            return
        key = document_key(document)
        stored = self._stored.get(key)
        if stored is None:
            return
        place = StoredPlace(key, own_place(document), document.id, document.source)
        if place != stored:
            self._waiting[key] = place
        else:
            self._waiting.pop(key, None)
        if len(self._waiting) >= MOST_WAITING:
            self.write()

    def write(self) -> None:
        """Write the places that have changed since the last time."""
        waiting, self._waiting = self._waiting, {}
        if not waiting or self._queue is None:
            return
        try:
            self._queue.stand_at(list(waiting.values()))
        except (ProtolabelError, ValueError) as error:  # another writer, a full disk
            log.warning("%d places are not remembered: %s", len(waiting), error)
        else:
            self._stored |= waiting

    def close(self) -> None:
        """Write what waits."""
        self.write()
