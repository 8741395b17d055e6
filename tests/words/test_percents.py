"""One module writes every share that people read, and never rounds one to all or to nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import protolabel
from protolabel.arithmetic.intervals import Estimate
from protolabel.label_space.configuration.target_words import parsed_share, words_of_strangers
from protolabel.words.certainty import per_cents, percent, points

SOURCE = Path(protolabel.__file__).parent
HOME = SOURCE / "words" / "certainty.py"
WRITERS = ("per_cents", "percent")  # what may stand before the sign
AS_TYPED = {"{share:g}%"}  # repeats a number that somebody has typed, which is checked as such


def percents_written(text: str) -> Iterator[str]:
    """Yield each place of a source that makes per cents of a share, as its f-string has it."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, rest in zip(node.values, [*node.values[1:], ast.Constant("")], strict=True):
            if not isinstance(value, ast.FormattedValue):
                continue
            words = rest.value if isinstance(rest, ast.Constant) else ""
            content = value.value
            is_writer = isinstance(content, ast.Call) and (
                ast.unparse(content.func).rpartition(".")[2] in WRITERS
            )
            spec = ast.unparse(value.format_spec)[2:-1] if value.format_spec else ""
            has_sign = words.startswith("%") or words.startswith(" %")
            place = f"{{{ast.unparse(content)}{spec and ':' + spec}}}{'%' * has_sign}"
            times_100 = any(
                isinstance(n, ast.BinOp)
                and isinstance(n.op, ast.Mult)
                and 100 in [getattr(side, "value", None) for side in (n.left, n.right)]
                for n in ast.walk(content)
            )
            if spec.endswith("%") or times_100 or (has_sign and not is_writer):
                yield place


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ('f"about {share:.0%} of them"', ["{share:.0%}"]),
        ('f"{share:6.1%}"', ["{share:6.1%}"]),
        ('f"{100 * share:.1f} to {high}"', ["{100 * share:.1f}"]),
        ('f"{rounded(share * 100.0)} points"', ["{rounded(share * 100.0)}"]),
        ('f"{words} % of them"', ["{words}%"]),
        ('f"{whole}%"', ["{whole}%"]),
        ('f"{percent(share)} of {n}, {per_cents(low, 1)} %"', []),
        ('f"{share:.4f}"', []),
    ],
)
def test_a_share_that_is_written_elsewhere_is_seen(statement, place):
    assert list(percents_written(statement)) == place


def test_only_one_module_writes_shares_in_per_cent():
    places = {
        f"{path.relative_to(SOURCE)}: {place}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path != HOME
        for place in percents_written(path.read_text(encoding="utf-8"))
        if place not in AS_TYPED
    }
    assert not places, "\n".join(["write these with protolabel.words.certainty:", *sorted(places)])


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [
        (0.9996, 1, "> 99.9%"), (0.9994, 1, "99.9%"), (1.0, 1, "100.0%"), (0.0004, 1, "< 0.1%"),
        (0.0, 1, "0.0%"), (0.1235, 1, "12.4%"), (0.99996, 2, "> 99.99%"), (0.997, 0, "> 99%"),
    ],
)  # fmt: skip
def test_with_decimals_too_none_and_all_are_what_is_exactly_that(share, digits, words):
    assert percent(share, digits) == words
    assert per_cents(share, digits) == words.removesuffix("%")


def test_an_estimate_and_its_interval_are_all_only_where_they_are():
    assert Estimate(0.99975, 0.0002, 9).percent(1) == "> 99.9 ± 0.0"
    assert Estimate(0.9997, 0.01, 9).percent(1) == "> 99.9 (99.0 to 100)"
    assert Estimate(0.5, 0.4998, 9).percent(1) == "50.0 ± 50.0"


@pytest.mark.parametrize(
    ("difference", "words"),
    [(0.0344, "+3.4"), (-0.0344, "-3.4"), (0.00001, "+0.0"), (-0.00001, "+0.0")],
)
def test_a_difference_is_in_points(difference, words):
    assert points(difference, sign="+") == words


@pytest.mark.parametrize(("share", "words"), [(0.0002, "1%"), (0.236, "24%"), (0.9999, "99%")])
def test_no_advice_counts_on_no_strangers_where_there_are_a_few(share, words):
    assert words_of_strangers(share) == words
    assert parsed_share(words) > 0.0
