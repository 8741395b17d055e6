"""Carries out `label --sort-into`: which files, one pass or many, and what is printed."""

from __future__ import annotations

import os
import shlex
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from protolabel.batch.earlier_answers import Again, AnsweredBy
from protolabel.batch.sorting.file_answers import CHANGED, UNFINISHED, works_as_typed
from protolabel.batch.sorting.file_report import FileReport
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.sorted_folder import note_sorted_folder
from protolabel.batch.sorting.sorter import Sorter
from protolabel.batch.sorting.sources import source_files
from protolabel.batch.stillness import Stillness
from protolabel.cli.answer_flags import HeadFlags
from protolabel.cli.answer_output import SAME_COMMAND
from protolabel.cli.common import opened
from protolabel.cli.decided_otherwise import DecidedOtherwise
from protolabel.cli.outputs import own_files, refuse_output_among, refuse_own_inputs
from protolabel.cli.progress import progress_display
from protolabel.cli.reading import SOME_SKIPPED, ReadingFlags, print_notice
from protolabel.cli.settled_view import note_refusal
from protolabel.cli.sort_flags import SortFlags
from protolabel.cli.sort_output import SortOutput, note_former_folders
from protolabel.cli.terminal import note
from protolabel.errors import InputError
from protolabel.identity.sorted_paths import HOME
from protolabel.label_space.answer_path.declining import Declining
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.stored_items.current_names import CurrentNames
from protolabel.label_space.view import View
from protolabel.progress import Progress, Step
from protolabel.readers.paths import status
from protolabel.readers.reports import Reports, Unreadable
from protolabel.readers.sources import origins
from protolabel.system.stop_signals import StopRequest, stop_signals
from protolabel.words.quantity import quantity


@dataclass(frozen=True, slots=True)
class SortRun:
    """How the label space is opened and answers, and whether results are for programs."""

    encoder: str | None
    head: HeadFlags
    json: bool


def sort_command(
    space: str,
    inputs: tuple[str, ...],
    reading: ReadingFlags,
    sorting: SortFlags,
    again: Again | None,
    run: SortRun,
) -> None:
    """Sort files into folders, once or until the process is asked to end.

    Args:
        space: path of the label space.
        inputs: folders and files.
        reading: how they are read.
        sorting: what is to be done with them.
        again: which answers of earlier runs are made again.
        run: how the label space answers.

    Raises:
        InputError: an input cannot be sorted, or the folder is of another label space.
    """
    assert sorting.sort_into is not None
    out = sorting.sort_into
    _refuse_inputs(inputs, out)
    with opened(space, run.encoder) as label_space:
        with progress_display() as progress:
            view_of = partial(run.head.view_of, label_space, progress)
            _refuse_no_class(label_space)
            root = Path(out)
            output = SortOutput(run.json, sorting.preview, sorting.review_below)
            if run.head.at is None:
                output.decided = DecidedOtherwise.in_space(label_space)
            with _journal(root, label_space, sorting.preview) as journal:
                if not sorting.preview:
                    note_sorted_folder(label_space, root)
                how = sorting.how or "copy"
                sorter = Sorter(
                    root, journal, how, again,
                    review_below=sorting.review_below, preview=sorting.preview,
                    on_answer=output.count,
                )  # fmt: skip
                if unfinished := sorter.recover():
                    note(f"an earlier run was cut off; {quantity(unfinished, 'file')} checked")
                options = reading.for_space(label_space).options() | {"on_notice": print_notice}
                try:
                    if sorting.follow:
                        _follow(sorter, label_space, inputs, view_of, output, options)
                    else:
                        view = view_of().unremembered() if sorting.preview else view_of()
                        _sort_once(sorter, inputs, view, output, options, progress)
                except KeyboardInterrupt:
                    # The journal has each sorted file: only `--again all` begins anew.
                    goes_on = not sorting.preview and again != "all"
                    files = quantity(output.n_files + output.confirmed, "file")
                    note(f"stopped after {files}{SAME_COMMAND if goes_on else ''}")
                    raise
                if again is not None:
                    current = CurrentNames(label_space.view().rows, label_space.version).name
                    note_former_folders(root, journal, current)
        note(output.words())
    if sorter.n_emptied:
        verb = "would be removed" if sorting.preview else "removed"
        note(f"{quantity(sorter.n_emptied, 'file')} {verb} that an earlier run had copied")
    if sorter.n_kept:
        note(
            f"left alone: {quantity(sorter.n_kept, 'file')} that somebody moved or removed; "
            f"`{shlex.join(['protolabel', 'learn', space, out])}` lists those to learn from"
        )
    if output.faulty and not sorting.follow:
        raise click.exceptions.Exit(SOME_SKIPPED)


