"""A share in whole per cent, as the terminal and the page write it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from protolabel.certainty import HARDLY, percent

STRINGS = Path(__file__).parents[1] / "desk" / "src" / "strings.ts"


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


def test_the_page_has_the_same_rule():
    (rule,) = re.findall(r"const percent = .*?;\n", STRINGS.read_text(encoding="utf-8"), re.DOTALL)
    assert f"share < {HARDLY} ?" in rule
    assert re.search(rf"share >=? {1 - HARDLY} ?", rule)
    assert "Math.round(100 * share)" in rule
