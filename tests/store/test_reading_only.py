"""Reading a label space that cannot be written: permissions, mounts, full disks, locks."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEncoder
from mounts import small_disk
from other_processes import HELPERS, OPEN, killed_writer, opened, sound
from prepared_commands import prepared_program
from stored import connection_of

from protolabel import LabelSpace
from protolabel.errors import (
    ProtolabelError,
    StoreError,
    StoreFullError,
)
from protolabel.store.files import copy_files
from protolabel.store.found_files import media_are_read_only

# -- looking without writing ----------------------------------------------------------------------


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user may look into, and its label space."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with LabelSpace.create(folder / "a.space", encoder=WordEncoder(), background=False) as space:
        space.describe({"bill": "pay bill", "box": "ship box"})
    (folder / "a.space").chmod(0o644)
    yield folder / "a.space"
    shutil.rmtree(folder)


class Reader:
    """Another user's process: it may read the label space, and write neither it nor its folder."""

    SCRIPT = OPEN.replace(
        "space =",
        "warm = LabelSpace.create(encoder='hashing', background=False)\n"  # nobody may not read
        "warm.add('pay', 'bill'); warm.label('pay'); warm.classes(); warm.close()\n"  # the modules
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\nspace =",  # nobody
    ) + (
        "for _ in sys.stdin:\n"
        "    print([c.name for c in space.classes()], space.label('pay').label, flush=True)\n"
    )

    def __init__(self, path: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root may start a process of another user")
        command = [prepared_program(), "-c", self.SCRIPT, str(path), HELPERS]
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
            assert not connection_of(space).reads_copy
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


@pytest.mark.slow
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
