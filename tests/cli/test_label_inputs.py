"""Inputs of ``label``: files that protolabel wrote are left out, bad documents stop no other."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, records
from inboxes import letters_space, names, new_inbox
from office_files import RTF
from prepared_commands import prepared_program

from protolabel import LabelSpace


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    """A label space of three classes, which tests leave as it is."""
    return letters_space(tmp_path_factory.mktemp("label"))


@pytest.fixture
def inbox(tmp_path) -> Path:
    return new_inbox(tmp_path / "inbox")


# -- what protolabel wrote is no document -------------------------------------------------------


@pytest.mark.parametrize("name", ["answers.txt", "answers.jsonl", "answers.csv", "answers"])
def test_a_folder_is_read_without_the_label_space_and_the_answers_in_it(mail, inbox, name):
    space, out = inbox / "mail.space", inbox / name
    call("backup", mail, space)
    (inbox / "another name").symlink_to(name)
    with LabelSpace(space, background=False):  # so that -wal and -shm stand beside it
        for earlier in (0, 4, 4):
            done = call("label", space, inbox, "--out", out, "--resume")
            assert f"{4 - earlier} documents: {4 - earlier} labelled" in done.stderr
    assert {"mail.space", name} <= set(os.listdir(inbox))
    call("label", mail, inbox, "--out", inbox / "of another.txt")
    objects = records("label", mail, inbox, "--json")
    assert [Path(r["source"]).name for r in objects] == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_a_folder_is_read_without_the_redirected_output_in_it(mail, inbox):
    with (inbox / "all.txt").open("wb") as out, (inbox / "errors.txt").open("wb") as errors:
        subprocess.run(
            [prepared_program(), "label", mail, inbox, "--json"],
            env=ENVIRONMENT, stdout=out, stderr=errors, check=True,
        )  # fmt: skip
    assert names(inbox / "all.txt") == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_an_input_that_is_the_output_or_a_label_space_is_refused(mail, inbox, tmp_path):
    source = inbox / "0.txt"
    os.link(source, tmp_path / "the same.txt")
    for out in (source, inbox / ".." / "inbox" / "0.txt", tmp_path / "the same.txt"):
        error = call("label", mail, source, "--out", out, "--resume", code=2).stderr
        assert "is an input, and the output too" in error
    assert "is a label space" in call("label", mail, inbox, mail, code=2).stderr
    assert source.read_text() == "pay bill 0"


def test_a_class_is_not_taught_from_the_label_space_itself(mail, inbox):
    space = inbox / "mail.space"
    call("backup", mail, space)
    call("add", space, "invoice", inbox)
    (inbox / "cv").mkdir()
    (inbox / "cv" / "a.txt").write_text("I apply")
    for n in range(4):
        (inbox / f"{n}.txt").unlink()
    call("import", space, inbox)


@pytest.mark.parametrize("report", ["", "report", "cv/report"])
def test_a_report_is_not_written_among_the_data(tmp_path, report):
    (tmp_path / "cv").mkdir()
    error = call("evaluate", tmp_path, "--report", tmp_path / report, code=2).stderr
    assert "lie in one another" in error
    error = call("evaluate", tmp_path / "cv", "--report", tmp_path, code=2).stderr
    assert "lie in one another" in error
    assert os.listdir(tmp_path) == ["cv"]


# -- documents that cannot be used ---------------------------------------------------------------


def bad(inbox: Path) -> Path:
    (inbox / "2.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    return inbox


def test_everything_before_a_fault_is_answered(mail, inbox, tmp_path):
    out = tmp_path / "answers.jsonl"
    done = call("label", mail, bad(inbox), "--json", code=2)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["0.txt", "1.txt"]
    assert done.stderr.rstrip().endswith("; or add --skip-bad to go on past it")
    call("label", mail, inbox, "--out", out, code=2)
    assert names(out) == ["0.txt", "1.txt"]
    (inbox / "2.txt").write_text("pay bill 2")
    call("label", mail, inbox, "--out", out, "--resume")
    assert names(out) == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_skip_bad_goes_on_and_reports_in_order(mail, inbox, tmp_path):
    objects = records("label", mail, bad(inbox), "--json", "--skip-bad", code=6)
    assert [Path(r.get("skipped") or r["source"]).name for r in objects] == [
        "0.txt", "1.txt", "2.txt", "3.txt",
    ]  # fmt: skip
    assert "PNG" in objects[2]["reason"]
    done = call("label", mail, inbox, "--skip-bad", code=6)
    assert "skipped " in done.stderr
    assert "skipped" not in call("label", mail, inbox, "--skip-bad", "--quiet", code=6).stderr
    assert "3 documents: 3 labelled, 0 declined, 1 skipped" in done.stderr


def test_an_embedding_that_does_not_fit_costs_no_other_answer(mail, tmp_path):
    rows: list[dict[str, object]] = [{"text": f"pay {n}"} for n in range(40)]
    rows[7] = {"embedding": [1.0, 2.0], "text": "pay"}
    rows[20] = {"embedding": [2.0, 1.0]}
    source = tmp_path / "rows.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)))
    done = call("label", mail, source, "--json", code=2)
    assert len(done.stdout.splitlines()) == 7
    assert "rows.jsonl:8" in done.stderr
    objects = records("label", mail, source, "--json", "--skip-bad", code=6)
    assert [Path(r["skipped"]).name for r in objects if "skipped" in r] == [
        "rows.jsonl:8",
        "rows.jsonl:21",
    ]
    assert len(objects) == 40
    assert all(r["reason"] for r in objects)


def unreadable_inputs(folder: Path) -> dict[str, str]:
    """Make inputs of all kinds that cannot be read; return what is said of each."""
    (folder / "void.txt").touch()
    (folder / "dangling").symlink_to("nowhere")
    (folder / "empty").mkdir()
    (folder / "holds a pipe").mkdir()
    os.mkfifo(folder / "holds a pipe" / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket"))
    return {
        "dangling": "a link to nowhere",
        "empty": "no documents",
        "holds a pipe": "neither a file nor a folder",
        "socket": "a socket",
        "not-there": "no such file",
        "/proc/self/mem": "cannot be read",
    }


def test_inputs_that_cannot_be_read_cost_no_other(mail, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    good = tmp_path / "good.txt"
    good.write_text("pay bill 1")
    reasons = unreadable_inputs(tmp_path)
    for name, reason in reasons.items():
        assert reason in call("label", mail, name, good, code=2).stderr
    objects = records("label", mail, *reasons, good, "--json", "--skip-bad", code=6)
    assert {Path(r["skipped"]).parts[0] for r in objects if "skipped" in r} == {
        Path(name).parts[0] for name in reasons
    }
    assert [r["source"] for r in objects if "source" in r] == [str(good)]


def test_what_is_no_label_space_says_what_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_text("pay bill 1")
    (tmp_path / "void").touch()
    os.mkfifo(tmp_path / "pipe")
    for space, reason, code in (
        (":memory:", "would be gone", 2),
        ("-", "the standard input, in the place of the label space", 2),
        (".", "is a folder", 5),
        ("text", "a file of another kind", 5),
        ("void", "is an empty file", 5),
        ("pipe", "is a pipe, socket or device", 5),
        ("/dev/null", "is a pipe, socket or device", 5),
        ("none", "no label space at none", 5),
    ):
        assert reason in call("label", space, "--text", "pay", code=code).stderr


def test_a_label_space_of_a_mistyped_name_is_suggested(tmp_path):
    """Before, the only advice was to make a new one under the mistyped name."""
    call("init", tmp_path / "mail.space", "--encoder", "hashing")
    (tmp_path / "mails.space").write_text("no label space")
    error = " ".join(call("classes", tmp_path / "mial.space", code=5).stderr.split())
    assert f"did you mean {tmp_path}/mail.space? Otherwise make it with `protolabel init" in error
    assert "or make" in call("classes", tmp_path / "other.space", code=5).stderr


def test_files_of_a_folder_that_lack_a_package_are_left_out_by_name(
    own_mail, tmp_path, monkeypatch
):
    """One that is named alone ends the command, with the line that installs the package."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.rtf").write_bytes(RTF)
    (tmp_path / "in/b.txt").write_text("please pay the bill")
    monkeypatch.setitem(sys.modules, "striprtf", None)
    done = call("label", own_mail, tmp_path / "in", "--json", code=6)
    assert "b.txt" in {json.loads(line).get("id") for line in done.stdout.splitlines()}
    assert "a.rtf" in done.stderr
    assert "pip install 'protolabel[documents]'" in done.stderr
    assert "pip install" in call("label", own_mail, tmp_path / "in/a.rtf", code=7).stderr


def test_a_text_of_the_command_line_that_says_nothing_is_declined_as_a_file_is(own_mail):
    (answer,) = records("label", own_mail, "--text", " ", "--json")
    assert (answer["label"], answer["reason"].split(";")[0]) == (None, "the text is blank")
