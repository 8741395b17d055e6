"""An evaluation as one HTML page that needs nothing else, with its plots and numbers beside it.

Plots are SVG within the page; there is no script and no address that a browser would fetch. Every
word that comes from data is escaped. It computes nothing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from protolabel.errors import InputError
from protolabel.evaluation.episodic import Accuracy
from protolabel.evaluation.learning_curve import CannotTell
from protolabel.evaluation.report.plots import plots
from protolabel.evaluation.results import Evaluation, Share

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ddd;
  vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } figure svg { width: 100%; height: auto; max-width: 50rem; }
details { color: #555; } .wide { overflow-x: auto; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
ALTERNATIVES = {
    "episodes": "Accuracy over episodes by examples a class, a line for each way",
    "curve": "Accuracy with all classes at once by examples a class",
    "classes": "Accuracy of the least accurate classes with 95 % intervals",
}


def write_report(evaluation: Evaluation, folder: str | Path) -> list[Path]:
    """Write report.html, results.json and the plots (.svg, .png) into a folder, made if missing.

    Raises ProtolabelError where matplotlib is missing, InputError where the folder cannot be used.
    """
    drawn = plots(evaluation)
    where = Path(folder)
    files: dict[str, bytes] = {
        "report.html": html_of(evaluation, {n: svg for n, (svg, _) in drawn.items()}).encode(),
        "results.json": (
            json.dumps(evaluation.record(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        ).encode(),
    }
    for name, (svg, png) in drawn.items():
        files |= {f"{name}.svg": svg.encode(), f"{name}.png": png}
    try:
        where.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (where / name).write_bytes(content)
    except OSError as error:
        raise InputError(
            f"{where}: {error.strerror or error}", expected="a folder that can be written"
        ) from error
    return [where / name for name in files]


def html_of(evaluation: Evaluation, drawings: Mapping[str, str]) -> str:
    """The page. ``drawings``: SVG documents by name."""
    title = f"Evaluation of {evaluation.subject}"
    body = [f"<h1>{escape(title)}</h1>", _facts(evaluation)]
    body += [f"<p>Note: {escape(note)}</p>" for note in evaluation.notes]
    if evaluation.shares:
        rows = ((name, share_text(s), str(s.n)) for name, s in evaluation.shares.items())
        body += ["<h2>Accuracy</h2>", _table(("", "share (95 % interval)", "n"), rows, numbers=1)]
    if evaluation.episodes:
        body += ["<h2>Episodes</h2>", _said_of_episodes(evaluation)]
        body += [_episodes(evaluation), _figure("episodes", drawings)]
    if evaluation.curve:
        body += ["<h2>Learning curve</h2>", _figure("curve", drawings), _curve(evaluation)]
    if evaluation.forecast is not None:
        body += [f"<h2>More examples</h2><p>{escape(said_of_forecast(evaluation))}</p>"]
    if evaluation.confusion is not None:
        about = escape(evaluation.confusion.about)
        body += [f"<h2>Classes</h2><p>Least accurate first; {about}.</p>"]
        body += [_figure("classes", drawings), _classes(evaluation)]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def percent(found: Accuracy) -> str:
    """As ``87.1 ± 0.4``; the interval is left out where a single draw gives none."""
    if not math.isfinite(found.mean):
        return "-"
    half = f" ± {100 * found.interval:.1f}" if math.isfinite(found.interval) else ""
    return f"{100 * found.mean:.1f}{half}"


def said_of_forecast(evaluation: Evaluation) -> str:
    """What more examples of each class would buy, in a sentence."""
    f = evaluation.forecast
    assert f is not None
    if isinstance(f, CannotTell):
        return f"What {f.more} more examples of each class would buy: cannot tell; {f.reason}."
    return (
        f"With {f.more} more examples of each class: an estimated {100 * f.then:.1f} % "
        f"({100 * f.low:.1f} to {100 * f.high:.1f}) instead of {100 * f.now:.1f} %, a gain of "
        f"{100 * f.gain:.1f} points ({100 * f.gain_low:.1f} to {100 * f.gain_high:.1f}), "
        f"from {f.n} examples left out."
    )


def share_text(share: Share) -> str:
    """As ``87.1 % (85.0 to 89.0)``."""
    if not share.n:
        return "-"
    return f"{100 * share.share:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


def _facts(evaluation: Evaluation) -> str:
    facts: dict[str, object] = {
        "encoder": evaluation.encoder,
        "metric": evaluation.metric,
        "classes": evaluation.classes,
        "documents": evaluation.examples,
    } | evaluation.settings
    said = "; ".join(f"{key} {_plain(value)}" for key, value in facts.items())
    return f"<p>{escape(said)}.</p>"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.4g}"
    return {True: "yes", False: "no", None: "none"}.get(value, str(value))  # type: ignore[call-overload,no-any-return]


def _said_of_episodes(evaluation: Evaluation) -> str:
    query = evaluation.settings.get("query")
    n = evaluation.episodes[0].accuracy.n
    said = f"Per cent right, mean ± 95 % interval over {n} episodes of {query} queries a class."
    return f"<p>{escape(said)}</p>"


def _episodes(evaluation: Evaluation) -> str:
    shots = sorted({c.shot for c in evaluation.episodes})
    kinds = sorted({(c.way, c.described) for c in evaluation.episodes})
    by = {(c.way, c.described, c.shot): percent(c.accuracy) for c in evaluation.episodes}
    rows = (
        (
            f"{way}-way, {'with' if told else 'without'} descriptions",
            *(by.get((way, told, s), "-") for s in shots),
        )
        for way, told in kinds
    )
    return _table(("", *(f"{s}-shot" for s in shots)), rows, numbers=1)


def _curve(evaluation: Evaluation) -> str:
    over = "examples left out" if evaluation.kind == "space" else "draws"
    rows = (
        (
            str(p.shot),
            percent(p.prototypes),
            "-" if p.refined is None else percent(p.refined),
            str(p.queries),
        )
        for p in evaluation.curve
    )
    n = evaluation.curve[-1].prototypes.n
    said = f"Per cent right, mean ± 95 % interval over {n} {over}."
    headers = ("examples a class", "prototypes", "refined", "queries a draw")
    return f"<p>{escape(said)}</p>" + _table(headers, rows, numbers=0)


def _classes(evaluation: Evaluation) -> str:
    assert evaluation.confusion is not None
    lines = []
    for row in evaluation.confusion.rows:
        cells = [
            f"<td>{escape(row.label)}</td>",
            f'<td class="n">{100 * row.accuracy:.1f} ({100 * row.low:.0f} to '
            f"{100 * row.high:.0f})</td>",
            f'<td class="n">{row.n}</td><td class="n">{row.documents}</td><td>',
        ]
        for other in row.confused:
            cells.append(
                f"{escape(other.label)}: {other.count} ({100 * other.count / row.n:.0f} %)"
            )
            found = [evaluation.documents[d] for d in other.documents if d in evaluation.documents]
            if found:
                items = "".join(f"<li>{escape(i)}: {escape(text)}</li>" for i, text in found)
                cells.append(f"<details><summary>documents</summary><ul>{items}</ul></details>")
            else:
                cells.append("<br>")
        lines.append("<tr>" + "".join(cells) + "</td></tr>")
    head = (
        '<tr><th>class</th><th class="n">accuracy, % (95 % interval)</th><th class="n">answers</th>'
        '<th class="n">documents</th><th>taken for: answers</th></tr>'
    )
    return f'<div class="wide"><table>{head}{"".join(lines)}</table></div>'


def _table(headers: Iterable[str], rows: Iterable[tuple[str, ...]], *, numbers: int) -> str:
    """Cells from column ``numbers`` on are numbers."""

    def row(cells: Iterable[str], tag: str) -> str:
        made = (
            f'<{tag} class="{"n" if i >= numbers else "w"}">{escape(cell)}</{tag}>'
            for i, cell in enumerate(cells)
        )
        return "<tr>" + "".join(made) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f'<div class="wide"><table>{row(headers, "th")}{body}</table></div>'


def _figure(name: str, drawings: Mapping[str, str]) -> str:
    """An SVG document as part of the page: without its prolog, its ids unlike those of others."""
    if name not in drawings:
        return ""
    svg = drawings[name][drawings[name].index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(ALTERNATIVES[name])}" ', 1)
    return f"<figure>{svg}</figure>"
