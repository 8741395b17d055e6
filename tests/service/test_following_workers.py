"""A followed folder beside several workers: one of them reads it, and all know what it read."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from service_process import make_space, service

from protolabel import LabelSpace

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
SPACE = "/v1/spaces/mail"


def workers_of(process):
    """Return the process numbers of the workers."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    return sorted(int(n) for task in tasks for n in (task / "children").read_text().split())


def until(condition):
    """Return what a condition gives once it is true; a worker may die under the question."""
    deadline = time.monotonic() + 120
    while True:
        try:
            if value := condition():
                return value
        except (OSError, http.client.HTTPException):
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_file_is_answered_once_also_where_the_worker_that_follows_dies(tmp_path):
    path, folder = make_space(tmp_path / "mail.space"), tmp_path / "in"
    with LabelSpace(path, background=False) as space:
        space.answer_log.remember("text")
    folder.mkdir()
    (folder / "a.txt").write_text("please pay the bill", encoding="utf-8")

    with service(str(path), "--follow", str(folder), "--workers", "2") as client:

        def names():
            return sorted(one["id"] for one in client.get(f"{SPACE}/inbox").json["documents"])

        until(lambda: names() == ["a.txt"])
        first = workers_of(client.process)
        assert len(first) == 2
        for pid, name in zip(first, ("b", "c"), strict=True):  # one of them follows the folder
            os.kill(pid, signal.SIGKILL)
            until(lambda pid=pid: pid not in workers_of(client.process))
            until(lambda: len(workers_of(client.process)) == 2)
            (folder / f"{name}.txt").write_text(f"my work so far: {name}", encoding="utf-8")
            until(lambda name=name: f"{name}.txt" in names())
        until(lambda: client.get(f"{SPACE}/followed").json["files"] == 3)
        for _ in range(8):  # whichever worker is asked
            assert until(names) == ["a.txt", "b.txt", "c.txt"]
            assert until(lambda: client.get(f"{SPACE}/followed").json)["documents"] == 3
        code, _ = client.stop()
    assert code == 0
