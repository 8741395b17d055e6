"""An evaluation as tables for people. It computes nothing."""

from __future__ import annotations

from protolabel.cli.render import wrapped
from protolabel.cli.tables import table
from protolabel.cli.terminal import bold, say, styled
from protolabel.evaluation.results import Evaluation
from protolabel.evaluation.sentences import (
    curve_text,
    episodes_text,
    forecast_text,
    headline,
    percent,
    row_name,
    share_text,
    shown_estimate,
)
from protolabel.words.certainty import per_cents
from protolabel.words.quantity import quantity

WORST = 15  # classes that the table in a terminal shows


def print_evaluation(evaluation: Evaluation) -> None:
    """Print the evaluation as tables for people."""
    styled(bold(headline(evaluation)))
    say(
        f"{quantity(evaluation.classes, 'class')}, "
        f"{quantity(evaluation.examples, 'labelled example')}"
        f"{f', encoder {evaluation.encoder}' * bool(evaluation.encoder)}, {evaluation.date}"
    )
    for note in evaluation.notes:
        say(f"note: {note}")
    if evaluation.shares:
        say("")
        rows = [
            (name, share_text(s), str(s.n), str(s.documents))
            for name, s in evaluation.shares.items()
        ]
        table(("", "share (95 % interval)", "answers", "documents"), rows)
    if evaluation.episodes:
        _print_episodes(evaluation)
    if evaluation.curve:
        _print_curve(evaluation)
    if evaluation.forecast is not None:
        say("\n" + wrapped(forecast_text(evaluation), indent=0, hanging=0))
    if evaluation.confusion is not None:
        classes = evaluation.confusion.rows
        say(f"\nclasses, least accurate first: {evaluation.confusion.about}")
        rows_of_classes = [
            (
                row.label,
                f"{per_cents(row.accuracy, 1)} ({per_cents(row.low)} to {per_cents(row.high)})",
                str(row.n),
                str(row.documents),
                ", ".join(f"{m.label} {m.count}" for m in row.confused),
            )
            for row in classes[:WORST]
        ]
        headers = ("class", "% right (95 % interval)", "answers", "documents", "taken for")
        table(headers, rows_of_classes)
        if len(classes) > WORST:
            say(f"and {quantity(len(classes) - WORST, 'more class')} (--json or --report has all)")


def _print_episodes(evaluation: Evaluation) -> None:
    say(f"\nepisodes: {episodes_text(evaluation)}")
    shots = sorted({cell.shot for cell in evaluation.episodes})
    rows = [
        (
            row_name(way, described),
            *(shown_estimate(evaluation, way, shot, described) for shot in shots),
        )
        for way, described in sorted({(c.way, c.described) for c in evaluation.episodes})
    ]
    table(("", *(f"{shot}-shot" for shot in shots)), rows)


def _print_curve(evaluation: Evaluation) -> None:
    about = wrapped(f"all classes at once: {curve_text(evaluation)}", indent=0, hanging=0)
    say(f"\n{about}")
    refined = any(point.refined for point in evaluation.curve)
    rows = [
        (str(point.shot), percent(point.prototypes), *[percent(point.refined)] * refined)
        for point in evaluation.curve
    ]
    table(("examples a class", "prototypes", *["refined"] * refined), rows)
