"""A log that is ended or removed while a process writes to it: no acknowledged change is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fakes import WordEncoder
from other_processes import HELPERS, OPEN, names, opened, sound
from prepared_commands import prepared_program

from protolabel import LabelSpace, read_documents
from protolabel.errors import StoreError
from protolabel.label_space.session import session_of

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the system has no locks of a descriptor"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with LabelSpace.create(tmp_path / "m.space", encoder=WordEncoder(), background=False) as one:
        one.add("pay bill", "first")
    return tmp_path / "m.space"


def elsewhere(path: Path, line: str = "") -> list[str]:
    """What another process says of the classes, after a line of its own."""
    script = f"{OPEN}{line}\nprint(*[c.name for c in space.classes()])\nspace.close()"
    command = [prepared_program(), "-c", script, str(path), HELPERS]
    return subprocess.check_output(command, text=True).split()


def without_locks(path: Path) -> None:
    """Do what any code of the same process may do: it ends all locks of SQLite on the file."""
    with open(path, "rb") as file:
        file.read(1)


def test_a_process_that_opens_and_closes_the_file_itself_keeps_its_log(path):
    with opened(path) as space:
        without_locks(path)
        assert elsewhere(path) == ["first"]
        space.add("my work", "second")
        assert elsewhere(path, "space.add('a letter', 'third')") == ["first", "second", "third"]
    assert names(path) == ["first", "second", "third"]
    assert sorted(one.name for one in path.parent.iterdir()) == ["m.space"]


def removed_log(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink()


def test_what_is_in_a_removed_log_goes_into_the_file_with_the_next_change(path):
    with opened(path) as space:
        space.add("my work", "second")
        removed_log(path)
        assert space.add("a letter", "third").version == 4
        assert elsewhere(path, "space.add('a list', 'fourth')")[2:] == ["third", "fourth"]
        assert space.add("the news", "fifth").version == 6
    assert names(path) == ["first", "second", "third", "fourth", "fifth"]
    assert sound(path)
    assert sorted(one.name for one in path.parent.iterdir()) == ["m.space"]


def test_nobody_opens_a_file_whose_log_was_removed_under_a_process_and_its_close_saves_it(path):
    with opened(path) as space:
        space.add("my work", "second")
        removed_log(path)
        with pytest.raises(subprocess.CalledProcessError):
            elsewhere(path)
    assert names(path) == ["first", "second"]
    assert sound(path)


def test_nothing_is_acknowledged_beside_another_log_and_what_was_is_kept(path):
    space = opened(path)
    space.add("my work", "second")
    removed_log(path)
    other = "INSERT INTO changes VALUES (3, '', '', 'configure', 'of another', '{}', NULL, 0)"
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])"
    script = script.replace("1])", "1], isolation_level=None)")
    subprocess.run([sys.executable, "-c", script, str(path), other], check=True)
    for use in (lambda: space.add("a list", "fourth"), lambda: opened(path)):
        with pytest.raises(StoreError, match="was removed or replaced"):
            use()
    space.backup(str(path.with_name("backup.space")))
    with pytest.raises(StoreError, match=r"is in .*kept-"):
        space.close()
    (kept,) = path.parent.glob("m.space.kept-*")
    assert names(path) == ["first"]
    assert names(kept) == names(path.with_name("backup.space")) == ["first", "second"]
    with opened(path) as space:
        assert next(change.summary for change in space.history()) == "of another"


def test_a_log_that_is_removed_during_a_change_is_noticed_before_it_is_acknowledged(path):
    with opened(path) as space:
        lost = pytest.raises(StoreError, match="was removed or replaced")
        with lost, session_of(space).store.exclusively():
            space.add("my work", "second")
            Path(f"{path}-wal").unlink()
    assert names(path) == ["first"]


def test_a_label_space_without_a_close_leaves_no_log_at_the_end_of_its_process(path):
    subprocess.run(
        [prepared_program(), "-c", f"{OPEN}space.add('my work', 'second')", str(path), HELPERS],
        check=True,
    )
    assert [one.name for one in path.parent.iterdir()] == ["m.space"]
    assert names(path) == ["first", "second"]


# -- forks ----------------------------------------------------------------------------------------

FORK = """
before, after = os.pipe(), os.pipe()
if close_first:
    space.close()
if os.fork():
    space.close()
    os.close(before[1])
    print(os.read(before[0], 1), flush=True)
    os.wait()
    os._exit(0)
try:
    own = LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False)
except Exception as error:
    print(error, flush=True)
    os._exit(1)
own.add('my work', 'second')
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("close_first", [True, False])
def test_a_forked_child_acknowledges_no_change_that_is_lost(path, close_first):
    script = f"{OPEN}close_first = {close_first}\n{FORK}"
    command = [prepared_program(), "-c", script, str(path), HELPERS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ("was open in a process from which" in done.stdout) is not close_first, done.stdout
    assert names(path) == (["first", "second"] if close_first else ["first"])


def test_a_forked_child_reads_a_copy_of_what_its_parent_has_open(path):
    script = """
from protolabel.store import open_copy
if not os.fork():
    copy = open_copy(sys.argv[1])
    print(copy.rows.version(), flush=True)
    copy.close()
    os._exit(0)
os.wait()
"""
    command = [prepared_program(), "-c", f"{OPEN}{script}", str(path), HELPERS]
    assert subprocess.check_output(command, text=True) == "2\n"


def test_readers_open_no_file_that_is_open_here_as_a_label_space(path):
    (path.parent / "a.txt").write_text("pay bill", encoding="utf-8")
    with opened(path) as space:
        space.add("my work", "second")
        skipped = []
        read = [d.text for d in read_documents(path.parent, on_unreadable=skipped.append)]
        assert read == ["pay bill"]
        assert len(skipped) == 3, skipped
        assert all("a label space that is open here" in str(one) for one in skipped)
    assert sound(path)
