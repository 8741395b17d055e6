"""The command that shows what changed in the stream of documents. It changes nothing."""

from __future__ import annotations

import shlex
from typing import get_args

import click

from protolabel.cli.common import ENCODER, SPACE, WholeNumber, as_json, opened
from protolabel.cli.option_names import option_names
from protolabel.cli.tables import table
from protolabel.cli.terminal import line, note, say
from protolabel.open_world.drift import FALSE_ALARM_IN, watch
from protolabel.open_world.drift_records import Drift, DriftReport
from protolabel.open_world.drift_words import (
    drift_sentence,
    drift_summary,
    false_alarm_words,
    repeat_words,
)
from protolabel.open_world.watched_moments import Moment
from protolabel.words.certainty import percent
from protolabel.words.quantity import quantity

NONE = "(none of these)"


@click.command("watch")
@SPACE
@click.option(
    "--false-alarm-in", type=WholeNumber(1), metavar="DOCUMENTS",
    help="Give at most one false alarm in so many documents, over all classes and however often "
    f"you look.  [default: {FALSE_ALARM_IN:,}, or as many as are remembered]",
)  # fmt: skip
@click.option(
    "--moment", type=click.Choice(get_args(Moment)), default="hour", show_default=True,
    help="Documents within this span count as simultaneous, and a change must also show where "
    "copies, near copies and mailings count once in it. Choose 'document' if they were labelled in "
    "the order in which they came: then these are copies of one hour.",
)  # fmt: skip
@ENCODER
@as_json
def watch_(
    space: str, false_alarm_in: int | None, moment: Moment, encoder: str | None, json_: bool
) -> None:
    """Show what changed in the stream of documents, class by class, and since when.

    It looks at the remembered documents with the answers that they have now. It compares the share
    of each class and of none of these over time, and how near the documents of each class lie. The
    present hour is left out until it has passed. Classes and answers stay as they are.

    \b
      protolabel watch mail.space
      protolabel watch mail.space --moment day
    """
    with opened(space, encoder) as label_space:
        with option_names():
            report = watch(label_space, false_alarm_in=false_alarm_in, moment=moment)
        is_off = label_space.settings.remember == "off"
    if json_:
        line(report.to_dict())
        return
    say(drift_summary(report))
    for drift in report.changes:
        say(drift_sentence(drift))
    if report.changes:
        say("")
        table(
            ("class", "what changed", "since", "between", "before", "after", "e-value", "p"),
            [_cells(drift) for drift in report.changes],
        )
    if not report.reason:
        note(false_alarm_words(report))
    _notes(report, space, is_off=is_off)


def _cells(drift: Drift) -> tuple[str, ...]:
    as_share = drift.kind == "share"
    before, after = (
        percent(value, 1) if as_share else f"{value:.2f}" for value in (drift.before, drift.after)
    )
    return (
        NONE if drift.label is None else drift.label,
        "share of documents" if as_share else "nearness (mean score)",
        f"{drift.since[:16]}, document {drift.number:,}",
        f"{drift.earliest[:10]} and {drift.latest[:10]}",
        before, after, f"{drift.e_value:.2g}", f"{drift.p_value:.1g}",
    )  # fmt: skip


def _notes(report: DriftReport, space: str, *, is_off: bool) -> None:
    """Say what was left out, and what to do next."""
    if is_off:
        command = shlex.join(["protolabel", "set", space, "remember", "answers"])
        note(f"to remember what is labelled from now on: {command}")
    for n, why in (
        (report.unfinished, f"of the present {report.moment}: compared when it has passed"),
        (report.repeats, repeat_words(report)),
        (report.other_encoder, "left out: encoded by another encoder"),
    ):
        if n:
            note(f"{quantity(n, 'document')} {why}")
    labels = {drift.label for drift in report.changes}
    if None in labels:
        command = shlex.join(["protolabel", "discover", space])
        note(f"to see which documents belong to none of the classes: {command}")
    if labels - {None}:
        command = shlex.join(["protolabel", "next", space])
        note(f"to see which documents are in doubt: {command}")
