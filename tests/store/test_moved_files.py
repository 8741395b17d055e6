"""A label space file that is renamed, linked or mounted while somebody has it open."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import WordEncoder
from mounts import mounted_file
from other_processes import HELPERS, OPEN, killed_writer, names, opened, sound
from prepared_commands import prepared_program

from protolabel import LabelSpace
from protolabel.errors import SpaceDamagedError, StoreBusyError, StoreError
from protolabel.store import open_copy
from protolabel.store.found_files import is_label_space


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with LabelSpace.create(tmp_path / "old.space", encoder=WordEncoder(), background=False) as one:
        one.add("pay bill", "first")
    return tmp_path / "old.space"


@contextmanager
def writer(path: Path, *ending: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has added the class ``second``, and ends as it is told to."""
    script = f"{OPEN}space.add('my work', 'second')\nprint('written', flush=True)\ninput()\n"
    script += "\n".join(ending)
    command = [prepared_program(), "-c", script, str(path), HELPERS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "written\n"
        yield process
        if process.poll() is None:
            _, errors = process.communicate("\n", timeout=60)
            assert process.returncode == 0, errors


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


@pytest.mark.parametrize(
    "ending",
    [
        ("space.close()",),
        (),
        (
            "try: space.add('a letter', 'third')",
            "except Exception as error: assert 'with all changes' in str(error), error",
            "else: raise AssertionError",
            "os._exit(0)",
        ),
    ],
    ids=["closed", "left open", "refused and killed"],
)
def test_a_process_whose_file_was_renamed_brings_its_changes_along(path, ending):
    new = path.parent / "another folder" / "new.space"
    new.parent.mkdir()
    with writer(path, *ending):
        path.rename(new)
    assert names(new) == ["first", "second"]
    assert sound(new)
    if "_exit" not in str(ending):
        assert beside(new) == ["new.space"]


def test_a_renamed_file_that_is_open_under_its_former_name_is_not_opened_without_its_changes(path):
    new = path.with_name("new.space")
    with writer(path, "space.close()"):
        path.rename(new)
        with pytest.raises(StoreBusyError, match="under another name"):
            opened(new)
    assert names(new) == ["first", "second"]


def test_the_same_process_opens_a_renamed_file_with_all_changes(path):
    new = path.with_name("new.space")
    with opened(path) as space:
        space.add("my work", "second")
        path.rename(new)
        with opened(new) as again:
            assert [c.name for c in again.classes()] == ["first", "second"]
            again.add("a letter", "third")
        assert [c.name for c in space.classes()] == ["first", "second", "third"]
    assert names(new) == ["first", "second", "third"]
    assert sound(new)


def test_what_was_answered_before_a_rename_is_remembered_in_the_renamed_file(path):
    new = path.with_name("new.space")
    with opened(path) as space:
        space.label("pay bill")
        path.rename(new)
    with opened(new) as space:
        assert len(space.answer_log) == 1


def test_a_renamed_file_takes_nothing_from_one_that_has_its_former_name(path):
    new = path.with_name("new.space")
    with opened(path) as space:
        space.add("my work", "second")
        path.rename(new)
        LabelSpace.create(path.with_name("x"), encoder=WordEncoder(), background=False).close()
        path.with_name("x").rename(path)
        with pytest.raises(StoreError, match="with all changes"):
            space.add("a letter", "third")
    assert names(path) == []
    assert names(new) == ["first", "second"]


def test_a_file_that_is_deleted_while_open_is_refused_and_its_log_stays(path):
    with opened(path) as space:
        space.add("my work", "second")
        path.unlink()
        with pytest.raises(StoreError, match="moved or replaced"):
            space.add("a letter", "third")
    assert Path(f"{path}-wal").stat().st_size > 0


def test_check_finds_the_log_that_a_killed_process_left_at_the_former_name(path):
    killed_writer(path, "second")
    new = path.rename(path.with_name("new.space"))
    with opened(new) as space:
        (finding,) = space.check()
        assert finding.kind == "log"
        assert space.check(repair=True) == [finding]
    subprocess.run(["sh", "-ec", finding.what.partition("bring them: ")[2]], check=True)
    assert names(new) == ["first", "second"]
    assert sound(new)


def test_a_log_of_another_label_space_is_no_finding(path):
    other = path.with_name("other.space")
    LabelSpace.create(other, encoder=WordEncoder(), background=False).close()
    killed_writer(other, "second")
    other.unlink()
    assert sound(path)


# -- locks ----------------------------------------------------------------------------------------


def test_a_look_at_a_file_that_is_open_here_leaves_its_log_to_it(path):
    """Another process that opens and closes the file must not remove the log under this one."""
    with opened(path) as space:
        opened(path).close()
        open_copy(str(path)).close()
        assert is_label_space(str(path))
        subprocess.run([prepared_program(), "-c", OPEN, str(path), HELPERS], check=True)
        space.add("my work", "second")
        script = OPEN + "print(*[c.name for c in space.classes()])"
        command = [prepared_program(), "-c", script, str(path), HELPERS]
        assert subprocess.check_output(command, text=True).split() == ["first", "second"]


def test_label_spaces_that_nobody_closed_keep_no_file_open(path):
    def open_ones() -> int:
        opened(path).close()
        return len(os.listdir("/proc/self/fd"))

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not list open files")
    first = open_ones()
    for _ in range(5):
        with opened(path):
            opened(path).close()
    assert open_ones() == first


# -- second names ---------------------------------------------------------------------------------


def test_a_hard_link_is_read_and_not_written_and_is_not_called_damaged(path):
    link = path.with_name("snapshot.space")
    os.link(path, link)
    for name in (path, link):
        with opened(name) as space:
            assert [c.name for c in space.classes()] == ["first"]
            with pytest.raises(StoreError, match=r"2 names \(hard links\)") as refusal:
                space.add("my work", "second")
            assert not isinstance(refusal.value, SpaceDamagedError)
            assert space.check() == []


def test_a_hard_link_to_a_file_that_is_open_is_refused(path):
    link = path.with_name("snapshot.space")
    with opened(path) as space:
        os.link(path, link)
        with pytest.raises(StoreError, match="open in this process as"):
            opened(link)
        space.add("my work", "second")
    link.unlink()
    assert names(path) == ["first", "second"]


def test_a_hard_link_to_a_file_that_another_process_has_open_is_refused(path):
    link = path.with_name("snapshot.space")
    with writer(path, "space.add('a letter', 'third')"):
        os.link(path, link)
        with pytest.raises(StoreBusyError, match="under another name"):
            opened(link)
    link.unlink()
    assert names(path) == ["first", "second", "third"]
    assert sound(path)


def test_a_new_file_that_kept_its_unfinished_name_through_a_kill_can_be_written(path):
    os.link(path, path.with_name(f".{path.name}.0123456789abcdef.partial"))
    with opened(path) as space:
        space.add("my work", "second")
    assert beside(path) == [path.name]


def test_a_file_that_is_mounted_alone_is_read_and_not_written(path):
    place = path.with_name("mounted.space")
    with mounted_file(path, place), opened(place) as space:
        assert [c.name for c in space.classes()] == ["first"]
        with pytest.raises(StoreError, match="a mount of a single file"):
            space.add("my work", "second")


def test_a_label_space_stays_open_when_the_working_folder_changes(path, monkeypatch):
    """It said that the file was moved, and refused all changes."""
    (path.parent / "below").mkdir()
    monkeypatch.chdir(path.parent)
    with opened(Path(path.name)) as space:
        monkeypatch.chdir("below")
        space.add("pay bill", "late")
        space.undo()
        space.redo()
        space.backup(path.parent / "copy.space")
    assert "late" in names(path)
    assert "late" in names(path.parent / "copy.space")
    assert os.listdir(".") == []
