"""A text or an attachment that several mails have carries no decision from one mail to another."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
from commands import call, records
from mailboxes import Mail

from protolabel import LabelSpace

NOTICE = (
    "Please find attached. This mail and any files with it are confidential and meant solely for "
    "the person or firm to whom they are addressed. If you have received it in error, please tell "
    "the sender at once and delete it. You must not copy or disclose it to anybody else. Any views "
    "in it are those of the sender alone and not of the firm, which accepts no liability."
)
ENDING = " with kind regards and all the details that you have asked for in your letter" * 6
BILL, COOK, DRIVER = (
    f"Invoice 5: please pay the amount due by 30 June{ENDING}",
    f"I apply for work as a cook in your kitchen{ENDING}",
    f"I apply for work as a driver in your garage{ENDING}",
)
TERMS = "Our terms of business: all prices are net, and the court of the town decides"
INVOICE, JOB = "invoice", "job application"
SPACE, OUT = "s.space", Path("sorted")


@pytest.fixture
def space(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelSpace.create(SPACE, encoder="hashing", background=False) as space:
        bills = ["please pay the amount due", "invoice 17: please pay 250 EUR"]
        jobs = ["I apply for work as a gardener", "I apply for work in your house"]
        space.add(bills + jobs, [INVOICE] * 2 + [JOB] * 2)
    call("set", SPACE, "threshold", "0.99")  # so that each file is for the review
    Path("in").mkdir()
    return SPACE


def write(name: str, text: str, *attachments: str) -> Path:
    """Write a mail with attachments of these texts."""
    named = tuple((f"{n}.txt", one) for n, one in enumerate(attachments))
    path = Path("in") / name
    path.write_text(Mail(text, attachments=named).lines())
    return path


@pytest.fixture
def desk(space):
    """Three mails of one sender that have been sorted: a bill and two applications."""
    for name, attachment in (("m1.eml", BILL), ("m2.eml", COOK), ("m3.eml", DRIVER)):
        write(name, NOTICE, attachment)
    call("label", SPACE, "in", "--sort-into", OUT)
    return space


def move(name: str, label: str) -> None:
    """Move a sorted file to the folder of a class, or to the review."""
    (path,) = OUT.rglob(name)
    (OUT / label).mkdir(exist_ok=True)
    shutil.move(path, OUT / label / name)


def decisions() -> dict[str, str | None]:
    """The label of each document that a person has decided on, by its source."""
    rows = records("review", SPACE, "--list", "--all", "--json")
    return {row["source"]: row["label"] for row in rows if row.get("by") == "person"}


def examples(label: str) -> list[str]:
    """The sources of the examples of a class that came from mails."""
    with LabelSpace(SPACE) as space:
        return sorted(one.source for one in space.show(label)[1] if one.source)


def test_mails_that_are_learned_one_after_the_other_keep_what_each_was_said_to_be(desk):
    move("m2.eml", JOB)
    done = call("learn", SPACE, OUT, "--yes")
    assert "its own text is none: other mails have it, too (in/m1.eml, in/m3.eml)" in done.stderr
    of_cook = {"in/m2.eml": JOB, "in/m2.eml/2/0.txt": JOB}
    assert decisions() == of_cook
    move("m1.eml", INVOICE)
    assert "moved" not in call("learn", SPACE, OUT, "--yes").stdout
    assert decisions() == {**of_cook, "in/m1.eml": INVOICE, "in/m1.eml/2/0.txt": INVOICE}
    assert examples(JOB) == ["sorted/job application/m2.eml/2/0.txt"]
    assert examples(INVOICE) == ["sorted/invoice/m1.eml/2/0.txt"]
    again = call("label", SPACE, "in", "--sort-into", OUT, "--again", "all")
    assert "m1.eml ->" not in again.stdout
    assert (OUT / INVOICE / "m1.eml").is_file()
    assert (OUT / JOB / "m2.eml").is_file()


def test_mails_that_are_learned_together_are_learned_once_and_whole(desk):
    move("m2.eml", JOB)
    move("m1.eml", INVOICE)
    call("learn", SPACE, OUT, "--yes")
    of_bill = {"in/m1.eml": INVOICE, "in/m1.eml/2/0.txt": INVOICE}
    assert decisions() == {**of_bill, "in/m2.eml": JOB, "in/m2.eml/2/0.txt": JOB}
    assert "nobody has moved a file" in call("learn", SPACE, OUT).stderr


def test_mails_that_nobody_has_labelled_are_learned_together(space):
    for name, attachment in (("m1.eml", BILL), ("m2.eml", COOK)):
        write(name, NOTICE, attachment)
    call("label", SPACE, "in", "--sort-into", OUT)
    call("forget", SPACE, "--all")
    move("m2.eml", JOB)
    move("m1.eml", INVOICE)
    call("learn", SPACE, OUT, "--yes")
    assert len(examples(JOB)) == len(examples(INVOICE)) == 1


def test_a_correction_of_one_mail_says_nothing_of_the_others(desk):
    call("correct", SPACE, "in/m2.eml", "--to", JOB)
    of_cook = {"in/m2.eml": JOB, "in/m2.eml/2/0.txt": JOB}
    assert decisions() == of_cook
    call("correct", SPACE, "in/m1.eml", "--to", INVOICE)
    assert decisions() == {**of_cook, "in/m1.eml": INVOICE, "in/m1.eml/2/0.txt": INVOICE}
    assert examples(JOB) == ["in/m2.eml/2/0.txt"]
    call("undo", SPACE)
    assert decisions() == of_cook


def test_that_one_mail_is_not_of_a_class_says_nothing_of_the_others(desk):
    call("correct", SPACE, "in/m2.eml", "--to", JOB)
    call("correct", SPACE, "in/m3.eml", "--not", JOB)
    assert decisions() == {"in/m2.eml": JOB, "in/m2.eml/2/0.txt": JOB}
    with LabelSpace(SPACE) as space:
        assert [one.source for one in space.negatives(JOB)] == ["in/m3.eml/2/0.txt"]


@pytest.mark.parametrize("command", ["import", "add"])
def test_such_a_text_is_no_example_of_mails_that_come_together(command, space):
    for name, attachment in (("m1.eml", BILL), ("m2.eml", COOK)):
        path = write(name, NOTICE, attachment)
        folder = Path("past") / (INVOICE if attachment == BILL else JOB)
        folder.mkdir(parents=True)
        shutil.move(path, folder)
    if command == "import":
        done = call("import", SPACE, "past")
        assert "under two labels" not in done.stdout
    else:
        done = call("add", SPACE, INVOICE, "past")
    assert "other mails have it, too" in done.stderr
    every = examples(INVOICE) + examples(JOB)
    assert [one.rpartition("/")[2] for one in every] == ["0.txt", "0.txt"]


def test_the_text_of_one_mail_that_lies_in_two_places_is_an_example(space):
    path = write("m1.eml", NOTICE, BILL)
    shutil.copy(path, "in/copy.eml")
    call("label", SPACE, "in")
    call("correct", SPACE, "in/m1.eml", "--to", INVOICE)
    assert examples(INVOICE) == ["in/m1.eml", "in/m1.eml/2/0.txt"]
    assert decisions() == {"in/m1.eml": INVOICE, "in/m1.eml/2/0.txt": INVOICE}


def test_an_attachment_that_mails_of_two_classes_have_stays_what_it_was(space):
    write("m1.eml", "the first", BILL, TERMS)
    write("m2.eml", "the second", COOK, TERMS)
    call("label", SPACE, "in")
    call("correct", SPACE, "in/m2.eml", "--to", JOB)
    done = call("correct", SPACE, "in/m1.eml", "--to", INVOICE)
    assert "3/1.txt is no example: in/m2.eml has it, too, and is 'job application'" in done.stderr
    assert examples(JOB) == ["in/m2.eml/2/0.txt", "in/m2.eml/3/1.txt"]
    assert examples(INVOICE) == ["in/m1.eml/2/0.txt"]
    assert decisions()["in/m2.eml/3/1.txt"] == JOB
    assert decisions()["in/m1.eml/3/1.txt"] == INVOICE


def test_mails_of_two_classes_with_one_attachment_in_common_are_learned_together(space):
    write("m1.eml", "the first", BILL, TERMS)
    write("m2.eml", "the second", COOK, TERMS)
    call("label", SPACE, "in", "--sort-into", OUT)
    move("m2.eml", JOB)
    move("m1.eml", INVOICE)
    call("learn", SPACE, OUT, "--yes")
    assert "nobody has moved a file" in call("learn", SPACE, OUT).stderr
    assert len(examples(JOB)) == len(examples(INVOICE)) == 1


def test_mails_that_hold_the_same_under_two_classes_are_a_conflict(space):
    write("m1.eml", "the first", BILL)
    write("m2.eml", "the second", BILL)
    call("label", SPACE, "in", "--sort-into", OUT)
    move("m2.eml", JOB)
    move("m1.eml", INVOICE)
    done = call("learn", SPACE, OUT, "--yes", code=6)
    assert "one document in the folders of two classes" in done.stderr


def test_a_mail_that_moves_to_another_class_takes_all_of_it_along(space):
    write("m1.eml", NOTICE, BILL, TERMS)
    call("label", SPACE, "in", "--sort-into", OUT)
    for label in (JOB, INVOICE):
        move("m1.eml", label)
        call("learn", SPACE, OUT, "--yes")
    assert examples(JOB) == []
    assert len(examples(INVOICE)) == 3
    assert set(decisions().values()) == {INVOICE}


def test_equal_mails_without_attachments_are_one_document(space):
    write("p1.eml", NOTICE)
    write("p2.eml", NOTICE)
    write("m1.eml", NOTICE, BILL)
    call("label", SPACE, "in")
    call("correct", SPACE, "in/p1.eml", "--to", JOB)
    assert decisions() == {"in/p1.eml": JOB, "in/p2.eml": JOB}


def test_on_the_page_a_text_of_several_mails_is_decided_for_one_of_them(space):
    with LabelSpace(SPACE, background=False) as opened:
        opened.answer_log.remember("text")
    for name, attachment in (("m1.eml", BILL), ("m2.eml", COOK)):
        write(name, NOTICE, attachment)
    call("label", SPACE, "in")
    keys = {
        row["source"]: row["key"] for row in records("review", SPACE, "--list", "--all", "--json")
        if "key" in row
    }  # fmt: skip
    with LabelSpace(SPACE, background=False) as opened:
        opened.inbox.decide({keys["in/m2.eml"]: JOB})
        opened.inbox.decide({keys["in/m1.eml"]: INVOICE})
    assert decisions() == {"in/m1.eml": INVOICE, "in/m2.eml": JOB}


def write_without_text(name: str, *attachments: str) -> None:
    """Write a mail that has neither a subject nor a text, as scanners send them."""
    path = write(name, "", *attachments)
    path.write_text(path.read_text().removeprefix("Subject: s\n"))


@pytest.fixture
def scans(space):
    """Two mails without a text of their own that have an attachment in common."""
    write_without_text("e1.eml", BILL, TERMS)
    write_without_text("e2.eml", COOK, TERMS)
    call("label", SPACE, "in", "--sort-into", OUT)
    assert len(records("review", SPACE, "--list", "--all", "--json")) == 4
    return space


def test_what_is_learned_of_a_mail_without_text_says_nothing_of_others(scans):
    move("e1.eml", INVOICE)
    call("learn", SPACE, OUT, "--yes")
    of_bill = {"in/e1.eml/2/0.txt": INVOICE, "in/e1.eml/3/1.txt": INVOICE}
    assert decisions() == of_bill
    move("e2.eml", JOB)
    done = call("learn", SPACE, OUT, "--yes")
    assert "3/1.txt is no example: in/e1.eml has it, too, and is 'invoice'" in done.stderr
    assert decisions() == of_bill | {"in/e2.eml/2/0.txt": JOB, "in/e2.eml/3/1.txt": JOB}
    move("e2.eml", "_review")
    call("learn", SPACE, OUT, "--yes")
    assert decisions() == of_bill


def test_a_correction_takes_a_mail_without_text_whole_and_says_nothing_of_others(scans):
    done = call("correct", SPACE, "in/e1.eml", "--to", INVOICE)
    assert "in/e1.eml: its 2 attachments" in done.stderr
    of_bill = {"in/e1.eml/2/0.txt": INVOICE, "in/e1.eml/3/1.txt": INVOICE}
    assert decisions() == of_bill
    call("correct", SPACE, "in/e2.eml", "--to", JOB)
    assert decisions() == of_bill | {"in/e2.eml/2/0.txt": JOB, "in/e2.eml/3/1.txt": JOB}


def test_on_the_page_an_attachment_of_mails_without_text_is_decided_for_one_of_them(space):
    with LabelSpace(SPACE, background=False) as opened:
        opened.answer_log.remember("text")
    write_without_text("e1.eml", BILL, TERMS)
    write_without_text("e2.eml", COOK, TERMS)
    call("label", SPACE, "in")
    rows = records("review", SPACE, "--list", "--all", "--json")
    keys = {row["source"]: row["key"] for row in rows if "key" in row}
    with LabelSpace(SPACE, background=False) as opened:
        opened.inbox.decide({keys["in/e2.eml/3/1.txt"]: JOB})
    assert decisions() == {"in/e2.eml/3/1.txt": JOB}


@pytest.mark.parametrize("command", ["import", "add"])
def test_a_part_of_mails_without_text_that_come_together_is_an_example_of_no_two_classes(
    command, space
):
    write_without_text("e1.eml", BILL, TERMS)
    write_without_text("e2.eml", COOK, TERMS)
    for name, label in (("e1.eml", INVOICE), ("e2.eml", JOB)):
        folder = Path("past") / label
        folder.mkdir(parents=True)
        shutil.move(Path("in") / name, folder)
    if command == "import":
        call("import", SPACE, "past")
    else:
        call("add", SPACE, INVOICE, Path("past") / INVOICE)
        call("label", SPACE, "past")
        call("correct", SPACE, f"past/{INVOICE}/e1.eml", "--to", INVOICE)
        call("add", SPACE, JOB, Path("past") / JOB)
    assert [one for one in examples(JOB) if one.endswith("1.txt")] == []


@pytest.mark.parametrize("folder", ["year", "2024"])
def test_documents_of_an_archive_are_no_parts_whatever_their_folder_is_called(folder, space):
    Path("in/a.txt").write_text("pay the bill of the roof")
    call("label", SPACE, "in", "--sort-into", OUT)
    for label, text in ((INVOICE, BILL), (JOB, COOK)):
        (OUT / label).mkdir(exist_ok=True)
        with ZipFile(OUT / label / "past.zip", "w") as archive:
            archive.writestr(f"{folder}/own.txt", text)
            archive.writestr(f"{folder}/terms.txt", TERMS)
    done = call("learn", SPACE, OUT, "--yes", code=6)
    assert "one document in the folders of two classes" in done.stderr
    assert "no example" not in done.stderr
