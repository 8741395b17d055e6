"""How a training is shown while it runs: a line that moves, or in a log one line a validation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from protolabel.training.loop.reports import Report


@contextmanager
def watching() -> Iterator[Callable[[Report], None]]:
    """A line on stderr: episodes, loss, accuracy, time left. In a log, one line a validation."""
    if not sys.stderr.isatty():
        begun: set[str] = set()

        def plain(report: Report) -> None:
            if report.validation is None and report.phase not in {"", *begun}:
                click.echo(f"{report.phase}{report.episodes} episodes", err=True)
            begun.add(report.phase)
            if report.validation is not None and report.episode == 0:
                click.echo(f"{report.phase}before  validation {report.validation}", err=True)
            elif report.validation is not None:
                click.echo(
                    f"{report.phase}episode {report.episode}/{report.episodes}  "
                    f"loss {report.loss:.3f}  validation {report.validation}  "
                    f"{report.remaining / 60:.1f} minutes left",
                    err=True,
                )

        yield plain
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.fields[said]}"),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("left {task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("train", total=1.0, said="starting", left="?")
        seen: dict[str, str] = {"validation": ""}

        def watch(report: Report) -> None:
            if report.validation is not None:
                seen["validation"] = f"  validation {report.validation}"
            said = f"{report.phase}episode {report.episode}/{report.episodes}  "
            said += f"loss {report.loss:.3f}"
            left = f"{report.remaining / 60:.1f} min" if report.episode else "?"
            bar.update(task, completed=report.share, said=said + seen["validation"], left=left)

        yield watch
