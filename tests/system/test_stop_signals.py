"""What is done at SIGINT and SIGTERM, and what the signals do again afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from protolabel.system.stop_signals import INTERRUPT, TERMINATE, StopRequest, stop_signals

# A second thread sends this process one signal after the other while the main thread imports one
# module again and again. Then the second one imports another module.
IMPORTER = """
import os, random, sys, threading, time
from protolabel.system.stop_signals import interrupt_at_stop_signals

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
from protolabel.system.stop_signals import interrupt_at_stop_signals

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

# A pair that is taken within a block, one that outlives its block, and a later signal, which is
# another one.
PAIR = """
import os, signal, sys, time
from protolabel.system.stop_signals import interrupt_at_stop_signals, stop_signals

interrupt_at_stop_signals()
calls = []
with stop_signals(lambda: calls.append(1), once=sys.argv[1] == "True"):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(1.1)
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)
except KeyboardInterrupt:
    print(len(calls), "interrupted")
"""

# A signal while Python clears its modules, which is the last that it does.
LATE = """
import os, signal
from protolabel.system.stop_signals import interrupt_at_stop_signals

interrupt_at_stop_signals()


class Late:
    def __del__(self, kill=os.kill, process=os.getpid(), number={number}):
        kill(process, number)


late = Late()
print("done", flush=True)
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("name", [INTERRUPT, TERMINATE])
def test_each_signal_acts_and_its_handler_comes_back(name: signal.Signals) -> None:
    before = signal.getsignal(name)
    calls: list[int] = []
    with stop_signals(lambda: calls.append(1), same=0):
        os.kill(os.getpid(), name)
        os.kill(os.getpid(), name)
    assert calls == [1, 1]
    assert signal.getsignal(name) is before


def test_a_second_signal_does_what_it_did_before() -> None:
    calls: list[int] = []
    act = partial(calls.append, 1)
    with pytest.raises(KeyboardInterrupt), stop_signals(act, once=True, same=0):
        os.kill(os.getpid(), INTERRUPT)
        os.kill(os.getpid(), INTERRUPT)
    assert calls == [1]


@pytest.mark.parametrize("once", [True, False])
def test_signals_within_a_second_of_the_first_are_the_same_one_wherever_they_are_taken(
    once: bool,
) -> None:
    """Only ``interrupt_at_stop_signals`` knew that: a pair was two here, or ended the process."""
    done = run(PAIR, str(once))
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 interrupted\n", "")


@pytest.mark.parametrize("name", [INTERRUPT, TERMINATE])
def test_a_signal_that_comes_while_the_process_ends_changes_nothing(name: signal.Signals) -> None:
    """The second one of a pair killed a command that had done its work: -15 in place of 0."""
    done = run(LATE.format(number=int(name)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@pytest.mark.parametrize("name", [INTERRUPT, TERMINATE])
def test_a_signal_that_the_caller_ignores_stays_ignored(name: signal.Signals) -> None:
    """``interrupt_at_stop_signals`` left it alone, and ``stop_signals`` took it."""
    before = signal.signal(name, signal.SIG_IGN)
    try:
        with stop_signals(lambda: pytest.fail("acted"), same=0):
            assert signal.getsignal(name) == signal.SIG_IGN
            os.kill(os.getpid(), name)
        assert signal.getsignal(name) == signal.SIG_IGN
    finally:
        signal.signal(name, before)


def test_an_act_may_raise_and_other_signals_are_left_alone() -> None:
    def end() -> None:
        raise KeyboardInterrupt

    before = [signal.getsignal(name) for name in (INTERRUPT, TERMINATE)]
    with pytest.raises(KeyboardInterrupt), stop_signals(end, signals=(TERMINATE,), same=0):
        assert signal.getsignal(INTERRUPT) is before[0]
        os.kill(os.getpid(), TERMINATE)
    assert [signal.getsignal(name) for name in (INTERRUPT, TERMINATE)] == before


@pytest.mark.parametrize("name", [INTERRUPT, TERMINATE])
def test_interrupts_leave_the_import_lock_free_for_other_threads(name: signal.Signals) -> None:
    """With Python's own handler, it stayed locked after a few, and some were lost."""
    done = run(IMPORTER.format(number=int(name)))
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


# A signal comes at each line of the waiting, one after the other.
REQUESTS = """
import signal, sys
from protolabel.system.stop_signals import StopRequest, stop_signals


def look(frame, event, argument):
    global n_lines
    if event == "line":
        n_lines += 1
        if n_lines == place:
            signal.raise_signal(signal.SIGINT)
    return look


for place in range(1, 41):
    request, n_lines = StopRequest(), 0
    with stop_signals(request.make, same=0):
        sys.settrace(look)
        is_made = request.wait(0.01)
        sys.settrace(None)
    assert is_made or n_lines < place, place
    if n_lines >= place:
        n_stops = place
print(n_stops)
"""


def test_a_signal_that_comes_while_the_stop_is_waited_for_does_not_block():
    """With an event of `threading` in its place, the process hangs."""
    done = subprocess.run(
        [sys.executable, "-c", REQUESTS], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) >= 4
    assert done.stderr == ""


def test_a_stop_is_waited_for_as_long_as_is_said():
    request = StopRequest()
    assert not request.wait(0.01)
    request.make()
    assert request.wait(60)
    assert request.is_made()


EARLY = """
import os, signal, sys
import protolabel.cli


def look(frame, event, argument):
    if event == "call" and frame.f_code.co_name == {function!r}:
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGTERM)


sys.argv = ["protolabel", "label", "nowhere.space", "inbox"]
sys.setprofile(look)
protolabel.cli.main()
"""


@pytest.mark.parametrize("function", ["prepare_streams", "load_encoder_ahead", "exit_code_of"])
def test_a_signal_that_comes_early_interrupts_the_command_as_a_later_one_does(function):
    script = EARLY.format(function=function)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "protolabel: interrupted\n")
