"""Work that is begun before it is asked for: done once, taken once, and done again if it failed."""

from __future__ import annotations

import threading

from protolabel.system.begun_ahead import begin, result_of, under_way


def test_a_result_is_there_for_the_first_who_takes_it():
    calls: list[int] = []

    def three() -> int:
        calls.append(1)
        return 3

    for _ in range(2):  # begun twice, done once
        begin(("sum", "a"), three)
    assert result_of(("sum", "a")) == 3
    assert calls == [1]
    assert result_of(("sum", "a")) is None
    assert result_of(("sum", "b")) is None


def test_work_that_fails_has_no_result():
    begin(("sum", "c"), lambda: 1 // 0)
    assert result_of(("sum", "c")) is None


def test_work_is_under_way_until_it_is_done_or_taken():
    go = threading.Event()
    begin(("wait",), lambda: go.wait(30))
    assert under_way()
    go.set()
    assert result_of(("wait",)) is True
    assert not under_way()
