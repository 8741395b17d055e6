"""The bytes of a file as they are documented, its identity, and its copies."""

from __future__ import annotations

import re
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder
from other_processes import opened
from stored import findings

from protolabel import LabelSpace
from protolabel.errors import SpaceExistsError
from protolabel.store import open_store
from protolabel.store.schema import FORMAT


def test_a_backup_is_the_same_label_space(path, tmp_path):
    with opened(path) as space:
        space.backup(tmp_path / "copy.space")
        before = list(space.view().export())
        space.retire("bill")
        with pytest.raises(SpaceExistsError):
            space.backup(tmp_path / "copy.space")
    with opened(tmp_path / "copy.space") as copy:
        assert list(copy.view().export()) == before
        assert copy.version == 4
    assert findings(tmp_path / "copy.space") == []


def test_the_bytes_are_as_documented(path):
    with opened(path) as space:
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


def test_the_page_lists_every_key_of_meta(path):
    """It lacked two, of which one decided whether a file was opened."""
    with opened(path) as space:
        space.answer_log.remember("text")
        list(space.label_many(["pay the bill", "my studies"]))
        space.answer_log.write()
        space.move(space.show("bill")[1][0].id, "cv")
        space.answer_log.forget()
    page = (Path(__file__).parents[2] / "docs" / "label-space-format.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z_]+):?` ", page, re.MULTILINE))
    with closing(sqlite3.connect(path)) as db:
        keys = {key.partition(":")[0] for (key,) in db.execute("SELECT key FROM meta")}
    assert {"commit", "answered", "identity"} <= keys
    assert keys <= listed
