"""Runs jobs: each in a thread, one of a label space at a time, however many processes serve it.

A job ends at its next step once it is cancelled or the service stops. By then it has made its one
change, or none: the history says which.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from protolabel.errors import ProtolabelError, StoreError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import Claim, RequestKey
from protolabel.progress import Progress, Step
from protolabel.service.error_log import log_unforeseen
from protolabel.service.job_history import (
    as_in_history,
    ending_in_history,
    is_undone_by_a_copy,
)
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal, problem
from protolabel.service.replies import broken
from protolabel.service.side.job_table import Ending, Job, JobTable, Start
from protolabel.service.side.side_file import side_of
from protolabel.service.spaces import Served, stopped
from protolabel.words.quantity import quantity

TICK_SECONDS = 0.2  # between two looks at the file
_LAST_SECONDS = 20.0  # for which the stop of the service waits for the next step of a job


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job has done. ``version``: of the change that it made, None where it made none.

    ``counts``: numbers that it found.
    """

    version: int | None
    summary: str
    counts: Mapping[str, int] = field(default_factory=dict)


Work = Callable[[LabelSpace, RequestKey, Progress], JobResult]
"""Does a job: the label space, the key of its change, and whom to tell how far it is."""


class _CancelledError(Exception):
    """A job is to end here."""


@dataclass(frozen=True)
class _JobClaim(Claim):
    """A job makes its change only while it is its process's own: none has written it off."""

    records: JobTable
    name: str

    def require(self) -> None:
        """End the job where another process has written it off; asked inside its transaction."""
        if not self.records.is_own(self.name):
            raise _CancelledError


@dataclass(eq=False)
class _Live:
    """A job of this process. ``step``: how far it is, None once that is written."""

    served: Served
    records: JobTable
    name: str
    work: Work
    stop: threading.Event = field(default_factory=threading.Event)
    step: Step | None = None
    ending: Ending | None = None
    thread: threading.Thread | None = None

    def progress(self, step: Step) -> None:
        """Take note of a step, or end the job there."""
        self.step = step
        if self.stop.is_set():
            raise _CancelledError


