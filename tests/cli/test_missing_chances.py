"""Where an answer has a probability and no chance, it says what a chance still needs."""

from __future__ import annotations

import csv

import pytest
from commands import call, records, run

from protolabel import Example, LabelSpace

TEXTS = {
    "bill": ["pay the bill of five euros", "the amount is due", "settle the bill by transfer",
             "a reminder of your last bill"],
    "cv": ["I apply for the job", "my skills and work so far", "an experienced teacher",
           "I seek work in your team"],
    "menu": ["soup and bread for lunch", "dinner is fish with rice", "dessert and coffee at noon",
             "a dish of the week"],
    "box": ["ship the parcel today", "the courier brings a box", "track your parcel",
            "a box was delivered"],
}  # fmt: skip
NEED = "it needs examples in four classes or more, or the setting refine off"
TEXT = "please pay the bill of euros"


@pytest.fixture(scope="module")
def spaces(tmp_path_factory):
    paths = {}
    for n in (3, 4):
        paths[n] = tmp_path_factory.mktemp("chances") / f"{n}.space"
        with LabelSpace.create(paths[n], encoder="hashing", background=False) as space:
            chosen = list(TEXTS.items())[:n]
            space.add([Example(label, text) for label, texts in chosen for text in texts])
            space.settle()
    return paths


def test_the_reason_and_info_say_what_a_chance_still_needs(spaces):
    (answer,) = records("label", spaces[3], "--text", TEXT, "--json")
    assert (answer["head"], answer["chance"], answer["none_probability"]) == ("refined", None, None)
    assert answer["probability"] is not None
    assert f"no chance: no stranger could be simulated: {NEED}" in answer["reason"]
    assert NEED in " ".join(call("info", spaces[3]).stdout.split())
    assert records("info", spaces[3], "--json")[0]["calibration"]["belonging"] is None


def test_each_place_says_the_same_and_what_it_says_helps(spaces, tmp_path):
    """Before, three places said four classes, though prototypes alone give chances of three."""
    copy = tmp_path / "copy.space"
    call("backup", spaces[3], copy)
    assert NEED in " ".join(call("risk", copy).stdout.split())
    (tmp_path / "in.txt").write_text(TEXT)
    refused = run("risk", copy, "--stream", tmp_path / "in.txt", code=2).stderr
    assert NEED.removeprefix("it needs ") in " ".join(refused.split())
    call("set", copy, "refine", "off")
    (answer,) = records("label", copy, "--text", TEXT, "--json")
    assert None not in (answer["chance"], answer["none_probability"])
    assert NEED not in " ".join(call("risk", copy).stdout.split())


def test_what_is_missing_is_all_that_is_missing(spaces):
    (answer,) = records("label", spaces[4], "--text", TEXT, "--json")
    assert None not in (answer["chance"], answer["none_probability"])
    assert NEED not in answer["reason"]
    assert NEED not in " ".join(call("info", spaces[4]).stdout.split())


def test_a_terminal_marks_a_probability_that_is_no_chance(spaces, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT)
    for n, marked in ((3, True), (4, False)):
        labelled = call("label", spaces[n], "--text", TEXT, "-q").stdout
        sorted_ = call("label", spaces[n], tmp_path / "in", "--sort-into", tmp_path / str(n)).stdout
        with LabelSpace(spaces[n], background=False) as space:
            line = str(space.label(TEXT))
        for words in (labelled, sorted_, line):
            assert ("% if it is one of the classes" in words) == marked, words


def test_a_table_gives_the_reason_beside_an_empty_chance(spaces, tmp_path):
    call("label", spaces[3], "--text", TEXT, "--out", tmp_path / "a.csv")
    with open(tmp_path / "a.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["chance"] == ""
    assert NEED in row["reason"]


def test_a_target_of_strangers_says_that_it_cannot_be_promised_and_why(spaces, tmp_path):
    """It read "the target no stranger could be simulated"."""
    copy = tmp_path / "copy.space"
    call("backup", spaces[3], copy)
    call("set", copy, "target", "strangers 50%")
    (answer,) = records("label", copy, "--text", TEXT, "--json")
    why = f"the target strangers 50% cannot be promised: no stranger could be simulated: {NEED}"
    assert answer["label"] is None
    assert answer["reason"].endswith(f"; {why}")
    assert f"every document is declined: {why}" in " ".join(call("info", copy).stdout.split())
