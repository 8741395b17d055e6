"""The command that moves a label space onto another encoder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commands import ENVIRONMENT
from commands import call as run
from commands import records as lines
from mail_space import mail_space
from spelt_numbers import spelt

from protolabel.types import Comparison


@pytest.fixture(scope="module")
def mail(tmp_path_factory) -> Path:
    return mail_space(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def space(mail, tmp_path) -> Path:
    """A copy that a test may change."""
    run("backup", mail, tmp_path / "copy.space")
    return tmp_path / "copy.space"


def test_reencode_says_that_negative_examples_have_no_part_in_the_comparison(space):
    words = "no part in the comparison"
    command = ("reencode", space, "--encoder", "hashing:64", "--dry-run")
    assert words not in run(*command).stderr
    (letter := space.parent / "letter.txt").write_text("a letter about nothing at all")
    run("correct", space, letter, "--not", "invoice")
    assert f"1 negative example has {words}" in run(*command).stderr


def test_reencode_compares_moves_and_is_undone(space):
    before = run("export", space, "--vectors").stdout
    tried = run("reencode", space, "--encoder", "hashing:64", "--dry-run").stdout
    assert "95 % interval" in tried
    assert "only compared; nothing was changed" in tried
    assert run("export", space, "--vectors").stdout == before
    run("set", space, "threshold", 0.4)  # kappa is tuned first, if need be
    version = lines("info", space, "--json")[0]["version"]
    before = run("export", space, "--vectors").stdout
    done = run("reencode", space, "--encoder", "hashing:64", "--json")
    assert "threshold 0.4 was set for the scores of hashing:512" in done.stderr
    moved = json.loads(done.stdout)
    assert moved["changed"] is True
    assert (moved["from"], moved["to"], moved["version"]) == (
        "hashing:512",
        "hashing:64",
        version + 1,
    )
    assert moved["encoded"] == 21
    assert list(moved["comparison"]) == list(Comparison.__dataclass_fields__)
    assert "difference" in tried
    assert f"{moved['comparison']['new_accuracy']:.1%}" in tried
    (newest, *_) = lines("history", space, "--json")
    assert newest["kind"] == "reencode"
    assert newest["summary"] == "re-encoded hashing:512 -> hashing:64, 21 vectors"
    (answer,) = lines("label", space, "--text", "please pay the bill number 9", "--json")
    assert answer["alternatives"][0]["label"] == "invoice"
    assert answer["encoder_fingerprint"] == "hashing:64"
    (answer,) = lines(
        "label", space, "--text", "please pay the bill number 9", "--json", "--at", version
    )
    assert answer["encoder_fingerprint"] == "hashing:512"
    again = run("reencode", space, "--encoder", "hashing:64")
    assert "nothing to do" in again.stdout
    run("undo", space)
    assert run("export", space, "--vectors").stdout == before
    run("check", space)


def test_reencode_keeps_the_better_encoder(space):
    rows = [
        {
            "text": f"{spelt(k * 7919 % 997)} {word} {spelt(k * 104729 % 991)} {spelt(k)}",
            "label": word,
        }
        for k in range(12)
        for word in ("apple", "pear", "plum", "fig")
    ]
    run("import", space, "-", stdin="".join(json.dumps(row) + "\n" for row in rows))
    version = lines("info", space, "--json")[0]["version"]
    process = run("reencode", space, "--encoder", "hashing:8", "--only-if-better", "--progress")
    assert "kept hashing:512" in process.stdout
    assert "documents encoded: 73 of 73" in process.stderr
    assert lines("info", space, "--json")[0]["version"] == version
    (record,) = lines("reencode", space, "--encoder", "hashing:8", "--only-if-better", "--json")
    assert record["changed"] is False
    assert record["reason"].startswith("kept hashing:512")


def test_reencode_refuses_what_cannot_be(space, tmp_path):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    for name, code in (("nope/nope", 4), (tmp_path / "half", 4), ("precomputed:8", 4)):
        error = run("reencode", space, "--encoder", name, code=code).stderr
        assert "expected" in error
    vector = json.dumps({"embedding": [1.0] * 512, "label": "cv", "id": "v"})
    run("import", space, "-", stdin=vector)
    before = run("history", space).stdout
    error = run("reencode", space, "--encoder", "hashing:64", code=2).stderr
    assert "'v' of class 'cv'" in error
    assert f"protolabel remove {space} v" in error
    assert run("history", space).stdout == before


SLOW = """
import sys, time
from protolabel.label_space.stored_items import item_vectors
from protolabel.cli import main
from protolabel.encoders.hashing import HashingEncoder
item_vectors.BATCH = 2
encode = HashingEncoder.encode
def slowly(self, texts):
    time.sleep(0.1)
    return encode(self, texts)
HashingEncoder.encode = slowly
sys.argv = ["protolabel", "reencode", sys.argv[1], "--encoder", "hashing:64"]
main()
"""


def test_reencode_is_interrupted_and_goes_on(space):
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(space)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while _vectors(space, 2) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130
    kept = _vectors(space, 2)
    assert f"stopped; {kept} of 21 documents are encoded and kept: run the same command" in error
    assert "The encoder in force is hashing:512" in error
    run("check", space)
    (moved,) = lines("reencode", space, "--encoder", "hashing:64", "--json")
    assert (moved["changed"], moved["encoded"]) == (True, 21 - kept)


def _vectors(space: Path, encoding: int) -> int:
    import sqlite3

    db = sqlite3.connect(space)
    (n,) = db.execute("SELECT count(*) FROM vectors WHERE encoding = ?", (encoding,)).fetchone()
    db.close()
    return n
