"""Records as people read them: tables and sentences. JSON lines too, for programs.

Nothing here opens a label space. Results go to stdout, notes to stderr.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from protolabel.cli.common import finite
from protolabel.images import data_address
from protolabel.types import Answer, Change, ClassInfo, Comparison, Evidence


def said(change: Change, milliseconds: float) -> None:
    """One line about a change."""
    click.echo(f"version {change.version}: {change.summary} ({milliseconds:.1f} ms)")


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as documented in docs/json.md; keys in that order."""
    record = asdict(answer)
    for near in (record["evidence"] or {}).get("examples", ()):
        small = near.pop("thumbnail")
        if small is not None:
            near["thumbnail"] = data_address(small)
    record["score"] = finite(answer.score)
    record["threshold"] = finite(answer.threshold)
    return record


def class_record(info: ClassInfo) -> dict[str, Any]:
    """A class as documented in docs/json.md."""
    return asdict(info)


def answer_text(answer: Answer) -> str:
    """An answer on one line, and its evidence on the next."""
    probability = f"{answer.probability:4.0%}" if answer.probability is not None else "   ?"
    label = answer.label if answer.label is not None else "none of these"
    score = f"{answer.score:.3f}" if answer.score is not None else "-"
    head = f"{answer.id}\n  {click.style(label, bold=True)}  {probability}  score {score}"
    if answer.label is None and answer.alternatives:
        head += f"  (nearest: {answer.alternatives[0].label})"
    elif len(answer.alternatives) > 1:
        second = answer.alternatives[1]
        head += f"  then {second.label} {second.score:.3f}"
    return head + ("\n" + _evidence_text(answer.evidence) if answer.evidence else "")


def _evidence_text(evidence: Evidence) -> str:
    share = f"{evidence.description_share:.0%} from the description"
    lines = []
    if evidence.examples:
        nearest = evidence.examples[0]
        told = f"    nearest example {nearest.id} ({nearest.score:.3f})"
        lines.append(f"{told}: {nearest.excerpt}" if nearest.excerpt else told)
    if evidence.description is not None:
        lines.append(f"    {share}: {evidence.description}")
    if evidence.passage is not None:
        p = evidence.passage
        lines.append(f"    passage {p.start}-{p.end} ({p.score:.3f}): {p.text}")
    return click.style("\n".join(lines), dim=True)


def comparison_text(told: Comparison) -> str:
    """Two encoders side by side, and how sure the difference is."""
    if told.old_accuracy is None or told.new_accuracy is None or told.difference is None:
        return "no two classes with an example to leave out: the encoders cannot be compared"
    low, high = 100 * (told.low or 0.0), 100 * (told.high or 0.0)
    return (
        f"{told.n:,} examples, each left out of its class in turn; right by prototypes:\n"
        f"  old  {told.old_accuracy:6.1%}  {told.old}\n"
        f"  new  {told.new_accuracy:6.1%}  {told.new}\n"
        f"  difference {100 * told.difference:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f}"
        f" ({told.only_new} right only by the new, {told.only_old} only by the old)"
    )


def table(headers: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table, fitted to the terminal."""
    from rich.console import Console
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for number, header in enumerate(headers):
        made.add_column(header, overflow="fold", no_wrap=number == 0)
    for row in rows:
        made.add_row(*row)
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False, markup=False).print(made)
