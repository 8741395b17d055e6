"""The command that shows what coverage costs: errors by documents answered, as table and plot."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from protolabel.cli.common import ENCODER, SHARE, SPACE, as_json, opened, with_progress
from protolabel.cli.idle_options import OF_INPUTS, refuse_idle
from protolabel.cli.option_records import F, with_record
from protolabel.cli.outputs import refuse_output_among
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import SKIP_BAD, ReadingFlags, reading_flags
from protolabel.cli.strangers_of_run import subject_of_share
from protolabel.cli.tables import table
from protolabel.cli.terminal import about_space, line, note, say
from protolabel.cli.usable_documents import Faults, Usable
from protolabel.errors import InputError
from protolabel.evaluation.report.risk_page import (
    HEADERS,
    risk_cells,
    risk_page,
    risk_plot,
    risk_sentences,
)
from protolabel.evaluation.risk_of_space import risk_of_space, risk_on
from protolabel.evaluation.strangers_in_stream import StrangersInStream, strangers_in
from protolabel.label_space.configuration.target_words import words_of_strangers
from protolabel.system.extras import require
from protolabel.system.writable import require_file
from protolabel.words.certainty import percent_within
from protolabel.words.quantity import quantity

FILE = click.Path(dir_okay=False)


@dataclass(frozen=True, slots=True)
class RiskFlags:
    """The options about the documents that are measured, and the files that are written."""

    held_out: tuple[str, ...]
    stream: tuple[str, ...]
    strangers: float | None
    png: str | None
    html: str | None

    def require_consistent(self) -> None:
        """Refuse options that exclude each other, and files that cannot be written.

        Raises:
            InputError: as above.
            MissingPackageError: what draws a plot is not installed.
        """
        if self.stream and (self.held_out or self.strangers is not None or self.png or self.html):
            raise InputError(
                "--stream with other options", expected="--stream alone",
                remedy="leave them out: it only estimates the share of strangers",
            )  # fmt: skip
        if self.held_out and self.strangers is not None:
            raise InputError(
                "--strangers with --held-out", expected="one of them",
                remedy="leave out --strangers: the held-out documents have a share of their own",
            )  # fmt: skip
        for output, option in ((self.png, "--png"), (self.html, "--html")):
            refuse_output_among(self.held_out, output, option)
            if output is not None:
                require("report", f"a plot ({option})")
                require_file(Path(output), f"give {option} another file")


def risk_flags(function: F) -> F:
    """Add the options about what is measured, as one argument ``measured``."""
    options = [
        click.option(
            "--held-out",
            multiple=True,
            metavar="DATA",
            help="Measure on these labelled documents, which should be new to the label space; "
            "repeatable.",
        ),
        click.option(
            "--stream",
            multiple=True,
            metavar="DOCUMENTS",
            help="Only estimate the share of strangers among these documents without labels; "
            "repeatable.",
        ),
        click.option(
            "--strangers",
            type=SHARE,
            metavar="SHARE",
            help="Assume that this share of the documents belongs to no class.  [default: the "
            "setting strangers]",
        ),
        click.option("--png", type=FILE, help="Write the plot to this file."),
        click.option("--html", type=FILE, help="Write a page with plot and table to this file."),
    ]
    return with_record(function, "measured", RiskFlags, options)


@click.command()
@SPACE
@risk_flags
@reading_flags(labels=True)
@SKIP_BAD
@ENCODER
@with_progress
@as_json
def risk(
    space: str,
    measured: RiskFlags,
    reading: ReadingFlags,
    skip_bad: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Show the share of wrong answers, for each share of documents answered.

    It is measured on the label space's own examples. Each is labelled once without itself, and once
    without its whole class, as a document of no class. With --held-out, it is measured on other
    documents. Each row is for a least chance that an answer must have. It shows the share of the
    documents that are answered, the share of these answers that are wrong, and the share of all
    errors that a person catches by reviewing the other documents.

    \b
      protolabel risk mail.space
      protolabel set mail.space target "errors 5%"
    """
    measured.require_consistent()
    if measured.stream:
        refuse_idle(("label_field", "label_separator"), "for documents without labels")
    elif not measured.held_out:
        refuse_idle(OF_INPUTS, "without documents to read")
    faults = Faults(skip_bad=skip_bad)
    with opened(space, encoder) as label_space, progress_display() as progress:
        if measured.stream:
            usable = Usable(measured.stream, reading, progress, skip_bad=skip_bad)
            assert usable.stream is not None
            _tell_strangers(strangers_in(label_space, usable.stream), space, json_)
            usable.end()
            return
        if measured.held_out:
            examples = faults.examples(measured.held_out, reading, progress)
            report = risk_on(label_space, examples, subject=", ".join(measured.held_out))
        else:
            report = risk_of_space(label_space, strangers=measured.strangers)
    report = replace(report, notes=tuple(map(about_space, report.notes)))
    if json_:
        line(report.record())
    else:
        for sentence in risk_sentences(report):
            say(sentence)
        table(HEADERS, [risk_cells(point) for point in report.rows()])
    if measured.png is not None:
        _write(measured.png, risk_plot(report)[1])
    if measured.html is not None:
        _write(measured.html, risk_page(report).encode())
    faults.end()


def _tell_strangers(estimate: StrangersInStream, space: str, json_: bool) -> None:
    if json_:
        line(asdict(estimate))
        return
    for words in estimate.notes:
        note(words)
    say(
        f"about {percent_within(estimate.strangers, estimate.low, estimate.high)} of "
        f"{quantity(estimate.different, 'different document')} belong to none of the classes"
    )
    if estimate.decided:
        return  # the notes say why no setting follows
    if estimate.setting is None:
        note("the share cannot be told from these; more documents of the stream may help")
    else:
        command = ["protolabel", "set", space, "strangers", words_of_strangers(estimate.setting)]
        note(f"to count on {subject_of_share(estimate)}: {shlex.join(command)}")


def _write(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    note(f"written to {path}")
