"""The share of strangers that is advised, and why it is not that of the estimate."""

from __future__ import annotations

import json

import pytest
from alike_words import WORDS, make_alike
from commands import call
from spelt_numbers import spelt

from protolabel.arithmetic.belonging import EstimatedStrangers
from protolabel.cli.strangers_of_run import subject_of_share


def test_an_advice_that_differs_from_the_estimate_says_why(tmp_path):
    """Before, `about < 1%` and then `to count on that: ... strangers 7%`."""
    space, data = tmp_path / "a.space", tmp_path / "stream.jsonl"
    make_alike(space, 1, each=20)
    stream = [f"{words} {spelt(n)}" for n, words in enumerate([*WORDS.values()] * 3)]
    data.write_text("".join(json.dumps({"text": text}) + "\n" for text in stream))
    output = call("risk", str(space), "--stream", str(data))
    record = json.loads(call("risk", str(space), "--stream", str(data), "--json").stdout)
    n, share = record["different"], record["strangers"]
    advice = f"{100 * (share * n + 1) / (n + 2):.0f}%"
    assert advice != f"{100 * share:.0f}%"
    why = f"and on one more stranger and one more document of a class, since {n} documents tell"
    assert f"to count on that, {why} the share roughly: " in output.stderr
    assert f"strangers {advice}" in output.stderr


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_the_estimate_itself_needs_no_reason(share):
    assert subject_of_share(EstimatedStrangers(share, 0.0, 0.1, 2000)) == "that"
