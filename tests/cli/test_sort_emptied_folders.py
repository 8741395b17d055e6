"""Folders that sorting has made and left empty go; all that somebody else made or uses stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call
from sorted_folders import places, sort


@pytest.fixture
def sorted_once(own_mail: Path, inbox: Path, tmp_path: Path) -> Path:
    """The inbox, sorted with a class whose name is about to change."""
    sort(own_mail, inbox, tmp_path / "out")
    return tmp_path / "out"


def _folders(out: Path) -> set[str]:
    return {
        str(path.relative_to(out))
        for path in out.rglob("*")
        if path.is_dir() and ".protolabel" not in path.parts
    }


def _sort_anew(space: Path, inbox: Path, out: Path) -> None:
    call("rename", space, "invoice", "bill")
    sort(space, inbox, out, "--again", "changed")
    assert {place for place in places(out) if place.startswith("bill/")} == {
        "bill/a.txt", "bill/sub/deep/c.txt",
    }  # fmt: skip


def test_emptied_folders_go_and_come_again(own_mail: Path, inbox: Path, sorted_once: Path) -> None:
    """Before, `invoice/sub/deep` stayed, and nothing was in it."""
    assert "invoice/sub/deep" in _folders(sorted_once)
    _sort_anew(own_mail, inbox, sorted_once)
    kept = {"_review", "cv", "cv/sub", "bill", "bill/sub", "bill/sub/deep"}
    assert _folders(sorted_once) == kept
    call("rename", own_mail, "bill", "invoice")
    sort(own_mail, inbox, sorted_once, "--again", "changed")
    again = {"invoice", "invoice/sub", "invoice/sub/deep"}
    assert _folders(sorted_once) == {"_review", "cv", "cv/sub"} | again


def test_a_folder_with_a_file_of_somebody_else_stays(
    own_mail: Path, inbox: Path, sorted_once: Path
) -> None:
    (sorted_once / "invoice/sub/mine.txt").write_text("mine")
    _sort_anew(own_mail, inbox, sorted_once)
    assert {"invoice", "invoice/sub"} <= _folders(sorted_once)
    assert "invoice/sub/deep" not in _folders(sorted_once)
    assert (sorted_once / "invoice/sub/mine.txt").read_text() == "mine"


def test_a_folder_that_a_person_made_stays(own_mail: Path, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "invoice/sub").mkdir(parents=True)
    sort(own_mail, inbox, out)
    _sort_anew(own_mail, inbox, out)
    assert {"invoice", "invoice/sub"} <= _folders(out)
    assert "invoice/sub/deep" not in _folders(out)


def test_a_folder_that_a_person_made_in_the_place_of_one_of_sorting_stays(
    own_mail: Path, inbox: Path, sorted_once: Path, tmp_path: Path
) -> None:
    """Before, it went as soon as it was empty: it was known by its name alone."""
    deep = sorted_once / "invoice/sub/deep"
    deep.rename(tmp_path / "aside")  # so the numbers of the two folders differ
    deep.mkdir()
    (tmp_path / "aside/c.txt").rename(deep / "c.txt")
    _sort_anew(own_mail, inbox, sorted_once)
    assert "invoice/sub/deep" in _folders(sorted_once)
    assert not list(deep.iterdir())


def test_a_journal_of_an_earlier_version_knows_its_folders_by_name(
    own_mail: Path, inbox: Path, sorted_once: Path
) -> None:
    journal = sorted_once / ".protolabel/journal.jsonl"
    lines = [json.loads(row) for row in journal.read_text().splitlines()]
    folders = [row for row in lines if "own_folder" in row]
    assert folders
    for row in folders:
        assert row.pop("inode") == (sorted_once / row["own_folder"]).stat().st_ino
    journal.write_text("".join(json.dumps(row) + "\n" for row in lines))
    _sort_anew(own_mail, inbox, sorted_once)
    assert not {"invoice/sub/deep", "invoice/sub", "invoice"} & _folders(sorted_once)
