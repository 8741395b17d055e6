"""The files of a label space: names, backups, restores, and looking without writing.

Real processes are killed and run as another user. Where that is not allowed, a test says so.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import WordEncoder
from mounts import small_disk
from stored import connection_of, damage

from protolabel import LabelSpace
from protolabel.errors import (
    ProtolabelError,
    SpaceDamagedError,
    SpaceExistsError,
    SpaceNotFoundError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)
from protolabel.store import open_store
from protolabel.store.files import copy_files
from protolabel.store.opening import media_are_read_only
from protolabel.store.restoring import restore_backup

HELPERS = str(Path(__file__).parents[1] / "helpers")
OPEN = """
import os, sys
sys.path.insert(0, sys.argv[2])
from fakes import WordEncoder
from protolabel import LabelSpace
space = LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False)
"""


def opened(path: Path) -> LabelSpace:
    return LabelSpace(path, encoder=WordEncoder(), background=False)


def names(path: Path) -> list[str]:
    with opened(path) as space:
        return [c.name for c in space.classes()]


def sound(path: Path) -> bool:
    store = open_store(str(path))
    try:
        return damage(store) == []
    finally:
        store.close()


def killed_writer(path: Path, label: str) -> None:
    """A process that adds a class and is killed: its change is in ``-wal`` alone."""
    script = OPEN + "space.add('pay bill', sys.argv[3]); os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", script, str(path), HELPERS, label], check=False)
    assert done.returncode == -signal.SIGKILL
    assert Path(f"{path}-wal").stat().st_size > 0


@contextmanager
def kept_open(path: Path) -> Iterator[None]:
    """Another process that has a label space open."""
    script = OPEN + "print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path), HELPERS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"open\n"
        yield
        process.stdin.close()


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
                [sys.executable, "-c", CREATE, str(where), HELPERS],
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


def test_restore_sees_to_what_a_killed_writer_left(path, backup):
    killed_writer(path, "late")
    done = restore_backup(str(backup), str(path), replace_existing=True)
    assert names(path) == ["bill", "box", "cv"]
    assert sound(path)
    assert "late" in names(Path(done.replaced))


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
            [sys.executable, "-c", KILLED, str(backup), str(where), str(step)], check=False
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


# -- looking without writing ----------------------------------------------------------------------


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user may look into, and its label space."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with LabelSpace.create(folder / "a.space", encoder=WordEncoder(), background=False) as space:
        space.describe({"bill": "pay bill", "box": "ship box"})
    yield folder / "a.space"
    shutil.rmtree(folder)


class Reader:
    """Another user's process: it may read the label space, and write neither it nor its folder."""

    SCRIPT = OPEN.replace(
        "space =",
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\nspace =",  # nobody
    ) + (
        "for _ in sys.stdin:\n"
        "    print([c.name for c in space.classes()], space.label('pay').label, flush=True)\n"
    )

    def __init__(self, path: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root may start a process of another user")
        command = [sys.executable, "-c", self.SCRIPT, str(path), HELPERS]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def look(self) -> str:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        output = self.process.stdout.readline()
        assert output, self.process.stderr.read()
        return output

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


@pytest.mark.parametrize("writer_is_open", [False, True])
def test_a_reader_without_permission_sees_what_the_owner_writes(shared, writer_is_open):
    space = opened(shared) if writer_is_open else None
    with Reader(shared) as reader:
        assert reader.look() == "['bill', 'box'] bill\n"
        assert writer_is_open == Path(f"{shared}-wal").exists()  # a reader makes no files here
        for n in range(30):
            owner = space or opened(shared)
            owner.add(f"cv {n} " * 50, f"class {n}")
            if not writer_is_open:
                owner.close()
            if n % 10 == 0:
                assert f"class {n}" in reader.look()
        assert "class 29" in reader.look()
    if space is not None:
        space.close()
    assert sound(shared)


def test_a_reader_without_permission_sees_what_a_killed_writer_committed(shared):
    killed_writer(shared, "late")
    with Reader(shared) as reader:
        assert "late" in reader.look()


def test_a_reader_that_may_not_read_is_told_whom_to_ask(shared):
    shared.chmod(0o600)
    with Reader(shared) as reader:
        _, errors = reader.process.communicate()
    assert "chmod a+r" in errors


def test_a_mount_for_reading_is_not_a_medium_that_nobody_writes_to(path, tmp_path):
    folder = tmp_path / "seen"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    if subprocess.run(["mount", "--bind", str(path.parent), str(folder)], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        assert not media_are_read_only(folder / path.name)
        with opened(folder / path.name) as reader:
            for n in range(5):
                with opened(path) as owner:
                    owner.add(f"work {n} " * 100, f"class {n}")
                assert f"class {n}" in [c.name for c in reader.classes()]
            with pytest.raises(StoreError, match="open for reading only") as refused:
                reader.add("pay", "bill")
            assert "work on a copy: protolabel backup" in refused.value.remedy
            reader.backup(tmp_path / "copy.space")  # the advice
        with opened(tmp_path / "copy.space") as copy:
            copy.add("pay", "bill")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_media_that_nobody_can_write_to_are_read_in_place(tmp_path):
    with small_disk(tmp_path):
        where = tmp_path / "a.space"
        with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
            space.describe("bill", "pay bill")
        assert not media_are_read_only(where)
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        assert media_are_read_only(where)
        with opened(where) as space:
            assert connection_of(space)._opened.copy is None
            assert space.label("pay").label == "bill"


def fill_disk(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def test_looking_works_on_a_full_disk(tmp_path):
    with small_disk(tmp_path):
        where = tmp_path / "a.space"
        with LabelSpace.create(where, encoder=WordEncoder(), background=False) as space:
            space.describe({"bill": "pay bill", "box": "ship box"})
        fill_disk(tmp_path)
        with opened(where) as space:
            assert space.label("pay").label == "bill"
            assert len(space.classes()) == 2
            with pytest.raises(StoreFullError, match="free some space"):
                space.add("pay pay", "bill")
            (tmp_path / "ballast").unlink()
            space.add("pay pay", "bill")  # the advice works, without opening it again
            assert space.classes()[0].examples == 1
        fill_disk(tmp_path)
        assert sound(where)


def test_looking_works_while_another_process_holds_the_write_lock(path):
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with opened(path) as space:
        assert space.label("pay").label == "bill"
        assert len(space.classes()) == 3
    assert sound(path)
    holder.execute("ROLLBACK")
    holder.close()


def test_an_old_format_is_read_while_another_process_holds_the_write_lock(tmp_path):
    data = Path(__file__).parents[1] / "data" / "format-1.space"
    where = tmp_path / "old.space"
    shutil.copy(data, where)
    holder = sqlite3.connect(where, isolation_level=None)
    holder.execute("PRAGMA journal_mode = WAL")
    holder.execute("BEGIN IMMEDIATE")
    with LabelSpace(where, background=False) as space:
        assert space.label("pay this bill").label == "invoice"
    holder.execute("ROLLBACK")
    assert holder.execute("PRAGMA user_version").fetchone() == (1,)
    holder.close()


def test_a_copy_of_files_that_are_written_to_is_of_one_moment(path, tmp_path):
    script = OPEN + "for n in range(10**6): space.add(f'pay {n}', f'class {n % 50}')"
    with subprocess.Popen([sys.executable, "-c", script, str(path), HELPERS]) as writer:
        try:
            for n in range(15):
                copy_files(path, tmp_path / f"{n}.copy")
                assert sound(tmp_path / f"{n}.copy")
        finally:
            writer.kill()


def test_every_error_that_needs_a_backup_names_the_command(path):
    path.write_bytes(b"")
    with pytest.raises(ProtolabelError, match=r"protolabel restore BACKUP .*a.space --replace"):
        opened(path)
