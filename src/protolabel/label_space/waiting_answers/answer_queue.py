"""Answers on their way to the answer log: collected, and written a moment later.

Remembering never costs an answer. What cannot be written at once, since another process writes, is
tried again; what cannot be written at all is counted and left out. It decides nothing about
answers: ``answer_log`` compares them.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import weakref
from collections.abc import Sequence
from dataclasses import replace

from protolabel.errors import ProtolabelError, StoreBusyError
from protolabel.identity.document_key import document_key
from protolabel.label_space.configuration.stored_settings import settings_of
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.waiting_answers.answer_batch import (
    AnswerBatch,
    halved,
    n_uniform,
    rows_of,
)
from protolabel.label_space.waiting_answers.late_answers import LateAnswers
from protolabel.store import Store
from protolabel.store.answer_records import StoredPlace
from protolabel.types import Document
from protolabel.words.quantity import quantity

PAUSE = 1.0  # seconds from an answer until it is written, with those that came since
PATIENCE = 0.02  # seconds to wait for another writer, while somebody labels
LAST_PATIENCE = 2.0  # the same when the label space is closed
MOST_WAITING = 4096  # documents that wait to be written; more are written at once
MOST_KEPT_WAITING = (
    16_384  # the oldest of more than these are left out, where nothing can be written
)
MOST_WAITING_BYTES = 64 * 2**20

log = logging.getLogger(__name__)
_open_queues: weakref.WeakSet[AnswerQueue] = weakref.WeakSet()


class AnswerQueue:
    """The answers of one open label space, on their way to its file; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[AnswerBatch] = []
        self._documents = self._bytes = 0  # that wait
        self._blocked = False  # whether another process was writing at the last attempt
        self._forgettings: int | None = None
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False
        self.left_out, self.reason = 0, ""
        _open_queues.add(self)

    def take(self, batch: AnswerBatch) -> None:
        """Take answers that were given; they are written a moment later."""
        with self._lock:
            if self._closed:
                return
            self._put(batch)
            surplus = self._surplus()
            full = self._documents >= MOST_WAITING or self._bytes > MOST_WAITING_BYTES
            full = full and not self._blocked
            if not full:
                self._set_timer()
        self._leave_out(surplus)
        if full:
            self.write(0.0)

    def forgettings(self) -> int | None:
        """Return how often something was forgotten; None where nothing can be remembered.

        It is asked of the file once for all answers that are written together.
        """
        with self._lock:
            if not self._waiting:
                self._forgettings = None
            number = self._forgettings
        if number is not None:
            return number
        try:
            if not self._store.rows.writable:
                return None
            number = self._store.answers.forgettings()
        except ProtolabelError as error:
            log.info("answers are not remembered: %s", error)
            return None
        with self._lock:
            self._forgettings = number
        return number

    def places(self) -> dict[bytes, StoredPlace]:
        """Return where the remembered documents stand; none where nothing can be remembered."""
        return self._store.answers.places() if self._store.rows.writable else {}

    def decided_labels(self, documents: Sequence[Document]) -> list[tuple[str, ...]]:
        """Return the classes that a person gave each document, sorted; none where none is there."""
        keys, rows = [document_key(document) for document in documents], self._store.rows
        decisions = self._store.answers.decisions(keys)
        if not decisions:
            return [()] * len(keys)
        classes_now = ClassesNow(rows, rows.version())
        names = {
            key: {classes_now.present[one] for one in map(classes_now.key, decision.classes) if one}
            for key, decision in decisions.items()
        }
        return [tuple(sorted(names.get(key, ()))) for key in keys]

    def stand_at(self, places: Sequence[StoredPlace]) -> None:
        """Write where remembered documents stand now."""
        self._store.answers.stand_at(places, patience=LAST_PATIENCE)

    def write(self, patience: float = PATIENCE) -> None:
        """Write what waits. What cannot be written just now waits on."""
        with self._writing:
            batches = self._all_waiting()
            while batches:
                n = n_uniform(batches, MOST_WAITING)
                try:
                    self._keep_sound(batches[:n], patience)
                except StoreBusyError as error:
                    self._wait_on(batches, error)
                    return
                except Exception as error:  # a full disk, a file that was moved away
                    self.reason = str(error)
                    self._leave_out(batches)
                    return
                batches = batches[n:]
            self._blocked = False

    def close(self) -> None:
        """Write what waits, and take no more."""
        with self._lock:
            self._closed = True
        self.write(LAST_PATIENCE)
        self._leave_out(self._all_waiting())

    def drop(self) -> None:
        """Drop what waits: it is to be forgotten."""
        self._all_waiting()

    def close_in_child(self) -> None:
        """Take nothing more in a forked child: what waits, and the locks, are the parent's."""
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._timer, self._closed = None, True
        self._all_waiting()

    def _keep(self, batches: Sequence[AnswerBatch], patience: float) -> None:
        """Write batches that are alike, as far as the settings of that moment allow it."""
        rows, store = rows_of(batches), self._store
        with store.exclusively(patience=patience):
            settings = settings_of(store.rows)
            if settings.remember == "off":
                return
            if settings.remember != "text":
                rows = [replace(row, text=None) for row in rows]
            late = LateAnswers.of(store, rows)
            rows = [row for row in rows if row.document not in late.outdated]
            in_time = store.answers.keep(
                rows,
                most=settings.remember_most,
                forgettings=batches[0].forgettings,
                patience=patience,
                undecided=late.decisions,
            )
            if in_time:
                late.follow_decisions(store)
        if not in_time:
            n = sum(len(batch.documents) for batch in batches)
            log.info("%d answers are not kept: given before a forget", n)

    def _keep_sound(self, batches: Sequence[AnswerBatch], patience: float) -> None:
        """Write batches; where one answer cannot be stored, halve them until it is alone."""
        try:
            self._keep(batches, patience)
        except (TypeError, ValueError, AttributeError) as error:
            halves = halved(batches)
            if not halves:
                self.reason = str(error)
                self._leave_out(batches)
            for half in halves:
                self._keep_sound(half, patience)

    def _wait_on(self, batches: list[AnswerBatch], error: Exception) -> None:
        """Put batches back in front, and leave out the oldest where they are too many."""
        self._blocked, self.reason = True, str(error)
        with self._lock:
            later, self._waiting = self._waiting, []
            self._documents = self._bytes = 0
            for batch in [*batches, *later]:
                self._put(batch)
            surplus = self._surplus()
            if not self._closed:
                self._set_timer()
        self._leave_out(surplus)

    def _leave_out(self, batches: Sequence[AnswerBatch]) -> None:
        n = sum(len(batch.documents) for batch in batches)
        if n:
            self.left_out += n
            words = quantity(n, "answer was", "answers were")
            log.warning("%s given and not remembered: %s", words, self.reason)

    def _write_later(self) -> None:
        with self._lock:
            self._timer = None
        self.write()

    def _put(self, batch: AnswerBatch) -> None:
        self._waiting.append(batch)
        self._documents += len(batch.documents)
        self._bytes += batch.size

    def _surplus(self) -> list[AnswerBatch]:
        """Take out the oldest batches that are too many to wait on, and return them."""
        surplus = []
        while self._documents > MOST_KEPT_WAITING or self._bytes > 2 * MOST_WAITING_BYTES:
            batch = self._waiting.pop(0)
            self._documents -= len(batch.documents)
            self._bytes -= batch.size
            surplus.append(batch)
        return surplus

    def _set_timer(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(PAUSE, self._write_later)
            self._timer.name, self._timer.daemon = "protolabel-answers", True
            self._timer.start()

    def _all_waiting(self) -> list[AnswerBatch]:
        """Take out all that waits, and end the timer."""
        with self._lock:
            batches, self._waiting, self._forgettings = self._waiting, [], None
            self._documents = self._bytes = 0
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        return batches


@atexit.register
def close_all() -> None:
    """Write what waits before the interpreter ends."""
    for answer_queue in list(_open_queues):
        answer_queue.close()


def _close_in_child() -> None:
    for answer_queue in list(_open_queues):
        answer_queue.close_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)
