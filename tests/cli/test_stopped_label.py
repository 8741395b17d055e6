"""`label --out` that is asked to end, by Ctrl-C or by SIGTERM: it says how to go on."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from commands import ENVIRONMENT
from mail_space import mail_space
from prepared_commands import prepared_program


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_end_says_what_it_answered_and_how_to_go_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Before, SIGTERM ended it without a word."""
    out = tmp_path / "out.jsonl"
    command = [prepared_program(), "label", mail_space(tmp_path), "-", "--out", out]
    with subprocess.Popen(
        list(map(str, command)), env=ENVIRONMENT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(b"please pay the bill\n")
        process.stdin.flush()
        while not out.exists() or out.stat().st_size == 0:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        notes = process.stderr.read().decode()
        assert process.wait() == 130
    assert "stopped after 1 document; with --out, add --resume to go on" in notes


def test_other_commands_say_that_they_were_ended_too(tmp_path: Path) -> None:
    """Before, SIGTERM ended all but `label` and `stream` without a word, and these at first."""
    command = [prepared_program(), "import", mail_space(tmp_path), "-"]
    with subprocess.Popen(
        list(map(str, command)), env=ENVIRONMENT, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        process.stdin.write(b'{"text": "' + 2**18 * b"a")  # more than a pipe holds: it is read
        process.stdin.flush()
        process.send_signal(signal.SIGTERM)
        notes = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, notes.strip()) == (130, "protolabel: interrupted")
