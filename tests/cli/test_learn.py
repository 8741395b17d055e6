"""`protolabel learn` and `correct`: what people moved or named becomes an example; `--follow`."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time

import pytest
from commands import ENVIRONMENT, call, records
from sorted_folders import BILL, NONSENSE, SORTED, places, sort

from protolabel import LabelSpace


def wait_for(condition) -> None:
    """Wait until something is so that another process does."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about within 30 seconds")


@pytest.mark.slow
@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_follows_takes_what_comes_sees_the_space_change_and_ends_when_asked(
    name, own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "protolabel", "label", own_mail, inbox, "--sort-into", out,
               "--follow", "--by", "move", "--again", "declined"]  # fmt: skip
    process = subprocess.Popen(
        [str(c) for c in command], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        wait_for(lambda: set(places(out)) == set(SORTED) if out.exists() else False)
        with open(inbox / "late.txt", "w") as growing:
            for word in ("I apply ", "for the ", "job 7"):  # each within the time of stillness
                growing.write(word)
                growing.flush()
                time.sleep(0.7)
        wait_for(lambda: (out / "cv/late.txt").exists())
        assert (out / "cv/late.txt").read_text() == "I apply for the job 7"
        call("add", own_mail, "nonsense", "--text", NONSENSE)
        wait_for(lambda: (out / "nonsense/b.txt").exists())
        process.send_signal(name)
        error = process.communicate(timeout=30)[1]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, error
    assert "6 files: 5 sorted, 1 for review\n" in error  # one of them twice
    assert "Traceback" not in error


def test_a_file_that_a_person_moved_is_learned_only_when_that_is_confirmed(
    own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out, "--by", "move")
    (out / "invoice/a.txt").rename(out / "cv/a bill.txt")  # another name, too
    (out / "fines").mkdir()
    (out / "_review/b.txt").rename(out / "fines/b.txt")
    (out / "cv/sub/a.txt").rename(out / "_review/a.txt")
    version = records("info", own_mail, "--json")[0]["version"]
    moved = records("learn", own_mail, out, "--json")
    assert {(m["was"], m["place"], m["new_class"]) for m in moved} == {
        ("invoice/a.txt", "cv/a bill.txt", False), ("_review/b.txt", "fines/b.txt", True),
        ("cv/sub/a.txt", "_review/a.txt", False),
    }  # fmt: skip
    assert "2 examples to take; nothing was changed" in call("learn", own_mail, out).stderr
    assert records("info", own_mail, "--json")[0]["version"] == version
    call("learn", own_mail, out, "--yes")
    members = {m["text"] for m in records("show", own_mail, "cv", "--json")[0]["members"]}
    assert BILL in members
    assert [m["text"] for m in records("show", own_mail, "fines", "--json")[0]["members"]] == [
        NONSENSE
    ]
    assert records("learn", own_mail, out, "--json") == []
    expected = places(out)
    assert expected.pop("invoice/sub/deep/c.txt") == BILL  # equal files are one document
    expected["cv/sub/deep/c.txt"] = BILL
    call("label", own_mail, inbox, "--sort-into", out, "--again", "all")
    assert places(out) == expected  # a person's word stands
    call("undo", own_mail)
    assert records("info", own_mail, "--json")[0]["classes"] == 2
    offers = records("learn", own_mail, out, "--json")  # again, since nothing of it counts
    assert {(o["place"], o["was"], o["was_label"], o["undone"]) for o in offers} == {
        ("cv/a bill.txt", None, None, True), ("fines/b.txt", None, None, True),
    }  # fmt: skip
    assert "cv/a bill.txt: learned once, and undone" in call("learn", own_mail, out).stdout
    call("redo", own_mail)
    assert records("learn", own_mail, out, "--json") == []


def test_a_file_that_a_person_put_into_a_folder_is_an_example_and_its_new_folder_a_class(
    own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "slip").mkdir()
    (out / "slip/one.txt").write_text("packing slip of twelve lamps")
    (out / "cv/own.txt").write_text("my work as a cook")
    (out / "invoice/copy.txt").write_text(BILL)  # says nothing that is not there
    (out / "_review/own.txt").write_text("whatever this is")
    (out / "loose.txt").write_text("in no folder of a class")
    listed = records("learn", own_mail, out, "--json")
    assert {(m["place"], m["was"], m["label"], m["new_class"]) for m in listed} == {
        ("slip/one.txt", None, "slip", True), ("cv/own.txt", None, "cv", False),
    }  # fmt: skip
    offer = call("learn", own_mail, out)
    assert "slip/one.txt: put there by hand  (a new class)" in offer.stdout
    assert "2 examples to take; nothing was changed" in offer.stderr
    call("learn", own_mail, out, "--yes")
    (member,) = records("show", own_mail, "slip", "--json")[0]["members"]
    assert member["text"] == "packing slip of twelve lamps"
    assert records("learn", own_mail, out, "--json") == []
    before = places(out)
    sort(own_mail, inbox, out, "--again", "all")
    assert places(out) == before
    (out / "slip/one.txt").rename(out / "cv/one.txt")
    (moved,) = records("learn", own_mail, out, "--json")
    assert (moved["was"], moved["label"]) == ("slip/one.txt", "cv")


def test_a_changed_file_stays_in_the_class_that_a_person_gave_it(own_mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "invoice/a.txt").rename(out / "cv/a.txt")
    call("learn", own_mail, out, "--yes")
    (inbox / "a.txt").write_text("please pay the bill 77")
    sort(own_mail, inbox, out)
    assert places(out)["cv/a.txt"] == BILL
    assert places(out)["cv/a (2).txt"] == "please pay the bill 77"
    assert "invoice/a.txt" not in places(out)


def test_a_learned_file_that_goes_back_to_the_review_is_an_example_no_longer(
    own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "fines").mkdir()
    (out / "_review/b.txt").rename(out / "fines/b.txt")
    call("learn", own_mail, out, "--yes")
    (example,) = records("show", own_mail, "fines", "--json")[0]["members"]
    version = records("info", own_mail, "--json")[0]["version"]
    (out / "fines/b.txt").rename(out / "_review/b again.txt")
    (out / "invoice/a.txt").rename(out / "cv/a.txt")
    journal = (out / ".protolabel/journal.jsonl").read_bytes()
    by_place = {m["place"]: m["taken_back"] for m in records("learn", own_mail, out, "--json")}
    assert by_place == {"_review/b again.txt": [example["id"]], "cv/a.txt": []}
    preview = call("learn", own_mail, out, "--preview", "--yes").stdout
    assert "corrected to 'cv'" in preview
    assert f"removed example {example['id']!r}" in preview
    assert "1 example to take and 1 example to take back" in call("learn", own_mail, out).stderr
    assert (out / ".protolabel/journal.jsonl").read_bytes() == journal
    assert records("info", own_mail, "--json")[0]["version"] == version
    assert example["id"] in call("learn", own_mail, out, "--yes").stdout
    assert records("show", own_mail, "fines", "--json")[0]["members"] == []
    assert records("learn", own_mail, out, "--json") == []
    call("undo", own_mail)
    (again,) = records("show", own_mail, "fines", "--json")[0]["members"]
    assert (again["id"], again["text"]) == (example["id"], NONSENSE)


@pytest.mark.parametrize("place", ["b.txt", "b again.txt"])
def test_a_file_whose_taking_back_was_undone_is_to_be_taken_back_again(
    own_mail, inbox, tmp_path, place
):
    """It was offered before the undo, and stands in the review still, perhaps elsewhere there."""
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "fines").mkdir()
    (out / "_review/b.txt").rename(out / "fines/b.txt")
    call("learn", own_mail, out, "--yes")
    (example,) = records("show", own_mail, "fines", "--json")[0]["members"]
    (out / "fines/b.txt").rename(out / "_review/b.txt")
    call("learn", own_mail, out, "--yes")
    for _ in range(2):
        call("undo", own_mail)
        (out / "_review/b.txt").rename(out / "_review" / place)
        call("label", own_mail, inbox, "--sort-into", out, "--again", "all")
        (offer,) = records("learn", own_mail, out, "--json")
        assert (offer["place"], offer["label"]) == (f"_review/{place}", None)
        assert (offer["undone"], offer["taken_back"]) == (True, [example["id"]])
        done = call("learn", own_mail, out)
        assert f"_review/{place}: taken back once, and undone" in done.stdout
        assert "1 example to take back; nothing was changed" in done.stderr
        call("redo", own_mail)
        assert records("learn", own_mail, out, "--json") == []
        call("undo", own_mail)
        call("learn", own_mail, out, "--yes")
        assert records("show", own_mail, "fines", "--json")[0]["members"] == []
        assert records("learn", own_mail, out, "--json") == []
        (out / "_review" / place).rename(out / "_review/b.txt")


