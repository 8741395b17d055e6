"""The copy of a label space that partitions are answered from: who has it, and what is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from protolabel import LabelSpace
from protolabel.batch.open_copies import open_copy_of
from protolabel.batch.partitions import label_partition
from protolabel.errors import StoreError

pytest.importorskip("pyarrow", reason="the extra `tables` is not installed")

PROGRAM = """
import json, os, signal, sys, tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from protolabel import LabelSpace
from protolabel.batch.partitions import label_partition

def left():
    return sorted(os.listdir(tempfile.gettempdir()))

label_partition("in.jsonl", "first.parquet", "a.space", evidence=2)
first = left()
child = os.fork()
if child == 0:
    sys.exit(0)  # with all that a process does at its end
os.waitpid(child, 0)
label_partition("in.jsonl", "after.parquet", "a.space", evidence=2)
with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
    names = [f"{i}.parquet" for i in range(3)]
    forked = list(pool.map(label_partition, ["in.jsonl"] * 3, names, ["a.space"] * 3))
with LabelSpace("a.space", background=False) as space:
    space.add("ten years of work", "cv")
label_partition("in.jsonl", "changed.parquet", "a.space", evidence=2)
print(json.dumps([first, left(), [one["documents"] for one in forked]]), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place(tmp_path) -> Path:
    with LabelSpace.create(tmp_path / "a.space", encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the amount is due"], "invoice")
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "pay"}\n{"id": "2", "text": "bill"}\n')
    (tmp_path / "temporary").mkdir()
    return tmp_path


def test_forked_workers_answer_and_nothing_is_left_whatever_ends_them(place):
    environment = os.environ | {"TMPDIR": str(place / "temporary")}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=place, env=environment, capture_output=True, text=True
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    first, last, documents = json.loads(run.stdout)
    copies = [name for name in (*first, *last) if name.startswith("protolabel")]
    assert (copies, documents) == ([], [2, 2, 2])
    assert not list((place / "temporary").glob("protolabel*"))


def test_threads_share_one_copy(place):
    def label(i: int):
        label_partition(
            str(place / "in.jsonl"), str(place / f"{i}.parquet"), str(place / "a.space")
        )
        with open_copy_of(str(place / "a.space")) as copy:
            return copy

    with ThreadPoolExecutor(4) as pool:
        assert len({id(copy) for copy in pool.map(label, range(8))}) == 1


def test_another_label_space_of_the_same_name_time_and_size_is_seen(place):
    with LabelSpace.create(place / "b.space", encoder="hashing", background=False) as space:
        space.add(["please pay the bill", "the amount is due"], "another")
    path, labels = place / "snapshot.space", []
    for name in ("a.space", "b.space"):
        shutil.copyfile(place / name, path)
        os.utime(path, (1e9, 1e9))
        with open_copy_of(str(path)) as copy:
            labels.append(copy.settled_view().label("pay").label)
    assert labels == ["invoice", "another"]


def test_a_copy_is_closed_once_its_last_user_is_done(place):
    with open_copy_of(str(place / "a.space")) as old:
        with LabelSpace(place / "a.space", background=False) as space:
            space.add("ten years of work", "cv")
        with open_copy_of(str(place / "a.space")) as new:
            assert (old.space.version, new.space.version) == (2, 3)
            assert old.settled_view().label("pay").label == "invoice"
    with pytest.raises(StoreError, match="closed"):
        old.space.show("invoice")


def test_what_a_process_leaves_that_is_killed_while_it_copies_is_removed_after_a_day(
    place, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(place / "temporary"))
    old, new = (place / "temporary" / f"protolabel-copy-{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "copy.space").write_bytes(b"half")
    day_before = time.time() - 25 * 3600
    for path in (old / "copy.space", old):
        os.utime(path, (day_before, day_before))
    with open_copy_of(str(place / "a.space")):
        assert [path.name for path in (place / "temporary").iterdir()] == [new.name]
