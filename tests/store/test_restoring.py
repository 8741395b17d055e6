"""Putting a backup in the place of a label space: whole, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from other_processes import kept_open, killed_writer, names, opened, sound
from prepared_commands import prepared_program
from store_contract import FACTORIES, answer_row, keep_answers

from protolabel.errors import (
    SpaceDamagedError,
    SpaceExistsError,
    SpaceNotFoundError,
    StoreBusyError,
    StoreError,
)
from protolabel.service.side.followed_files import FollowedFile, FollowedFiles
from protolabel.service.side.job_table import Ending, JobTable, Start
from protolabel.service.side.side_file import SideFile
from protolabel.store import open_store
from protolabel.store.files import copy_files
from protolabel.store.restoring import restore_backup

# -- restore --------------------------------------------------------------------------------------


@pytest.fixture
def backup(path, tmp_path) -> Path:
    """A copy of version 4; afterwards the label space has one class more."""
    with opened(path) as space:
        space.backup(tmp_path / "backup.space")
        space.add("sign", "contract")
    return tmp_path / "backup.space"


def test_restore_makes_a_label_space_where_none_is(backup, tmp_path):
    bytes_before = backup.read_bytes()
    done = restore_backup(str(backup), str(tmp_path / "new.space"))
    assert (done.version, done.replaced) == (4, None)
    assert names(tmp_path / "new.space") == ["bill", "box", "cv"]
    assert backup.read_bytes() == bytes_before


def test_restore_replaces_a_label_space_only_if_asked(path, backup):
    with pytest.raises(SpaceExistsError, match=r"protolabel restore .* --replace"):
        restore_backup(str(backup), str(path))
    assert "contract" in names(path)
    done = restore_backup(str(backup), str(path), replace_existing=True)
    assert "contract" not in names(path)
    assert "contract" in names(Path(done.replaced))  # what was there is kept


def test_what_a_service_has_done_to_a_file_stays_with_that_file(path, backup):
    start = Start("change", "curate", "somebody", "k-1", "digest")
    job = JobTable(SideFile(path, "identity")).add(start, 8)
    JobTable(SideFile(path, "identity")).end(job.id, Ending("done", 5, "added 1 example"))
    FollowedFiles(SideFile(path, "identity")).add(FollowedFile("a.txt", "1:1", 1))
    done = restore_backup(str(backup), str(path), replace_existing=True)
    assert FollowedFiles(SideFile(path, "identity")).all() == {}  # it is read again
    assert JobTable(SideFile(path, "identity")).add(start, 8).record["state"] == "waiting"
    assert [*FollowedFiles(SideFile(done.replaced, "identity")).all()] == ["a.txt"]
    (kept,) = JobTable(SideFile(done.replaced, "identity")).all(8)
    assert kept.record["version"] == 5


def test_restore_sees_to_what_a_killed_writer_left(path, backup):
    killed_writer(path, "late")
    done = restore_backup(str(backup), str(path), replace_existing=True)
    assert names(path) == ["bill", "box", "cv"]
    assert sound(path)
    assert "late" in names(Path(done.replaced))


def test_restore_through_a_link_replaces_what_the_link_names(path, backup, tmp_path):
    link = tmp_path / "link.space"
    link.symlink_to(path)
    restore_backup(str(backup), str(link), replace_existing=True)
    assert link.is_symlink()
    with opened(path) as space:
        space.describe("zebra", "an animal with stripes")
    assert "zebra" in names(link)


def test_restore_works_where_only_stray_files_are(path, backup):
    killed_writer(path, "late")
    path.unlink()
    done = restore_backup(str(backup), str(path), replace_existing=True)
    assert names(path) == ["bill", "box", "cv"]
    assert Path(f"{done.replaced}-wal").exists()


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_restore_works_where_the_label_space_is_damaged(path, backup, damage):
    killed_writer(path, "late")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    restore_backup(str(backup), str(path), replace_existing=True)
    assert names(path) == ["bill", "box", "cv"]
    assert sound(path)


def test_a_backup_that_was_copied_beside_the_log_of_a_killed_writer_is_refused(path, backup):
    killed_writer(path, "late")
    shutil.copyfile(backup, path)
    with pytest.raises(SpaceDamagedError, match="belongs to another file") as refused:
        opened(path)
    with pytest.raises(SpaceDamagedError, match="belongs to another file"):
        restore_backup(str(path), str(path.with_name("new.space")))
    subprocess.run(refused.value.remedy.rpartition(": ")[2].split(), check=True)  # the advice
    assert names(path) == ["bill", "box", "cv"]
    assert sound(path)


def test_restore_takes_a_backup_that_is_itself_in_use(path, tmp_path):
    killed_writer(path, "late")  # its -wal holds the newest change
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if "shm" not in p.name}
    restore_backup(str(path), str(tmp_path / "new.space"))
    assert "late" in names(tmp_path / "new.space")
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_a_damaged_backup_changes_nothing(path, backup):
    before = path.read_bytes()
    db = sqlite3.connect(backup)
    db.execute("UPDATE items SET text = 'other' WHERE item = 1")
    db.commit()
    db.close()
    for content in (backup.read_bytes(), backup.read_bytes()[:5000], b"no backup"):
        backup.write_bytes(content)
        with pytest.raises(SpaceDamagedError, match=r"the backup .*backup.space is damaged"):
            restore_backup(str(backup), str(path), replace_existing=True)
    assert path.read_bytes() == before
    with pytest.raises(SpaceNotFoundError):
        restore_backup("nowhere", str(path))


def test_restore_refuses_a_label_space_that_is_in_use(path, backup):
    with kept_open(path), pytest.raises(StoreBusyError, match="end the processes"):
        restore_backup(str(backup), str(path), replace_existing=True)
    with opened(path), pytest.raises(StoreBusyError, match="end the processes"):
        restore_backup(str(backup), str(path), replace_existing=True)
    restore_backup(str(backup), str(path), replace_existing=True)
    assert names(path) == ["bill", "box", "cv"]


def test_a_change_is_refused_where_the_file_was_replaced_meanwhile(path, backup):
    with opened(path) as space:
        shutil.copy(backup, f"{path}.new")
        os.replace(f"{path}.new", path)
        with pytest.raises(StoreError, match="open it again"):
            space.add("pay", "bill")


KILLED = """
import os, sys
from protolabel.store import files, restoring
calls = 0
def counted(real):
    def call(*args):
        global calls
        calls += 1
        if calls == int(sys.argv[3]):
            os._exit(9)
        return real(*args)
    return call
