"""`protolabel label`: streams, files that grow, documents that cannot be used, what is printed."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, records, run
from inboxes import answers, letters_space, names, new_inbox
from prepared_commands import prepared_program

from protolabel.label_space.fits import fitting


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    """A label space of three classes, which tests leave as it is."""
    return letters_space(tmp_path_factory.mktemp("label"))


@pytest.fixture
def inbox(tmp_path) -> Path:
    return new_inbox(tmp_path / "inbox")


# -- what is new since yesterday ---------------------------------------------------------------


def test_the_same_command_every_day_answers_what_is_new_and_changed(mail, inbox, tmp_path):
    out = tmp_path / "answers.jsonl"
    daily = ("label", mail, inbox, "--out", out, "--resume")
    call(*daily)
    assert names(out) == ["0.txt", "1.txt", "2.txt", "3.txt"]
    call(*daily)
    assert len(answers(out)) == 4
    (inbox / "00.txt").write_text("a new one, sorted first")
    (inbox / "2.txt").write_text("I apply for a job")
    (inbox / "1.txt").unlink()
    done = call(*daily)
    assert names(out) == ["0.txt", "1.txt", "3.txt", "00.txt", "2.txt"]
    assert answers(out)[4]["label"] == "cv"
    assert "2 documents: 1 labelled, 1 declined; 2 answered by an earlier run" in done.stderr
    assert "1 document had changed: the new answer replaces the old one" in done.stderr


def test_another_input_space_or_option_does_not_extend_a_file(mail, inbox, tmp_path):
    out, other = tmp_path / "answers.jsonl", tmp_path / "other"
    call("label", mail, inbox, "--out", out)
    other.mkdir()
    (other / "0.txt").write_text("pay bill 0")
    call("init", tmp_path / "b.space", "--encoder", "hashing")
    call("add", tmp_path / "b.space", "x", "--text", "pay")
    for command, reason in (
        ((mail, other, "--out", out, "--resume"), "of another input"),
        ((tmp_path / "b.space", inbox, "--out", out, "--resume"), "of another label space"),
        ((mail, inbox, "--out", out, "--resume", "--top", 1), "made with --top 5;"),
        ((mail, inbox, "--out", out, "--resume", "--top", 1), "expected the same, not 1;"),
        ((mail, inbox, "--out", out, "--resume", "--evidence", 0), "expected the same, not 0;"),
        ((mail, inbox, "--out", out, "--resume", "--prototypes"), "made with --prototypes off;"),
        ((mail, inbox, "--out", out, "--resume", "--prototypes"), "expected the same, not on;"),
        ((mail, inbox, "--out", out, "--resume", "--at", 1), "made with --at unset;"),
        ((mail, inbox, "--out", out), "exists already"),
    ):
        assert reason in call("label", *command, code=2).stderr
    assert len(answers(out)) == 4
    call("backup", mail, tmp_path / "copy.space")
    call("label", tmp_path / "copy.space", inbox, "--out", out, "--resume")
    assert len(answers(out)) == 4


@pytest.mark.slow
def test_a_run_that_is_killed_at_any_moment_loses_and_repeats_nothing(mail, tmp_path):
    source, out = tmp_path / "many.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(f'{{"id": "{n}", "text": "pay {n}"}}\n' for n in range(6000)))
    command = ["label", str(mail), str(source), "--out", str(out), "--resume", "--evidence", "0"]
    for least in (1, 100_000):
        process = subprocess.Popen([sys.executable, "-m", "protolabel", *command], env=ENVIRONMENT)
        while not out.exists() or out.stat().st_size < least:
            if process.poll() is not None:
                break
            time.sleep(0.002)
        process.kill()
        process.wait()
        with out.open("ab") as file:
            file.write(b'{"id": "torn')
    run(*command)
    assert sorted(int(answer["id"]) for answer in answers(out)) == list(range(6000))


def test_equal_rows_are_answered_each_after_a_kill_between_them(mail, tmp_path):
    source, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "a", "text": "pay bill"}\n' * 2)
    daily = ("label", mail, source, "--out", out, "--resume")
    call(*daily)
    first, second = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(first + second[:40])
    assert "1 answered by an earlier run" in call(*daily).stderr
    assert names(out) == ["rows.jsonl:1", "rows.jsonl:2"]


def test_the_tally_counts_documents_of_this_run(mail, tmp_path):
    out = tmp_path / "out.jsonl"
    daily = ("label", mail, "--out", out, "--resume")
    call(*daily, "--text", "one", "--text", "two", "--text", "three")
    done = call(*daily, "--text", "two", "--text", "one")
    assert "0 documents: 0 labelled, 0 declined; 2 answered by an earlier run" in done.stderr
    assert len(answers(out)) == 3


def test_the_answers_of_a_label_space_made_at_the_same_moment_are_told_apart(mail, inbox, tmp_path):
    out, spaces = tmp_path / "out.jsonl", [tmp_path / "a.space", tmp_path / "b.space"]
    for space in spaces:
        call("init", space, "--encoder", "hashing")
        call("add", space, "x", "--text", "pay")
        db = sqlite3.connect(space, isolation_level=None)
        db.execute("UPDATE meta SET value = '2026-01-01' WHERE key = 'created_at'")
        db.close()
    call("label", spaces[0], inbox, "--out", out, "--resume")
    error = call("label", spaces[1], inbox, "--out", out, "--resume", code=2).stderr
    assert "of another label space" in error


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_a_class_of_today_reaches_what_was_declined_yesterday(mail, tmp_path, name):
    space, folder, out = tmp_path / "copy.space", tmp_path / "in", tmp_path / name
    call("backup", mail, space)
    folder.mkdir()
    (folder / "0.txt").write_text("zebra quagga okapi")
    (folder / "1.txt").write_text("pay bill 1")
    daily = ("label", space, folder, "--out", out, "--resume")
    assert "1 labelled, 1 declined" in call(*daily).stderr
    call("add", space, "animal", "--new", "--text", "zebra quagga okapi", "--text", "zebra okapi")
    again = " ".join(call(*daily).stderr.split())
    other = "2 of them by another version or ranking of the label space, whose answers"
    assert f"{other} may differ (1 declined; --again changed answers those again)" in again
    assert "1 document: 1 labelled" in call(*daily, "--again", "declined").stderr
    text = out.read_text()
    assert text.count("\n0.txt,") + text.count('"id": "0.txt"') == 1
    assert "animal" in text
    assert "1 document: 1 labelled" in call(*daily, "--again", "changed").stderr
    assert "2 answered by an earlier run" in call(*daily, "--again", "changed").stderr
    assert "2 documents: 2 labelled" in call(*daily, "--again", "all").stderr
    assert len(out.read_text().splitlines()) == 2 + name.endswith(".csv")
    assert (
        "--again without --resume" in call("label", space, folder, "--again", "all", code=2).stderr
    )


def test_a_folder_with_another_name_does_not_double_its_answers(mail, inbox, tmp_path):
    out = tmp_path / "out.jsonl"
    call("label", mail, inbox, "--out", out)
    inbox.rename(tmp_path / "renamed")
    error = call("label", mail, tmp_path / "renamed", "--out", out, "--resume", code=2).stderr
    assert "of another input" in error
    assert len(answers(out)) == 4


def test_a_format_in_which_no_answers_are_written_is_refused(mail, inbox, tmp_path):
    error = call("label", mail, inbox, "--out", tmp_path / "day.docx", code=2).stderr
    assert "not written as .docx" in error
    assert f"--out {tmp_path / 'day.csv'}" in error
    assert not (tmp_path / "day.docx").exists()


def test_a_file_that_a_spreadsheet_saved_again_says_so(mail, inbox, tmp_path):
    out = tmp_path / "day.csv"
    call("label", mail, inbox, "--out", out)
    out.write_bytes(out.read_text("utf-8-sig").replace(",", ";").encode("cp1252"))
    error = call("label", mail, inbox, "--out", out, "--resume", code=2).stderr
    assert "saved again by another program (its cells are divided by ';')" in error


def test_csv_for_spreadsheets(mail, inbox, tmp_path):
    out = tmp_path / "answers.csv"
    (inbox / "=2+3.txt").write_text("pay the bill")
    call("label", mail, inbox, "--out", out, "--resume")
    call("label", mail, inbox, "--out", out, "--resume")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["0.txt", "1.txt", "2.txt", "3.txt", "'=2+3.txt"]
    assert {row["label"] for row in rows} == {"invoice"}
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,source,label,")


# -- what is printed ------------------------------------------------------------------------------


def test_answers_name_their_source(mail, inbox, tmp_path):
    other = tmp_path / "b"
    other.mkdir()
    (other / "0.txt").write_text("pay")
    objects = records("label", mail, inbox / "0.txt", other / "0.txt", "--json")
    assert [r["source"] for r in objects] == [str(inbox / "0.txt"), str(other / "0.txt")]
    printed = call("label", mail, inbox / "0.txt", other / "0.txt").stdout
    assert str(inbox / "0.txt") in printed
    assert str(other / "0.txt") in printed


def test_a_summary_at_the_end_unless_quiet(mail, inbox, tmp_path):
    summary = "4 documents: 4 labelled, 0 declined\n  invoice 4\n"
    assert call("label", mail, inbox).stderr == summary
    assert call("label", mail, inbox, "--quiet").stderr == ""
    assert call("label", mail, inbox, "--json").stderr == ""
    out = tmp_path / "out.jsonl"
    assert records("label", mail, inbox, "--out", out, "--json", "--quiet") == [
        {
            "answered": 4,
            "declined": 0,
            "skipped": 0,
            "earlier": 0,
            "older": 0,
            "older_declined": 0,
            "changed": 0,
            "by_class": {"invoice": 4},
            "refusal": "",
        }
    ]


def test_a_probability_stands_beside_the_class_that_it_is_about(mail, tmp_path):
    copy = tmp_path / "copy.space"
    call("backup", mail, copy)
    call("set", copy, "threshold", "0.9")
    printed = call("label", copy, "--text", "pay something else").stdout
    verdict = next(line for line in printed.splitlines() if "none of these" in line)
    assert verdict.startswith("  none of these  (nearest: invoice, score 0.")
    assert verdict.endswith("if it is one of the classes)")
    assert "less than 0.900" in printed


def test_an_empty_space_says_why_it_does_not_answer(tmp_path):
    call("init", tmp_path / "e.space", "--encoder", "hashing")
    printed = call("label", tmp_path / "e.space", "--text", "pay").stdout
    assert "none of these\n    " in printed
    assert "class" in printed.splitlines()[-1]


def test_a_text_in_the_place_of_a_path_is_told_what_to_type(mail):
    error = call("label", mail, "please pay 'this'", code=2).stderr
    advice = error.split("to fix it: ")[1]
    done = subprocess.run(
        ["bash", "-c", advice.replace("protolabel", f"{sys.executable} -m protolabel", 1)],
        env=ENVIRONMENT, capture_output=True, check=True,
    )  # fmt: skip
    assert b"invoice" in done.stdout


# -- slow pipes -----------------------------------------------------------------------------------


def test_a_slow_pipe_gets_its_answers_before_it_ends(mail):
    process = subprocess.Popen(
        [prepared_program(), "label", str(mail), "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for n in range(3):
        process.stdin.write(f"pay {n}\n".encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == f"stdin:{n + 1}"
    process.stdin.close()
    assert process.stdout.read() == b""
    process.stdout.close()
    assert process.wait() == 0


def test_an_interrupt_while_a_pipe_is_silent_ends_the_command(mail):
    process = subprocess.Popen(
        [prepared_program(), "label", str(mail), "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"pay\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(2)
    assert process.wait() == 130
    assert process.stderr is not None
    assert b"Fatal" not in process.stderr.read()
    process.stdin.close()
    process.stdout.close()
    process.stderr.close()


def test_a_document_at_a_time_gives_the_same_as_many(mail, inbox):
    many = records("label", mail, inbox, "--json")
    one = [records("label", mail, inbox / name, "--json")[0] for name in sorted(os.listdir(inbox))]
    assert [(a["label"], a["source"]) for a in many] == [(a["label"], a["source"]) for a in one]
    assert [a["score"] for a in many] == pytest.approx([a["score"] for a in one], abs=1e-6)


# -- before the refined ranking is fitted ------------------------------------------------------


def scores(*args: object) -> dict[str, float]:
    (answer,) = records("label", *args, "--text", "pay bill 3", "--json")
    return {each["label"]: each["score"] for each in answer["alternatives"]}


def test_prototypes_answer_until_settle_has_fitted_the_refined_ranking(mail, tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, "UNASKED_SECONDS", 0.0)
    copy = tmp_path / "copy.space"
    call("backup", mail, copy)
    call("add", copy, "invoice", "--text", "a bill that no fit has read")
    prototypes = scores(copy, "--prototypes")
    early = call("label", copy, "--text", "pay bill 3", "--json")
    assert "--settle fits it first" in early.stderr
    assert scores(copy) == prototypes
    refined = scores(copy, "--settle")
    assert refined != prototypes
    assert scores(copy) == refined  # the fit stays in the file
    assert "--settle" not in call("label", copy, "--text", "pay bill 3").stderr
    call("label", copy, "--text", "pay", "--prototypes", "--settle", code=2)


def test_rows_without_an_id_that_changed_are_counted_with_what_tells_them_apart(mail, tmp_path):
    table, out = tmp_path / "t.csv", tmp_path / "answers.csv"
    table.write_text("text,number\npay bill,1\nmy cv,2\n")
    daily = ("label", mail, table, "--out", out, "--resume")
    call(*daily)
    table.write_text("text,number\npay bill,1\nsign this,2\n")
    assert "1 row without an id had another text before: both answers stay" in call(*daily).stderr
    out.unlink()
    named = (*daily, "--id-field", "number")
    Path(f"{out}.run.json").unlink()
    call(*named)
    table.write_text("text,number\nsign that,2\npay bill,1\n")
    assert "1 document had changed" in call(*named).stderr
    assert len(out.read_text("utf-8-sig").splitlines()) == 3


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_a_run_that_fails_before_its_first_answer_leaves_no_file_and_its_remedy_works(
    mail, tmp_path, name
):
    """Before, an empty file was left, and each remedy led to the next error."""
    rows, out = tmp_path / "rows.txt", tmp_path / name
    rows.write_text('{"body2": "pay me"}\n')
    read = ("label", mail, rows, "--fmt", "jsonl", "--out", out)
    assert "--text-field" in call(*read, code=2).stderr
    assert [path.name for path in tmp_path.iterdir()] == [rows.name]
    call(*read, "--text-field", "body2")
    assert out.exists()


def test_a_file_that_a_killed_run_left_without_an_answer_is_taken_over(mail, tmp_path):
    """With other options, since no answer stands in it."""
    inbox, out = tmp_path / "inbox", tmp_path / "a.csv"
    inbox.mkdir()
    (inbox / "a.txt").write_text("pay the bill")
    call("label", mail, inbox, "--out", out)
    header = out.read_bytes().split(b"\n")[0] + b"\n"
    out.write_bytes(header + b"torn,li")
    call("label", mail, inbox, "--out", out, "--prototypes")
    assert out.read_bytes().startswith(header)
    assert out.read_bytes().count(b"\n") == 2
    assert "exists already" in call("label", mail, inbox, "--out", out, code=2).stderr


def test_a_file_with_answers_stays_where_a_later_run_fails_at_once(mail, inbox, tmp_path):
    out = tmp_path / "a.jsonl"
    call("label", mail, inbox, "--out", out)
    before = out.read_bytes()
    (inbox / "0.jsonl").write_text('{"body2": "pay me"}\n')
    call("label", mail, inbox, "--out", out, "--resume", code=2)
    assert out.read_bytes() == before
