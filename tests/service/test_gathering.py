"""When a batch begins, in a time of its own: whom it waits for, and for how long at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from protolabel.service.batch_start import Gathering

MOST = 0.1


class Arrivals:
    """Documents that come at given seconds, on a clock that only pauses move."""

    def __init__(self, seconds: list[float]) -> None:
        self._seconds, self.now, self.pauses = sorted(seconds), 0.0, 0
        self.gathering = Gathering(self.clock, self.set_within)

    def clock(self) -> float:
        return self.now

    async def set_within(self, event: asyncio.Event, seconds: float) -> None:
        """Let the documents come that do so before an event is set, or within some seconds."""
        self.pauses += 1
        end = self.now + seconds
        for second in [one for one in self._seconds if self.now < one <= end]:
            self.now = second
            self.gathering.note_arrival(self.waiting())
            if event.is_set():
                return
        self.now = end

    def waiting(self) -> int:
        return sum(second <= self.now for second in self._seconds)


def first_size(arrivals: Arrivals, note: Callable[[Gathering], None] = lambda _: None) -> int:
    """Return with how many documents a batch begins."""
    gathering = arrivals.gathering
    note(gathering)
    with ThreadPoolExecutor(1) as pool:  # a browser's loop may run in this thread
        pool.submit(lambda: asyncio.run(gathering.wait(arrivals.waiting))).result()
    return arrivals.waiting()


def test_the_first_batch_begins_at_once():
    arrivals = Arrivals([0.0, 0.001])
    assert first_size(arrivals) == 1
    assert arrivals.pauses == 0


def test_callers_who_come_again_are_encoded_with_those_who_waited_not_after_them():
    """64 callers, 59 of whom have just been answered: 5 of them would be a poor batch."""
    arrivals = Arrivals([0.0] * 5 + [i / 2000 for i in range(1, 60)])
    n = first_size(arrivals, lambda gathering: gathering.note(59, 0.1, 5))
    assert n >= 32


def test_half_of_the_callers_are_enough_since_the_other_batch_has_the_rest():
    arrivals = Arrivals([0.0] * 32 + [0.001] * 32)
    assert first_size(arrivals, lambda gathering: gathering.note(32, 0.1, 32)) == 32
    assert arrivals.pauses == 0
    few = Arrivals([0.0] * 4 + [0.001] * 4)
    assert first_size(few, lambda gathering: gathering.note(4, 0.1, 4)) == 4
    assert few.pauses == 0


def test_callers_who_do_not_come_again_are_waited_for_once():
    arrivals = Arrivals([0.0])
    assert first_size(arrivals, lambda gathering: gathering.note(20, 0.2, 1)) == 1
    assert arrivals.pauses == 1


def test_a_batch_begins_in_the_moment_in_which_enough_are_there():
    arrivals = Arrivals([0.0, 0.001, 0.0025, 0.004])
    assert first_size(arrivals, lambda gathering: gathering.note(4, 0.1, 2)) == 3
    assert arrivals.now == 0.0025


def test_one_caller_alone_waits_for_nobody():
    arrivals = Arrivals([0.0])
    first_size(arrivals, lambda gathering: gathering.note(1, 0.01, 0))
    assert arrivals.pauses == 0


@given(
    st.lists(st.floats(0, 1), max_size=80),
    st.integers(1, 256),
    st.floats(0, 5),
    st.integers(0, 256),
)
def test_no_batch_waits_longer_than_the_bound(seconds, documents, length, waiting):
    arrivals = Arrivals([0.0, *seconds])
    first_size(arrivals, lambda gathering: gathering.note(documents, length, waiting))
    assert arrivals.now <= 2 * MOST  # the bound, and the pause that crosses it
