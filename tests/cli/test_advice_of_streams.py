"""Advice of `protolabel stream`, done to the letter."""

from __future__ import annotations

import json
import shlex

import pytest
from advice import Cases, Desk
from commands import call

from protolabel.cli.stream import GROWING

CASES = Cases()
ROW = json.dumps({"text": "please pay the bill"}) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("--out {}")
def a_table_that_cannot_grow(d: Desk) -> None:
    remedy = d.refused("stream", d.space, "--out", d.folder / "a.parquet", stdin=ROW)
    call("stream", d.space, *shlex.split(remedy), stdin=ROW)
    assert (d.folder / "a.jsonl").read_text().count("\n") == 1


@CASES.of("leave --follow out")
def the_standard_input_followed(d: Desk) -> None:
    d.refused("stream", d.space, "--follow", stdin=ROW)
    assert "invoice" in call("stream", d.space, stdin=ROW).stdout


@CASES.of("leave --follow out, or follow the folder that it lies in")
def a_document_followed(d: Desk) -> None:
    path = d.file("a.txt", "please pay the bill")
    d.refused("stream", d.space, path, "--follow")
    words = call("stream", d.space, path, "--follow", code=2).stderr
    assert all(kind in words for kind in GROWING)
    assert "invoice" in call("stream", d.space, path).stdout


@CASES.of("protolabel set {} remember answers")
def nothing_to_look_at(d: Desk) -> None:
    call("set", d.space, "remember", "off")
    remedy = d.refused("stream", d.space, "--watch-every", "5", stdin=ROW)
    call(*shlex.split(remedy)[1:])
    assert "invoice" in call("stream", d.space, "--watch-every", "5", stdin=ROW).stdout


@CASES.of("repeat the command: what it holds now is read from its beginning")
def a_file_that_became_another(d: Desk) -> None:
    from protolabel.readers.growing_file import GrowingFile

    path = d.file("a.jsonl", ROW + ROW)
    with path.open("rb") as file:
        growing = GrowingFile(file, str(path), path.name)
        assert growing.read(len(ROW)) == ROW.encode()
        growing.read(len(ROW))
        path.write_text(ROW)
        d.raised(lambda: growing.read(1))
    assert "invoice" in call("stream", d.space, path).stdout
