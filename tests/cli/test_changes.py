"""Commands that change a label space: imports, exports, faults, names, sources."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import ENVIRONMENT, call, records
from pictures import drawn, write_folder


@pytest.fixture
def space(tmp_path) -> Path:
    path = tmp_path / "mail.space"
    call("init", path, "--encoder", "hashing")
    call("describe", path, "invoice", "a bill to pay")
    call("add", path, "invoice", "--text", "please pay the bill")
    call("add", path, "cv", "--text", "I apply for the job", "--text", "my application")
    call("retire", path, "cv")
    return path


def test_export_into_import_makes_the_same_label_space(space, tmp_path):
    copy = tmp_path / "copy.space"
    call("set", space, "threshold", "0.25")
    call("init", copy, "--encoder", "hashing")
    program = f"{sys.executable} -m protolabel"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c",
         f"{program} export {space} | {program} import {copy} - --quiet"],
        env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert call("export", copy).stdout == call("export", space).stdout
    keys = ("name", "examples", "description", "description_from", "retired")
    first, second = (
        [{k: c[k] for k in keys} for c in records("classes", s, "--json")] for s in (space, copy)
    )
    assert first == second
    assert records("history", copy, "--json", "--limit", 1)[0]["kind"] == "import"


def test_an_export_whose_name_is_not_in_utf8_is_imported(space, tmp_path):
    copy = tmp_path / "copy.space"
    call("init", copy, "--encoder", "hashing")
    path = tmp_path / "a\udcff.jsonl"
    path.write_text(call("export", space).stdout)
    call("import", copy, path)
    assert call("export", copy).stdout == call("export", space).stdout


def test_a_damaged_export_changes_nothing(space, tmp_path):
    lines = call("export", space).stdout.splitlines()
    copy = tmp_path / "copy.space"
    call("init", copy, "--encoder", "hashing")
    for damaged in ([*lines[:2], "{cut"], [*lines, '{"text": "no label"}']):
        error = call("import", copy, "-", stdin="\n".join(damaged), code=2).stderr
        assert f"stdin:{len(damaged)}" in error
    assert records("info", copy, "--json")[0]["version"] == 1


def test_a_batch_with_a_fault_is_refused_whole_and_skip_bad_takes_the_rest(space, tmp_path):
    rows: list[dict[str, object]]
    rows = [{"text": f"text {n}", "label": "x", "id": f"x{n}"} for n in range(6)]
    rows[3] = {"embedding": [1.0], "label": "x"}
    rows.append({"text": "again", "label": "x", "id": "x0"})
    source = tmp_path / "rows.jsonl"
    source.write_text("\n".join(map(json.dumps, rows[:-1])))
    assert "rows.jsonl:4" in call("import", space, source, code=2).stderr
    assert "x" not in {c["name"] for c in records("classes", space, "--json")}
    done = call("import", space, source, "--skip-bad", code=6)
    assert "skipped " in done.stderr
    assert "rows.jsonl:4" in done.stderr
    assert [m["id"] for m in records("show", space, "x", "--json")[0]["members"]] == [
        "x0", "x1", "x2", "x4", "x5",
    ]  # fmt: skip
    history = records("history", space, "--json")
    assert history[0]["kind"] == "add"
    objects = records("import", space, source, "--skip-bad", "--json", code=2)
    assert objects == []
    assert len(records("history", space, "--json")) == len(history)


def test_skip_bad_reports_each_in_json_too(space, tmp_path):
    source = tmp_path / "rows.jsonl"
    source.write_text('{"text": "a", "label": "x"}\n{"embedding": [1.0], "label": "x"}\n')
    change, skipped = records("import", space, source, "--skip-bad", "--json", code=6)
    assert change["kind"] == "add"
    assert skipped["skipped"] == f"{source}:2"
    assert "shape (1,)" in skipped["reason"]


def test_negative_numbers_are_values(space):
    call("set", space, "threshold", "-0.2")
    assert records("info", space, "--json")[0]["settings"]["threshold"] == "-0.2"
    assert "No such option" not in call("set", space, "threshold", "--json", "-.3").stdout


def test_examples_are_found_by_their_source(space, tmp_path):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        (folder / "scan1.txt").write_text(f"scanned in {folder.name}")
        call("add", space, "scan", folder / "scan1.txt")
    call("move", space, folders[1] / "scan1.txt", "--to", "other")
    members = {
        c: [m["source"] for m in records("show", space, c, "--json")[0]["members"]]
        for c in ("scan", "other")
    }
    assert members == {
        "scan": [str(folders[0] / "scan1.txt")],
        "other": [str(folders[1] / "scan1.txt")],
    }
    call("remove", space, folders[0] / "scan1.txt")
    assert records("show", space, "scan", "--json")[0]["members"] == []


def test_a_class_that_is_nearly_another_needs_a_word(space):
    error = call("add", space, "Invoice", "--text", "pay", code=2).stderr
    assert "'invoice'" in error
    assert "--new" in error
    call("add", space, "Invoice", "--text", "pay", "--new")
    assert "Invoice" in {c["name"] for c in records("classes", space, "--json")}
    call("add", space, "contract", "--text", "hereby agreed")


def test_examples_that_are_here_already_are_counted_and_skipped(space):
    rows = '{"text": "My  application", "label": "job"}\n{"text": "new", "label": "job"}\n'
    done = call("import", space, "-", stdin=rows)
    assert "1 of 2 was here already" in done.stdout
    assert "--skip-known" in done.stderr
    assert f"`protolabel undo {space}`, then the same command with --skip-known" in done.stderr
    assert "is the same document as" in done.stderr
    call("undo", space)
    call("import", space, "-", "--skip-known", stdin=rows)
    assert [m["text"] for m in records("show", space, "job", "--json")[0]["members"]] == ["new"]


def test_rows_that_repeat_one_another_are_said_to_do_so(tmp_path):
    """Before, it said of an empty label space that an example was here already."""
    call("init", tmp_path / "new.space", "--encoder", "hashing")
    rows = '{"text": "pay it", "label": "bill"}\n' * 2 + '{"text": "a cv", "label": "job"}\n'
    done = call("import", tmp_path / "new.space", "-", stdin=rows)
    assert "1 of 3 repeats another of them" in done.stdout
    assert "1 example repeats another that came along, and is here twice now" in done.stderr
    assert "already" not in done.stdout + done.stderr


def test_a_label_space_in_memory_is_refused_where_it_would_be_gone():
    for command in (("init",), ("classes",), ("label", "--text", "x")):
        error = call(command[0], ":memory:", *command[1:], code=2).stderr
        assert "the path of a file" in error


def test_the_new_place_of_a_moved_encoder_is_recorded_by_one_command(tmp_path):
    """The folder of an encoder was moved: the error names the command that mends it."""
    folder = write_folder(tmp_path / "encoder")
    space, moved = tmp_path / "a.space", tmp_path / "moved"
    call("init", space, "--encoder", folder, "--metric", "euclidean")
    (tmp_path / "x.png").write_bytes(drawn("bar", 1))
    call("add", space, "bar", tmp_path / "x.png")
    folder.rename(moved)
    error = call("label", space, tmp_path / "x.png", code=4).stderr
    assert str(folder) in error
    assert records("label", space, tmp_path / "x.png", "--json", "--encoder", moved)
    other = write_folder(tmp_path / "other", width=4)
    call("set", space, "encoder", other, code=4)
    call("set", space, "encoder", moved)
    assert records("label", space, tmp_path / "x.png", "--json")[0]["label"] == "bar"
    assert records("info", space, "--json")[0]["encoder"] == str(moved)


def test_an_import_shows_how_far_it_is(space):
    rows = "".join(f'{{"text": "text {n}", "label": "x"}}\n' for n in range(3))
    done = call("import", space, "-", "--progress", stdin=rows)
    assert "examples read: 3" in done.stderr
    assert "examples embedded: 3 of 3" in done.stderr
    assert call("import", space, "-", "--skip-known", stdin=rows).stderr == ""


def test_nested_folders_become_classes_under_classes(tmp_path):
    """And one change, which one undo takes back."""
    files = {"money/invoice/a.txt": "pay the bill", "money/receipt/b.txt": "paid in cash",
             "money/c.txt": "money", "people/cv/d.txt": "my work"}  # fmt: skip
    for name, text in files.items():
        place = tmp_path / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    space = tmp_path / "nested.space"
    call("init", space, "--encoder", "hashing")
    call("import", space, tmp_path / "in", "--nested")
    listed = {row["name"]: (row["parent"], row["examples"])
              for row in records("classes", space, "--json")}  # fmt: skip
    assert listed == {
        "money": (None, 1),
        "invoice": ("money", 1),
        "receipt": ("money", 1),
        "people": (None, 0),
        "cv": ("people", 1),
    }
    assert "under money" in call("show", space, "invoice").stdout
    assert "above invoice, receipt" in call("show", space, "money").stdout
    assert records("info", space, "--json")[0]["levels"] == 2
    answer = records("label", space, "--text", "pay the bill", "--json")[0]
    assert [level["label"] for level in answer["levels"]] == ["money", "invoice"]
    assert "money > invoice" in call("label", space, "--text", "pay the bill").stdout
    call("undo", space)
    assert records("classes", space, "--json") == []
    (tmp_path / "in/people/invoice").mkdir()
    (tmp_path / "in/people/invoice/e.txt").write_text("pay again")
    error = call("import", space, tmp_path / "in", "--nested", code=2).stderr
    assert "in/money/invoice" in error
    assert "in/people/invoice have the same name" in error


def test_classes_are_put_under_others_by_a_file_and_lifted(space, tmp_path):
    (tmp_path / "above.json").write_text('{"invoice": "money", "cv": "people"}')
    call("nest", space, tmp_path / "above.json", "--new")
    parents = {c["name"]: c["parent"] for c in records("classes", space, "--json")}
    assert parents == {"invoice": "money", "cv": "people", "money": None, "people": None}
    call("lift", space, "cv", "invoice")
    assert {c["parent"] for c in records("classes", space, "--json")} == {None}
