"""How `label --sort-into` goes about it: which files, one pass or many, and what is printed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from protolabel.batch.answers_file import Again
from protolabel.batch.sorting.journal import How, Journal
from protolabel.batch.sorting.sorter import Outcome, Sorter
from protolabel.batch.sorting.watching import Stillness
from protolabel.cli.common import plural
from protolabel.cli.outputs import own_files, refuse_output_among, refuse_own_inputs
from protolabel.cli.reading import SOME_SKIPPED, Reading, print_notice
from protolabel.cli.terminal import bold, line, note, printable, styled
from protolabel.errors import InputError
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step
from protolabel.readers.folders import LeftOut, walk
from protolabel.readers.reports import Reports, Unreadable
from protolabel.readers.sources import origins

NAMED = 5  # classes in the summary


@dataclass(frozen=True, slots=True)
class Sorting:
    """What was asked for. ``out``: the folder of the classes' folders."""

    out: str
    how: How
    again: Again | None
    watch: bool
    json: bool


@dataclass
class _Tally:
    by_class: Counter[str] = field(default_factory=Counter)
    review: int = 0
    left: int = 0
    faulty: int = 0
    unchanged: int = 0

    def count(self, outcome: Outcome) -> None:
        self.faulty += bool(outcome.faults)
        if outcome.place is None:
            self.left += 1
        elif outcome.label is None:
            self.review += 1
        else:
            self.by_class[outcome.label] += 1

    def words(self) -> str:
        n = self.by_class.total() + self.review + self.left
        text = f"{plural(n, 'file')}: {self.by_class.total():,} sorted, {self.review:,} for review"
        if self.left:
            text += f", {self.left:,} left where they are"
        if self.unchanged:
            text += f"; {self.unchanged:,} as an earlier run left them"
        named = [f"{name} {count:,}" for name, count in self.by_class.most_common(NAMED)]
        if len(self.by_class) > NAMED:
            named.append(plural(len(self.by_class) - NAMED, "other class", "other classes"))
        return text + (f"\n  {', '.join(named)}" if named else "")


def sort_files(
    space: LabelSpace,
    inputs: tuple[str, ...],
    reading: Reading,
    asked: Sorting,
    view: Callable[[], View],
    progress: Progress,
) -> None:
    """Sort files into folders, once or until it is stopped.

    Args:
        space: the label space.
        inputs: folders and files.
        reading: how they are read.
        asked: what is wanted.
        view: returns what answers: the label space as it is now, with its fits.
        progress: follows the files.

    Raises:
        InputError: an input cannot be sorted, or the folder is of another label space.
    """
    _refuse_inputs(inputs, asked.out)
    _refuse_no_class(space)
    root = Path(asked.out)
    root.mkdir(parents=True, exist_ok=True)
    journal = Journal(root, space.view().rows.identity)
    tally = _Tally()
    try:
        sorter = Sorter(root, journal, asked.how, asked.again)
        if begun := sorter.recover():
            note(f"an earlier run was cut off; {plural(begun, 'file')} of it looked at again")
        options: dict[str, Any] = reading.options() | {"on_notice": print_notice}
        if asked.watch:
            _watch(sorter, space, inputs, asked, view, tally, options)
        else:
            outcomes = sorter.run(
                frozen := view(), sorter.due(_files(inputs, asked, tally), frozen.version), **options
            )
            for n, outcome in enumerate(outcomes, start=1):
                _put_out(outcome, asked, tally)
                progress(Step("files sorted", n))
            tally.unchanged = sorter.n_unchanged
    finally:
        journal.close()
        note(tally.words())
        if sorter.n_kept:
            note(
                f"{plural(sorter.n_kept, 'file')} moved by hand stay where they are; "
                f"`protolabel learn` takes those as examples"
            )
    if tally.faulty and not asked.watch:
        raise click.exceptions.Exit(SOME_SKIPPED)


