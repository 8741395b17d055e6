"""Advice of `protolabel discover`, done to the letter."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from advice import Cases, Desk
from commands import call
from spelt_numbers import spelt

from protolabel import LabelSpace
from protolabel.open_world.discovery import discover

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


def strangers(d: Desk) -> Path:
    rows = [
        {"text": f"sunny weather with light wind from the west on day {spelt(n)}"} for n in range(6)
    ]
    call("set", d.space, "threshold", "0.9")
    return d.file("strangers.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


@CASES.of("say which proposal becomes a class of which name: --accept P1 --name CLASS")
def accept_without_a_name(d: Desk) -> None:
    stream = strangers(d)
    call("discover", d.space, stream)
    d.refused("discover", d.space, stream, "--accept", "P1")
    d.refused("discover", d.space, stream, "--name", "weather")
    d.refused("discover", d.space, stream, "--description", "weather")
    d.refused("discover", d.space, stream, "--preview")
    done = call("discover", d.space, stream, "--accept", "P1", "--name", "weather")
    assert "version" in done.stdout


@CASES.of("leave one out: what is accepted is not refused")
def accept_and_refuse(d: Desk) -> None:
    stream = strangers(d)
    call("discover", d.space, stream)
    accept = ("discover", d.space, stream, "--accept", "P1", "--name", "weather")
    d.refused(*accept, "--refuse", "P1")
    assert "version" in call(*accept).stdout


@CASES.of(
    "take back all refusals first, and see what is listed: protolabel discover SPACE --reconsider"
)
def reconsider_and_decide(d: Desk) -> None:
    stream = strangers(d)
    call("discover", d.space, stream)
    call("discover", d.space, stream, "--refuse", "P1")
    accept = ("discover", d.space, stream, "--accept", "P1", "--name", "weather")
    remedy = d.refused(*accept, "--reconsider")
    d.refused("discover", d.space, stream, "--refuse", "P1", "--reconsider")
    assert "P1" in d.obeyed(remedy)
    assert "version" in call(*accept).stdout


@CASES.of("list them: protolabel discover SPACE")
def no_such_proposal(d: Desk) -> None:
    accept = ("discover", d.space, strangers(d), "--accept", "P1", "--name", "weather")
    remedy = d.refused(*accept)
    assert "P1" in d.obeyed(remedy)
    assert "version" in call(*accept).stdout
    d.obeyed(d.refused("discover", d.space, "--refuse", "P9"))


@CASES.of(
    "take back what was refused, so that it is listed again: protolabel discover SPACE --reconsider"
)
def proposal_that_was_refused(d: Desk) -> None:
    stream = strangers(d)
    call("discover", d.space, stream)
    call("discover", d.space, stream, "--refuse", "P1")
    accept = ("discover", d.space, stream, "--accept", "P1", "--name", "weather")
    remedy = d.refused(*accept)
    assert "P1" not in call("discover", d.space, stream).stdout
    assert "P1" in d.obeyed(remedy)
    assert "version" in call(*accept).stdout


@CASES.of(
    "name the documents as where it was listed, or list the proposals again: protolabel discover "
    "SPACE"
)
def proposal_of_other_documents(d: Desk) -> None:
    stream = strangers(d)
    accept = ("--accept", "P1", "--name", "weather")
    call("discover", d.space, stream)
    remedy = d.refused("discover", d.space, *accept)
    d.obeyed(remedy)
    assert "version" in call("discover", d.space, stream, *accept).stdout


@CASES.of("list the proposals again: protolabel discover SPACE")
def proposal_whose_documents_have_classes_by_now(d: Desk) -> None:
    stream = strangers(d)
    call("set", d.space, "remember", "text")
    call("label", d.space, stream)
    call("discover", d.space)
    call("set", d.space, "threshold", "0.1")
    remedy = d.refused("discover", d.space, "--accept", "P1", "--name", "weather")
    assert "0 proposals" in d.obeyed(remedy)
    call("set", d.space, "threshold", "0.9")
    assert "P1" in d.obeyed(remedy)
    call("discover", d.space, "--accept", "P1", "--name", "weather")


@CASES.of(
    "name their files: `protolabel discover SPACE FOLDER`; "
    "with --skip-bad where some cannot be read"
)
def texts_that_are_not_remembered(d: Desk) -> None:
    stream = strangers(d)
    call("label", d.space, stream)
    call("discover", d.space)
    d.refused("discover", d.space, "--accept", "P1", "--name", "weather")
    done = call("discover", d.space, stream, "--accept", "P1", "--name", "weather")
    assert "version" in done.stdout


@CASES.of("refuse it: protolabel discover SPACE --refuse {}")
def proposal_without_any_of_its_documents(d: Desk) -> None:
    stream = strangers(d)
    call("set", d.space, "remember", "text")
    call("label", d.space, stream)
    with LabelSpace(d.space, background=False) as space:
        (proposal,) = discover(space).proposals
        keys = [member.key for member in proposal.members]
        remedy = d.raised(lambda: proposal.without(keys))
    assert "not proposed again" in d.obeyed(remedy.replace("SPACE", shlex.quote(str(d.space))))
    assert "P1" not in call("discover", d.space).stdout
