"""Outputs that are written at the end of long work: they are tried before it, and cost no result.

That nothing was done before is seen by an input that is missing: it would be named if it were read.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from commands import call
from spelt_numbers import spelt

NOWHERE = "/nowhere"


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.jsonl"
    rows = [
        {"text": f"{word} {3 * spelt(n)}", "label": word}
        for word in ("bill", "cv", "weather") for n in range(12)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def space(tmp_path, data):
    path = tmp_path / "a.space"
    call("init", path, "--encoder", "hashing")
    call("import", path, data, "--new")
    return path


def taken(tmp_path):
    (tmp_path / "file").write_text("x")
    return tmp_path / "file"


COMMANDS = {
    "evaluate": ("evaluate", NOWHERE, "--report", "OUT"),
    "risk --png": ("risk", "SPACE", "--held-out", NOWHERE, "--png", "OUT/r.png"),
    "risk --html": ("risk", "SPACE", "--held-out", NOWHERE, "--html", "OUT/r.html"),
    "train": ("train", NOWHERE, "--out", "OUT/encoder"),
    "train --log": ("train", NOWHERE, "--out", "NEW", "--log", "OUT"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(
    name, data, space, tmp_path
):
    if name.startswith("train"):
        pytest.importorskip("torch")
    out = taken(tmp_path)
    words = {"DATA": data, "SPACE": space, "NEW": tmp_path / "new"}
    command = [
        words.get(word) or word.replace("OUT", str(out)) for word in map(str, COMMANDS[name])
    ]
    refused = " ".join(call(*command, code=2).stderr.split())
    assert str(out) in refused
    assert "that can be written" in refused
    assert NOWHERE not in refused


def test_a_link_that_leads_nowhere_is_refused_before_anything_is_read(data, space, tmp_path):
    """The report failed after the work, with "File exists"."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "gone")
    for command in (
        ("evaluate", NOWHERE, "--report", link),
        ("evaluate", NOWHERE, "--report", link / "report"),
        ("risk", space, "--held-out", NOWHERE, "--png", link / "r.png"),
    ):
        refused = " ".join(call(*command, code=2).stderr.split())
        assert f"{link} is a link to {tmp_path / 'gone'}, which is not there" in refused
        assert "mkdir" not in refused


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet", "a.xlsx"])
def test_the_folder_of_a_file_of_answers_is_named_with_what_to_do(name, space, tmp_path):
    """A table was refused by the name of the hidden file beside it."""
    if name.endswith(("parquet", "xlsx")):
        pytest.importorskip("pyarrow" if name.endswith("parquet") else "xlsxwriter")
    (tmp_path / "texts.txt").write_text("please pay\n")
    out = tmp_path / "no" / name
    command = ("label", space, tmp_path / "texts.txt", "--out", out)
    refused = " ".join(call(*command, code=2).stderr.split())
    assert f"{out}: no folder {out.parent}" in refused
    assert f"to fix it: mkdir -p {out.parent}, or give --out another file" in refused
    out.parent.mkdir()
    call(*command)
    assert out.is_file()


@pytest.mark.parametrize("command", ["init", "backup", "restore"])
def test_the_folder_of_a_label_space_is_named_with_what_to_do(command, space, tmp_path):
    new = tmp_path / "no" / "b.space"
    arguments = {
        "init": ("init", new, "--encoder", "hashing"),
        "backup": ("backup", space, new),
        "restore": ("restore", space, new),
    }[command]
    refused = " ".join(call(*arguments, code=5).stderr.split())
    assert f"{new.parent} is not a folder that can be written" in refused
    assert f"to fix it: mkdir -p {new.parent}, or choose another path" in refused
    new.parent.mkdir()
    call(*arguments)
    assert new.is_file()


BY_ANOTHER_USER = """
import os, sys
from protolabel import LabelSpace
LabelSpace.create(":memory:", encoder="hashing", background=False).close()
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    LabelSpace.create(sys.argv[1], encoder="hashing", background=False).close()
except Exception as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a process of another user")
def test_permissions_are_the_advice_where_the_folder_is_there():
    """It was `mkdir -p` of that folder, which did nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        command = [sys.executable, "-c", BY_ANOTHER_USER, str(folder / "a.space")]

        def output() -> str:
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
            return done.stdout

        refused = output()
        assert f"{folder} is not a folder that can be written" in refused
        assert "mkdir" not in refused
        assert "choose a path in a folder that you may write to, or change its permis" in refused
        folder.chmod(0o777)
        assert output() == ""
        assert (folder / "a.space").is_file()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_cannot_be_replaced_as_a_folder_is_refused_before_anything_is_read(kind, tmp_path):
    """The encoder was trained, and then neither put there nor could anything else be."""
    pytest.importorskip("torch")
    out = tmp_path / "encoder"
    if kind == "file":
        out.write_text("x")
    else:
        (tmp_path / "folder").mkdir()
        out.symlink_to(tmp_path / "folder")
    refused = call("train", NOWHERE, "--out", out, "--overwrite", code=2).stderr
    assert f"{out} is a {kind}; expected a folder that can be replaced" in " ".join(refused.split())


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path):
    """The advice was --overwrite, which removed a folder of documents."""
    pytest.importorskip("torch")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text("please pay")
    out = ("--out", tmp_path / "documents")
    for options in ((), ("--overwrite",)):
        refused = " ".join(call("train", NOWHERE, *out, *options, code=2).stderr.split())
        assert "is a folder that no training wrote" in refused
        assert "--overwrite" not in refused
    assert (tmp_path / "documents" / "a.txt").is_file()


@pytest.mark.parametrize("name", ["evaluate", "risk --png", "risk --html"])
def test_a_missing_extra_is_named_before_anything_is_read(name, data, space, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "protolabel.system.extras.find_spec",
        lambda module: None if module == "matplotlib" else importlib.util.find_spec(module),
    )
    words = {"DATA": data, "SPACE": space}
    out = str(tmp_path / "new")
    (tmp_path / "new").mkdir()
    command = [words.get(word) or word.replace("OUT", out) for word in map(str, COMMANDS[name])]
    assert "pip install 'protolabel[report]'" in call(*command, code=7).stderr


def test_a_file_that_is_there_and_its_folder_stay_as_they_are_until_the_end(space, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "r.png").write_bytes(b"of yesterday")
    call("risk", space, "--held-out", NOWHERE, "--png", folder / "r.png", code=2)
    assert [path.name for path in folder.iterdir()] == ["r.png"]
    assert (folder / "r.png").read_bytes() == b"of yesterday"
    call("evaluate", NOWHERE, "--report", tmp_path / "r" / "s", code=2)
    assert not (tmp_path / "r").exists()


def test_the_result_is_printed_where_writing_fails_at_the_end_all_the_same(data, tmp_path):
    (tmp_path / "r" / "report.html").mkdir(parents=True)
    command = ("evaluate", data, "--encoder", "hashing", "--episodes", "5", "--ways", "2")
    done = call(*command, "--report", tmp_path / "r", code=2)
    assert "Is a directory" in done.stderr
    assert "way" in done.stdout
    done = call(*command, "--report", tmp_path / "r", "--json", code=2)
    assert json.loads(done.stdout)["documents"] == 36


def test_an_export_is_refused_before_the_label_space_is_read_out(space, tmp_path):
    pytest.importorskip("pyarrow")
    refused = " ".join(call("export", space, "--to", taken(tmp_path) / "e", code=2).stderr.split())
    assert "expected a place in a folder that can be written" in refused
    refused = call("export", space, "--to", tmp_path / "no" / "e", code=2).stderr
    assert "mkdir -p" in refused
