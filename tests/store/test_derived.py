"""Derived state: digests of sums and fits, and what a repair means to whoever has the file open."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from other_processes import opened
from stored import connection_of, findings

from protolabel import Example, LabelSpace
from protolabel.errors import InputError, StoreBusyError, StoreFullError
from protolabel.store import Fit, open_store
from protolabel.store.schema import item_digest
from protolabel.store.sums import sum_digest


def sql(path: Path, statement: str, values: tuple[object, ...] = ()) -> list[tuple]:
    db = sqlite3.connect(path, isolation_level=None)
    rows = db.execute(statement, values).fetchall()
    db.close()
    return rows


def flip(blob: bytes) -> bytes:
    return bytes([blob[0] ^ 1]) + blob[1:]


def weights(space: LabelSpace) -> np.ndarray:
    return space.view().prototypes.weights.copy()


def test_a_sum_with_a_flipped_bit_is_made_anew_where_it_is_read(path):
    with opened(path) as space:
        before = weights(space)
    ((blob,),) = sql(path, "SELECT total FROM sums WHERE class = 1")
    sql(path, "UPDATE sums SET total = ? WHERE class = 1", (flip(blob),))
    with opened(path) as space:
        np.testing.assert_array_equal(weights(space), before)
    assert [f.what for f in findings(path)] == ["the sum of class 1 is not what was written"]


def test_a_sum_that_is_missing_is_made_anew_where_it_is_read(path):
    with opened(path) as space:
        before = weights(space)
    sql(path, "DELETE FROM sums")
    with opened(path) as space:
        np.testing.assert_array_equal(weights(space), before)


def test_a_change_of_a_class_with_a_damaged_sum_writes_the_right_one(path):
    sql(path, "UPDATE sums SET n = n + 1 WHERE class = 1")
    with opened(path) as space:
        space.add("pay", "bill")
        after = weights(space)
    assert findings(path) == []
    with opened(path) as space:
        np.testing.assert_array_equal(weights(space), after)


def settled(path: Path) -> None:
    with opened(path) as space:
        for label, word in (("bill", "pay"), ("cv", "cv"), ("box", "ship")):
            others = ("work", "secret", "sign", "work sign")
            space.add([Example(label, f"{word} {word} {other}") for other in others])
        space.settle()
        assert space.label("pay bill").probability is not None


def test_a_changed_number_in_a_calibration_is_found_and_not_used(path):
    settled(path)
    for kind, basis, header in sql(path, "SELECT kind, basis, header FROM fits"):
        if kind.startswith("calibration"):
            values = json.loads(header)
            values["values"]["temperature"] = 0.125
            sql(
                path,
                "UPDATE fits SET header = ? WHERE kind = ? AND basis = ?",
                (json.dumps(values, sort_keys=True), kind, basis),
            )
    with opened(path) as space:
        assert space.label("pay bill").probability is None
    wrong = findings(path)
    assert len(wrong) == 2
    assert all("calibration" in f.what and f.derived for f in wrong)
    assert all(f.repaired for f in findings(path, repair=True))
    assert findings(path) == []


def wrong_sums(path: Path) -> None:
    """Sums that are wrong with digests that hold: what a fault of the software would leave."""
    for key, n, total in sql(path, "SELECT class, n, total FROM sums"):
        other = (np.frombuffer(total, "<i8") * 2 + 2**32).astype("<i8").tobytes()
        sql(
            path,
            "UPDATE sums SET total = ?, digest = ? WHERE class = ?",
            (other, sum_digest(key, n, other), key),
        )


def test_a_repair_of_sums_drops_the_fits_that_were_made_from_them(path):
    settled(path)
    with opened(path) as space:
        right = space.label("pay bill").probability
        truth = weights(space)
    wrong_sums(path)
    sql(path, "DELETE FROM fits")
    with opened(path) as space:
        space.settle()
        damaged = space.label("pay bill").probability
        assert damaged != right
        assert findings(path, repair=True)
        assert space.label("pay bill").probability is None  # this process saw the repair
        np.testing.assert_array_equal(weights(space), truth)
        space.settle()
        assert space.label("pay bill").probability == right
    assert findings(path) == []
    with opened(path) as space:
        assert [c.kind for c in space.history()][:1] == ["repair"]
        assert space.undo().summary.startswith("undid version 7: added 4 examples")


def test_a_process_that_has_the_file_open_sees_a_repair(path):
    with opened(path) as space:
        truth = weights(space)
        wrong_sums(path)
    script = """
