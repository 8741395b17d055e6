"""Progress: its arithmetic, and what people see of it in a terminal, a pipe and a log."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys

import pytest
from commands import ENVIRONMENT

from protolabel.cli.progress import progress_display
from protolabel.progress import Meter, Step, stepped


@pytest.mark.parametrize(
    ("step", "fraction"),
    [
        (Step("documents", 5), None),
        (Step("documents", 5, 20), 0.25),
        (Step("documents", 0, 0), 1.0),
        (Step("documents", 30, 20), 1.0),
        (Step("documents", 5, share=0.75), 0.75),
        (Step("documents", 5, 20, share=1.5), 1.0),
    ],
)
def test_the_fraction_of_a_step(step, fraction):
    assert step.fraction == fraction


def test_a_step_before_the_first_item_and_one_after_each():
    steps: list[Step] = []
    assert list(stepped("abc", "letters", 3, steps.append)) == ["a", "b", "c"]
    assert [(s.what, s.done, s.total) for s in steps] == [("letters", n, 3) for n in range(4)]


def test_a_log_has_one_line_at_the_end_though_two_steps_end_the_work(capsys):
    """`train` wrote its last line twice: the last report, and the result with its own loss."""
    with progress_display(show=True) as progress:
        for note in ("loss 0.115", "loss 0.052"):
            progress(Step("episodes", 600, 600, note))
    assert capsys.readouterr().err.count("600 of 600") == 1


def test_a_meter_adds_up_what_is_done_in_several_places():
    steps: list[Step] = []
    meter = Meter("bytes read", 30, steps.append)
    for amount in (10, 20):
        meter.advance(amount)
    assert [s.fraction for s in steps] == [1 / 3, 1.0]


WORK = """
import sys, click
from protolabel.cli.progress import progress_display
from protolabel.cli.terminal import note
from protolabel.progress import Step

show = {"show": True, "hide": False}.get(sys.argv[1])
with progress_display(show, log=sys.argv[1] == "log") as progress:
    for n in range(101):
        progress(Step("documents [b]encoded", n, 100))
        if n == 50:
            note("a note [b]")
            click.echo("a result")
"""


def in_pipes(show: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", WORK, show], capture_output=True, env=ENVIRONMENT, check=True
    )
    return done.stdout.decode(), done.stderr.decode()


def test_a_pipe_is_silent_unless_progress_is_asked_for():
    assert in_pipes("hide") == ("a result\n", "a note [b]\n")
    assert in_pipes("default") == ("a result\n", "a note [b]\n")


@pytest.mark.parametrize("show", ["show", "log"])
def test_a_log_has_a_line_at_the_beginning_and_at_the_end(show):
    out, err = in_pipes(show)
    assert out == "a result\n"
    assert err.splitlines()[0] == "documents [b]encoded: 0 of 100"
    assert err.splitlines()[-1] == "documents [b]encoded: 100 of 100"
    assert err.splitlines()[1] == "a note [b]"
    assert len(err.splitlines()) == 3


def test_on_a_terminal_progress_goes_to_stderr_and_results_stay_on_stdout():
    """A progress bar must not send to the terminal what belongs into the user's file."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, "default"],
        stdout=subprocess.PIPE,
        stderr=follower,
        env=ENVIRONMENT | {"TERM": "xterm"},
    )
    os.close(follower)
    drawn = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error on Linux
        while part := os.read(leader, 4096):
            drawn += part
    os.close(leader)
    out, _ = process.communicate()
    assert process.returncode == 0
    assert out == b"a result\n"
    assert "documents [b]encoded: 100 of 100" in drawn.decode()
    assert "left" in drawn.decode()
    before, _, after = drawn.decode().partition("a note [b]")  # above the bar: it is erased first
    assert before.endswith(("\x1b[2K", "\n"))
    assert after.startswith("\r\n")
