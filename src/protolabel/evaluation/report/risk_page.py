"""Coverage against risk as a plot, and as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from protolabel.arithmetic.reach import EVERY
from protolabel.arithmetic.risk import RiskPoint
from protolabel.evaluation.report.narrow import NARROW
from protolabel.evaluation.report.plots import BLUE, ORANGE, drawing, legend_above
from protolabel.evaluation.risk_of_space import RiskReport, target_for
from protolabel.words.certainty import per_cents, percent
from protolabel.words.quantity import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEADERS = (
    "least chance", "answered", "wrong among the answers", "95 % interval", "strangers answered",
    "errors caught for documents reviewed",
)  # fmt: skip
STYLE = (
    ":root{color-scheme:light dark;--ink:#222;--soft:#555;--line:#ddd;--page:#fff}"
    "@media (prefers-color-scheme:dark)"
    "{:root{--ink:#e8e8ea;--soft:#adb0b8;--line:#3a3e46;--page:#16181d}}"
    "body{color:var(--ink);background:var(--page);font:16px/1.5 system-ui,sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}"
    "h1,p{overflow-wrap:anywhere}figure{margin:1rem 0}figure,.wide{overflow-x:auto}"
    "svg{width:100%;height:auto;max-width:40rem;background:#fff;border-radius:4px}" + NARROW
)


def risk_cells(point: RiskPoint) -> tuple[str, ...]:
    """Return a point as the cells of a table, under ``HEADERS``."""
    reviewed = f"{_percent(point.errors_caught)} for {_percent(1.0 - point.coverage)}"
    return (
        _percent(point.least_chance),
        _percent(point.coverage),
        _percent(point.risk),
        f"{_percent(point.low)} to {_percent(point.high)}",
        _percent(point.strangers_answered),
        reviewed,
    )


def risk_plot(report: RiskReport) -> tuple[str, bytes]:
    """Return the plot as SVG text and PNG bytes. Raises MissingPackageError without matplotlib."""

    def draw(axis: Axes) -> None:
        points: Sequence[RiskPoint] = [p for p in report.points if p.n]
        x = [100.0 * p.coverage for p in points]
        axis.fill_between(
            x, [100.0 * p.low for p in points], [100.0 * p.high for p in points],
            color=BLUE, alpha=0.2, linewidth=0, label="95 % interval",
        )  # fmt: skip
        axis.plot(x, [100.0 * p.risk for p in points], color=BLUE, label="wrong among the answers")
        caught = [100.0 * p.errors_caught for p in points]
        axis.plot(x, caught, color=ORANGE, linestyle="--", label="errors caught by review")
        axis.set_xlabel("documents answered, % (the others are reviewed)")
        axis.set_ylabel("%")
        axis.set_xlim(0, 100)
        axis.set_ylim(0, 100)
        legend_above(axis)

    return drawing(3.8, draw)


def risk_page(report: RiskReport) -> str:
    """Return the page; each word that comes from data is escaped."""
    svg, _ = risk_plot(report)
    head = "".join(f"<th>{escape(name)}</th>" for name in HEADERS)
    body = "".join(
        "<tr>" + "".join(map(_cell, HEADERS, risk_cells(point))) + "</tr>"
        for point in report.rows()
    )
    words = "".join(f"<p>{escape(line)}</p>" for line in risk_sentences(report))
    title = escape(f"Risk of {report.subject}")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'\"><title>{title}</title><style>{STYLE}</style></head>"
        f"<body><h1>{title}</h1>{words}<figure>{svg[svg.index('<svg') :]}</figure>"
        f'<div class="wide">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></body></html>\n"
    )


def _cell(name: str, words: str) -> str:
    return f'<td data-name="{escape(name)}">{escape(words)}</td>'


def risk_sentences(report: RiskReport) -> list[str]:
    """Return what the figures are about, a sentence each."""
    reach, is_own = report.reach, report.origin == "simulated"
    classes = f"{reach.classes:,} of its classes" if reach.others and is_own else "its classes"
    lines = [
        f"version {report.version}, {report.head}; {report.origin} queries: {report.queries:,} of "
        f"{classes}, {quantity(report.strangers, 'stranger')}, "
        f"which are {percent(report.share)} of the stream"
    ]
    if report.target is not None and report.limit is not None:
        shortage = report.limit["shortage"]
        joint = ", and" if report.verdict == EVERY.verdict else ";"
        promise = (
            f"{shortage}; everything is declined" if shortage else
            f"target {report.target}: {report.verdict}{joint} "
            f"{_percent(report.limit['coverage'])} of what belongs{reach.belonging} is answered"
        )  # fmt: skip
        lines.append(promise)
    if report.promises and (fewest := report.promises[-1]) is not None:
        lines.append(
            "with one more error to spare, the fewest that can be promised: target "
            f"{target_for(fewest)}, and {_percent(fewest.coverage)} of the documents are answered "
            "where it is set"
        )
    return [*lines, *report.notes]


def _percent(share: float) -> str:
    return "-" if share != share else f"{per_cents(share, 1)} %"
