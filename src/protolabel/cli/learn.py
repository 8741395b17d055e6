"""The command that learns from what people moved in a sorted folder, or put into it."""

from __future__ import annotations

import shlex
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from protolabel.batch.sorting.corrections import Correction
from protolabel.batch.sorting.folder_reading import FolderReading, folder_reading
from protolabel.batch.sorting.journal import Journal
from protolabel.batch.sorting.later_statements import remark_on
from protolabel.batch.sorting.learned_places import record_learned
from protolabel.batch.sorting.said_meanwhile import SaidBefore
from protolabel.batch.sorting.sorted_folder import SortedFolder, note_sorted_folder
from protolabel.batch.sorting.unlearned_files import words_of_equal_files, words_of_strays
from protolabel.cli.change import print_change, timed
from protolabel.cli.common import ENCODER, SPACE, as_json, opened
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.preview import preview_asked, show_preview, with_preview
from protolabel.cli.reading import (
    SOME_SKIPPED,
    ReadingFlags,
    print_notice,
    reading_flags,
    skipped_of,
)
from protolabel.cli.same_command import same_command
from protolabel.cli.settled_view import note_after
from protolabel.cli.skipped_lines import SkippedLines
from protolabel.cli.sort_output import note_former_folders
from protolabel.cli.terminal import bold, line, note, printable, styled
from protolabel.errors import InputError
from protolabel.identity.sorted_paths import is_sorted_folder
from protolabel.label_space.session import session_of
from protolabel.label_space.terms import Claim, RequestKey
from protolabel.words.quantity import quantity


@click.command()
@SPACE
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--yes", is_flag=True, help="Take them as examples; without it, only list them.")
@NEW
@reading_flags(labels=False)
@with_preview
@ENCODER
@as_json
def learn(
    space: str,
    folder: str,
    yes: bool,
    new: bool,
    reading: ReadingFlags,
    encoder: str | None,
    json_: bool,
) -> None:
    """Learn from a sorted folder: the files that people moved there become examples.

    FOLDER was made by `label --sort-into`. A file that somebody moved to the folder of another
    class is corrected: it becomes an example of that class. So does a file that somebody put there
    by hand. A new folder is a new class. A file that was learned before, and is in `_review` now,
    is an example no longer. Give the options about fields, formats and encodings that
    `label --sort-into` was given. Without --yes, nothing is changed.
    """
    if not is_sorted_folder(folder):
        raise InputError(
            f"{folder} holds no journal of sorted files",
            expected="a folder that `protolabel label --sort-into` made",
            remedy="to take a folder for each class: "
            + shlex.join(["protolabel", "import", space, folder]),
        )
    root = Path(folder)
    with opened(space, encoder, cache=True) as label_space:
        rows = label_space.view().rows
        with closing(Journal(root, rows.identity, rows.mark)) as journal:
            options = reading.for_space(label_space).options()
            sorted_folder = SortedFolder(label_space, root, journal, options, print_notice)
            before = SaidBefore.of(session_of(label_space).store)
            result = folder_reading(sorted_folder)
            _show(sorted_folder, result, json_)
            if preview_asked():
                if result.request is not None:
                    show_preview(label_space.preview.commit(result.request), json_)
                return
            if not yes:
                _say_what_now(result, json_)
                return
            if result.examples:
                ask_about_new(label_space, dict.fromkeys(e.label for e in result.examples), new)
            note_sorted_folder(label_space, root)
            claim = before.held_to(result.documents, same_command())
            _carry_out(sorted_folder, result, claim, json_)
    if result.unusable:
        raise click.exceptions.Exit(SOME_SKIPPED)


def _carry_out(folder: SortedFolder, reading: FolderReading, claim: Claim, json_: bool) -> None:
    """Carry out what people said by their moves as one change, and note where the files are.

    ``claim``: the right to do so. Raises VersionConflictError where it is gone.
    """
    version, request, key = folder.space.version, reading.request, RequestKey("", claim=claim)
    if request is not None:
        change, spent = timed(folder.space, partial(folder.space.commit, request, key=key))
        print_change(change, spent, json_)
        note_after(folder.space, decides=request.decides)
        version = change.version
    record_learned(folder.root, folder.journal, reading.corrections, version)


