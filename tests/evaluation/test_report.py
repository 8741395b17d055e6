"""The report of an evaluation: plots and one page, whatever the data say."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from fakes import WordEncoder
from report_pages import NASTY, Page

from protolabel import Example
from protolabel.errors import ProtolabelError
from protolabel.evaluation.episodic import Accuracy
from protolabel.evaluation.forecast import CannotTell
from protolabel.evaluation.of_encoder import evaluate
from protolabel.evaluation.plan import Plan
from protolabel.evaluation.report.page import html_of, write_report
from protolabel.evaluation.report.plots import drawing, legend_above, plots
from protolabel.evaluation.results import Cell, CurvePoint, Evaluation
from protolabel.evaluation.sentences import TERMS


def bare(**more) -> Evaluation:
    return Evaluation(
        **{
            "kind": "data", "subject": NASTY, "encoder": NASTY, "metric": "cosine", "classes": 2,
            "examples": 9,
            "settings": {"shots": [1], "query": 3, "described": False, "x": None}, **more,
        }
    )  # fmt: skip


def test_nothing_that_data_say_becomes_markup():
    evaluation = bare(
        notes=(NASTY,),
        episodes=(Cell(2, 1, False, Accuracy(0.5, 0.1, 9)),),
        curve=(CurvePoint(1, Accuracy(0.5, float("nan"), 1), None, 9),),
        forecast=CannotTell(3, NASTY),
    )
    page = Page(html_of(evaluation, {n: svg for n, (svg, _) in plots(evaluation).items()}))
    assert "script" not in page.tags
    assert page.words.count(NASTY) >= 5
    assert "<script" not in html_of(evaluation, {})
    record = json.dumps(evaluation.record(), allow_nan=False)
    assert json.loads(record)["curve"][0]["prototypes"]["interval"] is None


def test_labels_of_any_script_are_drawn():
    examples = [
        Example(label, f"{word} {word} {n}")
        for label, word in (("請求書 $\\frac", "pay"), ("счёт -->", "cv"), ("a" * 90, "pay"))
        for n in "abcdefg"
    ]
    evaluation = evaluate(
        examples, encoder=WordEncoder(), plan=Plan(ways=(3,), shots=(1,), episodes=5)
    )
    for svg, png in plots(evaluation).values():
        ElementTree.fromstring(svg)
        assert png.startswith(b"\x89PNG")
    assert "請求書 $\\frac" in plots(evaluation)["classes"][0]


def test_plots_are_the_same_each_time():
    evaluation = bare(episodes=(Cell(2, 1, False, Accuracy(0.5, 0.1, 9)),))
    assert plots(evaluation) == plots(evaluation)


def test_without_matplotlib_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ProtolabelError, match=r"pip install 'protolabel\[report\]'"):
        write_report(bare(), tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_matplotlib_waits_until_a_plot_is_drawn():
    script = "import sys, protolabel.cli; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    "labels",
    [
        ["5-way, without descriptions", "20-way, without descriptions"],
        [f"{way}-way, {how} descriptions" for way in (5, 20) for how in ("with", "without")],
        ["prototypes", "refined"],
    ],
)
def test_no_legend_is_cut_off(labels):
    axes = []

    def draw(axis):
        for label in labels:
            axis.errorbar([1, 5], [0.5, 0.9], yerr=[0.1, 0.1], label=label)
        legend_above(axis)
        axes.append(axis)

    drawing(4.2, draw)
    (axis,) = axes
    figure, legend = axis.figure.bbox, axis.get_legend().get_window_extent()
    assert figure.x0 <= legend.x0
    assert legend.x1 <= figure.x1
    assert legend.y1 <= figure.y1
    assert axis.bbox.width > 0.75 * figure.width


# -- what a manager reads ---------------------------------------------------------------------


def measured(**more) -> Evaluation:
    """Return an evaluation with one figure, for the sentence at the top of its page."""
    return bare(curve=(CurvePoint(1, Accuracy(0.5, 0.1, 9), None, 9),), **more)


def test_the_page_says_on_which_day_it_was_measured():
    assert bare().date == datetime.now(UTC).date().isoformat()
    assert (
        "2026-03-01. The figures in brackets"
        in Page(html_of(measured(date="2026-03-01"), {})).words
    )


def test_the_page_explains_its_terms_at_its_end():
    page = html_of(measured(), {})
    words = Page(page[page.index("<h2>Words</h2>") :].split("</body>")[0]).words
    for term, meaning in TERMS.items():
        assert term in words
        assert f"{meaning}." in words
    for term in ("95 % interval", "episode", "way", "shot", "prototypes", "none of these"):
        assert term in TERMS


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"), (1, "1"), (True, "yes"), (False, "no"), (None, "none"), (0.5, "0.5"),
        (0.0, "0"), ([5, 20], "5, 20"), ("auto", "auto"),
    ],
)  # fmt: skip
def test_a_fact_of_zero_is_a_number_and_no_answer_to_a_question(value, words):
    page = Page(html_of(measured(settings={"seed": value, "learned_classes": value}), {}))
    assert f"seed {words}; learned classes {words}." in page.words


def test_what_is_not_known_is_no_fact_of_a_page():
    """Before: "encoder ; metric ; classes 2" above the answers of a file."""
    curve = (CurvePoint(1, Accuracy(0.5, 0.1, 1), None, 9),)
    page = html_of(bare(encoder="", metric="", settings={"labels": ""}, curve=curve), {})
    assert "95 % intervals. classes 2; labelled examples 9.</p>" in page
