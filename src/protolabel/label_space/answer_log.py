"""Remembers what a label space has answered: collects answers, and writes them a moment later.

Remembering never costs an answer. What cannot be written at once, since another process writes, is
tried again; what cannot be written at all is counted and left out. It decides nothing about
answers: ``retrolabel`` compares them.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from protolabel.arrays import Floats
from protolabel.document_key import document_key, place_of
from protolabel.equality import document_digests
from protolabel.errors import ProtolabelError, StoreBusyError
from protolabel.label_space.settings import Settings
from protolabel.store import AnswerRow, Store
from protolabel.types import Document, Encoded

PAUSE = 1.0  # seconds from an answer until it is written, with those that came since
PATIENCE = 0.02  # seconds to wait for another writer, while somebody labels
LAST_PATIENCE = 2.0  # the same when the label space is closed
MOST_WAITING = 4096  # documents that wait to be written; more are written at once
MOST_KEPT_WAITING = (
    16_384  # the oldest of more than these are left out, where nothing can be written
)
MOST_WAITING_BYTES = 64 * 2**20

log = logging.getLogger(__name__)
_open_logs: weakref.WeakSet[AnswerLog] = weakref.WeakSet()


@dataclass(frozen=True, slots=True, eq=False)
class AnswerBatch:
    """Documents that were answered together.

    Attributes:
        documents: n of them.
        encoded: their vectors.
        encoding: number of the encoding that these are in.
        version: of the label space that answered.
        head: what ranked.
        labels: key of the class that each was answered; None for *none of these*.
        probabilities: of the nearest class of each, or None.
        settings: those in force: what may be remembered.
        at: when.
        forgettings: how often something had been forgotten by then.
    """

    documents: Sequence[Document]
    encoded: Encoded
    encoding: int
    version: int
    head: str
    labels: Sequence[int | None]
    probabilities: Sequence[float | None]
    settings: Settings
    at: str
    forgettings: int

    @property
    def size(self) -> int:
        """About how many bytes wait."""
        texts = sum(len(d.text or "") + len(d.image or b"") for d in self.documents)
        return texts + self.encoded.embeddings.nbytes

    def rows(self) -> list[AnswerRow]:
        """Return the batch as rows to store, of each document the last.

        A document without a text that says anything has no vector to compare: it is left out.
        """
        rows: dict[bytes, AnswerRow] = {}
        for i, document in enumerate(self.documents):
            if document.unreadable:
                continue
            row = self._row(i, document)
            rows.pop(row.document, None)
            rows[row.document] = row
        return list(rows.values())

    def _row(self, i: int, document: Document) -> AnswerRow:
        vector = self.encoded.embeddings[i]
        place = place_of(document.source, document.id)
        text = document.text if self.settings.remember == "text" else None
        return AnswerRow(
            document=document_key(document),
            place=place.digest if place.own else None,
            content=content_of(document.text, document.image, vector),
            id=document.id,
            source=document.source,
            at=self.at,
            version=self.version,
            label=self.labels[i],
            probability=self.probabilities[i],
            head=self.head,
            person=False,
            encoding=self.encoding,
            embedding=vector,
            shares=self._shares(i),
            text=text,
        )

    def _shares(self, i: int) -> Floats:
        shares = self.encoded.unread_shares
        return np.zeros(2, np.float32) if shares is None else shares[i]


def content_of(text: str | None, image: bytes | None, vector: Floats | None) -> bytes:
    """Return 16 bytes that documents share which are equal, as ``equality`` defines it."""
    first = document_digests(text, image, None if text is not None or image else vector)[0]
    return bytes.fromhex(first)[:16]


class AnswerLog:
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
        _open_logs.add(self)

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

    def write(self, patience: float = PATIENCE) -> None:
        """Write what waits. What cannot be written just now waits on."""
        with self._writing:
            batches = self._all_waiting()
            for at, batch in enumerate(batches):
                try:
                    self._keep(batch, patience)
                except StoreBusyError as error:
                    self._wait_on(batches[at:], error)
                    return
                except Exception as error:  # a full disk, a file that was moved away
                    self.reason = str(error)
                    self._leave_out(batches[at:])
                    return
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

    def start_anew(self) -> None:
        """Take nothing more in a forked child: what waits, and the locks, are the parent's."""
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._timer, self._closed = None, True
        self._all_waiting()

    def _keep(self, batch: AnswerBatch, patience: float) -> None:
        kept = self._store.answers.keep(
            batch.rows(),
            most=batch.settings.remember_most,
            forgettings=batch.forgettings,
            patience=patience,
        )
        if not kept:
            log.info("%d answers are not kept: given before a forget", len(batch.documents))

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

    def _leave_out(self, batches: list[AnswerBatch]) -> None:
        n = sum(len(batch.documents) for batch in batches)
        if n:
            self.left_out += n
            log.warning("%d answers were given and not remembered: %s", n, self.reason)

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


def now() -> str:
    """Return the present time as rows have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@atexit.register
def _write_all() -> None:
    """Write what waits before the interpreter ends."""
    for answer_log in list(_open_logs):
        answer_log.close()


def _forget_all() -> None:
    for answer_log in list(_open_logs):
        answer_log.start_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
