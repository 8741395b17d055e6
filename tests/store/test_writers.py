"""Processes and threads that write to one file: killed, at once, or in each other's way."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import WordEncoder
from other_processes import HELPERS, OPEN, opened
from stored import connection_of, summaries

from protolabel import Example, LabelSpace
from protolabel.errors import StoreBusyError

WRITER = """
from fakes import WORDS
from protolabel import Example
print("ready", flush=True)
for n in range(int(sys.argv[3])):
    change = space.add([Example(f"class {n % 7}", WORDS[(n + k) % 8]) for k in range(3)])
    if n % 5 == 4:
        change = space.undo()
    print(change.version, change.summary, flush=True)
"""


def writer(path: Path, changes: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN + WRITER, str(path), HELPERS, str(changes)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def acknowledged(process: subprocess.Popen[str], lines: Sequence[str] = ()) -> dict[int, str]:
    """What a writer printed of each change: the ``lines`` that were read, and those to its end."""
    output = "".join(lines) + process.stdout.read()
    process.stdout.close()
    process.wait()
    whole = [line for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {int(v): s for v, _, s in (line.strip().partition(" ") for line in whole)}


def test_a_killed_writer_loses_no_acknowledged_change(path):
    rng = random.Random(0)
    for n in (0, 1, 7, 50):
        process = writer(path, 100_000)
        lines = [process.stdout.readline() for _ in range(n)]
        time.sleep(rng.uniform(0.0, 0.05))
        process.send_signal(signal.SIGKILL)
        changes = acknowledged(process, lines)
        assert len(changes) >= n
        assert changes.items() <= summaries(path).items()


def test_two_processes_writing_at_once_lose_nothing(path):
    writers = [writer(path, 60) for _ in range(2)]
    acknowledged_lines = [acknowledged(w) for w in writers]
    assert all(len(t) == 60 for t in acknowledged_lines)
    assert not acknowledged_lines[0].keys() & acknowledged_lines[1].keys()
    assert (acknowledged_lines[0] | acknowledged_lines[1]).items() <= summaries(path).items()


def test_changes_of_another_process_are_seen(path):
    with opened(path) as here:
        assert here.label("secret").label != "nda"
        with opened(path) as there:
            there.add([Example("nda", "secret"), Example("nda", "secret sign")])
        assert here.label("secret").label == "nda"
        here.rename("nda", "NDA")
        assert here.label("secret").label == "NDA"


def test_threads_share_one_label_space(path):
    with LabelSpace(path, encoder=WordEncoder(), background=True) as space:
        errors: list[BaseException] = []

        def work(n: int) -> None:
            try:
                for k in range(10):
                    space.add("pay cv", f"class {n}")
                    assert space.label("pay").alternatives
                    assert k < space.version
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        space.settle()
        assert sum(c.examples for c in space.classes()) == 43
    assert summaries(path)


def test_a_locked_file_is_busy(path):
    with opened(path) as space:
        connection_of(space).db.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="another process"):
            space.add("pay", "bill")
        other.execute("ROLLBACK")
        other.close()
        assert space.add("pay", "bill").version == 5
