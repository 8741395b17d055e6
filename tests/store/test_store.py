"""The file: durability with real processes and signals, damage, history, other processes."""

from __future__ import annotations

import errno
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from stored import connection_of, damage, findings

from protolabel import Example, LabelSpace
from protolabel.errors import (
    HistoryError,
    InputError,
    SpaceExistsError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)
from protolabel.store import open_store
from protolabel.store.files import settle
from protolabel.store.schema import FORMAT

WRITER = textwrap.dedent("""
    import sys
    sys.path.insert(0, sys.argv[3])
    from fakes import WORDS, WordEncoder
    from protolabel import Example, LabelSpace
    space = LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False)
    print("ready", flush=True)
    for n in range(int(sys.argv[2])):
        change = space.add([Example(f"class {n % 7}", WORDS[(n + k) % 8]) for k in range(3)])
        if n % 5 == 4:
            change = space.undo()
        print(change.version, change.summary, flush=True)
""")


def writer(path: Path, changes: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            WRITER,
            str(path),
            str(changes),
            str(Path(__file__).parents[1] / "helpers"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def acknowledged(process: subprocess.Popen[str]) -> dict[int, str]:
    output = process.stdout.read()
    process.stdout.close()
    process.wait()
    lines = [line for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {int(v): s for v, _, s in (line.strip().partition(" ") for line in lines)}


def log(path: Path) -> dict[int, str]:
    store = open_store(str(path))
    try:
        assert damage(store) == []
        return {c.version: c.summary for c in store.rows.changes()}
    finally:
        store.close()


def test_a_killed_writer_loses_no_acknowledged_change(path):
    rng = random.Random(0)
    for _ in range(4):
        process = writer(path, 100_000)
        time.sleep(rng.uniform(0.0, 0.3))
        process.send_signal(signal.SIGKILL)
        acknowledged_lines = acknowledged(process)
        assert acknowledged_lines.items() <= log(path).items()


def test_two_processes_writing_at_once_lose_nothing(path):
    writers = [writer(path, 60) for _ in range(2)]
    acknowledged_lines = [acknowledged(w) for w in writers]
    assert all(len(t) == 60 for t in acknowledged_lines)
    assert not acknowledged_lines[0].keys() & acknowledged_lines[1].keys()
    assert (acknowledged_lines[0] | acknowledged_lines[1]).items() <= log(path).items()


def test_changes_of_another_process_are_seen(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as here:
        assert here.label("secret").label != "nda"
        with LabelSpace(path, encoder=WordEncoder(), background=False) as there:
            there.add([Example("nda", "secret"), Example("nda", "secret sign")])
        assert here.label("secret").label == "nda"
        here.rename("nda", "NDA")
        assert here.label("secret").label == "NDA"


def test_threads_share_one_label_space(path):
    with LabelSpace(path, encoder=WordEncoder(), background=True) as space:
        errors: list[BaseException] = []

        def work(n: int) -> None:
            try:
                for k in range(10):
                    space.add("pay cv", f"class {n}")
                    assert space.label("pay").alternatives
                    assert k < space.version
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        space.settle()
        assert sum(c.examples for c in space.classes()) == 43
    assert log(path)


def test_a_full_disk_is_a_clear_error_and_changes_nothing(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        before = list(space.view().export())
        db = connection_of(space).db
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreFullError, match="free some space"):
            space.add([Example("big", f"pay {n} " * 200) for n in range(200)])
        assert list(space.view().export()) == before
        db.execute("PRAGMA max_page_count = 1000000")
        space.add("pay", "big")
    assert len(log(path)) == 5


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
        assert len(log(where)) == added // 20 + 1
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_locked_file_is_busy(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        connection_of(space).db.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="another process"):
            space.add("pay", "bill")
        other.execute("ROLLBACK")
        other.close()
        assert space.add("pay", "bill").version == 5


# -- copies, and the format as documented ---------------------------------------------------------


def test_a_backup_is_the_same_label_space(path, tmp_path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.backup(tmp_path / "copy.space")
        before = list(space.view().export())
        space.retire("bill")
        with pytest.raises(SpaceExistsError):
            space.backup(tmp_path / "copy.space")
    with LabelSpace(tmp_path / "copy.space", encoder=WordEncoder(), background=False) as copy:
        assert list(copy.view().export()) == before
        assert copy.version == 4
    assert findings(tmp_path / "copy.space") == []


def test_the_bytes_are_as_documented(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        weights = dict(
            zip(space.view().prototypes.labels, space.view().prototypes.weights, strict=True)
        )
    head = path.read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\0"
    assert struct.unpack(">I", head[68:72])[0] == 0x50724C62
    assert struct.unpack(">I", head[60:64])[0] == FORMAT
    document = Path(__file__).parents[2] / "docs" / "label-space-format.md"
    code = document.read_text(encoding="utf-8").split("```python")[1].split("```")[0]
    printed: list[tuple] = []
    code = code.replace("file:mail.space?mode=ro", f"{path.as_uri()}?mode=ro")
    exec(code, {"print": lambda *values: printed.append(values)})
    assert {name for name, _, _ in printed} == set(weights)
    for name, _, start in printed:
        direction = np.array(start)
        np.testing.assert_allclose(
            direction / max(np.linalg.norm(direction), 1e-9),
            weights[name][:3] / max(np.linalg.norm(weights[name][:3]), 1e-9),
            atol=1e-5,
        )


def test_versions_that_never_were(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        with pytest.raises(HistoryError, match="1 to 4"):
            space.at(99)
        with pytest.raises(HistoryError, match="1 to 4"):
            space.return_to(99)
        for version in (0, -1):
            with pytest.raises(InputError, match="1 or more"):
                space.at(version)
            with pytest.raises(InputError, match="1 or more"):
                space.return_to(version)
        with pytest.raises(HistoryError, match="nothing to redo"):
            space.redo()
        space.return_to(2)
        assert [c.name for c in space.classes()] == ["bill", "box"]
        space.undo()
        assert len(space.classes()) == 3


# -- places where a file cannot be made ------------------------------------------------------------


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
    with LabelSpace(tmp_path / "a.space", encoder=WordEncoder()) as again:
        assert [c.name for c in again.classes()] == ["bill"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.space"]
    (tmp_path / "b.space").write_text("mine")
    with pytest.raises(FileExistsError):
        settle(tmp_path / "a.space", tmp_path / "b.space")
    assert (tmp_path / "b.space").read_text() == "mine"


def test_a_label_space_has_a_random_identity_that_its_copies_keep(tmp_path):
    identities = []
    for name in ("a.space", "b.space"):
        with LabelSpace.create(tmp_path / name, encoder=WordEncoder(), background=False) as space:
            identity = space.view().rows.identity
            space.describe("letter", "pay the bill")
            space.backup(tmp_path / f"copy of {name}")
            space.describe("letter", "another")
        for path in (tmp_path / name, tmp_path / f"copy of {name}"):
            store = open_store(str(path))
            assert store.rows.identity == store.rows.meta["identity"] == identity
            store.close()
        identities.append(identity)
    assert len({*identities}) == 2
    assert all(len(bytes.fromhex(one)) == 16 for one in identities)
