"""The log of a dead writer: it is read with its own file, and refused beside any other."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from fakes import WordEncoder
from other_processes import HELPERS, OPEN, kept_open, killed_writer, names, opened, sound
from prepared_commands import prepared_program
from spaces import fill

from protolabel import LabelSpace
from protolabel.errors import SpaceDamagedError
from protolabel.store import open_copy
from protolabel.store.foreign_logs import frames
from protolabel.store.restoring import restore_backup


@pytest.fixture
def monday(path, tmp_path):
    """A plain copy of a closed label space that has changed since."""
    copy = tmp_path / "monday.space"
    shutil.copyfile(path, copy)
    with opened(path) as space:
        space.add("one more", "bill")
        space.undo()
    return copy


# What a writer does before it is killed. SQLite writes a log of more than 1,000 pages from its
# start again, once all of it is in the file; to forget answers empties it.
WRITERS = {
    "one change": "space.add('pay bill', 'late')",
    "many changes": "for i in range(90): space.add(f'pay bill {i}', 'late')",
    "a large import and a change":
        "space.add([f'pay bill {i} ' + 'x' * 1500 for i in range(3000)], 'bill')\n"
        "space.rename('cv', 'late')",
    "answers forgotten between changes":
        "space.rename('cv', 'x'); space.answer_log.forget(); space.rename('x', 'late')",
}  # fmt: skip


def killed_after(path, script: str) -> None:
    """A process that carries out a script and is killed."""
    script = f"{OPEN}{script}\nos.kill(os.getpid(), 9)"
    subprocess.run([prepared_program(), "-c", script, str(path), HELPERS], check=False)
    assert Path(f"{path}-wal").stat().st_size > 0


def assert_refused(path, copy) -> SpaceDamagedError:
    """Every time, and the copy stays as it is."""
    for _ in range(2):
        with pytest.raises(SpaceDamagedError, match="belongs to another file") as refused:
            opened(path)
    assert path.read_bytes() == copy.read_bytes()
    return refused.value


@pytest.mark.parametrize("script", WRITERS.values(), ids=WRITERS)
def test_a_plain_copy_beside_the_log_of_a_killed_writer_is_refused_and_stays_whole(
    path, monday, script
):
    """After many changes in one process the two were opened as one, and the copy overwritten."""
    killed_after(path, script)
    shutil.copyfile(monday, path)
    refusal = assert_refused(path, monday)
    subprocess.run(refusal.remedy.rpartition(": ")[2].split(), check=True)  # the advice
    assert names(path) == names(monday)
    assert sound(path)


@pytest.mark.parametrize("script", WRITERS.values(), ids=WRITERS)
def test_the_same_logs_are_read_with_their_own_file(path, script):
    killed_after(path, script)
    assert "late" in names(path)
    assert sound(path)


def test_a_copy_that_is_newer_than_the_log_is_refused(path, monday):
    """It was put back, written to by a process that was killed, and then replaced once more."""
    newest = path.with_name("newest.space")
    with opened(path) as space:
        for label in "abc":
            space.add("pay bill", label)
    shutil.copyfile(path, newest)
    shutil.copyfile(monday, path)
    killed_writer(path, "late")
    shutil.copyfile(newest, path)
    assert_refused(path, newest)


@pytest.mark.parametrize("n_changes", [1, 2, 5])
def test_a_copy_that_went_on_elsewhere_is_refused(path, n_changes):
    """As many changes as the log has, fewer or more: what counts is which."""
    laptop = path.with_name("laptop.space")
    shutil.copyfile(path, laptop)
    with opened(laptop) as space:
        for i in range(n_changes):
            space.add(f"pay bill {i}", "laptop")
    killed_after(path, "for i in range(2): space.add(f'sign {i}', 'late')")
    shutil.copyfile(laptop, path)
    assert_refused(path, laptop)


def test_a_backup_that_was_copied_is_refused_by_a_link_too(path, tmp_path):
    """The log was looked for beside the link, and SQLite, which follows it, mixed the two."""
    backup, link = tmp_path / "backup.space", tmp_path / "link.space"
    with opened(path) as space:
        space.backup(backup)
        space.add("one more", "bill")
    killed_writer(path, "late")
    shutil.copyfile(backup, path)
    link.symlink_to(path)
    for _ in range(2):
        with pytest.raises(SpaceDamagedError, match="belongs to another file") as refused:
            opened(link)
    assert path.read_bytes() == backup.read_bytes()
    subprocess.run(refused.value.remedy.rpartition(": ")[2].split(), check=True)  # the advice
    assert names(link) == names(backup)


def test_the_frames_of_a_log_that_was_begun_again_end_with_it(tmp_path):
    """What follows in the file is of the log before, which is in the file already."""
    path = tmp_path / "any.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE numbers (n INTEGER)")
        for n in range(50):
            db.execute("INSERT INTO numbers VALUES (?)", (n,))
        assert sum(ends for _, ends in frames(Path(f"{path}-wal"))) == 51
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        for n in range(2):
            db.execute("INSERT INTO numbers VALUES (?)", (n,))
        assert sum(ends for _, ends in frames(Path(f"{path}-wal"))) == 2


def test_the_log_of_a_renamed_label_space_that_went_on_is_not_replaced(path, monday):
    """`mv`, done to the letter, put the older log in the place of the newer one."""
    killed_writer(path, "late")
    renamed = path.with_name("renamed.space")
    path.rename(renamed)
    killed_writer(renamed, "newer")
    shutil.copyfile(monday, path)
    with pytest.raises(SpaceDamagedError, match="and no NEW-wal is there") as refused:
        opened(path)
    advice = re.search(r"(mv .*?)\. To open", refused.value.remedy)[1]
    subprocess.run(advice.replace("NEW", str(renamed)), shell=True, check=False)
    assert "newer" in names(renamed)


def test_a_copy_by_a_link_has_the_changes_in_the_log(path, tmp_path):
    """It was the file without its log: an older version, read and restored as the newest."""
    link, restored = tmp_path / "link.space", tmp_path / "restored.space"
    link.symlink_to(path)
    with opened(path) as space:
        space.add("pay bill", "late")
        copied = open_copy(str(link))
        assert "late" in [row.name for row in copied.rows.classes(copied.rows.version())]
        copied.close()
        restore_backup(str(link), str(restored))
    assert "late" in names(restored)


def test_restore_leaves_the_log_of_another_file_as_it_is(path, tmp_path):
    """A renamed label space lost its last changes: they were written into the file in its place."""
    backup, renamed = tmp_path / "backup.space", tmp_path / "renamed.space"
    with opened(path) as space:
        space.backup(backup)
        space.add("one more", "bill")
    killed_writer(path, "late")
    path.rename(renamed)
    shutil.copyfile(backup, path)
    with pytest.raises(SpaceDamagedError, match="belongs to another file"):
        opened(path)
    outcome = restore_backup(str(backup), str(path), replace_existing=True)
    assert names(path) == names(backup)
    with pytest.raises(SpaceDamagedError, match=r"mv -n .*-wal NEW-wal") as refused:
        opened(Path(outcome.replaced))
    advice = re.search(r"(mv .*?)\. To open", refused.value.remedy)[1]
    subprocess.run(advice.replace("NEW", str(renamed)), shell=True, check=True)
    assert "late" in names(renamed)
    assert sound(renamed)


def test_the_copy_of_a_new_label_space_is_refused(path):
    """Nothing was written to it yet but what it was made with."""
    other = path.with_name("other.space")
    LabelSpace.create(other, encoder=WordEncoder(), background=False).close()
    killed_writer(path, "late")
    shutil.copyfile(other, path)
    assert_refused(path, other)


def test_a_copy_from_before_commits_were_noted_is_refused(path):
    """It was read together with the log of the first writer of this release."""
    copy = path.with_name("copy.space")
    with closing(sqlite3.connect(path)) as db:  # as an earlier release left it
        db.execute("DELETE FROM meta WHERE key = 'commit'")
        db.commit()
    shutil.copyfile(path, copy)
    killed_after(path, "for label in ('x', 'late'): space.add('pay bill', label)")
    own = path.with_name("own.space")
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", f"{own}{suffix}")
    assert "late" in names(own)
    assert sound(own)
    shutil.copyfile(copy, path)
    assert_refused(path, copy)


def test_the_copy_of_another_label_space_is_refused_however_much_was_written_to_it(path):
    other = path.with_name("other.space")
    with LabelSpace.create(other, encoder=WordEncoder(), background=False) as space:
        fill(space)
    killed_writer(path, "late")
    shutil.copyfile(other, path)
    assert_refused(path, other)


def test_a_plain_copy_is_refused_for_reading_too(path, monday):
    killed_writer(path, "late")
    shutil.copyfile(monday, path)
    path.chmod(0o400)
    with pytest.raises(SpaceDamagedError, match="belongs to another file"):
        opened(path)
    assert path.read_bytes() == monday.read_bytes()


def test_logs_of_killed_writers_are_read_with_their_own_file(path, monday):
    """One after the other, each after a session that ended well or was killed, too."""
    for label in ("one", "two", "three"):
        killed_writer(path, label)
        assert label in names(path)
        killed_writer(path, f"{label} again")
        killed_writer(path, f"{label} last")
        with opened(path) as space:
            space.add("sign", f"after {label}")
        with opened(path) as space:
            space.undo()
    assert {"one", "two again", "three last"} <= set(names(path))
    assert sound(path)


def test_the_newest_copy_goes_with_the_log_that_was_written_after_it(path):
    """The file itself has not changed since: only the log has."""
    copy = path.with_name("copy.space")
    shutil.copyfile(path, copy)
    killed_writer(path, "late")
    shutil.copyfile(copy, path)
    assert "late" in names(path)
    assert sound(path)


def test_a_file_in_use_by_another_process_is_opened_beside_it(path):
    with kept_open(path):
        killed_writer(path, "late")
        assert "late" in names(path)
        with opened(path) as space:
            space.add("sign", "contract")
    assert {"late", "contract"} <= set(names(path))


def test_a_label_space_that_was_restored_takes_new_logs(path, monday):
    killed_writer(path, "late")
    restore_backup(str(monday), str(path), replace_existing=True)
    killed_writer(path, "later")
    assert "later" in names(path)
    assert "late" not in names(path)