def _watch(
    sorter: Sorter,
    space: LabelSpace,
    inputs: tuple[str, ...],
    asked: Sorting,
    view: Callable[[], View],
    tally: _Tally,
    options: dict[str, Any],
) -> None:
    """Sort what comes until the process is asked to end."""
    stillness = Stillness()
    frozen = view()
    note(f"watching {' '.join(inputs)}; Ctrl-C ends it")
    with _stopping() as stop:
        while not stop.is_set():
            start = time.monotonic()
            if space.view().version != frozen.version:
                frozen = view()
            files = _files(inputs, asked, tally, stillness)
            due = sorter.due(files, frozen.version, stillness.ready)
            for outcome in sorter.run(frozen, due, stop.is_set, **options):
                if outcome.place is None:
                    stillness.failed(outcome.source)
                _put_out(outcome, asked, tally)
            stop.wait(stillness.pause(time.monotonic() - start))


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C and SIGTERM set; a second one ends the process at once."""
    stop = threading.Event()
    earlier: dict[int, Any] = {}

    def handle(number: int, frame: object) -> None:
        stop.set()
        for name, handler in earlier.items():
            signal.signal(name, handler)

    for name in (signal.SIGINT, signal.SIGTERM):
        earlier[name] = signal.signal(name, handle)
    try:
        yield stop
    finally:
        for name, handler in earlier.items():
            signal.signal(name, handler)


def _files(
    inputs: tuple[str, ...], asked: Sorting, tally: _Tally, stillness: Stillness | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the files of all inputs, each with its path within its input."""

    def fail(fault: Unreadable) -> None:
        if stillness is None or stillness.first_failure(fault.source):
            outcome = Outcome(fault.source, None, None, None, 0, fault.reason, (fault.reason,))
            _put_out(outcome, asked, tally)

    for source in inputs:
        if not os.path.isdir(source):
            yield source, os.path.basename(source)
            continue
        for path in walk(source, LeftOut(own_files(None)), Reports(fail)):
            yield path, os.path.relpath(path, source)


def _put_out(outcome: Outcome, asked: Sorting, tally: _Tally) -> None:
    tally.count(outcome)
    if asked.json:
        line(
            {
                "source": outcome.source,
                "place": outcome.place,
                "label": outcome.label,
                "probability": outcome.probability,
                "documents": outcome.documents,
                "reason": outcome.reason,
                "faults": list(outcome.faults),
                "moved_from": outcome.moved_from or None,
            }
        )
        return
    source = outcome.moved_from or outcome.source
    if outcome.place is None:
        note(f"left {source}: {outcome.reason.removeprefix(f'{source}: ')}", always=True)
        return
    sure = f"  {outcome.probability:.0%}" if outcome.probability is not None else ""
    why = f"  ({printable(outcome.reason.removeprefix(f'{source}: '))})" if outcome.reason else ""
    styled(f"{printable(source)} -> {bold(outcome.place)}{sure}{why}")


def _refuse_inputs(inputs: tuple[str, ...], out: str) -> None:
    if "-" in inputs:
        raise InputError(
            "-, the standard input, with --sort-into",
            expected="files and folders, which can be sorted",
            remedy="name a folder, or leave --sort-into out",
        )
    if not inputs:
        raise InputError(
            "--sort-into without an input", expected="a folder to sort", remedy="name the folder"
        )
    origins(inputs)  # refuses what would be read twice
    refuse_own_inputs(inputs, None)
    refuse_output_among(inputs, out, "--sort-into")
    if os.path.lexists(out) and not os.path.isdir(out):
        raise InputError(
            f"{out} is no folder",
            expected="a folder, or a name that is free",
            remedy="give --sort-into another folder",
        )
    for source in inputs:
        if not os.path.lexists(source):
            from protolabel.readers.folders import refuse_missing

            refuse_missing(source)


def _refuse_no_class(space: LabelSpace) -> None:
    if all(info.retired for info in space.classes()):
        raise InputError(
            f"{space.path} has no class to sort into",
            expected="at least one class",
            remedy="make one: protolabel add SPACE CLASS FILES",
        )
