"""Plots of an evaluation as SVG and PNG: by way and shot, learning curve, classes, confusion.

matplotlib is imported when the first plot is drawn, and no window is ever opened. Colours are those
of Okabe and Ito, told apart without colour vision too; markers differ as well. Labels are drawn as
they are: nothing in them is a formula. In SVG they stay text, for any script and for searching.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import platformdirs

from protolabel.arithmetic.intervals import Estimate
from protolabel.evaluation.forecast import Forecast
from protolabel.evaluation.report.confusions import heat_map, heat_map_height
from protolabel.evaluation.results import Evaluation
from protolabel.evaluation.sentences import row_name
from protolabel.system.extras import require
from protolabel.words.certainty import per_cents
from protolabel.words.text import excerpt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, "#56B4E9", "#E69F00")
MARKERS = ("o", "s", "^", "D", "v", "P")
MOST_CLASSES = 25  # in the plot of the worst
WIDTH = 5.0  # inches: the letters of a plot can be read on a phone
WIDE = 6.4  # inches, where names of classes stand beside the plot
_LEGEND_CHARACTERS = 32  # of two entries that fit into the width of a plot
STYLE: Any = {
    "font.size": 11,
    "font.family": ["DejaVu Sans", "sans-serif"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.constrained_layout.h_pad": 0.08,
    "svg.fonttype": "none",
    "svg.hashsalt": "protolabel",
    "text.parse_math": False,
}


def plots(evaluation: Evaluation) -> dict[str, tuple[str, bytes]]:
    """Return SVG text and PNG bytes by name, of the plots that this evaluation has data for.

    Raises MissingPackageError where matplotlib is not installed.
    """
    kinds: list[tuple[str, bool, float, float, Callable[[Axes, Evaluation], None]]] = [
        ("episodes", bool(evaluation.episodes), 3.8, WIDTH, _episodes),
        ("curve", bool(evaluation.curve), 3.8, WIDTH, _curve),
    ]
    if evaluation.confusion is not None and evaluation.confusion.rows:
        n_rows = min(len(evaluation.confusion.rows), MOST_CLASSES)
        kinds.append(("classes", True, 1.3 + 0.27 * n_rows, WIDE, _classes))
    if evaluation.confusion is not None and evaluation.confusion.pairs:
        table = evaluation.confusion
        kinds.append(
            ("confusion", True, heat_map_height(table), WIDE, lambda axis, _: heat_map(table)(axis))
        )
    return {
        name: drawing(height, _of(draw, evaluation), width)
        for name, is_drawn, height, width, draw in kinds
        if is_drawn
    }


def _of(draw: Callable[[Axes, Evaluation], None], of: Evaluation) -> Callable[[Axes], None]:
    return lambda axis: draw(axis, of)


def drawing(height: float, draw: Callable[[Axes], None], width: float = WIDTH) -> tuple[str, bytes]:
    """Return SVG text and PNG bytes of one plot, in the style of all of them.

    Args:
        height: in inches.
        draw: draws it.
        width: in inches.

    Raises:
        MissingPackageError: matplotlib is not installed.
    """
    require("report", "a report with plots")
    with _own_font_cache():
        import matplotlib as mpl
        from matplotlib.figure import Figure
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    fonts.setLevel(logging.ERROR)
    try:
        with mpl.rc_context(STYLE), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing")  # boxes in the PNG
            figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
            draw(figure.add_subplot())
            return _drawings(figure)
    finally:
        fonts.setLevel(level)


@contextmanager
def _own_font_cache() -> Iterator[None]:
    """Let matplotlib, while it is imported, keep its list of fonts in this package's cache folder.

    It asks for the folder once. Where the user has named one, or has imported it, that one stays.
    """
    name = "MPLCONFIGDIR"
    if name in os.environ or "matplotlib" in sys.modules:
        yield
        return
    os.environ[name] = str(platformdirs.user_cache_path("protolabel") / "matplotlib")
    try:
        yield
    finally:
        del os.environ[name]


def _drawings(figure: Figure) -> tuple[str, bytes]:
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(png, format="png", dpi=180, metadata={"Software": None})
    return svg.getvalue(), png.getvalue()


def legend_above(axis: Axes) -> None:
    """Put the legend above the axes: in two columns where two entries fit beside each other."""
    labels = axis.get_legend_handles_labels()[1]
    longest = sum(sorted(map(len, labels))[-2:])
    columns = 2 if longest <= _LEGEND_CHARACTERS else 1
    axis.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)


def _episodes(axis: Axes, evaluation: Evaluation) -> None:
    """Draw a line for each way; filled markers are with descriptions, hollow ones without."""
    shots = sorted({c.shot for c in evaluation.episodes})
    ways = sorted({c.way for c in evaluation.episodes})
    kinds = sorted({(c.way, c.described) for c in evaluation.episodes})
    for number, (way, described) in enumerate(kinds):
        cells = sorted(
            (c for c in evaluation.episodes if (c.way, c.described) == (way, described)),
            key=lambda c: c.shot,
        )
        at = ways.index(way) % len(COLOURS)
        aside = 0.07 * (number - (len(kinds) - 1) / 2)
        axis.errorbar(
            [shots.index(c.shot) + aside for c in cells],
            [100 * c.accuracy.mean for c in cells],
            yerr=_bars([c.new_classes or c.accuracy for c in cells]),
            color=COLOURS[at],
            marker=MARKERS[at],
            markerfacecolor=COLOURS[at] if described else "white",
            linestyle="-" if described else "--",
            capsize=4,
            label=row_name(way, described),
        )
    axis.set_xticks(range(len(shots)), [str(s) for s in shots])
    axis.set_xlim(-0.5, len(shots) - 0.5)
    axis.set_xlabel("examples a class (shot)")
    axis.set_ylabel("accuracy over episodes, %\n(bars: 95 % interval)")
    legend_above(axis)


def _curve(axis: Axes, evaluation: Evaluation) -> None:
    """Draw the accuracy by examples a class, and a forecast to the right of it."""
    points = evaluation.curve
    axis.set_xscale("symlog", linthresh=1, linscale=0.4)
    shots = [p.shot for p in points]
    refined = [p for p in points if p.refined is not None]
    _line(axis, shots, [p.prototypes for p in points], 0, "prototypes")
    if refined:
        values = [p.refined for p in refined if p.refined]
        _line(axis, [1.03 * p.shot for p in refined], values, 1, "refined")  # beside, not under
    ticks = list(shots)
    estimate = evaluation.forecast
    if isinstance(estimate, Forecast):
        at = shots[-1] + 1 + estimate.more  # measured with one left out
        axis.errorbar(
            [at],
            [100 * estimate.then],
            yerr=[[100 * (estimate.then - estimate.low)], [100 * (estimate.high - estimate.then)]],
            color=GREEN,
            marker="D",
            capsize=5,
            linestyle="none",
            label=f"prototypes, estimated with {estimate.more} more of each class",
        )
        ticks.append(at)
    ticks = _apart(ticks)
    axis.set_xticks(ticks, [str(t) for t in ticks])
    axis.minorticks_off()
    axis.set_xlim(min(shots) - 0.2 if min(shots) == 0 else min(shots) * 0.85, max(ticks) * 1.2)
    most = " (at most)" if evaluation.kind == "space" else ""
    axis.set_xlabel(f"examples a class{most}, all classes at once")
    axis.set_ylabel("accuracy, %\n(bars: 95 % interval)")
    legend_above(axis)


def _line(axis: Axes, x: Sequence[float], values: Sequence[Estimate], at: int, label: str) -> None:
    axis.errorbar(
        x,
        [100 * value.mean for value in values],
        yerr=_bars(values),
        color=COLOURS[at],
        marker=MARKERS[at],
        markersize=5,
        capsize=4,
        label=label,
    )


def _bars(values: Sequence[Estimate]) -> list[list[float]]:
    """Return the bars below and above each value, in points; none leaves 0 to 100 %."""
    return [
        [100 * min(value.interval, value.mean) for value in values],
        [100 * min(value.interval, 1 - value.mean) for value in values],
    ]


def _apart(ticks: Sequence[int]) -> list[int]:
    """Return ticks that do not run into each other on a logarithmic axis; the last one stays."""
    sparse: list[int] = []
    for tick in sorted(set(ticks), reverse=True):
        if not sparse or tick == 0 or sparse[-1] >= 1.28 * tick:
            sparse.append(tick)
    return sparse[::-1]


def _classes(axis: Axes, evaluation: Evaluation) -> None:
    """Draw the least accurate classes with intervals, and what each is mostly taken for."""
    assert evaluation.confusion is not None
    rows = evaluation.confusion.rows[:MOST_CLASSES]
    places = range(len(rows))
    taken_for = [row.confused[0].label for row in rows if row.confused]
    longest = max((len(label) for label in taken_for), default=0)
    room = 44 if max(len(row.label) for row in rows) + longest <= 44 else 28
    axis.errorbar(
        [100 * r.accuracy for r in rows],
        places,
        xerr=[
            [100 * max(0.0, r.accuracy - r.low) for r in rows],
            [100 * max(0.0, r.high - r.accuracy) for r in rows],
        ],
        color=BLUE,
        marker="o",
        linestyle="none",
        capsize=3,
    )
    for place, row in enumerate(rows):
        if row.confused:
            first = row.confused[0]
            axis.annotate(
                f"→ {excerpt(first.label, room)} ({per_cents(first.count / row.n)} %)",
                (1.01, place),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=9,
                color=GREY,
                annotation_clip=False,
            )
    if taken_for:
        axis.annotate(
            "mostly taken for", (1.01, -1), xycoords=("axes fraction", "data"),
            va="center", fontsize=9, color=GREY, annotation_clip=False,
        )  # fmt: skip
    names = [f"{excerpt(r.label, room)} (n = {r.documents})" for r in rows]
    axis.set_yticks(places, names, fontsize=9)
    axis.tick_params(axis="x", labelsize=9)
    lowest = min(100 * r.low for r in rows)
    axis.set_xlim(max(-2.0, lowest - 3), 102)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_xlabel("accuracy, %\n(bars: 95 % interval; n documents)", fontsize=9)
