"""The confusion matrix of a report: the picture, the table and the files say the same counts."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest
from report_pages import NASTY, Page

from protolabel.arithmetic.intervals import Estimate
from protolabel.evaluation.confusion import Confusion
from protolabel.evaluation.report.confusions import MOST_DRAWN, MOST_PAIRS, drawn_classes
from protolabel.evaluation.report.page import write_report
from protolabel.evaluation.results import CurvePoint, Evaluation, Table
from protolabel.words.quantity import rounded


def counted(n_classes: int, errors: float = 0.4) -> tuple[Evaluation, Counter]:
    rng = np.random.default_rng(n_classes)
    names = [NASTY, "=1+1", *(f"class_{k}" for k in range(n_classes - 2))]
    truth = rng.integers(n_classes, size=40 * n_classes)
    wrong = rng.random(len(truth)) < errors
    answers = np.where(wrong, (truth + rng.integers(1, 4, len(truth))) % n_classes, truth)
    confusion = Confusion(n_classes)
    confusion.add(truth, answers, np.arange(len(truth)))
    pairs = Counter((names[t], names[a]) for t, a in zip(truth, answers, strict=True))
    table = Table("all", confusion.table(names), confusion.pairs(names))
    evaluation = Evaluation(
        "data", "x", "x", "cosine", n_classes, len(truth), settings={}, confusion=table,
        curve=(CurvePoint(1, Estimate(0.9, 0.2, 9), None, 9),),
    )  # fmt: skip
    return evaluation, pairs


@pytest.mark.parametrize("n_classes", [3, 150])
def test_the_files_hold_every_pair_and_the_page_the_most_frequent(tmp_path, n_classes):
    evaluation, pairs = counted(n_classes)
    write_report(evaluation, tmp_path)
    text = (tmp_path / "confusion.csv").read_text(encoding="utf-8-sig")
    (_, *columns), *rows = csv.reader(text.splitlines())
    matrix = Counter()
    for name, *cells in rows:
        assert not name.startswith("=")
        for column, cell in zip(columns, map(int, cells), strict=True):
            if cell:
                matrix[name.removeprefix("'"), column.removeprefix("'")] = cell
    assert matrix == pairs
    text = (tmp_path / "confusion_pairs.csv").read_text(encoding="utf-8-sig")
    listed = list(csv.reader(text.splitlines()))[1:]
    assert {(t.lstrip("'"), a.lstrip("'")): int(n) for t, a, n, _ in listed} == pairs
    mistakes = sorted((n for (t, a), n in pairs.items() if t != a), reverse=True)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.tags.count("svg") == 3
    assert NASTY in page.words
    more = len(mistakes) - MOST_PAIRS
    assert (f"has {more} more pairs" in page.words) == (more > 0)
    assert f"{mistakes[0]:,}" in page.words.split("the most frequent pairs")[1]


def test_of_many_classes_those_with_the_most_mistakes_are_drawn():
    evaluation, pairs = counted(150)
    assert evaluation.confusion is not None
    names = drawn_classes(evaluation.confusion)
    assert len(names) <= MOST_DRAWN
    worst = max((p for p in pairs if p[0] != p[1]), key=lambda pair: pairs[pair])
    assert max(n for (t, a), n in pairs.items() if t != a and {t, a} <= set(names)) == pairs[worst]


@pytest.mark.parametrize(
    ("mean", "interval", "words"),
    [
        (0.871, 0.004, "87.1 ± 0.4"), (0.929, 0.18, "92.9 (74.9 to 100)"),
        (1.0, 0.0, "100.0 ± 0.0"), (0.05, 0.1, "5.0 (0 to 15.0)"),
        (0.5, float("nan"), "50.0"), (0.5, 0.9, "50.0 (0 to 100)"),
    ],
)  # fmt: skip
def test_an_interval_never_passes_the_bounds_of_a_share(mean, interval, words):
    assert Estimate(mean, interval, 9).percent(1) == words


def test_what_rounds_to_zero_has_no_sign():
    assert [rounded(v) for v in (-0.0, -0.04, 0.04, -0.06)] == ["0.0", "0.0", "0.0", "-0.1"]


def test_pages_fit_a_phone(tmp_path):
    """Wide parts scroll in a box of their own, and the page says that it has the phone's width."""
    evaluation, _ = counted(3)
    write_report(evaluation, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<table") == page.count('<div class="wide"><table')
    assert "width=device-width" in page
    assert "figure { margin: 1rem 0; overflow-x: auto; }" in page
    assert "figure svg { width: 100%; height: auto;" in page  # no wider than the screen
    assert "prefers-color-scheme: dark" in page


@pytest.mark.parametrize("errors", [0.0, 0.0005])
def test_many_classes_with_few_mistakes_or_none_are_drawn(tmp_path, errors):
    evaluation, pairs = counted(60, errors)
    assert evaluation.confusion is not None
    names = drawn_classes(evaluation.confusion)
    assert len(names) == MOST_DRAWN
    mistakes = {name for pair in pairs if pair[0] != pair[1] for name in pair}
    assert mistakes <= set(names)
    write_report(evaluation, tmp_path)
    assert (tmp_path / "confusion.png").exists()
