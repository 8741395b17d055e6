"""The log of a dead writer: it is read with its own file, and refused beside a plain copy."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from other_processes import kept_open, killed_writer, names, opened, sound

from protolabel.errors import SpaceDamagedError
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


def test_a_plain_copy_beside_the_log_of_a_killed_writer_is_refused_and_stays_whole(path, monday):
    killed_writer(path, "late")
    shutil.copyfile(monday, path)
    for _ in range(2):
        with pytest.raises(SpaceDamagedError, match="belongs to another file") as refused:
            opened(path)
    assert path.read_bytes() == monday.read_bytes()
    subprocess.run(refused.value.remedy.rpartition(": ")[2].split(), check=True)  # the advice
    assert names(path) == names(monday)
    assert sound(path)


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
