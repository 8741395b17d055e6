"""An evaluation as one HTML page that needs nothing else, with its plots and numbers beside it.

The Jinja template ``page.html.jinja`` escapes each word that comes from data. Plots are SVG within
the page. There is no script and no address that a browser would fetch. Nothing is computed here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from protolabel.errors import InputError
from protolabel.evaluation.confusion import ClassResult
from protolabel.evaluation.report.confusions import confusion_files, confusion_values
from protolabel.evaluation.report.narrow import NARROW
from protolabel.evaluation.report.plots import plots
from protolabel.evaluation.results import Evaluation
from protolabel.evaluation.sentences import (
    TERMS,
    curve_text,
    episodes_text,
    forecast_text,
    headline,
    intervals_text,
    percent,
    row_name,
    share_text,
    shown_estimate,
)
from protolabel.system.extras import require
from protolabel.system.writable import require_folder
from protolabel.words.certainty import per_cents

TEMPLATE = "page.html.jinja"
_PURPOSE = "a report with plots"
ALTERNATIVES = {
    "episodes": "Accuracy over episodes by examples a class, a line for each way",
    "curve": "Accuracy with all classes at once by examples a class",
    "classes": "Accuracy of the least accurate classes with 95 % intervals",
    "confusion": "Confusion matrix: in per cent, what documents of each class are taken for",
}


def require_report(folder: str | Path) -> None:
    """Check, before the work, that a report can be written into a folder.

    Raises:
        MissingPackageError: matplotlib or jinja2 is missing.
        InputError: the folder cannot be used.
    """
    require("report", _PURPOSE)
    require_folder(Path(folder), "write it to another folder")


def write_report(evaluation: Evaluation, folder: str | Path) -> list[Path]:
    """Write report.html, results.json, plots and the confusion matrix into a folder.

    The folder is made if it is missing. Plots are .svg and .png files, the matrix .csv files.

    Raises:
        MissingPackageError: matplotlib or jinja2 is missing.
        InputError: the folder cannot be used.
    """
    drawings = plots(evaluation)
    where = Path(folder)
    files: dict[str, bytes] = {
        "report.html": html_of(evaluation, {n: svg for n, (svg, _) in drawings.items()}).encode(),
        "results.json": (
            json.dumps(evaluation.record(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        ).encode(),
    }
    if evaluation.confusion is not None and evaluation.confusion.pairs:
        files |= confusion_files(evaluation.confusion)
    for name, (svg, png) in drawings.items():
        files |= {f"{name}.svg": svg.encode(), f"{name}.png": png}
    try:
        where.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (where / name).write_bytes(content)
    except OSError as error:
        raise InputError(
            f"{where}: {error.strerror or error}",
            expected="a folder that can be written",
            remedy="write it to another folder",
        ) from error
    return [where / name for name in files]


def html_of(evaluation: Evaluation, drawings: Mapping[str, str]) -> str:
    """Return the page. ``drawings``: SVG documents by name."""
    require("report", _PURPOSE)
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("protolabel.evaluation.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    return environment.get_template(TEMPLATE).render(_values(evaluation, drawings)) + "\n"


def _values(evaluation: Evaluation, drawings: Mapping[str, str]) -> dict[str, Any]:
    from markupsafe import Markup

    return {
        "title": f"Evaluation of {evaluation.subject}",
        "headline": headline(evaluation),
        "date": evaluation.date,
        "facts": _facts(evaluation),
        "notes": evaluation.notes,
        "intervals": intervals_text(evaluation),
        "shares": [
            (name, share_text(s), str(s.n), str(s.documents))
            for name, s in evaluation.shares.items()
        ],
        "episodes": _episodes(evaluation) if evaluation.episodes else None,
        "curve": _curve(evaluation) if evaluation.curve else None,
        "forecast": forecast_text(evaluation) if evaluation.forecast is not None else "",
        "classes": _classes(evaluation) if evaluation.confusion is not None else None,
        "confusion": _confusion(evaluation),
        "drawings": {name: Markup(_inline(name, svg)) for name, svg in drawings.items()},  # noqa: S704
        "terms": TERMS,
        "narrow": NARROW,
    }


def _confusion(evaluation: Evaluation) -> dict[str, Any] | None:
    table = evaluation.confusion
    return confusion_values(table) if table is not None and table.pairs else None


def _facts(evaluation: Evaluation) -> str:
    """Return what was evaluated and how. A file of answers has no encoder and no metric."""
    facts: dict[str, object] = {
        "encoder": evaluation.encoder,
        "metric": evaluation.metric,
        "classes": evaluation.classes,
        "labelled examples": evaluation.examples,
    } | evaluation.settings
    texts = {key.replace("_", " "): _plain(value) for key, value in facts.items() if value != ""}
    return "; ".join(f"{key} {value}" for key, value in texts.items())


def _plain(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _episodes(evaluation: Evaluation) -> dict[str, Any]:
    shots = sorted({cell.shot for cell in evaluation.episodes})
    kinds = sorted({(cell.way, cell.described) for cell in evaluation.episodes})
    rows = [
        (
            row_name(way, described),
            *(shown_estimate(evaluation, way, shot, described) for shot in shots),
        )
        for way, described in kinds
    ]
    return {
        "text": episodes_text(evaluation),
        "headers": ("", *(f"{shot}-shot" for shot in shots)),
        "rows": rows,
    }


def _curve(evaluation: Evaluation) -> dict[str, Any]:
    rows = [
        (str(point.shot), percent(point.prototypes), percent(point.refined), str(point.queries))
        for point in evaluation.curve
    ]
    return {"text": curve_text(evaluation), "rows": rows}


def _classes(evaluation: Evaluation) -> dict[str, Any]:
    assert evaluation.confusion is not None
    rows = [_class(evaluation, row) for row in evaluation.confusion.rows]
    return {"about": evaluation.confusion.about, "rows": rows}


def _class(evaluation: Evaluation, row: ClassResult) -> dict[str, Any]:
    return {
        "label": row.label,
        "accuracy": f"{per_cents(row.accuracy, 1)} ({per_cents(row.low)} to {per_cents(row.high)})",
        "n": row.n,
        "documents": row.documents,
        "confused": [
            {
                "label": other.label,
                "count": other.count,
                "share": per_cents(other.count / row.n),
                "documents": [
                    evaluation.documents[d] for d in other.documents if d in evaluation.documents
                ],
            }
            for other in row.confused
        ],
    }


def _inline(name: str, drawing: str) -> str:
    """Return an SVG document as part of a page: without prolog, its ids unlike those of others."""
    svg = drawing[drawing.index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(ALTERNATIVES[name])}" ', 1)