def _show(folder: SortedFolder, reading: FolderReading, json_: bool) -> None:
    """List what people moved, and what of it cannot be used; note which files are passed over."""
    space, root, journal = folder.space, folder.root, folder.journal
    current = folder.current
    classes = {info.name: info.retired for info in space.classes()}
    for correction in reading.moves:
        _print_correction(correction, classes, reading, json_)
    with SkippedLines() as lines:
        for fault in reading.unusable:
            lines.add(skipped_of(fault))
    note_former_folders(root, journal, current, {move.entry.place for move in reading.moves})
    for words in words_of_strays(root, journal, classes):
        note(words)
    if words := remark_on(reading.statements):
        note(words)
    learned = {one.place for one in reading.corrections}
    words = words_of_equal_files(root, journal, reading.moves, learned, current)
    if words and not space.settings.several:
        note(words)


def _print_correction(
    correction: Correction, classes: dict[str, bool], reading: FolderReading, json_: bool
) -> None:
    entry, label = correction.entry, correction.label
    former_classes = reading.withdrawn.get(correction.place, {})  # of examples, by their ids
    if json_:
        has_moved = not (correction.undone or correction.by_hand or correction.is_unfinished)
        line(
            {
                "place": correction.place,
                "was": entry.place if has_moved else None,
                "label": label,
                "was_label": None if correction.undone else entry.label,
                "new_class": label is not None and label not in classes,
                "undone": correction.undone,
                "unfinished": correction.is_unfinished,
                "taken_back": list(former_classes),
            }
        )
        return
    kind = "  (a new class)" if label else "  (no class: not an example)"
    if label in classes:
        kind = "  (a retired class: not an example)" if classes[label] else ""
    if correction.is_former:
        kind = f"  (the folder of {printable(repr(label))})"
    was, place = printable(entry.place), bold(correction.place)
    if correction.by_hand:
        styled(f"{place}: put there by hand{kind}")
        return
    if correction.is_unfinished:
        styled(f"{place}: learned in part{kind}")
        return
    if correction.undone and label:
        styled(f"{place}: learned once, and undone{kind}")
        return
    if former_classes:
        ids = printable(", ".join(former_classes))
        former = printable(", ".join(map(repr, dict.fromkeys(former_classes.values()))))
        kind = f"  (taken back: an example of {former} no longer, {ids})"
    if correction.undone:
        styled(f"{place}: taken back once, and undone{kind}")
        return
    styled(f"{was} -> {place}{kind}")
    is_example_left = not former_classes and correction.place not in reading.unread
    if label is None and entry.state == "kept" and entry.label and is_example_left:
        note(
            f"what was learned from it stays an example of {printable(entry.label)!r}, if it is "
            "one: a copy of the file is still in that folder, or the file was edited. `protolabel "
            "show` lists the examples, `protolabel remove` takes one out"
        )


def _say_what_now(reading: FolderReading, json_: bool) -> None:
    """Say how many examples are to be taken, and taken back; where none is, what is to be done."""
    if json_:
        return
    n, n_back = reading.n_new, len(reading.withdrawn_ids)
    command = same_command("--yes")
    if n or n_back:
        parts = [f"{quantity(n, 'example')} to take"] if n else []
        parts += [f"{quantity(n_back, 'example')} to take back"] if n_back else []
        what = "To do so" if n_back else "To take them"
        note(f"{' and '.join(parts)}; nothing was changed. {what}: {command}")
        return
    words = []
    if reading.examples or reading.n_learned:
        what = "what else is" if reading.unusable else "what is"
        n_here = quantity(len(reading.examples) + reading.n_learned, "example")
        learned = "was learned, or " if reading.n_learned else ""
        words.append(f"{what} in these files {learned}is here already ({n_here})")
    if reading.unusable:
        words.append("what was skipped is taken once it can be read")
    if reading.corrections:
        words.append(f"to note where people have put files: {command}")
    if words:
        note(f"nothing to take: {'; '.join(words)}")
    elif not reading.statements:
        note("nobody has moved a file, or put one into the folder of a class by hand")
