"""`label --sort-into` that is asked to end, by Ctrl-C or by SIGTERM: once, or by two at once."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call
from mail_space import mail_space
from prepared_commands import prepared_program
from spelt_numbers import spelt


@pytest.mark.parametrize(
    ("number", "option"),
    [
        (signal.SIGINT, "--follow"),
        (signal.SIGTERM, "--watch"),
        pytest.param(signal.SIGINT, "--watch", marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, "--follow", marks=pytest.mark.slow),
    ],
)
def test_a_pair_of_signals_ends_a_run_that_follows_as_one_does(
    tmp_path: Path, number: signal.Signals, option: str
) -> None:
    """The second one interrupted it, without its summary, with exit code 130."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "bill.txt").write_text("please pay the bill")
    with _sorting(mail_space(tmp_path), inbox, tmp_path / "sorted", option) as process:
        assert process.stdout
        assert "bill.txt" in process.stdout.readline()
        for _ in range(2):
            process.send_signal(number)
            time.sleep(0.05)
        _, notes = process.communicate(timeout=60)
    assert "1 file: 1 sorted" in notes
    assert process.returncode == 0


def test_a_run_that_is_stopped_says_that_the_same_command_goes_on_and_it_does(
    tmp_path: Path,
) -> None:
    """It said no more than that it was interrupted."""
    inbox, out = tmp_path / "inbox", tmp_path / "sorted"
    inbox.mkdir()
    for n in range(1000):
        (inbox / f"{n:04}.txt").write_text(f"please pay the bill {spelt(n)}")
    space = mail_space(tmp_path)
    with _sorting(space, inbox, out) as process:
        assert process.stdout
        for _ in range(3):
            assert ".txt" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        notes = process.communicate(timeout=60)[1]
        assert process.returncode == 130
    (n_sorted,) = re.findall(r"stopped after (\d+) files; the same command goes on", notes)
    rest = call("label", space, inbox, "--sort-into", out).stderr
    ((n_new, n_before),) = re.findall(r"(\d+) files: .*; (\d+) files as an earlier run", rest)
    assert int(n_new) + int(n_before) == 1000
    assert 1000 > int(n_before) >= int(n_sorted)


def _sorting(space: Path, inbox: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    command = [prepared_program(), "label", space, inbox, "--sort-into", out]
    return subprocess.Popen(
        list(map(str, [*command, *options])), env=ENVIRONMENT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
