"""What is done at SIGINT and SIGTERM, and what the signals do again afterwards."""

from __future__ import annotations

import os
import signal

import pytest

from protolabel.stop_signals import INTERRUPT, TERMINATE, stop_signals


@pytest.mark.parametrize("name", [INTERRUPT, TERMINATE])
def test_each_signal_acts_and_its_handler_comes_back(name: signal.Signals) -> None:
    before = signal.getsignal(name)
    calls: list[int] = []
    with stop_signals(lambda: calls.append(1)):
        os.kill(os.getpid(), name)
        os.kill(os.getpid(), name)
    assert calls == [1, 1]
    assert signal.getsignal(name) is before


def test_a_second_signal_does_what_it_did_before() -> None:
    calls: list[int] = []
    with pytest.raises(KeyboardInterrupt), stop_signals(lambda: calls.append(1), once=True):
        os.kill(os.getpid(), INTERRUPT)
        os.kill(os.getpid(), INTERRUPT)
    assert calls == [1]


def test_an_act_may_raise_and_other_signals_are_left_alone() -> None:
    def end() -> None:
        raise KeyboardInterrupt

    before = signal.getsignal(INTERRUPT)
    with pytest.raises(KeyboardInterrupt), stop_signals(end, signals=(TERMINATE,)):
        assert signal.getsignal(INTERRUPT) is before
        os.kill(os.getpid(), TERMINATE)
    assert signal.getsignal(TERMINATE) is not end
