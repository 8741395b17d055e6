"""A share in whole per cent, as the terminal and the page write it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from protolabel.answers import Alternative, Level
from protolabel.arithmetic.target import Target
from protolabel.label_space.answer_path.reasons import Grounds, reason
from protolabel.words.certainty import HARDLY, compared, exact_percent, percent

STRINGS = Path(__file__).parents[2] / "desk" / "src" / "strings" / "numbers.ts"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0%"), (1e-9, "< 1%"), (0.003, "< 1%"), (0.005, "1%"), (0.125, "13%"), (0.5, "50%"),
        (0.994, "99%"), (0.995, "> 99%"), (0.997, "> 99%"), (1.0, "100%"), (None, ""),
    ],
)  # fmt: skip
def test_none_and_all_are_what_is_exactly_that(share, words):
    assert percent(share) == words


def test_other_shares_are_rounded_as_a_browser_rounds():
    for n in range(10, 1990):
        share = n / 2000
        assert percent(share) == f"{math.floor(100 * share + 0.5)}%"


@pytest.mark.parametrize(
    ("share", "limit", "words"),
    [
        (0.9997, 0.03, ("> 99%", "3%")),
        (0.0024, 0.03, ("< 1%", "3%")),
        (0.49973, 0.5, ("49.97%", "50.00%")),
        (0.0004, 0.001, ("0.04%", "0.10%")),
        (0.9996, 0.99999, ("99.960%", "99.999%")),
        (0.5, 0.999, ("50.0%", "99.9%")),
        (0.5, 0.5, ("50%", "50%")),
        (0.0, 1.0, ("0%", "100%")),
    ],
)
def test_a_share_and_its_limit_are_told_apart_and_none_is_0_or_100_that_is_neither(
    share, limit, words
):
    assert compared(share, limit) == words


@pytest.mark.parametrize("words", ["0%", "0.4%", "12.5%", "20%", "99%", "0.0000001%"])
def test_a_share_that_was_set_is_said_exactly(words):
    assert exact_percent(float(words[:-1]) / 100) == words


@pytest.mark.parametrize(("chance", "words"), [(0.9997, "> 99%"), (0.0024, "< 1%"), (0.75, "75%")])
def test_reasons_say_a_chance_as_the_answer_does(chance, words):
    best = Alternative("bill", 0.6, chance, chance)
    target = Target("errors", 0.05)
    asked = reason(Grounds(best, 0.2, "", target, least_chance=0.5))
    assert f"chance {words}" in asked or f"a chance of {words}" in asked
    above = Level("letters", chance, chance)
    sentence = reason(Grounds(best, 0.2, "", level=above))
    assert (
        f"is too unsure at {words}; 'letters', with all classes under it, has {words}" in sentence
    )


def test_the_page_has_the_same_rule():
    (rule,) = re.findall(r"const percent = .*?;\n", STRINGS.read_text(encoding="utf-8"), re.DOTALL)
    assert f"share < {HARDLY} ?" in rule
    assert f"share >= {1 - HARDLY} ?" in rule
    assert "Math.round(100 * share)" in rule
