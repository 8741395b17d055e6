"""Files that hold documents are their owner's alone, and keep what their owner decides."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from commands import call

from protolabel import LabelSpace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


def test_what_holds_documents_is_made_for_its_owner_alone(tmp_path, monkeypatch):
    """Whatever the umask: SQLite, pyarrow and open() would let everybody read."""
    earlier = os.umask(0)
    try:
        space = tmp_path / "mail.space"
        call("init", space, "--encoder", "hashing")
        call("add", space, "invoice", "--text", "a bill to pay", "--new")
        with LabelSpace(space) as own:
            own.label("a bill")
            sides = [path for path in tmp_path.iterdir() if path.name.startswith("mail.space-")]
            assert sides
            for path in (space, *sides):
                assert mode(path) == 0o600, path
        call("backup", space, tmp_path / "copy.space")
        call("restore", tmp_path / "copy.space", tmp_path / "again.space")
        for name in ("a.jsonl", "a.csv", "a.xlsx", "a.parquet"):
            call("label", space, "--text", "a bill", "--out", tmp_path / name)
        for name in ("copy.space", "again.space", "a.jsonl", "a.csv", "a.xlsx", "a.parquet"):
            assert mode(tmp_path / name) == 0o600, name
    finally:
        os.umask(earlier)


def test_a_copy_has_the_permissions_that_the_owner_gave(tmp_path):
    space = tmp_path / "mail.space"
    call("init", space, "--encoder", "hashing")
    os.chmod(space, 0o640)
    call("backup", space, tmp_path / "copy.space")
    call("restore", tmp_path / "copy.space", space, "--replace")
    assert mode(tmp_path / "copy.space") == mode(space) == 0o640
