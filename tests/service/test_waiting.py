"""Nothing waits for what is not its own: openings, results, a full queue, the stop."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from fakes import WordEncoder
from service_process import service

from protolabel import Document, LabelSpace
from protolabel.errors import InputError
from protolabel.service.access import Access
from protolabel.service.batching import Batcher
from protolabel.service.job_runner import Jobs
from protolabel.service.limits import Bounds
from protolabel.service.measures import Measures
from protolabel.service.options import Options
from protolabel.service.problems import Refusal
from protolabel.service.results import Results
from protolabel.service.spaces import Spaces
from protolabel.service.state import State
from protolabel.service.streaming import answer_each, batches
from protolabel.service.throughput import Throughput
from protolabel.service.uploads import Uploads


class MeetingEncoder(WordEncoder):
    """An encoder that answers who it is once two ask at the same time."""

    def __init__(self) -> None:
        self._meeting, self._is_over = threading.Barrier(2), False
        super().__init__()

    @property
    def fingerprint(self) -> str:
        if not self._is_over:
            self._meeting.wait(10)
            self._is_over = True
        return f"words:{self.dim}"

    @fingerprint.setter
    def fingerprint(self, name: str) -> None:
        pass


@pytest.fixture
def paths(tmp_path):
    paths = {name: tmp_path / f"{name}.space" for name in ("bills", "mail")}
    for path in paths.values():
        with LabelSpace.create(path, encoder=WordEncoder(), background=False) as space:
            space.add(["pay bill", "cv work"], ["bill", "cv"])
    return paths


def test_the_opening_of_one_label_space_delays_no_other(paths):
    spaces = Spaces(paths, Bounds(), MeetingEncoder())
    with ThreadPoolExecutor(2) as threads:
        both = [*threads.map(spaces.served, paths)]
    assert [one.name for one in both] == [*paths]
    asyncio.run(spaces.close())


def test_one_label_space_is_opened_once_for_all_who_ask(paths):
    spaces = Spaces(paths, Bounds(), WordEncoder())
    with ThreadPoolExecutor(4) as threads:
        assert len({one.opening for one in threads.map(spaces.served, ["mail"] * 8)}) == 1
    asyncio.run(spaces.close())


def test_a_service_that_has_stopped_opens_nothing(paths):
    spaces = Spaces(paths, Bounds(), WordEncoder())
    asyncio.run(spaces.close())
    with pytest.raises(Refusal, match="stopped") as refusal:
        spaces.served("mail")
    assert refusal.value.status == 503
    assert spaces.open_ones == []


def test_a_result_that_takes_long_delays_no_other_and_is_made_once(paths):
    spaces, results = Spaces(paths, Bounds(), WordEncoder()), Results()
    served = spaces.served("mail")
    begun, done, calls = threading.Event(), threading.Event(), []

    def slow(space):
        calls.append(space)
        begun.set()
        assert done.wait(10), "the other result was held up"
        return {"kind": "slow"}

    with ThreadPoolExecutor(3) as threads:
        first, second = (threads.submit(results.record, "slow", served, slow) for _ in range(2))
        assert begun.wait(10)
        assert results.record("quick", served, lambda _: {"kind": "quick"}) == {"kind": "quick"}
        done.set()
        assert first.result() == second.result() == {"kind": "slow"}
    assert results.record("slow", served, slow) == {"kind": "slow"}
    assert len(calls) == 1
    asyncio.run(spaces.close())


def test_a_result_that_cannot_be_made_is_tried_again(paths):
    spaces, results = Spaces(paths, Bounds(), WordEncoder()), Results()
    served = spaces.served("mail")

    def too_few(space):
        raise InputError("too few examples", expected="more")

    for _ in range(2):
        with pytest.raises(InputError, match="too few"):
            results.record("risk", served, too_few)
    assert results.record("risk", served, lambda _: {"n": 1}) == {"n": 1}
    asyncio.run(spaces.close())


def state(paths, **bounds):
    options = Options(bounds=Bounds(**bounds))
    spaces = Spaces(paths, options.bounds, WordEncoder())
    measures, jobs = Measures(), Jobs(options.bounds)
    pace = Throughput(measures.answer_count, paths)
    return State(options, spaces, Access(options), measures, Uploads(options.bounds), jobs, pace)


@asynccontextmanager
async def full_queue(one):
    """Keep the encoder busy and the queue of mail full, until ``go_on`` is set."""
    busy, go_on = threading.Event(), threading.Event()
    served = one.spaces.served("mail")
    view = served.space.view

    def slow_view():
        busy.set()
        assert go_on.wait(60)
        return view()

    served.batcher = Batcher(slow_view, one.options.bounds)
    first = asyncio.create_task(served.batcher.label([Document(n, "pay") for n in "xy"], 1, 0))
    assert await asyncio.to_thread(busy.wait, 60)
    try:
        yield served, go_on
    finally:
        go_on.set()
        await first
        await one.spaces.close()
        one.uploads.close()


def run(coroutine):
    async def bounded():
        async with asyncio.timeout(30):
            return await coroutine

    return asyncio.run(bounded())


def test_lines_that_find_no_room_in_time_are_answered_so(paths):
    async def lines():
        one = state(paths, waiting=2, stream_seconds=0.01)
        async with full_queue(one) as (served, _):
            return await answer_each(one, served, [Document(n, "pay") for n in "ab"], (1, 0))

    answers = run(lines())
    assert [answer.status for answer in answers] == [503, 503]
    assert all("wait already" in one.got and one.headers["Retry-After"] for one in answers)


def test_lines_wait_for_room_and_are_answered_when_there_is_some(paths):
    async def lines():
        one = state(paths, waiting=2, stream_seconds=3600)
        async with full_queue(one) as (served, go_on):
            documents = [Document(n, "pay") for n in "ab"]
            waiting = asyncio.create_task(answer_each(one, served, documents, (1, 0)))
            await asyncio.sleep(0)  # until it waits
            go_on.set()
            return await waiting

    assert [answer.id for answer in run(lines())] == ["a", "b"]


def test_the_stop_ends_the_wait_for_room_and_opens_nothing(paths):
    async def lines():
        one = state(paths, waiting=2, stream_seconds=3600)
        async with full_queue(one) as (served, go_on):
            waiting = asyncio.create_task(answer_each(one, served, [Document("a", "pay")], (1, 0)))
            await asyncio.sleep(0)  # until it waits
            closing = asyncio.create_task(one.spaces.close())
            answers = await waiting
            assert not go_on.is_set(), "it ended while the queue was full"
            go_on.set()
            await closing
            return answers, one.spaces.open_ones

    answers, open_ones = run(lines())
    assert [answer.status for answer in answers] == [503]
    assert open_ones == []


def test_the_stop_ends_a_stream_whose_sender_pauses():
    async def read():
        stopping = asyncio.Event()

        async def chunks():
            yield b'{"text": "pay"}\n'
            stopping.set()
            await asyncio.Event().wait()  # the sender pauses for ever

        batched = batches(chunks(), stopping, Bounds())
        assert await anext(batched) == [(1, b'{"text": "pay"}')]
        with pytest.raises(Refusal, match="stopped"):
            await anext(batched)

    run(read())


def test_a_stream_is_ended_by_the_stop_with_a_last_line(mail):
    """What was read is answered, and the last line says that no more was."""
    with service(str(mail)) as client:
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
        connection.putrequest("POST", "/v1/spaces/mail/label/stream")
        connection.putheader("Content-Type", "application/x-ndjson")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        line = b'{"id": "first", "text": "pay"}\n'
        connection.send(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        answer = connection.getresponse()
        assert json.loads(answer.readline())["id"] == "first"
        client.process.terminate()
        assert json.loads(answer.readline())["error"]["status"] == 503
        assert answer.read() == b""
        connection.close()
        assert client.process.wait(timeout=60) == 0