@contextmanager
def _journal(root: Path, space: LabelSpace, preview: bool) -> Iterator[Journal]:
    """Yield the journal of a sorted folder, which is made; a preview makes nothing in it."""
    rows = space.view().rows
    with ExitStack() as stack:
        home = root
        if not preview:
            root.mkdir(parents=True, exist_ok=True)
        elif not (root / HOME).is_dir():
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        journal = Journal(home, rows.identity, rows.mark)
        stack.callback(journal.close)
        yield journal


def _sort_once(
    sorter: Sorter,
    inputs: tuple[str, ...],
    view: View,
    output: SortOutput,
    options: dict[str, Any],
    progress: Progress,
) -> None:
    """Sort what is there."""
    output.declining = Declining.of(view)
    output.strangers.view = view
    files = source_files(inputs, sorter.how, own_files(), _reports(output))
    due = works_as_typed(sorter.due(files, AnsweredBy.of(view)), inputs)
    for n, report in enumerate(sorter.run(view, due, **options), start=1):
        output.write(report)
        progress(Step("files sorted", n))
    output.unchanged, output.waiting = sorter.n_unchanged, sorter.n_waiting


def _follow(
    sorter: Sorter,
    space: LabelSpace,
    inputs: tuple[str, ...],
    view_of: Callable[[], View],
    output: SortOutput,
    options: dict[str, Any],
) -> None:
    """Sort what comes until the process is asked to end."""
    stillness = Stillness()
    reports = _reports(output, stillness)
    view, again = view_of(), True
    stop = StopRequest()
    with stop_signals(stop.make, once=True):  # a second one ends the process at once
        note(f"following {' '.join(inputs)}; Ctrl-C ends it")
        note_refusal(view)
        while not stop.is_made():
            start = time.monotonic()
            if space.view().version != view.version:
                view, again = view_of(), True
                note_refusal(view)
            output.strangers.view = view
            present = [source for source in inputs if os.path.lexists(source)]
            for source in stillness.newly_absent(inputs, present):
                note(f"{source} is not there now; it is sorted once it is back")
            files = source_files(present, sorter.how, own_files(), reports)
            due = sorter.due(files, AnsweredBy.of(view), stillness.ready, again=again)
            due = works_as_typed(due, inputs)
            for report in sorter.run(view, due, stop.is_made, **options):
                if report.reason in (CHANGED, UNFINISHED):
                    continue  # until it is complete
                if report.place is None:
                    stillness.failed(report.source)
                output.write(report)
            again = False  # until the label space changes
            reports.on_notice = None  # what is left out is said once
            stop.wait(stillness.pause(time.monotonic() - start))


def _reports(output: SortOutput, stillness: Stillness | None = None) -> Reports:
    """Return what reports folders that cannot be listed, and says what was left out."""

    def fail(fault: Unreadable) -> None:
        if stillness is None or stillness.is_new_failure(fault.source):
            output.write(
                FileReport(fault.source, None, None, None, 0, fault.reason, (fault.reason,))
            )

    return Reports(fail, print_notice)


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
        status(source)  # refuses what is not there


def _refuse_no_class(space: LabelSpace) -> None:
    classes = space.classes()
    if all(info.retired for info in classes):
        raise InputError(
            f"{space.path} has no class to sort into{': every class is retired' * bool(classes)}",
            expected="at least one class",
            remedy=f"bring one back: `protolabel unretire SPACE {shlex.quote(classes[0].name)}`"
            if classes
            else "make one: `protolabel describe SPACE invoice 'a bill asking for payment'`",
        )