import sys
sys.path.insert(0, sys.argv[2])
from fakes import WordEncoder
from protolabel import LabelSpace
with LabelSpace(sys.argv[1], encoder=WordEncoder(), background=False) as space:
    for _ in sys.stdin:
        print(space.view().prototypes.weights.tolist(), flush=True)
"""
    helpers = str(Path(__file__).parents[1] / "helpers")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path), helpers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:

        def sums_elsewhere() -> list:
            other.stdin.write("\n")
            other.stdin.flush()
            return json.loads(other.stdout.readline())

        assert sums_elsewhere() != truth.tolist()
        findings(path, repair=True)
        assert sums_elsewhere() == truth.tolist()
        other.stdin.close()


def test_fits_of_several_bases_stand_beside_each_other(path):
    store = open_store(str(path))
    for basis in range(1, 12):
        store.rows.keep_fit(Fit("calibration:prototypes", basis, {"n": basis}, bytes([basis])))
    store.rows.keep_fit(Fit("refinement", 3, {}))
    assert store.rows.fit("calibration:prototypes", 11).header == {"n": 11}
    assert store.rows.fit("calibration:prototypes", 4).body == b"\x04"
    assert store.rows.fit("calibration:prototypes", 1) is None  # the oldest go
    assert store.rows.fit("refinement", 3) is not None
    assert [store.rows.basis(v) for v in (1, 2, 3)] == [1, 2, 3]
    store.close()


def test_a_fit_that_cannot_be_written_is_an_error_by_type_and_stays_in_memory(path):
    store, other = open_store(str(path)), sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError):
        store.rows.keep_fit(Fit("refinement", 4, {"classes": 0}))
    other.execute("ROLLBACK")
    other.close()
    assert store.rows.fit("refinement", 4).header == {"classes": 0}
    (pages,) = connection_of(store).db.execute("PRAGMA page_count").fetchone()
    connection_of(store).db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFullError):
        store.rows.keep_fit(Fit("refinement", 5, {}, bytes(100_000)))
    assert len(store.rows.fit("refinement", 5).body) == 100_000
    store.close()
    assert sql(path, "SELECT * FROM fits") == []


def test_a_vector_that_sums_cannot_hold_is_refused_at_the_store_and_found_by_check(tmp_path):
    path = tmp_path / "far.space"
    with LabelSpace.create(
        path, encoder=WordEncoder(), metric="euclidean", background=False
    ) as space:
        space.add([Example("far", "pay", id="p"), Example("far", "ship", id="s")])
    store = open_store(str(path))
    for size in (3e9, 1e30, 2.0**30, 1e-9):
        with (
            pytest.raises(InputError, match="largest component"),
            store.writing("add", "me") as writing,
        ):
            writing.item("x", np.full(8, size, np.float32))
    assert store.rows.version() == 2
    store.close()
    huge = np.full(8, 3e9, "<f4").tobytes()  # what a version without this check let in
    sql(
        path,
        "UPDATE vectors SET embedding = ?, digest = ? WHERE item = 2",
        (huge, hashlib.sha256(huge).digest()),
    )
    sql(path, "UPDATE items SET digest = ? WHERE item = 2", (item_digest("pay", None, huge, 1),))
    ((text,),) = sql(path, "SELECT text FROM items WHERE item = 2")
    assert text == "pay"
    assert "that sums cannot hold: its largest component is 3e+09" in findings(path)[0].what
    with opened(path) as space:
        space.remove("p")  # what the finding says to do
        assert space.check() == []
        assert space.label("ship").label == "far"


def test_a_change_may_note_where_the_encoder_is(path):
    store = open_store(str(path))
    with store.writing("place", "me") as writing:
        writing.place_encoder("/new/place")
        assert writing.encoding.encoder == "/new/place"
    assert store.rows.encoding(5).encoder == "/new/place"
    assert store.rows.encoding(5).fingerprint == "words:8"
    store.close()
