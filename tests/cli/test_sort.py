"""`protolabel label --sort-into`: where files go, what is read again, what a person did stays."""

from __future__ import annotations

import os
import shutil
import sys
import time
import zipfile
from pathlib import Path

import pytest
from commands import call, records
from sorted_folders import BILL, JOB, NONSENSE, SORTED, places, sort


@pytest.mark.parametrize("how", ["copy", "link", "move"])
def test_each_file_goes_into_the_folder_of_its_class_and_the_unsure_into_the_review(
    how, mail, inbox, tmp_path
):
    out, sources = tmp_path / "out", places(inbox)
    sort(mail, inbox, out, "--by", how)
    assert places(out) == SORTED
    assert places(inbox) == ({} if how == "move" else sources)
    assert (out / "invoice/a.txt").samefile(inbox / "a.txt") if how == "link" else True
    assert sort(mail, inbox, out, "--by", how) == {}
    assert places(out) == SORTED


def test_a_file_whose_name_is_not_utf_8_is_answered_remembered_corrected_and_learned(
    own_mail, inbox, tmp_path
):
    """Zip files and discs from old systems carry such names. ``label --out`` shows the same one."""
    old = os.path.join(os.fsencode(inbox), b"caf\xe9.txt")
    Path(os.fsdecode(old)).write_text("please pay the bill of the cafe")
    out = tmp_path / "out"
    call("label", own_mail, inbox, "--sort-into", out)
    listing = [r["source"] for r in records("review", own_mail, "--list", "--all", "--json")]
    assert sum(source.startswith(str(inbox)) for source in listing) == 5
    name = str(inbox / "caf\\xe9.txt")
    assert name in listing
    (place,) = [p for p in (out / "invoice").iterdir() if p.name.startswith("caf")]
    place.rename(out / "cv" / place.name)
    assert "caf\\xe9.txt" in call("learn", own_mail, out).stdout
    call("learn", own_mail, out, "--yes")
    call("correct", own_mail, os.fsdecode(old), "--to", "other", "--new")
    assert "caf\\\\xe9.txt" in call("show", own_mail, "other", "--json").stdout


def test_only_new_and_changed_files_are_read_again(mail, inbox, tmp_path):
    out = tmp_path / "out"
    assert len(sort(mail, inbox, out)) == 4
    os.utime(inbox / "a.txt", (1, 1))  # the same content at another time
    (inbox / "b.txt").write_text(JOB)
    (inbox / "new.txt").write_text(BILL)
    assert sort(mail, inbox, out) == {"b.txt": "cv", "new.txt": "invoice"}
    assert set(places(out)) == {
        *SORTED, "cv/b.txt", "invoice/new.txt",
    }  # fmt: skip


def test_what_a_name_stood_for_before_is_kept_beside_what_it_stands_for_now(mail, inbox, tmp_path):
    out = tmp_path / "out"
    for how in ("copy", "copy", "link"):
        sort(mail, inbox, out, "--by", how)
        (inbox / "a.txt").unlink()
        (inbox / "a.txt").write_text(f"please pay the bill {len(places(out))}")
    sort(mail, inbox, out)
    assert {text for place, text in places(out).items() if place.startswith("invoice/a")} == {
        BILL, "please pay the bill 4", "please pay the bill 5", "please pay the bill 6",
    }  # fmt: skip
    assert sort(mail, inbox, out) == {}


