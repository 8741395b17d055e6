"""After a backup was put in its place, a label space gives the same numbers to other versions.

What an earlier run wrote down about version 7 then says nothing about the version 7 of now.
"""

from __future__ import annotations

import json
import shutil

import pytest
from commands import call
from spelt_numbers import spelt

from protolabel import LabelSpace


@pytest.fixture
def space(tmp_path):
    path = tmp_path / "m.space"
    call("init", path, "--encoder", "hashing")
    for label, text in (("bill", "please pay the amount"), ("cv", "years of work as an engineer")):
        call("add", path, label, "--text", text)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("pay the amount due")
    (tmp_path / "in/b.txt").write_text("the work of an engineer")
    call("backup", path, tmp_path / "b.space")
    return path


def version_of(space):
    with LabelSpace(space, background=False) as one:
        return one.version


def restored(space, how):
    """Put the backup in the place of the label space."""
    backup = space.with_name("b.space")
    if how == "restore":
        call("restore", backup, space, "--replace")
        return
    for suffix in ("-wal", "-shm"):
        space.with_name(space.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(backup, space)


@pytest.mark.parametrize("how", ["restore", "cp"])
def test_a_correction_that_a_restored_space_lost_can_be_learned_again(space, tmp_path, how):
    out = tmp_path / "sorted"
    call("label", space, tmp_path / "in", "--sort-into", out)
    (out / "bill/a.txt").rename(out / "cv/a.txt")
    call("learn", space, out, "--yes")
    learned = version_of(space)
    assert call("learn", space, out).stdout == ""
    restored(space, how)
    while version_of(space) < learned:
        call("add", space, "bill", "--text", f"bill {version_of(space)}")
    assert "a.txt" in call("learn", space, out).stdout
    call("learn", space, out, "--yes")
    assert "pay the amount due" in call("show", space, "cv").stdout
    assert call("learn", space, out).stdout == ""


def test_answers_in_folders_of_a_version_that_is_lost_are_made_again(space, tmp_path):
    out = tmp_path / "sorted"
    call("add", space, "cv", "--text", "pay the amount due")  # a.txt is one for now
    call("label", space, tmp_path / "in", "--sort-into", out)
    assert (out / "cv/a.txt").exists()
    before = version_of(space)
    restored(space, "restore")
    call("add", space, "bill", "--text", "a bill to pay")
    assert version_of(space) == before
    call("label", space, tmp_path / "in", "--sort-into", out, "--again", "changed")
    assert (out / "bill/a.txt").exists()


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_answers_in_a_file_of_a_version_that_is_lost_are_made_again(space, tmp_path, suffix):
    command = ("label", space, tmp_path / "in", "--out", tmp_path / f"a.{suffix}")
    call("add", space, "cv", "--text", "pay the amount due")
    call(*command)
    assert "cv" in answer_to("a.txt", tmp_path / f"a.{suffix}")
    before = version_of(space)
    restored(space, "restore")
    call("add", space, "bill", "--text", "a bill to pay")
    assert version_of(space) == before
    again = call(*command, "--resume", "--again", "changed")
    assert "2 answers written" in again.stderr
    assert "bill" in answer_to("a.txt", tmp_path / f"a.{suffix}")


def answer_to(name, path):
    """Return the class in the one line about a document."""
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if name in line]
    assert len(lines) == 1
    return json.loads(lines[0])["label"] if path.suffix == ".jsonl" else lines[0]


def test_answers_of_a_version_that_is_there_are_not_made_again(space, tmp_path):
    command = ("label", space, tmp_path / "in", "--out", tmp_path / "a.jsonl")
    call(*command)
    call("restore", tmp_path / "b.space", space, "--replace")
    again = call(*command, "--resume", "--again", "changed")
    assert "0 answers written" in again.stderr


def test_a_stream_marks_each_version_that_answers_so_that_lost_ones_are_made_again(space, tmp_path):
    out, source = tmp_path / "a.jsonl", tmp_path / "in.jsonl"
    call("describe", space, "bill", "a bill that asks to pay an amount")
    (tmp_path / "b.space").unlink()
    call("backup", space, tmp_path / "b.space")
    texts = (f"please pay bill {spelt(i)}" for i in range(80))
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    call("stream", space, source, "--out", out, "--sharpen-every", 30)
    versions = {json.loads(line)["space_version"] for line in out.read_text().splitlines()}
    states = json.loads((tmp_path / "a.jsonl.run.json").read_text())["states"]
    assert len(versions) > 1
    assert {int(version) for version in states} == versions
    restored(space, "restore")
    while version_of(space) < max(versions):
        call("add", space, "bill", "--text", f"bill {version_of(space)}")
    again = call("label", space, source, "--out", out, "--resume", "--again", "changed")
    assert "80 answers written" in again.stderr


def test_a_change_that_reads_as_the_lost_one_is_another_state(space):
    marks = []
    for text in ("pay the amount due", "a bill to pay"):
        call("add", space, "cv", "--text", text)
        with LabelSpace(space, background=False) as one:
            marks.append(
                (one.version, next(one.history()).summary, one.view().rows.mark(one.version))
            )
        restored(space, "restore")
    (first, second) = marks
    assert first[:2] == second[:2]
    assert first[2] != second[2]
