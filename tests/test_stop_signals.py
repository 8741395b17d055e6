"""What is done at SIGINT and SIGTERM, and what the signals do again afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from protolabel.stop_signals import INTERRUPT, TERMINATE, stop_signals

# A second thread sends this process one signal after the other while the main thread imports one
# module again and again. Then the second one imports another module.
IMPORTER = """
import os, random, sys, threading, time
from protolabel.stop_signals import interrupt_at_stop_signals

interrupt_at_stop_signals(same=0)
importing, caught = threading.Event(), 0


def send():
    for _ in range(100):
        importing.wait()
        importing.clear()
        time.sleep(random.random() / 1000)
        os.kill(os.getpid(), {number})
    __import__("sched")


thread = threading.Thread(target=send, daemon=True)
thread.start()
end = time.monotonic() + 30
while time.monotonic() < end and caught < 100:
    try:
        importing.set()
        while time.monotonic() < end:
            sys.modules.pop("colorsys", None)
            import colorsys
            rest = time.monotonic() + 0.02  # imports let the other thread in, or 5 ms
            while time.monotonic() < rest:
                pass
    except KeyboardInterrupt:
        caught += 1
thread.join(10)
print(caught, thread.is_alive(), flush=True)
os._exit(0)
"""

WAITER = """
import sys
from protolabel.stop_signals import interrupt_at_stop_signals

interrupt_at_stop_signals()
caught, is_ready = 0, False
while True:
    try:
        if not is_ready:
            is_ready = True
            print("ready", flush=True)
        sys.stdin.read()
        break
    except KeyboardInterrupt:
        caught += 1
print(caught)
"""


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


@pytest.mark.parametrize("name", [INTERRUPT, TERMINATE])
def test_interrupts_leave_the_import_lock_free_for_other_threads(name: signal.Signals) -> None:
    """With Python's own handler, it stayed locked after a few, and some were lost."""
    code = [sys.executable, "-c", IMPORTER.format(number=int(name))]
    done = subprocess.run(code, check=True, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("100 False\n", "")


def test_signals_close_together_are_one() -> None:
    """`timeout` signals its child and then the child's group, so that it gets two."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        for name in (INTERRUPT, INTERRUPT, TERMINATE):
            process.send_signal(name)
            time.sleep(0.05)
        assert process.communicate()[0] == b"1\n"