def test_a_link_whose_file_was_changed_in_place_moves_to_its_new_class(mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(mail, inbox, out, "--by", "link")
    (inbox / "a.txt").write_text(JOB)
    (inbox / "b.txt").write_text(NONSENSE * 2)
    assert set(sort(mail, inbox, out, "--by", "link")) == {"a.txt", "b.txt"}
    assert set(places(out)) == set(SORTED) - {"invoice/a.txt"} | {"cv/a.txt"}
    assert sort(mail, inbox, out, "--by", "link") == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says who writes to a file")
@pytest.mark.parametrize("how", ["copy", "link", "move"])
def test_a_file_that_another_program_writes_to_waits_until_that_has_ended(
    how, mail, inbox, tmp_path
):
    out = tmp_path / "out"
    with open(inbox / "late.txt", "w") as growing:
        growing.write("I apply ")
        growing.flush()
        done = call("label", mail, inbox, "--sort-into", out, "--by", how, code=6)
        assert f"left {inbox}/late.txt in place: another program is writing to it" in done.stderr
        growing.write("for the job 7")
    assert sort(mail, inbox, out, "--by", how) == {"late.txt": "cv"}
    assert places(out)["cv/late.txt"] == "I apply for the job 7"


def test_a_private_file_is_private_while_it_is_copied(mail, tmp_path, monkeypatch):
    inbox, modes = tmp_path / "inbox", []
    inbox.mkdir()
    (inbox / "a.txt").write_text(BILL)
    (inbox / "a.txt").chmod(0o640)

    def look(source, target):
        modes.append(os.stat(target).st_mode & 0o777)
        os.chmod(target, os.stat(source).st_mode)

    monkeypatch.setattr(shutil, "copystat", look)
    sort(mail, inbox, tmp_path / "out")
    assert modes == [0o600]
    assert os.stat(tmp_path / "out/invoice/a.txt").st_mode & 0o777 == 0o640


def test_a_change_that_keeps_size_and_time_is_a_change(mail, inbox, tmp_path):
    out, path = tmp_path / "out", inbox / "a.txt"
    old = time.time() - 1000
    os.utime(path, (old, old))
    sort(mail, inbox, out)
    path.write_text("I apply for the job 7"[: len(BILL)].ljust(len(BILL)))
    os.utime(path, (old, old))
    assert sort(mail, inbox, out) == {"a.txt": "cv"}


def test_equal_names_and_files_that_are_there_are_never_replaced(mail, inbox, tmp_path):
    out, second = tmp_path / "out", tmp_path / "second"
    (out / "invoice").mkdir(parents=True)
    (out / "invoice/a.txt").write_text("of somebody else")
    second.mkdir()
    (second / "a.txt").write_text("please pay the bill 2")
    call("label", mail, inbox, second, "--sort-into", out)
    files = places(out)
    assert files["invoice/a.txt"] == "of somebody else"
    assert {files["invoice/a (2).txt"], files["invoice/a (3).txt"]} == {
        BILL,
        "please pay the bill 2",
    }


def test_a_name_that_comes_again_after_a_move_is_a_new_file(mail, inbox, tmp_path):
    out = tmp_path / "out"
    for day in range(3):
        (inbox / "a.txt").write_text(BILL)
        sort(mail, inbox, out, "--by", "move")
        assert not (inbox / "a.txt").exists(), day
    assert {"invoice/a.txt", "invoice/a (2).txt", "invoice/a (3).txt"} <= set(places(out))


def test_a_folder_that_has_the_name_of_an_earlier_file_finds_room(mail, inbox, tmp_path):
    out = tmp_path / "out"
    shutil.rmtree(inbox / "sub")
    (inbox / "x").write_text(BILL)
    sort(mail, inbox, out, "--by", "move")
    (inbox / "x").mkdir()
    (inbox / "x/y.txt").write_text(BILL)
    sort(mail, inbox, out, "--by", "move")
    assert {"invoice/x", "invoice/x (2)/y.txt"} <= set(places(out))


def test_a_file_of_several_documents_stays_whole(mail, tmp_path):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    for name, texts in {
        "bills": [BILL, BILL], "mixed": [BILL, JOB], "half": [BILL, NONSENSE],
        "few": [BILL, NONSENSE, NONSENSE],
    }.items():  # fmt: skip
        with zipfile.ZipFile(inbox / f"{name}.zip", "w") as archive:
            for n, text in enumerate(texts):
                archive.writestr(f"{n}.txt", text)
    classes = sort(mail, inbox, out)
    assert classes == {
        "bills.zip": "invoice", "mixed.zip": "_review", "half.zip": "invoice", "few.zip": "_review",
    }  # fmt: skip
    outcomes = records("label", mail, inbox, "--sort-into", tmp_path / "again", "--json")
    reasons = {Path(o["source"]).name: o["reason"] for o in outcomes}
    assert reasons["mixed.zip"].startswith("its 2 documents have several classes: 0.txt")
    assert reasons["few.zip"] == "only 1 of its 3 documents was answered"


def test_a_mail_goes_by_its_attachment_where_its_text_says_nothing(mail, tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "m.eml").write_text(
        "From: a@example.org\nTo: b@example.org\nSubject: zzz\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nqqq xxx\n'
        "--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n"
        f"{BILL}\n--x--\n"
    )
    assert sort(mail, inbox, tmp_path / "out") == {"m.eml": "invoice"}
    output = call("label", mail, inbox, "--sort-into", tmp_path / "other").stdout
    assert "(by 2/a.txt; its own text is none of these)" in output
    (record,) = records("label", mail, inbox, "--sort-into", tmp_path / "third", "--json")
    assert record["decided_by"] == ["2/a.txt"]
    assert record["basis"] == "by 2/a.txt; its own text is none of these"


def test_a_file_that_cannot_be_read_is_for_review_and_named(mail, inbox, tmp_path):
    (inbox / "bad.txt").write_bytes(b"\0\1\2")
    done = call("label", mail, inbox, "--sort-into", tmp_path / "out", code=6)
    assert "bad.txt -> _review/bad.txt  (" in done.stdout
    assert "5 files: 3 sorted, 2 for review" in done.stderr


def test_what_could_not_be_read_of_a_file_that_is_sorted_is_named(mail, inbox, tmp_path):
    (inbox / "m.eml").write_text(
        "From: a@example.org\nSubject: the bill\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\n'
        f"{BILL}\n--x\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="a.pdf"\n\n%PDF-1.7 and no more\n--x--\n'
    )
    done = call("label", mail, inbox, "--sort-into", tmp_path / "out", code=6)
    assert "m.eml -> invoice/m.eml" in done.stdout
    (fault,) = [line for line in done.stderr.splitlines() if line.startswith("not read of")]
    assert f"{inbox}/m.eml" in fault
    assert "a.pdf" in fault


def test_a_file_without_a_word_is_for_review_and_no_fault(mail, inbox, tmp_path):
    (inbox / "blank.txt").write_text(" \n")
    assert sort(mail, inbox, tmp_path / "out")["blank.txt"] == "_review"


def test_a_pipe_is_left_where_it_is(mail, inbox, tmp_path):
    os.mkfifo(inbox / "pipe")
    done = call("label", mail, inbox, "--sort-into", tmp_path / "out", code=6)
    assert f"left {inbox}/pipe in place: neither a file nor a folder" in done.stderr


def test_an_answer_that_changed_moves_its_file_only_where_that_is_asked_for(
    own_mail, inbox, tmp_path
):
    out = tmp_path / "out"
    sort(own_mail, inbox, out, "--by", "move")
    call("add", own_mail, "nonsense", "--text", NONSENSE)
    assert sort(own_mail, inbox, out, "--by", "move") == {}
    assert "_review/b.txt" in places(out)
    outcomes = records(
        "label", own_mail, inbox, "--sort-into", out, "--again", "declined", "--json"
    )
    assert [(o["moved_from"], o["place"]) for o in outcomes] == [
        ("_review/b.txt", "nonsense/b.txt")
    ]
    assert set(places(out)) == set(SORTED) - {"_review/b.txt"} | {"nonsense/b.txt"}
    assert len(sort(own_mail, inbox, out, "--again", "changed")) == 3
    assert sort(own_mail, inbox, out, "--again", "changed") == {}


def test_a_file_that_a_person_moved_or_changed_stays_where_it_is(own_mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(own_mail, inbox, out)
    (out / "invoice/a.txt").rename(out / "cv/mine.txt")
    (out / "cv/sub/a.txt").write_text("my own words")
    call("add", own_mail, "other", "--text", "something else")
    before = places(out)
    done = call("label", own_mail, inbox, "--sort-into", out, "--again", "all")
    assert places(out) == before
    assert "left alone: 1 file that somebody moved or removed" in done.stderr
    assert (
        f"left {out}/cv/sub/a.txt in place: somebody edited it after it was sorted" in done.stderr
    )


def test_classes_that_one_file_system_takes_for_one_have_folders_of_their_own(mail, tmp_path):
    space, inbox, out = tmp_path / "s.space", tmp_path / "inbox", tmp_path / "out"
    call("init", space, "--encoder", "hashing")
    inbox.mkdir()
    folders = {
        "a/b": "a%2Fb", "Bill": "Bill", "bill": "%62%69%6C%6C", "CON": "%43ON",
        "_review": "%5Freview", "..": "%2E%2E",
    }  # fmt: skip
    for n, label in enumerate(folders):
        call("add", space, label, "--text", f"word{n} word{n}", "--new")
        (inbox / f"{n}.txt").write_text(f"word{n} word{n}")
    sort(space, inbox, out)
    assert set(places(out)) == {f"{folder}/{n}.txt" for n, folder in enumerate(folders.values())}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("inbox", "--sort-into", "inbox/out"), "lie in one another"),
        (("-", "--sort-into", "out"), "the standard input, with --sort-into"),
        (("inbox", "--by", "move"), "--by without --sort-into"),
        (("inbox", "--watch"), "--follow without --sort-into"),
        (("inbox", "--review-below", "50%"), "--review-below without --sort-into"),
        (("inbox", "--sort-into", "out", "--out", "a.csv"), "--out with --sort-into"),
        (("inbox", "--sort-into", "inbox/a.txt/x"), "lie in one another"),
        (("nowhere", "--sort-into", "out"), "no such file or folder"),
        (("inbox", "inbox/sub", "--sort-into", "out"), "which is read as well"),
    ],
)
def test_what_cannot_be_sorted_is_refused_before_a_file_is_touched(
    options, reason, mail, inbox, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert reason in call("label", mail, *options, code=2).stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_of_another_label_space_is_refused(mail, inbox, tmp_path):
    sort(mail, inbox, tmp_path / "out")
    call("init", tmp_path / "b.space", "--encoder", "hashing")
    command = ("label", tmp_path / "b.space", inbox, "--sort-into", tmp_path / "out")
    assert "has no class to sort into" in call(*command, code=2).stderr
    call("add", tmp_path / "b.space", "x", "--text", "pay")
    assert "was sorted by another label space" in call(*command, code=2).stderr


def test_a_damaged_journal_is_named_with_its_line(mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(mail, inbox, out)
    journal = out / ".protolabel/journal.jsonl"
    journal.write_text(journal.read_text().replace('"place"', '"plaice"', 1))
    done = call("label", mail, inbox, "--sort-into", out, code=2)
    assert f"{journal}:3: damaged" in done.stderr


def test_a_preview_shows_where_files_would_go_and_changes_nothing(own_mail, inbox, tmp_path):
    out = tmp_path / "out"
    preview = sort(own_mail, inbox, out, "--preview")
    assert not out.exists()
    assert sort(own_mail, inbox, out) == preview
    call("add", own_mail, "nonsense", "--text", NONSENSE)
    before, remembered = places(out), call("review", own_mail).stderr
    done = call("label", own_mail, inbox, "--sort-into", out, "--again", "declined", "--preview")
    assert "nonsense/b.txt" in done.stdout
    assert "a preview, nothing is placed" in done.stderr
    assert places(out) == before
    assert call("review", own_mail).stderr == remembered


@pytest.mark.parametrize("earlier", ["copy", "link"])
def test_move_after_an_earlier_copy_empties_the_inbox(earlier, mail, inbox, tmp_path):
    out = tmp_path / "out"
    sort(mail, inbox, out, "--by", earlier)
    (out / "invoice/a.txt").unlink()  # the only other copy: its source stays
    done = call("label", mail, inbox, "--sort-into", out, "--by", "move")
    assert set(places(inbox)) == {"a.txt"}
    assert set(places(out)) == set(SORTED) - {"invoice/a.txt"}
    assert "3 files removed that an earlier run had copied" in done.stderr


def test_a_file_that_is_answered_again_is_remembered_once(own_mail, inbox, tmp_path):
    """The file in the sorted folder is the document that came from the inbox."""
    out = tmp_path / "out"
    call("forget", own_mail, "--all")
    sort(own_mail, inbox, out)
    call("add", own_mail, "nonsense", "--text", NONSENSE)
    sort(own_mail, inbox, out, "--again", "all")
    done = call("review", own_mail)
    assert "of 4 would get another class" in done.stdout + done.stderr
    assert "0 documents" in done.stdout + done.stderr


def test_a_folder_into_which_nothing_was_sorted_binds_no_later_run(mail, tmp_path):
    """Before, a first run with the wrong label space refused the right one."""
    other, empty, out = tmp_path / "other.space", tmp_path / "empty", tmp_path / "sorted"
    empty.mkdir()
    call("init", other, "--encoder", "hashing")
    call("add", other, "bill", "--text", "pay")
    call("label", other, empty, "--sort-into", out)
    (empty / "a.txt").write_text(BILL)
    assert sort(mail, empty, out) == {"a.txt": "invoice"}


def test_a_run_without_new_files_says_how_many_wait_for_review(mail, inbox, tmp_path):
    """Before, a remedy such as an installation of OCR changed nothing, and nothing said why."""
    out = tmp_path / "sorted"
    sort(mail, inbox, out)
    words = call("label", mail, inbox, "--sort-into", out).stderr
    assert "1 of them for review (--again declined answers those again)" in words
    again = call("label", mail, inbox, "--sort-into", out, "--again", "declined").stderr
    assert "1 file answered again" in again


def test_a_resumed_run_says_how_many_earlier_answers_were_declined(mail, inbox, tmp_path):
    daily = ("label", mail, inbox, "--out", tmp_path / "a.csv", "--resume")
    call(*daily)
    assert "1 of them declined (--again declined answers those again)" in call(*daily).stderr


def test_files_that_are_left_out_as_litter_are_named(mail, inbox, tmp_path):
    """As `import` and `label --out` do."""
    (inbox / "~$doc 01.docx").write_text("a lock of an office program")
    words = call("label", mail, inbox, "--sort-into", tmp_path / "sorted").stderr
    assert "1 left out, hidden or left by other programs: ~$doc 01.docx" in words


def test_why_a_file_is_left_in_place_is_said_in_the_words_of_the_command_line(
    mail, inbox, tmp_path
):
    (inbox / "wide.txt").write_bytes("pay the bill".encode("utf-16-le"))
    arguments = ("label", mail, inbox, "--sort-into", tmp_path / "out", "--preview")
    printed = call(*arguments, code=6)
    assert "say the encoding (--encoding)" in printed.stdout + printed.stderr
    assert "encoding=" not in printed.stdout + printed.stderr
    assert "encoding=" not in call(*arguments, "--json", code=6).stdout
