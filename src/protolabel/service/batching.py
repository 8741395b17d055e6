"""Micro-batches: documents of requests that come together are encoded together.

Two batches are under way at a time, each with half of the documents. While the callers of one are
answered and ask again, the other one is encoded. ``gathering`` says how long a batch waits for
more. What waits is bounded; beyond the bound a request is refused at once, with the seconds after
which to come again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from protolabel.answers import Answer
from protolabel.documents import characters_of
from protolabel.errors import InputError
from protolabel.label_space.answers_on_hold import AnswersOnHold
from protolabel.label_space.view import View
from protolabel.service.gathering import Gathering
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.types import Document

AT_ONCE = 2  # batches that are under way
_FIRST_RATE = 200.0  # documents a second, until one batch has been timed
_MEMORY = 0.8  # share of the earlier estimate in a new one


@dataclass(frozen=True, slots=True)
class VersionAnswers:
    """The answers of one request, and the version that they are from, with its mark."""

    answers: list[Answer]
    version: int
    mark: str


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """What became of the documents of one request, and by which version."""

    each: list[Answer | InputError]
    version: int
    mark: str


@dataclass(slots=True, eq=False)
class _Request:
    documents: Sequence[Document]
    alternatives: int
    evidence: int
    is_whole: bool  # whether one bad document refuses all
    outcomes: asyncio.Future[_Outcomes] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


def _count_nothing(answers: Sequence[Answer]) -> None:
    """Count no answers: those of a batcher outside of a service."""


class Batcher:
    """Labels documents of one label space, a few batches at a time, in threads of its own."""

    def __init__(
        self,
        view: Callable[[], View],
        bounds: Bounds,
        count: Callable[[Sequence[Answer]], None] = _count_nothing,
    ) -> None:
        """Take no document yet.

        Args:
            view: returns the newest view of the label space.
            bounds: say how much may wait, and how large a batch may be.
            count: is called with the answers of each request: the one place that counts them.
        """
        self._view, self._bounds, self._count = view, bounds, count
        self._queue: deque[_Request] = deque()
        self._waiting = 0  # documents without an answer, and how many of them are under way
        self._under_way = 0
        self._gathering, self._turn = Gathering(), asyncio.Lock()
        self._closed = False
        self._rate = _FIRST_RATE
        self._workers: set[asyncio.Task[None]] = set()
        self._n_working = 0  # workers that will look at the queue again before they end
        self._progress = asyncio.Event()  # set, and replaced, when a batch is done
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="label")

    @property
    def waiting(self) -> int:
        """How many documents wait."""
        return self._waiting

    @property
    def is_closed(self) -> bool:
        """Whether it takes no more."""
        return self._closed

    async def label(
        self, documents: Sequence[Document], alternatives: int, evidence: int
    ) -> list[Answer]:
        """Return the answers of one request, as :meth:`answers_of_version` does."""
        return (await self.answers_of_version(documents, alternatives, evidence)).answers

    async def answers_of_version(
        self, documents: Sequence[Document], alternatives: int, evidence: int
    ) -> VersionAnswers:
        """Return the answers of one request, all from one version, and which version it is.

        A request that is refused for one of its documents is refused whole: none is remembered.

        Raises:
            Refusal: too much waits already (503).
            ProtolabelError: a document cannot be used.
        """
        answers: list[Answer] = []
        request = _Request(documents, alternatives, evidence, is_whole=True)
        outcomes = await self._outcomes_of(request, 0.0)
        for outcome in outcomes.each:
            if isinstance(outcome, InputError):
                raise outcome
            answers.append(outcome)
        self._count(answers)
        return VersionAnswers(answers, outcomes.version, outcomes.mark)

    async def label_each(
        self,
        documents: Sequence[Document],
        alternatives: int,
        evidence: int,
        patience: float = 0.0,
    ) -> list[Answer | InputError]:
        """Return for each document its answer, or why it cannot be used, as :meth:`label` does.

        Args:
            documents: of one request.
            alternatives: how many classes an answer ranks.
            evidence: how many nearest examples it shows.
            patience: the seconds for which a full queue is waited for before it is refused.
        """
        request = _Request(documents, alternatives, evidence, is_whole=False)
        outcomes = (await self._outcomes_of(request, patience)).each
        self._count([outcome for outcome in outcomes if isinstance(outcome, Answer)])
        return outcomes

    async def _outcomes_of(self, request: _Request, patience: float) -> _Outcomes:
        await self._room(len(request.documents), patience)
        self._queue.append(request)
        self._waiting += len(request.documents)
        if self._n_working < AT_ONCE:
            self._n_working += 1
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return await request.outcomes

    async def _room(self, n: int, patience: float) -> None:
        """Wait until n more documents may wait. Raises Refusal (503) where that takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while not self._closed and self._waiting and self._waiting + n > self._bounds.waiting:
            if loop.time() >= deadline:
                raise self._full()
            progress = self._progress
            try:
                async with asyncio.timeout_at(deadline):
                    await progress.wait()
            except TimeoutError:
                raise self._full() from None
        if self._closed:
            raise Refusal(503, "a label space that is being closed", remedy="send it again")

    def _full(self) -> Refusal:
        seconds = max(1, round(self._waiting / self._rate))
        return Refusal(
            503,
            f"{self._waiting:,} documents wait already",
            expected=f"at most {self._bounds.waiting:,}",
            remedy=f"send it again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )

    def _tell_progress(self) -> None:
        """Wake those that wait for room."""
        self._progress.set()
        self._progress = asyncio.Event()

    async def close(self) -> None:
        """Finish what waits, then end the threads; what comes from now on is refused."""
        self._closed = True
        self._tell_progress()
        await asyncio.gather(*self._workers)
        self._threads.shutdown()

    async def _work(self) -> None:
        """Carry out batches until the queue is empty.

        A worker is counted out where it finds the queue empty, with no pause between the two: a
        request that comes after that starts another worker.
        """
        try:
            while self._queue:
                async with self._turn:  # one batch gathers, the other one is encoded
                    if not self._closed:
                        await self._gathering.wait(lambda: self._waiting - self._under_way)
                    batch = self._next_batch()
                if batch:
                    await self._carry_out(batch)
        finally:
            self._n_working -= 1

    async def _carry_out(self, batch: list[_Request]) -> None:
        """Answer the requests of a batch."""
        n = sum(len(request.documents) for request in batch)
        self._under_way += n
        start = time.perf_counter()
        loop = asyncio.get_running_loop()
        outcomes = await loop.run_in_executor(self._threads, self._outcomes, batch)
        seconds = time.perf_counter() - start
        rate = (self._under_way) / max(seconds, 1e-6)  # of all batches under way
        self._rate = _MEMORY * self._rate + (1 - _MEMORY) * rate
        self._waiting -= n
        self._under_way -= n
        self._tell_progress()
        self._gathering.note(n, seconds, self._waiting)
        for request, outcome in zip(batch, outcomes, strict=True):
            if request.outcomes.cancelled():
                continue
            if isinstance(outcome, BaseException):
                request.outcomes.set_exception(outcome)
            else:
                request.outcomes.set_result(outcome)

    def _next_batch(self) -> list[_Request]:
        """Take requests off the queue: those that ask alike, up to a batch; the first always."""
        if not self._queue:  # the other batch has them
            return []
        first = self._queue.popleft()
        batch, n, characters = [first], len(first.documents), _characters(first)
        most = min(self._bounds.batch, -(-self._waiting // AT_ONCE))
        while self._queue:
            request = self._queue[0]
            same_form = (request.alternatives, request.evidence) == (
                first.alternatives,
                first.evidence,
            )
            characters += _characters(request)
            if not same_form or characters > self._bounds.batch_characters:
                break
            if n + len(request.documents) > most:
                break
            batch.append(self._queue.popleft())
            n += len(request.documents)
        return batch

    def _outcomes(self, batch: list[_Request]) -> list[_Outcomes | BaseException]:
        """Return the outcomes of each request, or the error that all have: one spoils no other."""
        like = batch[0]
        documents = [document for request in batch for document in request.documents]
        try:
            view = self._view()
            mark = view.rows.mark(view.version)  # once for all: it is read from the file
            pending = None if view.answer_queue is None else AnswersOnHold(view.answer_queue)
            answers = replace(view, answer_queue=pending).label_each(
                documents, alternatives=like.alternatives, evidence=like.evidence
            )
            rest = iter([*answers])
            outcomes = [[next(rest) for _ in request.documents] for request in batch]
            if pending is not None:
                pending.release(leave_out=_refusals(batch, outcomes))
        except Exception as error:  # every request gets an answer, also where we are wrong
            return [error] * len(batch)
        return [_Outcomes(own, view.version, mark) for own in outcomes]


def _refusals(batch: list[_Request], outcomes: list[list[Answer | InputError]]) -> list[Document]:
    """Return the documents of the requests that are refused for one of them."""
    return [
        document
        for request, own in zip(batch, outcomes, strict=True)
        if request.is_whole and any(isinstance(outcome, InputError) for outcome in own)
        for document in request.documents
    ]


def _characters(request: _Request) -> int:
    return sum(map(characters_of, request.documents))
