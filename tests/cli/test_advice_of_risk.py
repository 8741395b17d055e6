"""Advice of `protolabel risk`, done to the letter."""

from __future__ import annotations

import json

import pytest
from advice import Cases, Desk
from commands import call
from spelt_numbers import spelt

from protolabel import LabelSpace

CASES = Cases()


@pytest.mark.parametrize("name", CASES)
def test_the_advice_works_when_done_to_the_letter(desk: Desk, name: str) -> None:
    CASES.run(name, desk)


@CASES.of("add examples: protolabel add SPACE CLASS FILE")
def too_few_examples_for_a_risk(d: Desk) -> None:
    d.refused("risk", d.space)
    for label, words in (
        ("invoice", "pay amount due"),
        ("cv", "job team"),
        ("letter", "dear"),
        ("menu", "soup"),
    ):
        lines = (json.dumps({"text": f"{words} number {spelt(n)} of many"}) for n in range(8))
        call("add", d.space, label, d.file(f"{label}.jsonl", "\n".join(lines)))
    assert "wrong among the answers" in call("risk", d.space).stdout


@CASES.of("leave them out: it only estimates the share of strangers")
def stream_with_a_share_of_strangers(d: Desk) -> None:
    stream = d.file("stream.txt", "pay the amount")
    d.refused("risk", d.space, "--stream", stream, "--strangers", "30%")
    too_few_examples_for_a_risk(d)
    assert "belong to none of the classes" in call("risk", d.space, "--stream", stream).stdout


@CASES.of("leave out --strangers: the held-out documents have a share of their own")
def held_out_documents_with_a_share_of_strangers(d: Desk) -> None:
    rows = ({"text": f"please pay {spelt(n)} at once", "label": "invoice"} for n in range(3))
    data = d.file("new.jsonl", "\n".join(map(json.dumps, rows)))
    d.refused("risk", d.space, "--held-out", data, "--strangers", "30%")
    too_few_examples_for_a_risk(d)
    assert "held out queries: 3" in call("risk", d.space, "--held-out", data).stdout


@CASES.of("leave out threshold, or leave out target")
def a_threshold_and_a_target(d: Desk) -> None:
    with LabelSpace(d.space, background=False) as space:
        d.raised(lambda: space.configure(threshold=0.5, target="errors 5%"))
        space.configure(target="errors 5%")
        space.configure(threshold=0.5)
        assert (space.settings.threshold, space.settings.target) == (0.5, None)
