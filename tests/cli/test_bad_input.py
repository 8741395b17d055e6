"""Bad input to commands: one clear error each, an exit code, and nothing stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call as run
from mail_space import mail_space


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    return mail_space(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def space(mail, tmp_path) -> Path:
    """A copy that a test may change."""
    run("backup", mail, tmp_path / "copy.space")
    return tmp_path / "copy.space"


BAD = {
    "empty text": (b'{"text": "ok", "label": "a"}\n{"text": " ", "label": "a"}', 2, ":2"),
    "binary": (b"\x00\x01\x02" * 50, 2, "text"),
    "wrong encoding": ('{"text": "é'.encode() + b'\xe9", "label": "a"}', 2, "iconv"),
    "broken JSON": (b'{"text": "ok", "label": "a"}\n{"text": ', 2, ":2"),
    "NaN": (b'{"embedding": [NaN, 1], "label": "a"}', 2, ":1"),
    "wrong dimension": (b'{"embedding": [1, 2, 3], "label": "a"}', 2, "shape"),
    "no label": (b'{"text": "x"}', 2, "label"),
    "a label with a fraction": (b'{"text": "x", "label": 3.5}', 2, "quotes around it"),
    "the same id twice": (
        b'{"text":"x","label":"a","id":"1"}\n{"text":"y","label":"a","id":"1"}',
        2,
        "1",
    ),
    "an id that is taken": (
        b'{"text": "new", "label": "a"}\n{"text":"x","label":"a","id":"i0"}',
        2,
        "taken",
    ),
}


@pytest.mark.parametrize(("content", "code", "message"), BAD.values(), ids=BAD)
def test_a_batch_that_cannot_be_used_is_refused_whole(space, tmp_path, content, code, message):
    before = run("export", space).stdout, run("history", space).stdout
    (tmp_path / "bad.jsonl").write_bytes(content)
    error = run("import", space, tmp_path / "bad.jsonl", code=code).stderr
    assert message in error
    assert "expected" in error
    assert (run("export", space).stdout, run("history", space).stdout) == before


def test_a_line_of_50_megabytes_is_refused_in_bounded_memory(space, tmp_path):
    big = tmp_path / "big.jsonl"
    with big.open("wb") as file:
        file.write(b'{"label": "a", "text": "')
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n')
    assert "big.jsonl:1" in run("import", space, big, code=2).stderr


def test_unknown_names_get_suggestions(space):
    assert "did you mean 'invoice'" in run("rename", space, "invoic", "x", code=3).stderr
    assert "did you mean 'cv'" in run("show", space, "cvs", code=3).stderr
    assert "no example with id 'zz'" in run("remove", space, "zz", code=3).stderr
    assert "exists" in run("rename", space, "nda", "cv", code=3).stderr
    assert "merge instead" in run("rename", space, "nda", "cv", code=3).stderr
    assert "retired" not in run("retire", space, "cv").stderr
    assert "unretire" in run("add", space, "cv", "--text", "x", code=3).stderr
    assert "no version 99" in run("return", space, 99, code=3).stderr


def test_files_that_cannot_be_used(mail, tmp_path):
    assert "protolabel init" in run("classes", tmp_path / "none.space", code=5).stderr
    (tmp_path / "cut.space").write_bytes(mail.read_bytes()[:5000])
    assert "cut.space is damaged" in run("classes", tmp_path / "cut.space", code=5).stderr
    assert "exists already" in run("init", mail, "--encoder", "hashing", code=5).stderr
    assert (
        "mkdir" in run("init", tmp_path / "no" / "x.space", "--encoder", "hashing", code=5).stderr
    )
    missing = run("label", mail, tmp_path / "nothing.txt", code=2).stderr
    assert "nothing.txt" in missing
    assert "no document" in run("label", mail, code=2).stderr


def test_an_encoder_that_is_not_the_space_s_own(mail):
    error = run("label", mail, "--text", "x", "--encoder", "hashing:64", code=4).stderr
    assert "hashing" in error
    assert "expected" in error
    missing = run("init", mail.parent / "x.space", "--encoder", "/no/such/folder", code=4).stderr
    assert "no encoder answers to '/no/such/folder'" in missing


def test_usage_errors_are_exit_code_2():
    assert "No such command" in run("lable", code=2).stderr
    assert "Missing argument" in run("classes", code=2).stderr


def test_check_repairs_what_is_derived(space):
    import sqlite3

    db = sqlite3.connect(space, isolation_level=None)
    db.execute("UPDATE sums SET n = n + 1")
    db.close()
    assert "--repair" in run("check", space, code=5).stderr
    assert "repaired" in run("check", space, "--repair").stdout
    run("check", space)
