"""Advice of `protolabel sharpen`, done to the letter; and what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from advice import Cases, Desk
from commands import call
from spelt_numbers import spelt

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def inbox(d: Desk) -> Path:
    texts = [f"please settle the overdue amount of bill {spelt(n)} soon" for n in range(6)]
    rows = [{"text": text} for text in texts]
    return d.file("inbox.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


@CASES.of("label some first: protolabel label SPACE FOLDER")
def nothing_remembered(d: Desk) -> None:
    d.refused("sharpen", d.space)
    call("label", d.space, inbox(d))
    assert "sharpened the" in call("sharpen", d.space).stdout


@CASES.of(
    "let it remember some: protolabel set SPACE remember answers, "
    "then protolabel label SPACE FOLDER"
)
def nothing_may_be_remembered(d: Desk) -> None:
    call("set", d.space, "remember", "off")
    call("label", d.space, inbox(d))
    d.refused("sharpen", d.space)
    call("set", d.space, "remember", "answers")
    call("label", d.space, inbox(d))
    assert "sharpened the" in call("sharpen", d.space).stdout


@CASES.of("describe a class: protolabel describe SPACE CLASS WORDS")
def nothing_is_described(d: Desk) -> None:
    bare = d.folder / "bare.space"
    call("init", bare, "--encoder", "hashing", "--names-are-codes")
    call("add", bare, "invoice", "--text", "please pay")
    call("label", bare, inbox(d))
    d.refused("sharpen", bare)
    call("describe", bare, "invoice", "a bill asking for payment")
    assert "sharpened the" in call("sharpen", bare).stdout


def test_it_says_what_it_did_and_takes_it_away(desk: Desk):
    call("label", desk.space, inbox(desk))
    assert "nothing was changed" in call("sharpen", desk.space, "--preview").stderr
    record = json.loads(call("sharpen", desk.space, "--json").stdout)
    assert (record["kind"], record["detail"]["documents"]) == ("sharpen", 6)
    assert "sharpened" in call("classes", desk.space).stdout
    label = record["detail"]["classes"][0]
    assert "sharpened by unlabelled documents" in call("show", desk.space, label).stdout
    assert "no description would move" in call("sharpen", desk.space).stdout
    assert "taken away" in call("sharpen", desk.space, "--off").stdout
    assert "no description was sharpened" in call("sharpen", desk.space, "--off").stdout
    assert "sharpened" not in call("classes", desk.space).stdout
