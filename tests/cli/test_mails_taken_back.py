"""A file that a person takes back in a sorted folder says nothing of mails that hold its text."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from commands import call, records
from mailboxes import Mail

from protolabel import LabelSpace, read_documents

BILL = "The roof of the warehouse was repaired in March and the amount of 4200 EUR is due now"
TERMS = "Terms of business: claims must be brought within one year by the seller of the goods"
COVER = "I apply for work as a nurse, see attached"
SPACE = "m.space"


@pytest.fixture
def sorted_folder(tmp_path, monkeypatch) -> Path:
    """A sorted folder with a mail, and a file with the text of its attachment."""
    make(tmp_path, monkeypatch, "one")
    return Path("sorted")


def make(tmp_path, monkeypatch, labels: str) -> None:
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", labels=labels, background=False) as space:
        space.add(["please pay the amount due", "pay the bill for tea"], ["invoice"] * 2)
        space.add(["I apply for work as a nurse", "I build houses"], ["job"] * 2)
        space.add(["return the dangerous lamp", "the heater is dangerous"], ["recall"] * 2)
    Path("in").mkdir()
    Path("in/p.txt").write_text(BILL)
    mail = Mail(COVER, attachments=(("bill.txt", BILL), ("terms.txt", TERMS)))
    Path("in/m.eml").write_text(mail.lines())
    call("label", SPACE, "in", "--sort-into", "sorted")


def decided() -> dict[str, set[str]]:
    return {
        os.path.relpath(one["source"]): set(one.get("labels") or [one["label"]])
        for one in records("review", SPACE, "--all", "--json")
        if one.get("by") == "person"
    }


def move(folder: Path, name: str, to: str) -> str:
    """Move a file of a sorted folder to another folder, and let the label space learn it."""
    (place,) = folder.rglob(name)
    wait_for_a_tick()
    (folder / to).mkdir(exist_ok=True)
    shutil.move(place, folder / to / name)
    outcome = call("learn", SPACE, folder, "--yes")
    assert outcome.returncode == 0, outcome
    return outcome.stderr + outcome.stdout


def wait_for_a_tick() -> None:
    """Wait until the file system stamps with a time after now: its clock moves in steps."""
    start, probe = time.time(), Path("probe")
    while True:
        probe.touch()
        if probe.stat().st_ctime > start:
            break
    probe.unlink()


def of_mail(label: str) -> dict[str, set[str]]:
    parts = ("in/m.eml", "in/m.eml/2/bill.txt", "in/m.eml/3/terms.txt")
    return {part: {label} for part in parts}


def sorted_anew(name: str) -> str:
    """Where a file goes in a new sorted folder."""
    shutil.rmtree("anew", ignore_errors=True)
    call("label", SPACE, "in", "--sort-into", "anew")
    (place,) = Path("anew").rglob(name)
    return place.parent.name


def test_a_file_that_is_taken_back_ends_no_decision_on_a_mail_that_holds_its_text(sorted_folder):
    call("correct", SPACE, "in/m.eml", "--to", "recall")
    move(sorted_folder, "p.txt", "recall")
    assert decided() == of_mail("recall") | {"in/p.txt": {"recall"}}
    words = move(sorted_folder, "p.txt", "_review")
    assert decided() == of_mail("recall")
    assert "it stays 'recall', as decided" in words
    with LabelSpace(SPACE) as space:
        assert BILL not in [one.text for one in space.show("recall")[1]]
    assert sorted_anew("m.eml") == "recall"
    call("undo", SPACE)
    assert decided() == of_mail("recall") | {"in/p.txt": {"recall"}}


@pytest.mark.parametrize("remember", ["answers", "off"])
def test_a_mail_that_is_taken_back_ends_no_decision_on_a_file_with_a_text_of_it(
    sorted_folder, remember
):
    call("set", SPACE, "remember", remember)
    call("correct", SPACE, "in/p.txt", "--to", "recall")
    move(sorted_folder, "m.eml", "recall")
    assert sorted_anew("m.eml") == "recall"
    move(sorted_folder, "m.eml", "_review")
    assert sorted_anew("p.txt") == "recall"
    assert sorted_anew("m.eml") != "recall"
    with LabelSpace(SPACE) as space:
        texts = [one.text for one in space.show("recall")[1]]
        assert BILL in texts
        assert TERMS not in texts


def test_a_mail_that_is_learned_by_a_move_is_decided_with_its_own_text(sorted_folder):
    move(sorted_folder, "m.eml", "recall")
    assert decided() == of_mail("recall")
    assert sorted_anew("m.eml") == "recall"
    move(sorted_folder, "m.eml", "_review")
    assert decided() == {}
    call("undo", SPACE)
    assert decided() == of_mail("recall")


@pytest.mark.parametrize("labels", ["one", "several"])
def test_the_last_word_about_a_mail_counts_whether_it_was_named_or_moved(
    labels, tmp_path, monkeypatch
):
    make(tmp_path, monkeypatch, labels)
    others = ("--to", "job") if labels == "several" else ()
    call("correct", SPACE, "in/m.eml", "--to", "invoice", *others)
    move(Path("sorted"), "m.eml", "recall")
    assert decided() == of_mail("recall")
    assert sorted_anew("m.eml") == "recall"
    call("correct", SPACE, "in/m.eml", "--to", "job")
    assert decided() == of_mail("job")


@pytest.mark.parametrize("is_removed", [True, False])
def test_an_example_of_a_file_that_is_removed_or_moved_says_nothing_of_a_mail(
    sorted_folder, is_removed
):
    with LabelSpace(SPACE) as space:
        list(space.label_many(read_documents("in")))
        space.answer_log.write()
        space.correct("in/p.txt", "recall")
        space.correct("in/m.eml", "recall")
        (example,) = [one for one in space.show("recall")[1] if one.source == "in/p.txt"]
        if is_removed:
            space.remove([example.id])
        else:
            space.move([example.id], "job")
    rest = {} if is_removed else {"in/p.txt": {"job"}}
    assert decided() == of_mail("recall") | rest