def test_an_undo_of_something_else_offers_no_file_of_the_review(own_mail, inbox, tmp_path):
    """What has no example is not to be taken back, whatever was undone."""
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "invoice/a.txt").rename(out / "_review/a.txt")
    call("set", own_mail, "threshold", "0.2")
    call("learn", own_mail, out, "--yes")
    call("undo", own_mail)
    assert records("learn", own_mail, out, "--json") == []


def test_a_file_whose_example_was_removed_since_is_not_to_be_taken_back_again(
    own_mail, inbox, tmp_path
):
    """Of an undone change, nothing is left to do then, and nothing to note."""
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "_review/b.txt").rename(out / "cv/b.txt")
    call("learn", own_mail, out, "--yes")
    (out / "cv/b.txt").rename(out / "_review/b.txt")
    call("learn", own_mail, out, "--yes")
    call("undo", own_mail)
    (offer,) = records("learn", own_mail, out, "--json")
    call("remove", own_mail, *offer["taken_back"])
    assert records("learn", own_mail, out, "--json") == []
    assert "nobody has moved a file" in call("learn", own_mail, out).stderr


def test_what_is_taken_back_is_no_person_s_label_any_more(own_mail, inbox, tmp_path):
    """It was listed as "fines, person", and `discover` and `next` left it out."""
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    places_of = {"_review/b.txt": "fines/b.txt", "fines/b.txt": "_review/b.txt"}
    (out / "fines").mkdir()
    states = []
    for before, after in places_of.items():
        (out / before).rename(out / after)
        call("learn", own_mail, out, "--yes")
        states.append(remembered(own_mail))
    call("undo", own_mail)
    states.append(remembered(own_mail))
    assert states == [("fines", "person", 0), (None, "label space", 1), ("fines", "person", 0)]


