"""Every door that reads a table takes the name of its text field, as its remedy says."""

from __future__ import annotations

import json
import os
import time

import pytest
from commands import call, records
from office_files import mail
from starlette.testclient import TestClient

from protolabel import LabelSpace, read_documents
from protolabel.batch.partitions import label_partition
from protolabel.errors import InputError
from protolabel.service.app import make_app
from protolabel.service.options import Options
from protolabel.system.extras import is_installed

FIELD = "Betrefftext"
TABLE = f"{FIELD},number\nplease pay the bill,1\nmy work so far,2\n"
SPACE = "/v1/spaces/mail"


@pytest.fixture
def path(tmp_path):
    where = tmp_path / "mail.space"
    with LabelSpace.create(where, encoder="hashing", background=False) as space:
        space.add(["pay the bill", "please pay"], "bill")
        space.add(["my work so far", "cv"], "cv")
    return where


def followed(path, folder, reading, done):
    """Return what a service says of the folder once that is done."""
    _, guarded = make_app({"mail": path}, Options(follow=str(folder), follow_reading=reading))
    with TestClient(guarded, base_url="http://localhost") as client:
        deadline = time.monotonic() + 60
        while not done(state := client.get(f"{SPACE}/followed").json()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return state


def test_a_followed_folder_reads_tables_and_attachments_by_the_fields_it_was_given(path, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [json.dumps({FIELD: text}) for text in ("please pay the bill", "the cv of a cook")]
    (folder / "post.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = json.dumps([{FIELD: "please pay the bill"}]).encode()
    (folder / "a.eml").write_bytes(mail("a letter", "hello", rows_json=rows).as_bytes())
    for file in folder.iterdir():
        os.utime(file, (1, 1))
    state = followed(path, folder, {}, lambda now: now["files"] == 2)
    assert [one["name"] for one in state["unreadable"]] == ["a.eml", "post.jsonl"]
    for fault in state["unreadable"]:
        assert "`--text-field` of `protolabel serve --follow`" in fault["reason"]
        assert "text_field=" not in fault["reason"]
    state = followed(path, folder, {"text_field": FIELD}, lambda now: not now["unreadable"])
    assert state["documents"] == 4


def test_files_that_were_sorted_are_learned_by_the_same_fields(path, tmp_path):
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    (inbox / "a.jsonl").write_text(json.dumps({FIELD: "please pay the bill"}) + "\n")
    call("label", path, inbox, "--sort-into", out, "--text-field", FIELD)
    (out / "cv").mkdir()
    (out / "bill/a.jsonl").rename(out / "cv/a.jsonl")
    assert "--text-field" in call("learn", path, out, "--yes", code=6).stderr
    call("learn", path, out, "--yes", "--text-field", FIELD)
    texts = [one["text"] for one in records("show", path, "cv", "--json")[0]["members"]]
    assert "please pay the bill" in texts


def test_a_row_is_corrected_by_its_field(path, tmp_path):
    table = tmp_path / "post.csv"
    table.write_text(TABLE, encoding="utf-8")
    name = f"{table}:2"
    assert "--text-field" in call("correct", path, name, "--to", "cv", code=2).stderr
    call("correct", path, name, "--to", "cv", "--text-field", FIELD)
    texts = [one["text"] for one in records("show", path, "cv", "--json")[0]["members"]]
    assert "please pay the bill" in texts
    with LabelSpace(path, background=False) as space:
        with pytest.raises(InputError, match="give the Document itself, one of read_documents"):
            space.correct(name, "cv")
        row = next(one for one in read_documents(table, text_field=FIELD) if one.source == name)
        assert space.correct(row, "bill").kind == "correct"


@pytest.mark.skipif(not is_installed("tables"), reason="the extra `tables` is not installed")
def test_a_partition_is_labelled_by_its_field_and_again_by_no_other(path, tmp_path):
    table, target = tmp_path / "post.csv", str(tmp_path / "post.answers.parquet")
    table.write_text(TABLE, encoding="utf-8")
    with pytest.raises(InputError, match="text_field="):
        label_partition(str(table), target, str(path))
    done = label_partition(str(table), target, str(path), text_field=FIELD, id_field="number")
    assert (done["documents"], done["unusable"]) == (2, 0)
    assert label_partition(str(table), target, str(path), text_field=FIELD, id_field="number")[
        "before"
    ]
    with pytest.raises(InputError, match=f"text_field {FIELD}"):
        label_partition(str(table), target, str(path), text_field="number")
