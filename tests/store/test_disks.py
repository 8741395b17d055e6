"""Disks that are full, that take no file, or that have no hard links."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from fakes import WordEncoder
from other_processes import opened
from stored import connection_of, summaries

from protolabel import Example, LabelSpace
from protolabel.errors import StoreError, StoreFullError
from protolabel.store.files import give_name


def test_a_full_disk_is_a_clear_error_and_changes_nothing(path):
    with opened(path) as space:
        before = list(space.view().export())
        db = connection_of(space).db
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreFullError, match="free some space"):
            space.add([Example("big", f"pay {n} " * 200) for n in range(200)])
        assert list(space.view().export()) == before
        db.execute("PRAGMA max_page_count = 1000000")
        space.add("pay", "big")
    assert len(summaries(path)) == 5


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_file_system_that_fills_up(tmp_path):
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        where = tmp_path / "full.space"
        with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
            added = 0
            with pytest.raises(StoreFullError, match="no room"):
                for n in range(10_000):
                    space.add([Example("a", f"pay {n} {k} " * 50) for k in range(20)])
                    added += 20
            assert space.classes()[0].examples == added
        assert len(summaries(where)) == added // 20 + 1
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that takes no files")
def test_a_folder_that_looks_writable_and_is_not_is_one_clear_error():
    with pytest.raises(StoreError, match=r"/proc/x.space .*expected.*to fix it"):
        LabelSpace.create("/proc/x.space", encoder=WordEncoder(), background=False)
    label_space = LabelSpace.create(encoder=WordEncoder(), background=False)
    with label_space, pytest.raises(StoreError, match=r"/proc/y .*expected.*to fix it"):
        label_space.backup("/proc/y")


def test_a_file_system_without_hard_links_will_do(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with LabelSpace.create(
        tmp_path / "a.space", encoder=WordEncoder(), background=False
    ) as label_space:
        label_space.describe("bill", "pay bill")
    with opened(tmp_path / "a.space") as again:
        assert [c.name for c in again.classes()] == ["bill"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.space"]
    (tmp_path / "b.space").write_text("mine")
    with pytest.raises(FileExistsError):
        give_name(tmp_path / "a.space", tmp_path / "b.space")
    assert (tmp_path / "b.space").read_text() == "mine"
