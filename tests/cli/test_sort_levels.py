"""Sorted folders of classes under classes: a class has its folder in that of the class above it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import call, members, records
from sorted_folders import BILL, JOB, NONSENSE, inbox, mail, own_mail, places, sort  # noqa: F401
from spelt_numbers import spelt

MONEY = "the money of the bank 7"


@pytest.fixture
def nested(own_mail) -> Path:  # noqa: F811
    """The classes invoice and payslip under money, which has examples of its own, and cv."""
    rows = [{"text": f"the money of the bank {spelt(n)}", "label": "money"} for n in range(6)]
    rows += [{"text": f"what you earn each month {spelt(n)}", "label": "payslip"} for n in range(6)]
    call("import", own_mail, "-", stdin="\n".join(map(json.dumps, rows)))
    call("nest", own_mail, "invoice", "payslip", "--under", "money")
    return own_mail


def test_a_class_under_another_goes_into_its_folder(nested, inbox, tmp_path):  # noqa: F811
    out = tmp_path / "out"
    (inbox / "m.txt").write_text(MONEY)
    (inbox / "invoice").mkdir()
    (inbox / "invoice/n.txt").write_text("of the bank, the money 8")
    sort(nested, inbox, out)
    assert places(out) == {
        "_review/b.txt": NONSENSE,
        "cv/sub/a.txt": JOB,
        "money/invoice/a.txt": BILL,
        "money/invoice/sub/deep/c.txt": BILL,
        "money/m.txt": MONEY,
        "money/invoice (2)/n.txt": "of the bank, the money 8",  # not in the folder of a class
    }
    assert sort(nested, inbox, out) == {}
    assert records("learn", nested, out, "--json") == []


def test_what_a_person_moves_between_levels_is_learned(nested, inbox, tmp_path):  # noqa: F811
    out = tmp_path / "out"
    sort(nested, inbox, out)
    (out / "money/invoice/a.txt").rename(out / "money/a.txt")
    (out / "money/payslip").mkdir()  # which no run has made
    (out / "cv/sub/a.txt").rename(out / "money/payslip/a.txt")
    moves = {one["place"]: one for one in records("learn", nested, out, "--yes", "--json")[:2]}
    assert {place: one["label"] for place, one in moves.items()} == {
        "money/a.txt": "money",
        "money/payslip/a.txt": "payslip",
    }
    assert not any(one["new_class"] for one in moves.values())
    assert len(members(nested, "money")) == len(members(nested, "payslip")) == 7
    assert records("learn", nested, out, "--json") == []
    assert sort(nested, inbox, out, "--again", "all").keys().isdisjoint({"a.txt"})
    assert (out / "money/a.txt").exists()


def test_files_follow_their_class_when_they_are_answered_again(own_mail, inbox, tmp_path):  # noqa: F811
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    call("nest", own_mail, "invoice", "--under", "money", "--new")
    (inbox / "new.txt").write_text("please pay the bill 9")
    sort(own_mail, inbox, out)
    assert "invoice/a.txt" in places(out)  # what is sorted stays where people know it
    assert "money/invoice/new.txt" in places(out)
    assert records("learn", own_mail, out, "--json") == []
    sort(own_mail, inbox, out, "--again", "all")
    assert {"money/invoice/a.txt", "money/invoice/sub/deep/c.txt"} <= set(places(out))
    call("rename", own_mail, "money", "finance")
    call("lift", own_mail, "invoice")
    assert records("learn", own_mail, out, "--json") == []
    sort(own_mail, inbox, out, "--again", "all")
    assert {"invoice/a.txt", "invoice/new.txt"} <= set(places(out))
    assert sort(own_mail, inbox, out) == {}


def test_a_file_of_several_documents_goes_to_the_class_above_them_all(nested, tmp_path):
    out, folder = tmp_path / "out", tmp_path / "in"
    folder.mkdir()
    texts = {
        "both.jsonl": [BILL, "what you earn each month 7"],
        "above.jsonl": [BILL, MONEY],
        "same.jsonl": [BILL, "please pay the bill 8"],
        "apart.jsonl": [BILL, JOB],
    }
    for name, rows in texts.items():
        (folder / name).write_text("".join(json.dumps({"text": row}) + "\n" for row in rows))
    reports = records("label", nested, folder, "--sort-into", out, "--json")
    assert set(places(out)) == {
        "money/both.jsonl", "money/above.jsonl", "money/invoice/same.jsonl", "_review/apart.jsonl",
    }  # fmt: skip
    of_file = {Path(one["source"]).name: one for one in reports}
    assert of_file["both.jsonl"]["label"] == of_file["above.jsonl"]["label"] == "money"
    assert "several classes" in of_file["apart.jsonl"]["reason"]
