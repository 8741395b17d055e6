"""The advice where a label space stands in the place of documents works when done to the letter."""

from __future__ import annotations

import json
import shlex

import pytest
from advice import Cases, Desk
from commands import call

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("give the JSON file")
def described_by_a_label_space(d: Desk) -> None:
    other = d.copy("other.space")
    d.refused("describe", d.space, other)
    texts = d.file("texts.json", json.dumps({"invoice": "a bill to be paid"}))
    assert "described" in call("describe", d.space, texts).stdout


@CASES.of("give the file of the table")
def the_truth_in_a_label_space(d: Desk) -> None:
    documents = d.file("in/1.txt", "pay the bill now")
    other = d.copy("other.space")
    d.refused("evaluate", "--space", d.space, documents.parent, "--truth", other)
    table = d.file("truth.csv", "id,label\n1.txt,invoice\n")
    call("evaluate", "--space", d.space, documents.parent, "--truth", table)


@CASES.of("name the document")
def a_label_space_is_corrected(d: Desk) -> None:
    letter = d.file("letter.txt", "dear all, the money is due")
    d.refused("correct", d.space, d.copy("other.space"), "--to", "invoice")
    call("correct", d.space, letter, "--to", "invoice")


@CASES.of("{} | {}")
def a_label_space_is_imported(d: Desk) -> None:
    other = d.folder / "other.space"
    call("init", other, "--encoder", "hashing")
    call("add", other, "receipt", d.file("receipt.txt", "paid with thanks"))
    remedy = d.refused("import", d.space, other)
    exports, imports = (shlex.split(part)[1:] for part in remedy.split(" | "))
    call(*imports, stdin=call(*exports).stdout)
