"""Files of older formats: what an older protolabel wrote is opened, whole, and goes on.

``data/format-1.space`` was written by the protolabel of that format, and ``format-1.json`` is what
that protolabel said about each version of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from protolabel import LabelSpace
from protolabel.errors import SpaceDamagedError, StoreError
from protolabel.store.check import check
from protolabel.store.schema import FORMAT
from protolabel.store.store import Store

DATA = Path(__file__).parent / "data"


@pytest.fixture
def old(tmp_path) -> Path:
    shutil.copy(DATA / "format-1.space", tmp_path / "old.space")
    return tmp_path / "old.space"


def user_version(path: Path) -> int:
    db = sqlite3.connect(path)
    (found,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return int(found)


def as_told(path: Path) -> None:
    """The label space says of each version what the old protolabel said."""
    told = json.loads((DATA / "format-1.json").read_text())
    with LabelSpace(path, background=False) as space:
        assert space.version == len(told["versions"])
        for version, expected in enumerate(told["versions"], start=1):
            view = space.at(version)
            assert list(view.prototypes.labels) == expected["labels"]
            weights = np.array(expected["weights"]).reshape(-1, 16)
            np.testing.assert_allclose(view.prototypes.weights, weights, atol=1e-6)
            export = json.dumps(list(view.export(vectors=True))).encode()
            assert hashlib.sha256(export).hexdigest() == expected["export"]
        for text, label, score, probability, head in told["answers"]:  # from the fits in the file
            answer = space.label(text)
            assert (answer.label, answer.head) == (label, head)
            assert answer.score == pytest.approx(score, abs=1e-5)
            assert answer.probability == pytest.approx(probability, abs=1e-4)
            assert answer.encoder_fingerprint == "hashing:16"
        assert check(space._store) == []


def test_a_file_of_format_1(old):
    assert user_version(old) == 1
    as_told(old)
    assert user_version(old) == FORMAT
    as_told(old)
    with LabelSpace(old, background=False) as space:
        space.remove("brought")  # an embedding without text
        space.reencode("hashing:32")
        assert check(space._store) == []
        for _ in range(2):
            space.undo()
        assert space.fingerprint == "hashing:16"
        space.return_to(4)
        assert check(space._store) == []


def test_columns_that_items_has_besides_are_left_alone(old):
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("ALTER TABLE items ADD COLUMN extra BLOB")
    db.execute("UPDATE items SET extra = x'abcd' WHERE item = 3")
    db.close()
    as_told(old)
    db = sqlite3.connect(old)
    assert db.execute("SELECT item, extra FROM items WHERE extra NOT NULL").fetchall() == [
        (3, b"\xab\xcd")
    ]
    db.close()


def test_processes_that_open_it_at_once_migrate_it_once(old):
    script = "import sys; from protolabel import LabelSpace\n"
    script += "print(LabelSpace(sys.argv[1], background=False).label('pay this').label)"
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")  # so that all of them see format 1, and wait to migrate it
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, str(old)], stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    time.sleep(2)
    db.close()
    assert [p.communicate()[0] for p in processes] == [b"invoice\n"] * 4
    as_told(old)


def test_a_damaged_old_file_stays_as_it_was(old):
    db = sqlite3.connect(old, isolation_level=None)
    db.execute("DELETE FROM meta WHERE key = 'dim'")
    db.close()
    with pytest.raises(SpaceDamagedError, match="meta has no dim"):
        Store.open(str(old))
    assert user_version(old) == 1
    db = sqlite3.connect(old)
    assert db.execute("SELECT count(embedding) FROM items").fetchone()[0] > 10
    db.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a folder for reading only")
def test_an_old_file_that_cannot_be_written_says_so(old):
    folder = str(old.parent)
    if subprocess.run(
        ["mount", "--bind", folder, folder], check=False, capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        with pytest.raises(StoreError, match="format 1 and is open for reading only"):
            LabelSpace(old)
    finally:
        subprocess.run(["umount", folder], check=True)
