"""Two batches are under way at a time, each with half of the documents that wait."""

from __future__ import annotations

import asyncio
import threading
import time

from fakes import WordEncoder

from protolabel import Document, LabelSpace
from protolabel.service.batching import AT_ONCE, Batcher
from protolabel.service.limits import Bounds


class Barrier:
    """A view that is handed out once a number of batches have asked; notes their documents."""

    def __init__(self, parties: int) -> None:
        self.encoder = WordEncoder()
        self.space = LabelSpace.create(encoder=self.encoder, background=False)
        self.space.add(["pay bill", "cv work"], ["bill", "cv"])
        self.encoder.texts.clear()
        self.passed = threading.Event()
        self._barrier = threading.Barrier(parties, action=self.passed.set)

    def view(self):
        if not self.passed.is_set():
            self._barrier.wait(60)
        return self.space.view()


def answers_of(barrier: Barrier, requests: list[list[Document]], bounds: Bounds) -> list[list[str]]:
    """Return the ids of the answers of requests that come together."""

    async def run():
        batcher = Batcher(barrier.view, bounds)
        async with asyncio.timeout(60):
            answers = await asyncio.gather(*(batcher.label(each, 1, 0) for each in requests))
            await batcher.close()
        return answers

    return [[answer.id for answer in each] for each in asyncio.run(run())]


def test_a_batch_begins_while_the_other_one_is_encoded():
    """Each waits for the other: with one at a time neither would end."""
    requests = [[Document(str(n), "pay")] for n in range(AT_ONCE)]
    assert answers_of(Barrier(AT_ONCE), requests, Bounds()) == [[str(n)] for n in range(AT_ONCE)]


def test_documents_that_wait_are_shared_out_to_both():
    barrier = Barrier(AT_ONCE)
    requests = [[Document(str(n), f"pay {n}")] for n in range(40)]
    assert answers_of(barrier, requests, Bounds()) == [[str(n)] for n in range(40)]
    assert len(barrier.encoder.texts) == 40


def test_a_request_is_never_parted():
    """One request of more documents than half of those that wait goes as a whole."""
    requests = [[Document(str(n), "pay") for n in range(9)], [Document("last", "cv")]]
    expected = [[str(n) for n in range(9)], ["last"]]
    assert answers_of(Barrier(AT_ONCE), requests, Bounds(batch=4)) == expected


def test_a_request_that_comes_as_both_batches_end_is_carried_out():
    """Its caller is woken before the ended workers are cleared away."""
    barrier = Barrier(AT_ONCE)

    async def asks_again(batcher: Batcher) -> None:
        await batcher.label([Document("first", "pay")], 1, 0)
        await batcher.label([Document("again", "pay")], 1, 0)

    async def holds_the_loop() -> None:
        """Let both batches end before the loop looks at either."""
        await asyncio.to_thread(barrier.passed.wait, 60)
        time.sleep(0.1)

    async def run() -> None:
        batcher = Batcher(barrier.view, Bounds())
        async with asyncio.timeout(60):
            await asyncio.gather(
                asks_again(batcher),
                batcher.label([Document("once", "cv")], 1, 0),
                holds_the_loop(),
            )
            await batcher.close()

    asyncio.run(run())
