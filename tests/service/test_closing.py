"""Label spaces of a service are closed beside the event loop, whole, and not under a job."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from fakes import WordEncoder
from stored import connection_of, store_of

from protolabel import Document, LabelSpace
from protolabel.service.job_runner import JobResult, Jobs
from protolabel.service.limits import Bounds
from protolabel.service.side.job_table import Start
from protolabel.service.spaces import Spaces

PATIENCE = 30  # seconds until a test gives up, far more than anything takes


class WaitingEncoder(WordEncoder):
    """Encodes ships when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.free = threading.Event(), threading.Event()

    def encode(self, texts):
        if "ship" in texts:
            self.begun.set()
            assert self.free.wait(PATIENCE)
        return super().encode(texts)


@pytest.fixture
def encoder():
    return WaitingEncoder()


@pytest.fixture
def spaces(tmp_path, encoder):
    paths = {name: tmp_path / f"{name}.space" for name in ("bills", "mail")}
    for path in paths.values():
        with LabelSpace.create(path, encoder=encoder, background=False) as space:
            space.add(["pay bill", "cv work"], ["bill", "cv"])
    return Spaces(paths, Bounds(), encoder)


class Reader:
    """A request in a thread, which reads a label space until it is let go. Its end waits for it."""

    def __init__(self, space: LabelSpace) -> None:
        self._space, self.begun, self.free = space, threading.Event(), threading.Event()

    def __call__(self) -> None:
        with store_of(self._space).rows.reading():
            self.begun.set()
            assert self.free.wait(PATIENCE), "the event loop did not go on"


def is_closed(space: LabelSpace) -> bool:
    return connection_of(space).closed


def test_while_one_is_closed_the_event_loop_goes_on_and_nobody_opens_it(spaces):
    async def run():
        first = spaces.served("mail")
        reader = Reader(first.space)
        reading = asyncio.create_task(asyncio.to_thread(reader))
        await asyncio.to_thread(reader.begun.wait, PATIENCE)
        sweep = asyncio.create_task(spaces.close_idle(seconds=-1))
        while not first.batcher.is_closed:
            await asyncio.sleep(0)

        def second():
            return spaces.served("mail"), is_closed(first.space)

        opening = asyncio.create_task(asyncio.to_thread(second))
        other = await asyncio.to_thread(spaces.served, "bills")
        (answer,) = await other.batcher.label([Document("b", "pay")], 1, 0)
        await asyncio.wait([opening], timeout=0.3)  # if it does not wait, it is open by now
        reader.free.set()
        served, was_closed = await opening
        await asyncio.gather(reading, sweep)
        await spaces.close()
        return first, served, was_closed, answer.id

    first, served, was_closed, answered = asyncio.run(run())
    assert served is not first
    assert was_closed
    assert answered == "b"


def test_the_end_waits_for_a_closing_that_has_begun(spaces):
    async def run():
        first = spaces.served("mail")
        reader = Reader(first.space)
        reading = asyncio.create_task(asyncio.to_thread(reader))
        await asyncio.to_thread(reader.begun.wait, PATIENCE)
        sweep = asyncio.create_task(spaces.close_idle(seconds=-1))
        while not first.batcher.is_closed:
            await asyncio.sleep(0)
        sweep.cancel()
        await asyncio.gather(sweep, return_exceptions=True)
        end = asyncio.create_task(spaces.close())
        await asyncio.wait([end], timeout=0.1)  # if it does not wait, it has ended by now
        has_ended = end.done()
        reader.free.set()
        await asyncio.gather(reading, end)
        return first.space, has_ended

    space, has_ended = asyncio.run(run())
    assert is_closed(space)
    assert not has_ended


def test_what_was_moved_while_a_document_waited_is_closed_at_the_end(spaces, encoder, tmp_path):
    async def run():
        first = spaces.served("mail")
        answering = asyncio.create_task(first.batcher.label([Document("a", "ship")], 1, 0))
        await asyncio.to_thread(encoder.begun.wait, PATIENCE)
        (tmp_path / "mail.space").rename(tmp_path / "moved.space")
        sweep = asyncio.create_task(spaces.close_idle())
        await asyncio.wait([sweep], timeout=0.1)
        sweep.cancel()  # as the stop of the service does
        await asyncio.gather(sweep, return_exceptions=True)
        encoder.free.set()
        (answer,) = await answering
        await spaces.close()
        return first.space, answer.id

    space, answered = asyncio.run(run())
    assert is_closed(space)
    assert answered == "a"


def test_a_job_keeps_a_label_space_open_whose_file_was_moved(spaces, tmp_path):
    begun, free = threading.Event(), threading.Event()

    def work(space, key, progress):
        begun.set()
        assert free.wait(PATIENCE)
        return JobResult(None, " ".join(one.name for one in space.classes()))

    jobs, first = Jobs(Bounds()), spaces.served("mail")
    job = jobs.start(first, Start("settle", "curate", ""), work)
    assert begun.wait(PATIENCE)
    place, elsewhere = tmp_path / "mail.space", tmp_path / "moved.space"
    place.rename(elsewhere)
    asyncio.run(spaces.close_idle())
    assert not is_closed(first.space)
    elsewhere.rename(place)
    assert spaces.served("mail") is first
    free.set()
    while first.jobs:
        time.sleep(0.01)
    assert jobs.one(first, job.id).record["summary"] == "bill cv"
    place.rename(elsewhere)
    asyncio.run(spaces.close_idle())
    assert is_closed(first.space)
    jobs.close()
    asyncio.run(spaces.close())