def remembered(space) -> tuple[str | None, str, int]:
    """Return the label of the declined file, whose it is, and how many `discover` takes."""
    (one,) = [r for r in records("review", space, "--all", "--json") if r["id"] == "b.txt"]
    (discovery,) = records("discover", space, "--least", "2", "--json")
    return one["label"], one["by"], discovery["documents"]


def test_a_copy_that_still_stands_in_its_class_keeps_the_example(own_mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "invoice/a.txt").rename(out / "cv/a.txt")
    (out / "invoice/sub/deep/c.txt").rename(out / "cv/c.txt")  # equal to it
    call("learn", own_mail, out, "--yes")
    (out / "cv/a.txt").rename(out / "_review/a.txt")
    assert (
        "a copy of the file is still in that folder" in call("learn", own_mail, out, "--yes").stderr
    )
    assert BILL in {m["text"] for m in records("show", own_mail, "cv", "--json")[0]["members"]}
    (out / "cv/c.txt").rename(out / "_review/c.txt")
    call("learn", own_mail, out, "--yes")
    assert BILL not in {m["text"] for m in records("show", own_mail, "cv", "--json")[0]["members"]}


def test_learn_refuses_a_folder_that_was_not_sorted(own_mail, inbox):
    assert "holds no journal of sorted files" in call("learn", own_mail, inbox, code=2).stderr


def test_a_document_is_corrected_by_the_name_of_its_file_in_a_folder(own_mail, inbox):
    call("correct", own_mail, "c.txt", "--to", "letter", "--in", inbox)
    (member,) = records("show", own_mail, "letter", "--json")[0]["members"]
    assert member["source"] == str(inbox / "sub/deep/c.txt")
    assert "2 files 'a.txt'" in call(
        "correct", own_mail, ["sub", "..", "a.txt"][-1], "--to", "x", "--in", inbox / "..",
        code=2,
    ).stderr  # fmt: skip
    call("correct", own_mail, "c.txt", "--to", "invoice")  # now an example has it
    assert records("show", own_mail, "letter", "--json")[0]["members"] == []


@pytest.mark.parametrize("by", ["learn", "correct", "import", "add"])
def test_a_mail_teaches_its_attachment_and_not_its_covering_text(by, own_mail, inbox, tmp_path):
    sort(own_mail, inbox, tmp_path / "out")
    note, folder = "see the attached file", tmp_path / "out/letter"
    folder.mkdir()
    mail = folder / "m.eml"
    mail.write_text(
        "From: a@example.org\nSubject: hello\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\n{note}'
        "\n--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n"
        "many warm greetings to you and to all of your family in town\n--x--\n"
    )
    past = tmp_path / "past"
    past.mkdir()
    shutil.copytree(folder, past / "letter")
    command = {
        "learn": ("learn", own_mail, tmp_path / "out", "--yes"),
        "correct": ("correct", own_mail, mail, "--to", "letter"),
        "import": ("import", own_mail, past),
        "add": ("add", own_mail, "letter", mail),
    }[by]
    done = call(*command, "--new")
    assert "its attachments are examples (2/a.txt), and its own text is none" in done.stderr
    with LabelSpace(own_mail) as space:
        (example,) = space.show("letter")[1]
    assert example.text.startswith("many warm greetings")
