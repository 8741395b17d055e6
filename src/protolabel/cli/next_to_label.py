"""The command that lists the documents whose label would help most."""

from __future__ import annotations

import os
import shlex

import click

from protolabel.cli.common import ENCODER, SPACE, as_json, opened, with_progress
from protolabel.cli.idle_options import OF_INPUTS, refuse_idle
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import SKIP_BAD, ReadingFlags, reading_flags
from protolabel.cli.tables import table
from protolabel.cli.terminal import line, note, say
from protolabel.cli.usable_documents import Usable
from protolabel.label_space.remembered_documents.document_names import SHORT_KEY
from protolabel.open_world.next_to_label import COUNT, NextToLabel, next_to_label
from protolabel.words.quantity import quantity
from protolabel.words.text import excerpt

EXCERPT = 70


@click.command("next")
@SPACE
@click.argument("inputs", nargs=-1, metavar="[DOCUMENTS]...")
@click.option(
    "--count", type=click.IntRange(1, 1000), default=COUNT, show_default=True, metavar="N",
    help="How many documents at most.",
)  # fmt: skip
@ENCODER
@reading_flags(labels=False)
@SKIP_BAD
@with_progress
@as_json
def next_(
    space: str,
    inputs: tuple[str, ...],
    count: int,
    encoder: str | None,
    reading: ReadingFlags,
    skip_bad: bool,
    json_: bool,
) -> None:
    """List the documents whose label would help most.

    They are chosen from DOCUMENTS, or from the remembered documents. Their answers are in doubt,
    and no two of them are alike.

    \b
      protolabel next mail.space inbox/
      protolabel correct mail.space 17.txt --to invoice --in inbox/
    """
    if not inputs:
        refuse_idle(OF_INPUTS, "without documents to read")
    with opened(space, encoder) as label_space, progress_display() as progress:
        flags = reading.for_space(label_space)
        usable = Usable(inputs, flags, progress, skip_bad=skip_bad)
        advice = next_to_label(label_space, usable.stream, count=count, progress=progress)
    if json_:
        line(advice.to_dict())
    else:
        _list(advice, space, inputs)
    usable.end()


def _list(advice: NextToLabel, space: str, inputs: tuple[str, ...]) -> None:
    say(f"{len(advice.chosen)} of {quantity(advice.documents, 'document')} to label next")
    if not advice.documents and not inputs:
        command = shlex.join(["protolabel", "next", space])
        note(f"nothing is remembered: label some documents, or name them: {command} FOLDER")
    if not advice.chosen:
        return
    say("")
    has_texts = any(one.text for one in advice.chosen)  # else the column would be empty
    # A remembered document is named by its key, one of the inputs by its path.
    has_keys = not inputs
    has_gains = any(one.gain is not None for one in advice.chosen)
    table(
        (
            *["key"] * has_keys, "document", "nearest class", *["gain"] * has_gains, "stands for",
            *["text"] * has_texts,
        ),
        [
            (
                *[one.key[:SHORT_KEY]] * has_keys,
                _from_here(one.source) or one.id, one.nearest or "",
                *[f"{one.gain or 0.0:.1f}"] * has_gains, f"{one.stands_for:,}",
                *[excerpt(one.text, EXCERPT)] * has_texts,
            )
            for one in advice.chosen
        ],
    )  # fmt: skip
    if has_gains:
        note(
            "gain: how many wrong answers are expected among the documents that it stands for, "
            "if each gets its likeliest answer, whatever is declined"
        )
    else:
        command = shlex.join(["protolabel", "info", space])
        note(f"no gain is estimated, since the answers have no probability yet; why: {command}")


def _from_here(source: str) -> str:
    """Return a path as seen from the working folder, where it leads there; else as it is."""
    return source.removeprefix(os.path.join(os.getcwd(), ""))
