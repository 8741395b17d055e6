"""Which path a file in a sorted folder came from, as its journal says: by lines written by hand."""

from __future__ import annotations

import json
import os

import pytest

from protolabel.identity.sorted_paths import original_path, standing_path


@pytest.fixture
def folder(tmp_path):
    """A sorted folder with one file, and a function that adds lines to its journal."""
    root, journal = tmp_path / "sorted", tmp_path / "sorted" / ".protolabel" / "journal.jsonl"
    journal.parent.mkdir(parents=True)
    journal.write_text('{"protolabel_sorted": 1, "space": "x"}\n')
    (root / "bill").mkdir()
    (root / "bill" / "a.eml").write_text("a")

    def write(place, source="/in/a.eml", moved_from="", state="placed"):
        record = {"place": place, "source": source, "moved_from": moved_from, "state": state}
        with open(journal, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    write("bill/a.eml")
    return str(root), write, journal


def test_a_file_and_what_lies_in_it_have_the_path_they_came_from(folder):
    root, _, _ = folder
    assert original_path(f"{root}/bill/a.eml") == "/in/a.eml"
    assert original_path(f"{root}/bill/a.eml/2/d.txt") == "/in/a.eml/2/d.txt"
    for other in (f"{root}/bill/b.eml", f"{root}/bill/a.eml2", "/in/a.eml", "bill/a.eml", ""):
        assert original_path(other) == other


def test_it_follows_the_journal(folder):
    root, write, journal = folder
    write("cv/a.eml", moved_from="bill/a.eml", state="intended")  # it may stand in either
    assert {original_path(f"{root}/{one}/a.eml") for one in ("bill", "cv")} == {"/in/a.eml"}
    write("cv/a.eml", moved_from="bill/a.eml")
    assert original_path(f"{root}/cv/a.eml") == "/in/a.eml"
    assert original_path(f"{root}/bill/a.eml") == f"{root}/bill/a.eml"
    with open(journal, "a", encoding="utf-8") as file:
        file.write('{"gone": "cv/a.eml"}\n{"place": "cut off')
    assert original_path(f"{root}/cv/a.eml") == f"{root}/cv/a.eml"
    again = journal.with_name("new")
    again.write_text('{"protolabel_sorted": 1, "space": "x"}\n')
    os.replace(again, journal)
    write("x/b.eml", "/in/b.eml")
    assert original_path(f"{root}/x/b.eml") == "/in/b.eml"


def test_a_file_that_was_sorted_twice_has_its_first_path(folder, tmp_path):
    root, _, _ = folder
    journal = tmp_path / "next" / ".protolabel" / "journal.jsonl"
    journal.parent.mkdir(parents=True)
    record = {
        "place": "p/a.eml",
        "source": f"{root}/bill/a.eml",
        "moved_from": "",
        "state": "placed",
    }
    journal.write_text(f'{{"protolabel_sorted": 1, "space": "x"}}\n{json.dumps(record)}\n')
    assert original_path(f"{tmp_path}/next/p/a.eml") == "/in/a.eml"


def test_a_file_is_found_again_by_the_path_it_came_from_if_one_alone_stands(folder):
    root, write, _ = folder
    assert standing_path("/in/a.eml", [root]) == f"{root}/bill/a.eml"
    assert standing_path("/in/a.eml/2/d.txt", [root]) == f"{root}/bill/a.eml/2/d.txt"
    assert standing_path("/in/b.eml", [root]) == ""
    assert standing_path("/in/a.eml", ["/nowhere"]) == ""
    write("bill/a (2).eml")  # a later file of the same name, which is not there
    assert standing_path("/in/a.eml", [root]) == f"{root}/bill/a.eml"
    with open(f"{root}/bill/a (2).eml", "w", encoding="utf-8") as file:
        file.write("b")
    assert standing_path("/in/a.eml", [root]) == ""
