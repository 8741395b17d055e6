"""The command that lists likely label errors, and classes to split or to merge."""

from __future__ import annotations

import shlex

import click

from protolabel.arithmetic.conflicts import FEWEST_JUDGED
from protolabel.cli.common import ENCODER, SPACE, as_json, opened
from protolabel.cli.tables import note_first, table
from protolabel.cli.terminal import line, note, say
from protolabel.open_world.conflicts import Conflict, ConflictReport, find_conflicts
from protolabel.words.quantity import quantity
from protolabel.words.text import excerpt

MOST_LISTED = 30
EXCERPT = 40  # characters of a text


@click.command()
@SPACE
@ENCODER
@as_json
def conflicts(space: str, encoder: str | None, json_: bool) -> None:
    """List likely label errors: examples that are nearer to another class than to their own.

    Each example is compared with the classes as they would be without it. Classes with two modes,
    and pairs of classes that cannot be told apart, are listed too. Nothing is changed.

    \b
      protolabel conflicts mail.space
      protolabel move mail.space --to invoice e17
    """
    with opened(space, encoder) as label_space:
        report = find_conflicts(label_space)
    if json_:
        line(report.to_dict())
        return
    say(_count(report))
    if report.examples:
        _list(report, space)
    for split in report.splits:
        sizes = " and ".join(f"{size:,}" for size in split.sizes)
        say(
            f"\n{split.label} has {quantity(len(split.parts), 'mode')}, "
            f"of {sizes} different examples:"
        )
        for words, ids in zip(split.excerpts, split.parts, strict=True):
            say(f"  {', '.join(ids[:3])}, ...: {words}")
    for merge in report.merges:
        one, other = merge.labels
        say(
            f"\n{one} and {other} cannot be told apart: {merge.right} of {merge.documents} "
            f"examples are nearer to their own class, which may well be chance (p = "
            f"{merge.p_value:.2f})"
        )


def _count(report: ConflictReport) -> str:
    """Return how many examples are listed, or why none can be."""
    if not report.comparable:
        return f"likely label errors cannot be listed: {_why_none(report)}"
    n = len(report.examples)
    return (
        f"{quantity(n, 'example')} of {report.documents:,} {'is' if n == 1 else 'are'} clearly "
        "nearer to another class"
    )


def _why_none(report: ConflictReport) -> str:
    """Return why label errors cannot be told."""
    n, right = report.documents, report.right
    if n == 0:
        return (
            "no example can be compared yet, which takes a class with two different examples, and "
            "another class"
        )
    nearer = "is nearer to its" if right == 1 else "are nearer to their"
    sides = f"{right:,} of {quantity(n, 'example')} {nearer} own class than to another"
    if n < FEWEST_JUDGED or 2 * right > n:
        return f"there are too few examples: {sides}, which may be chance; add examples"
    return f"the classes overlap too much: {sides}"


def _near(one: Conflict) -> str:
    """Return the example of the other class that is nearest, with its text."""
    if not one.evidence:
        return ""
    near = one.evidence[0]
    return f"{near.id}: {excerpt(near.excerpt or near.source, EXCERPT)}"


def _list(report: ConflictReport, space: str) -> None:
    say("")
    table(
        ("example", "class", "text", "nearer to", "its nearest example", "strength"),
        [
            (
                one.id, one.label, excerpt(one.excerpt, EXCERPT), one.nearer,
                _near(one), f"{one.strength:.1f}",
            )
            for one in report.examples[:MOST_LISTED]
        ],
    )  # fmt: skip
    note_first(MOST_LISTED, len(report.examples))
    first = report.examples[0]
    command = shlex.join(["protolabel", "move", space, "--to", first.nearer, first.id])
    note(f"if its text belongs there, move it: {command}")
