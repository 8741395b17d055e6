"""New label space files and backups: whole or not at all, with nothing foreign beside them."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest
from fakes import WordEncoder
from other_processes import HELPERS, opened, sound
from prepared_commands import prepared_program

from protolabel import LabelSpace
from protolabel.errors import (
    SpaceExistsError,
    StoreError,
)
from protolabel.store.restoring import restore_backup

# -- names ----------------------------------------------------------------------------------------


def test_a_new_file_never_stands_beside_what_a_killed_writer_left(path, tmp_path):
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"new.space{suffix}").write_bytes(b"of another")
    for make in (
        lambda: LabelSpace.create(tmp_path / "new.space", encoder=WordEncoder(), background=False),
        lambda: opened(path).backup(tmp_path / "new.space"),
        lambda: restore_backup(str(path), str(tmp_path / "new.space")),
    ):
        with pytest.raises(SpaceExistsError, match=r"new.space-wal and .*new.space-shm stand"):
            make()
    assert not (tmp_path / "new.space").exists()
    assert (tmp_path / "new.space-wal").read_bytes() == b"of another"


def test_the_advice_about_strays_works(path, tmp_path):
    (tmp_path / "new.space-wal").write_bytes(b"of another")
    with opened(path) as space:
        with pytest.raises(SpaceExistsError) as refused:
            space.backup(tmp_path / "new.space")
        command = refused.value.remedy.rpartition(": ")[2]
        subprocess.run(command.split(), check=True)
        space.backup(tmp_path / "new.space")
    assert sound(tmp_path / "new.space")


CREATE = """
import sys, threading
sys.path.insert(0, sys.argv[2])
from fakes import WordEncoder
from protolabel import LabelSpace
from protolabel.errors import SpaceExistsError
results = []
start = threading.Barrier(4)
def create(n):
    start.wait()
    try:
        where = sys.argv[1].replace("N", str(n))
        with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
            space.describe("bill", "pay bill")
            results.append("made")
    except SpaceExistsError:
        results.append("exists")
threads = [threading.Thread(target=create, args=(n,)) for n in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(" ".join(sorted(results)))
"""


def test_threads_that_create_at_once_make_whole_files(tmp_path):
    for trial in range(3):
        one = tmp_path / f"{trial}.space"
        many = tmp_path / f"{trial}-N.space"
        for where, expected in ((one, "exists exists exists made"), (many, "made made made made")):
            done = subprocess.run(
                [prepared_program(), "-c", CREATE, str(where), HELPERS],
                check=False,
                capture_output=True,
                text=True,
            )
            assert (done.returncode, done.stdout.strip()) == (0, expected), done.stderr
        assert sound(one)
    assert not [p for p in tmp_path.iterdir() if "partial" in p.name]


def test_backups_that_are_made_at_once_are_whole(path, tmp_path):
    with opened(path) as space:
        outcomes: list[str] = []

        def copy(name: str) -> None:
            try:
                space.backup(tmp_path / name)
                outcomes.append("made")
            except SpaceExistsError:
                outcomes.append("exists")

        threads = [threading.Thread(target=copy, args=(f"b{n % 2}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["exists"] * 4 + ["made"] * 2
    assert sound(tmp_path / "b0")
    assert sound(tmp_path / "b1")


def test_a_label_space_in_memory_has_no_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="choose a path"):
        LabelSpace(":memory:")
    with opened(path) as space, pytest.raises(StoreError, match="choose a path"):
        space.backup(":memory:")
    assert not Path(":memory:").exists()


def test_a_backup_can_be_read_by_no_more_people_than_the_original(path, tmp_path):
    path.chmod(0o600)
    with opened(path) as space:
        space.backup(tmp_path / "copy.space")
    assert (tmp_path / "copy.space").stat().st_mode & 0o777 == 0o600


def test_what_a_killed_backup_left_goes_after_a_day_and_not_before(path, tmp_path):
    old, young, mine = (tmp_path / n for n in (".b.1.partial", ".b.2.partial-wal", ".c.1.partial"))
    for leftover in (old, young, mine):
        leftover.write_bytes(b"half")
    for leftover in (old, mine):
        os.utime(leftover, (0, 0))
    with opened(path) as space:
        space.backup(tmp_path / "b")
    assert (old.exists(), young.exists(), mine.exists()) == (False, True, True)