for name in ("link", "rename", "replace"):
    setattr(os, name, counted(getattr(os, name)))
restoring.restore_backup(sys.argv[1], sys.argv[2], replace_existing=True)
"""


@pytest.mark.parametrize("damaged", [False, True])
def test_a_restore_that_is_killed_leaves_the_old_or_the_new(path, backup, tmp_path, damaged):
    outcomes = set()
    for step in range(1, 8):
        where = tmp_path / f"{step}.space"
        copy_files(path, where)
        killed_writer(where, "late")
        if damaged:
            with where.open("r+b") as file:
                file.write(b"no database")
        done = subprocess.run(
            [prepared_program(), "-c", KILLED, str(backup), str(where), str(step)], check=False
        )
        if damaged and where.read_bytes()[:11] == b"no database":
            outcomes.add("old")
        else:
            outcomes.add("new" if names(where) == ["bill", "box", "cv"] else "old")
            assert sound(where)
            assert (
                damaged
                or {"late"} == set(names(where)) - {"bill", "box", "cv", "contract"}
                or (names(where) == ["bill", "box", "cv"])
            )
        if done.returncode == 0:
            break
    assert outcomes == {"old", "new"}


def test_the_mark_of_the_answers_is_another_one_after_a_restore(tmp_path):
    """A restored file counts on from where it was: the number of its writes comes again."""
    path, marks = tmp_path / "a.space", []
    store = FACTORIES["sqlite file"].create(tmp_path)
    keep_answers(store, answer_row(1))
    store.close()
    shutil.copy(path, tmp_path / "backup.space")
    for n in (2, 3):
        restore_backup(str(tmp_path / "backup.space"), str(path), replace_existing=True)
        store = open_store(str(path))
        keep_answers(store, answer_row(n))
        marks.append(store.answers.mark())
        store.close()
    assert marks[0] != marks[1]
