"""Folders of encoders that are made in the user's cache."""

from __future__ import annotations

import os
import time

import pytest

from protolabel.encoders.made_folders import ABANDONED, UNFINISHED, made_folder


def is_whole(folder):
    return (folder / "whole").exists()


def write(folder):
    folder.mkdir()
    (folder / "whole").touch()


def make(name):
    return made_folder(name, is_whole, write, what="cannot be made", room="nothing")


@pytest.mark.parametrize(("age", "stays"), [(0.5 * ABANDONED, True), (2 * ABANDONED, False)])
def test_what_a_killed_process_left_is_removed_a_day_later(tmp_path, monkeypatch, age, stays):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    home = make("first").parent
    left = home / f"{UNFINISHED}of-a-killed-process"
    (left / "fresh").mkdir(parents=True)
    (left / "fresh" / "weights").write_bytes(b"weights")
    moment = time.time() - age
    os.utime(left, (moment, moment))
    make("first")
    assert left.exists(), "nothing is made, so nothing is cleared"
    make("second")
    assert left.exists() == stays
    assert sorted(path.name for path in home.iterdir() if path != left) == ["first", "second"]
