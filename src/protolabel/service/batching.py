"""Micro-batches: documents of requests that come together are encoded together.

Two batches are under way at a time. While the callers of one are answered and ask again, the other
one is encoded. Short requests share batches, each with half of the documents that wait;
``batch_start`` says how long a batch waits for more. Of the long requests one is under way at a
time, a part of it in each batch, so short ones always have their turn. What waits is bounded.
Beyond the bound a request is refused at once, with the seconds after which to come again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from protolabel.answers import Answer
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.label_space.waiting_answers.answers_on_hold import AnswersOnHold
from protolabel.service.batch_start import Gathering
from protolabel.service.lanes import Answering, Lane, Outcomes, WaitingRequest
from protolabel.service.limits import Bounds
from protolabel.service.problems import Refusal
from protolabel.types import Document

AT_ONCE = 2  # batches that are under way, one of them of a long request at most


@dataclass(frozen=True, slots=True)
class VersionAnswers:
    """The answers of one request, and the view that they are from, with the mark of its version."""

    answers: list[Answer]
    view: View
    mark: str

    @property
    def version(self) -> int:
        """Return the version that they are from."""
        return self.view.version


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
            view: returns the view of the label space that is to answer; it may take a moment.
            bounds: say how much may wait, and how large a batch may be.
            count: is called with the answers of each request: the one place that counts them.
        """
        self._view, self._bounds, self._count = view, bounds, count
        self._short, self._long = Lane(bounds), Lane(bounds)
        self._gathering, self._turn = Gathering(), asyncio.Lock()
        self._closed = False
        self._workers: set[asyncio.Task[None]] = set()
        self._n_working = 0  # workers that will look at the queue again before they end
        self._progress = asyncio.Event()  # set, and replaced, when a batch is done
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="label")

    @property
    def waiting(self) -> int:
        """How many documents wait."""
        return self._short.documents + self._long.documents

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
        request = WaitingRequest(documents, alternatives, evidence, is_whole=True)
        outcomes = await self._outcomes_of(request, 0.0)
        answers = outcomes.answers()
        self._count(answers)
        return VersionAnswers(answers, outcomes.answering.view, outcomes.answering.mark)

    async def explain(self, document: Document, alternatives: int, evidence: int) -> VersionAnswers:
        """Return the answer to a document, which is not remembered, and its version."""
        request = WaitingRequest(
            [document], alternatives, evidence, is_whole=True, is_remembered=False
        )
        outcomes = await self._outcomes_of(request, 0.0)
        answering = outcomes.answering
        return VersionAnswers(outcomes.answers(), answering.view, answering.mark)

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
        request = WaitingRequest(documents, alternatives, evidence, is_whole=False)
        outcomes = (await self._outcomes_of(request, patience)).each
        self._count([outcome for outcome in outcomes if isinstance(outcome, Answer)])
        return outcomes

    async def _outcomes_of(self, request: WaitingRequest, patience: float) -> Outcomes:
        lane = self._lane_of(request)
        await self._room(lane, request, patience)
        lane.add(request)
        self._gathering.note_arrival(self._n_free())
        if self._n_working < AT_ONCE:
            self._n_working += 1
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        try:
            return await request.outcomes
        finally:
            lane.withdraw(request)  # where its caller has left; what is under way ends by itself

    def _lane_of(self, request: WaitingRequest) -> Lane:
        is_long = sum(request.sizes) > self._bounds.batch_tokens
        return self._long if is_long else self._short

    async def _room(self, lane: Lane, request: WaitingRequest, patience: float) -> None:
        """Wait until a request may wait. Raises Refusal (503) where that takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while not self._closed and not lane.has_room(request):
            if loop.time() >= deadline:
                raise lane.refusal()
            progress = self._progress
            try:
                async with asyncio.timeout_at(deadline):
                    await progress.wait()
            except TimeoutError:
                raise lane.refusal() from None
        if self._closed:
            raise Refusal(503, "a label space that is being closed", remedy="send it again")

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
        """Carry out batches until nothing is due.

        A worker is counted out where it finds nothing due, with no pause between the two: a
        request that comes after that starts another worker.
        """
        try:
            while self._short.queue or self._is_long_due():
                async with self._turn:  # one batch gathers, the other one is encoded
                    if not self._closed and not self._is_long_due():
                        await self._gathering.wait(self._n_free)
                    lane = self._long if self._is_long_due() else self._short
                    batch = self._next_batch(lane)
                    parts = [request.next_part(self._bounds.batch_tokens) for request in batch]
                    tokens = lane.begin(batch, parts)
                if batch:
                    await self._carry_out(lane, batch, parts, tokens)
        finally:
            self._n_working -= 1

    def _n_free(self) -> int:
        """Return how many documents of short requests wait, and are not under way."""
        return self._short.documents - self._short.under_way

    def _is_long_due(self) -> bool:
        """Return whether a long request waits, and none is under way."""
        return bool(self._long.queue) and not self._long.under_way

    async def _carry_out(
        self,
        lane: Lane,
        batch: list[WaitingRequest],
        parts: list[Sequence[Document]],
        tokens: int,
    ) -> None:
        """Answer these parts of the requests of a batch."""
        n = sum(map(len, parts))
        start = time.perf_counter()
        loop = asyncio.get_running_loop()
        error = await loop.run_in_executor(self._threads, self._answer, batch, parts)
        seconds = time.perf_counter() - start
        lane.end(n, tokens, seconds)
        for request in batch:
            self._end(lane, request, error)
        self._tell_progress()
        if lane is self._short:
            self._gathering.note(n, seconds, lane.documents)

    def _end(self, lane: Lane, request: WaitingRequest, error: Exception | None) -> None:
        """Tell the caller of a request what became of it, or let it wait for its next part."""
        if error is None and not request.is_done and not request.outcomes.cancelled():
            lane.put_back(request)
            return
        lane.leave(request)
        if request.outcomes.cancelled():
            return
        if error is not None:
            request.outcomes.set_exception(error)
        else:
            assert request.answering is not None
            request.outcomes.set_result(Outcomes(request.each, request.answering))

    def _next_batch(self, lane: Lane) -> list[WaitingRequest]:
        """Take requests off a queue: one long one, or short ones that ask alike, up to a batch."""
        if not lane.queue:  # the other batch has them
            return []
        first = lane.queue.popleft()
        batch, n, tokens = [first], len(first.documents), sum(first.sizes)
        most = min(self._bounds.batch, -(-lane.documents // AT_ONCE))
        while lane is self._short and lane.queue:
            request = lane.queue[0]
            n += len(request.documents)
            tokens += sum(request.sizes)
            if request.form != first.form or tokens > self._bounds.batch_tokens or n > most:
                break
            batch.append(lane.queue.popleft())
        return batch

    def _answer(
        self, batch: list[WaitingRequest], parts: list[Sequence[Document]]
    ) -> Exception | None:
        """Answer parts of requests, or return the error that all have: one spoils no other."""
        first = batch[0]
        try:
            answering = first.answering or _answering(self._view(), first.is_remembered)
            view = replace(answering.view, answer_queue=answering.on_hold)
            documents = [document for part in parts for document in part]
            answers = iter(
                view.label_each(documents, alternatives=first.alternatives, evidence=first.evidence)
            )
            for request, part in zip(batch, parts, strict=True):
                request.each += [next(answers) for _ in part]
                request.answering = answering
            next(answers, None)  # so that the last of them are remembered, too
            if first.is_done and answering.on_hold is not None:
                answering.on_hold.release(leave_out=_refusals(batch))
        except Exception as error:  # every request gets an answer, also where we are wrong
            return error
        return None


def _answering(view: View, is_remembered: bool) -> Answering:
    """Return a view with what holds its answers back; the mark is read from the file once."""
    queue = view.answer_queue if is_remembered else None
    on_hold = None if queue is None else AnswersOnHold(queue)
    return Answering(view, view.rows.mark(view.version), on_hold)


def _refusals(batch: list[WaitingRequest]) -> list[Document]:
    """Return the documents of the requests that are refused for one of them."""
    return [document for request in batch if request.is_refused for document in request.documents]