class Jobs:
    """The jobs that this process runs, and those of others that it can see."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._slots = threading.Semaphore(bounds.jobs)
        self._live: dict[str, _Live] = {}
        self._lock = threading.Lock()
        self._ticker: threading.Thread | None = None
        self._closing = False

    def start(self, served: Served, start: Start, work: Work) -> Job:
        """Begin a job, or return the one that the same request has begun.

        Raises:
            Refusal: too many wait, or the service stops (503).
            RepeatedKeyError: another request has had the key.
        """
        if self._closing:
            raise stopped()
        records = _records(served)
        self._settle(served, records)
        job = records.add(start, self._bounds.jobs_waiting)
        if job is not None and is_undone_by_a_copy(served.space, job):
            records.release_key(job.id)
            job = records.add(start, self._bounds.jobs_waiting)
        if job is None:
            raise Refusal(
                503,
                f"{quantity(self._bounds.jobs_waiting, 'job waits', 'jobs wait')} already",
                expected="fewer",
                remedy="wait until one has ended, or cancel one",
                headers={"Retry-After": "10"},
            )
        with self._lock:
            if job.record["state"] == "waiting" and job.id not in self._live:
                live = self._live[job.id] = _Live(served, records, job.id, work)
                served.jobs += 1
                live.thread = threading.Thread(
                    target=self._run, args=(live,), name="job", daemon=True
                )
                live.thread.start()
                if self._ticker is None:
                    self._ticker = threading.Thread(target=self._tick, name="jobs", daemon=True)
                    self._ticker.start()
        return job

    def all(self, served: Served, most: int) -> list[Job]:
        """Return the newest jobs of a label space, newest first."""
        records = _records(served)
        self._settle(served, records)
        return [as_in_history(served.space, job) for job in records.all(most)]

    def one(self, served: Served, name: str) -> Job:
        """Return a job. Raises Refusal (404)."""
        records = _records(served)
        self._settle(served, records)
        job = records.one(name)
        if job is None:
            raise Refusal(404, f"no job {name[:60]!r}", expected="one of the list of jobs")
        return as_in_history(served.space, job)

    def cancel(self, served: Served, name: str) -> Job:
        """Ask for the end of a job, and return it as it is then. Raises Refusal (404)."""
        self.one(served, name)
        _records(served).cancel(name)
        with self._lock:
            live = self._live.get(name)
        if live is not None:
            live.stop.set()
        return self.one(served, name)

    def close(self) -> None:
        """End all jobs at their next step; they count as interrupted."""
        self._closing = True
        with self._lock:
            lives = list(self._live.values())
        for live in lives:
            live.stop.set()
        deadline = time.monotonic() + _LAST_SECONDS
        for live in lives:
            if live.thread is not None:
                live.thread.join(max(0.0, deadline - time.monotonic()))

    def _settle(self, served: Served, records: JobTable) -> None:
        """Say of jobs whose process is gone how they ended: the history knows.

        Nobody changes the label space meanwhile. A process that was silent and goes on finds its
        job written off, or its change is in the history by now. A file that cannot be written just
        now leaves the jobs as they are.
        """
        if not records.abandoned():
            return
        store = session_of(served.space).store
        with suppress(StoreError), store.exclusively(patience=TICK_SECONDS):
            for job in records.abandoned():
                ending = ending_in_history(served.space, job.id) or Ending("interrupted")
                records.end(job.id, ending)

    def _run(self, live: _Live) -> None:
        live.ending = self._ending(live)
        self._flush([live])  # where that fails, the ticker does it
        with self._lock:
            live.served.jobs -= 1
        self._forget()

    def _ending(self, live: _Live) -> Ending:
        """Do the job, and return how it ended."""
        try:
            with self._turn(live):
                key = RequestKey(live.name, claim=_JobClaim(live.records, live.name))
                result = live.work(live.served.space, key, live.progress)
            return Ending("done", result.version, result.summary, result.counts)
        except Exception as error:
            with suppress(ProtolabelError):
                ending = ending_in_history(live.served.space, live.name)
                if ending is not None:
                    return ending
            if self._closing:
                return Ending("interrupted")
            if isinstance(error, _CancelledError):
                return Ending("cancelled")
            if not isinstance(error, ProtolabelError | Refusal):
                log_unforeseen(error)
                error = broken(error)
            places = {live.served.space.path: live.served.name}
            return Ending("failed", error=problem(error, places, is_stored=True))

    @contextmanager
    def _turn(self, live: _Live) -> Iterator[None]:
        """Hold a slot of this process for a job that it has claimed.

        A job waits until a slot is free, and no other job of its label space runs, in whichever
        process. While it waits it holds no slot, since jobs of other label spaces need them.
        """
        while not self._claims(live):
            if live.stop.wait(TICK_SECONDS):
                raise _CancelledError
        try:
            yield
        finally:
            self._slots.release()

    def _claims(self, live: _Live) -> bool:
        """Return whether a job may run now; it has a slot then."""
        if not self._slots.acquire(blocking=False):
            return False
        is_claimed = False
        try:
            with suppress(ProtolabelError):  # a file that is locked for now
                self._settle(live.served, live.records)
                is_claimed = live.records.claim(live.name)
        finally:
            if not is_claimed:
                self._slots.release()
        return is_claimed

    def _tick(self) -> None:
        """Write the progress of all jobs, and see which are cancelled, while there are any."""
        while True:
            time.sleep(TICK_SECONDS)
            with self._lock:
                lives = list(self._live.values())
                if not lives:
                    self._ticker = None
                    return
            self._flush(lives)
            self._forget()

    def _flush(self, lives: list[_Live]) -> None:
        for live in lives:
            with suppress(ProtolabelError):  # the ending is tried again, and the next step comes
                step, live.step = live.step, None
                if live.records.note_progress([(live.name, step)]):
                    live.stop.set()
                ending = live.ending  # the other thread may have written it by now
                if ending is not None:
                    live.records.end(live.name, ending)
                    live.ending = None

    def _forget(self) -> None:
        """Drop the jobs that have ended and whose end is written."""
        with self._lock:
            for name, live in list(self._live.items()):
                ended = live.thread is not None and not live.thread.is_alive()
                if (ended or live.thread is threading.current_thread()) and live.ending is None:
                    del self._live[name]


def _records(served: Served) -> JobTable:
    return JobTable(side_of(served.space))
