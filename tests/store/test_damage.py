"""Damage of a label space file: what is found, what is repaired, what is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from mounts import read_only
from stored import connection_of, findings

from protolabel import Example, LabelSpace
from protolabel.errors import (
    SpaceDamagedError,
    SpaceExistsError,
    SpaceNotFoundError,
    StoreError,
)
from protolabel.store.schema import FORMAT


def sql(path: Path, *statements: str) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        db.execute(statement)
    db.close()


def test_every_commit_reaches_the_disk(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        db = connection_of(space).db
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_sound_file_has_no_findings(path):
    assert findings(path) == []


def test_wrong_sums_are_found_and_rebuilt(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        before = space.view().prototypes.weights
    sql(path, "UPDATE sums SET n = n + 1 WHERE class = 1", "DELETE FROM sums WHERE class = 3")
    damage = findings(path)
    assert len(damage) == 2
    assert all(f.derived and not f.repaired for f in damage)
    assert all(f.repaired for f in findings(path, repair=True))
    assert findings(path) == []
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        np.testing.assert_array_equal(space.view().prototypes.weights, before)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE vectors SET embedding = x'00' WHERE item = 1", "1 bytes, expected 32"),
        ("UPDATE items SET text = 'other' WHERE item = 1", "digest"),
        (
            "UPDATE vectors SET embedding = x'" + "00" * 28 + "0000c07f' WHERE item = 1",
            "not finite",
        ),
        ("DELETE FROM items WHERE item = 3", "not there"),
        ("UPDATE classes SET died = 4 WHERE class = 1", "belongs to no class"),
        ("DELETE FROM changes WHERE version = 3", "expected 1 to 3"),
        ("DELETE FROM meta WHERE key = 'metric'", "no 'metric'"),
    ],
)
def test_damaged_rows_are_found_and_not_touched(path, statement, message):
    sql(path, "PRAGMA foreign_keys = OFF", statement)
    damage = findings(path, repair=True)
    assert any(message in f.what for f in damage)
    assert not any(f.repaired for f in damage)


def test_a_flipped_bit_in_a_fit_is_found_and_the_fit_is_not_used(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.settle()
        assert space.view().head.head == "refined"
    sql(path, "UPDATE fits SET body = zeroblob(length(body)) WHERE kind = 'refinement'")
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        assert space.view().head.head == "prototypes"
    assert [f.repaired for f in findings(path, repair=True)] == [True]
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.settle()
        assert space.view().head.head == "refined"


def test_a_truncated_file_is_damaged(path):
    whole = path.read_bytes()
    for size in (100, len(whole) // 2, len(whole) - 4096):
        path.write_bytes(whole[:size])
        try:
            assert findings(path) != []
        except SpaceDamagedError as error:
            assert "damaged" in str(error)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file"),
        (b"hello " * 1000, "a file of another kind"),
        (b"\x89PNG\r\n\x1a\n", "damaged or is not"),
    ],
)
def test_what_is_no_label_space_is_refused(tmp_path, content, message):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(SpaceDamagedError, match=message):
        LabelSpace(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == content


def test_a_file_of_another_program_and_of_a_newer_format(tmp_path, path):
    sql(tmp_path / "other.db", "CREATE TABLE t (x)")
    with pytest.raises(SpaceDamagedError, match="another program"):
        LabelSpace(tmp_path / "other.db")
    sql(path, f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(SpaceDamagedError, match="upgrade protolabel"):
        LabelSpace(path)


def test_paths_that_cannot_be_used(tmp_path, path):
    with pytest.raises(SpaceNotFoundError, match="protolabel init"):
        LabelSpace(tmp_path / "none.space")
    with pytest.raises(SpaceDamagedError, match="folder"):
        LabelSpace(tmp_path)
    with pytest.raises(SpaceExistsError, match="exists already"):
        LabelSpace.create(path, encoder=WordEncoder())
    with pytest.raises(StoreError, match="mkdir"):
        LabelSpace.create(tmp_path / "no" / "a.space", encoder=WordEncoder())


def test_a_read_only_file_answers_and_refuses_changes(path):
    with LabelSpace(path, encoder=WordEncoder(), background=False) as space:
        space.configure(kappa=19.0)
        space.configure(kappa="auto")  # an estimate would differ, and cannot be written
        space.add([Example(c, w) for c in ("bill", "cv", "box") for w in ("pay", "cv", "ship")])
    with (
        read_only(path.parent),
        LabelSpace(path, encoder=WordEncoder(), background=False) as space,
    ):
        space.settle()
        assert space.label("pay").alternatives
        assert space.view().head.head == "refined"
        with pytest.raises(StoreError, match="reading only"):
            space.add("pay", "bill")
