"""In the headline, the tables, the page and the plots, near copies are one document of several
answers, and the headline speaks of the examples a class that were asked for."""

from __future__ import annotations

import re

import pytest
from letters import letters, signed

from protolabel import LabelSpace
from protolabel.cli.evaluation_tables import print_evaluation
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.of_label_space import evaluate_space_on
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.report.page import html_of
from protolabel.evaluation.report.plots import plots
from protolabel.evaluation.sentences import headline


@pytest.fixture(scope="module")
def evaluation():
    """Of eight letters, two a class, each with a signed copy."""
    fresh = letters(2, seed=1)
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add(letters(6))
        yield evaluate_space_on(space, [*fresh, *signed(fresh)])


def test_headline_terminal_page_and_plot_count_the_same(evaluation, capsys):
    """Before, a class had `n 4` in the terminal, `(n = 1)` in the plot and 1 on the page."""
    assert "of 16 answers about 8 documents that differ;" in headline(evaluation)
    print_evaluation(evaluation)
    lines = [re.split(r" {2,}", line.strip()) for line in capsys.readouterr().out.splitlines()]
    shares = lines.index(["share (95 % interval)", "answers", "documents"])
    assert lines[shares + 1][-2:] == ["16", "8"]
    classes = lines.index(["class", "% right (95 % interval)", "answers", "documents", "taken for"])
    assert {tuple(line[2:4]) for line in lines[classes + 1 : classes + 5]} == {("4", "2")}
    drawings = {name: svg for name, (svg, _) in plots(evaluation).items()}
    assert "bill (n = 2)" in drawings["classes"]
    assert "n documents)" in drawings["classes"]
    page = html_of(evaluation, drawings)
    assert 'data-name="answers">16</td><td class="n" data-name="documents">8</td>' in page
    assert 'data-name="answers">4</td><td class="n" data-name="documents">2</td>' in page


def test_without_copies_the_headline_counts_documents(evaluation):
    with LabelSpace.create(encoder="hashing:64", background=False) as space:
        space.add(letters(6))
        once = evaluate_space_on(space, letters(2, seed=1))
    assert " of 8 documents; " in headline(once)


@pytest.mark.parametrize(("plan", "words"), [
    (Plan(ways=(2,), shots=(1,), query=2, episodes=2, draws=2), "With 1 example of each of 4"),
    (Plan(ways=(2,), shots=(1, 3), episodes=2, draws=2), "With 3 examples of each of 4"),
    (Plan(ways=(2,), episodes=2, draws=2), "With 10 examples of each of 4"),
])  # fmt: skip
def test_the_headline_has_the_figure_of_the_examples_that_were_asked_for(plan, words):
    """Before, `--shots 1` gave a headline about two examples a class."""
    assert headline(evaluate(letters(12), encoder="hashing:64", plan=plan)).startswith(words)
