"""The one renderer of progress: bars with the time left on a terminal, lines in a log.

It draws on stderr, and only there. It decides nothing about the work.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from protolabel.cli.context import PROGRESS_CHOICE
from protolabel.cli.terminal import complain, lines_above, plain
from protolabel.progress import Progress, Step, silent

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from protolabel.training.loop.reports import Report

LOG_SECONDS = 30.0  # between two lines of a log about the same work


@contextmanager
def progress_display(show: bool | None = None, *, log: bool = False) -> Iterator[Progress]:
    """Yield a progress that is drawn on stderr until the end of the block.

    Args:
        show: True draws also in a pipe, as lines; False draws nothing. None draws where stderr is
            a terminal and neither ``--json`` nor ``--quiet`` was given.
        log: With ``show`` None, write lines also where stderr is no terminal: for work of hours,
            which people follow in a log.
    """
    if show is None:
        context = click.get_current_context(silent=True)
        show = context.meta.get(PROGRESS_CHOICE) if context else None
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if sys.stderr is None or show is False or (show is None and not terminal and not log):
        yield silent
    elif not terminal:
        yield _Log()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars
        from rich.text import Text

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
        )
        # Redirection would send to stderr what commands write to stdout.
        console = Console(stderr=True, color_system=None if plain() else "auto")
        bars = Bars(*columns, console=console, redirect_stdout=False, redirect_stderr=False)

        def write(text: str) -> None:
            console.print(Text.from_ansi(text), soft_wrap=True)

        with lines_above(write):
            try:
                yield _Terminal(bars)
            finally:
                bars.stop()


def bar_beside_answers(out: str | None) -> bool | None:
    """Return False where answers scroll by on a terminal: they are progress enough.

    ``out``: the file of the answers; None for the standard output.
    """
    choice = click.get_current_context().meta.get(PROGRESS_CHOICE)
    scrolling = out is None and sys.stdout is not None and sys.stdout.isatty()
    return False if scrolling and choice is None else None


def words(step: Step) -> str:
    """Return a step as words: ``documents encoded: 1,024 of 5,000``."""
    of = f" of {step.total:,}" if step.total is not None else ""
    return f"{step.what}: {step.done:,}{of}"


class _Terminal:
    """A bar for each kind of work."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: Step) -> None:
        fraction = step.fraction
        if not self._tasks:
            self._bars.start()  # not before there is something to show
        if step.what not in self._tasks:
            total = None if fraction is None else 1.0
            self._tasks[step.what] = self._bars.add_task(words(step), total=total, note="")
        task, note = self._tasks[step.what], step.note
        if fraction is None:
            self._bars.update(task, description=words(step), note=note)
        else:
            self._bars.update(
                task, description=words(step), note=note, total=1.0, completed=fraction
            )


@dataclass(slots=True)
class _Latest:
    """What the log says of one kind of work: since when, and the newest line."""

    start: float
    written_at: float
    note: str = ""
    ended: bool = False


class _Log:
    """A line when a kind of work begins, when its note changes, now and then, and when it ends."""

    def __init__(self) -> None:
        self._latest: dict[str, _Latest] = {}

    def __call__(self, step: Step) -> None:
        moment, fraction = time.monotonic(), step.fraction
        latest = self._latest.setdefault(step.what, _Latest(moment, moment - LOG_SECONDS))
        ended = fraction == 1.0
        due = moment - latest.written_at >= LOG_SECONDS or step.note != latest.note
        if latest.ended if ended else not due:
            return
        left = ""
        if fraction and not ended and moment > latest.start:
            left = f"  {_duration((moment - latest.start) * (1 - fraction) / fraction)} left"
        complain(f"{words(step)}{'  ' + step.note if step.note else ''}{left}")
        latest.written_at, latest.note, latest.ended = moment, step.note, ended


def _duration(seconds: float) -> str:
    """Return seconds as people say them: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@contextmanager
def training_progress() -> Iterator[Callable[[Report], None]]:
    """Yield a function that shows the reports of a training; in a log, a line a validation."""
    with progress_display(log=True) as progress:
        yield _TrainingProgress(progress)


class _TrainingProgress:
    """The reports of a training as steps."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._validations = progress, dict[str, str]()

    def __call__(self, report: Report) -> None:
        what = f"{report.phase}episodes"
        if report.validation is not None:
            self._validations[what] = f"validation {report.validation}"
        note = self._validations.get(what, "")
        if report.validation is not None and report.episode:
            note = f"loss {report.loss:.3f}  {note}"
            self._validations[what] = note
        self._progress(Step(what, report.episode, report.episodes, note, report.share))
