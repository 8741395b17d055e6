"""Commands that correct answers: one document by its name, or what was moved in a sorted folder."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from protolabel.batch.sorting.corrections import Correction, corrections, record_learned
from protolabel.batch.sorting.journal import Journal, is_sorted_folder
from protolabel.cli.change import carry_out
from protolabel.cli.common import ENCODER, SPACE, as_json, class_option, opened
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.preview import with_preview
from protolabel.cli.reading import (
    SOME_SKIPPED,
    ReadingFlags,
    print_notice,
    skipped_of,
    skipped_words,
)
from protolabel.cli.terminal import bold, line, note, printable, styled
from protolabel.errors import InputError
from protolabel.label_space.changes import Correct
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.undo import versions_in_force
from protolabel.label_space.usable_examples import usable_examples
from protolabel.quantity import quantity
from protolabel.readers.each_file import FileReader
from protolabel.readers.paths import LeftOut, walk
from protolabel.readers.reports import Unreadable
from protolabel.types import Example


@click.command()
@SPACE
@click.argument("name")
@class_option(
    "--to",
    multiple=True,
    help="The class it has; made if it is new. Repeatable where documents may have several.",
)
@class_option(
    "--not",
    "negative",
    multiple=True,
    help="A class that it is not of, where nobody knows what it is. Repeatable.",
)
@click.option(
    "--in",
    "folder",
    type=click.Path(exists=True, file_okay=False),
    help="The folder that was labelled, where the file of that name is looked for.",
)
@NEW
@with_preview
@ENCODER
@as_json
def correct(
    space: str,
    name: str,
    to: tuple[str, ...],
    negative: tuple[str, ...],
    folder: str | None,
    new: bool,
    encoder: str | None,
    json_: bool,
) -> None:
    """Say which class a document has: it counts as an example there, and nowhere else.

    Or say with --not of which class it is not. It and its near copies never get that label again,
    and documents near it get it less easily.

    NAME is the id of an example, the source it came from, or the name of its file if only one has
    it; or the path of a file, which is read again; or the id or file name of a document that was
    answered.

    \b
      protolabel correct mail.space scan1.pdf --to invoice --in inbox/
      protolabel correct mail.space scan2.pdf --not invoice
    """
    if bool(to) == bool(negative):
        raise InputError(
            "--to and --not together" if to else "neither --to nor --not",
            expected="the class that the document has, or classes that it is not of",
            remedy=shlex.join(["protolabel", "correct", space, name, "--not" if to else "--to"])
            + " CLASS",
        )
    label_space = opened(space, encoder, cache=True)
    path = name if folder is None else _file_in(folder, name)
    if negative:
        carry_out(label_space, json_, lambda methods: methods.refute(path, negative))
        return
    ask_about_new(label_space, to, new)
    labels = to[0] if len(to) == 1 else to
    carry_out(label_space, json_, lambda methods: methods.correct(path, labels))


def _file_in(folder: str, name: str) -> str:
    """Return the path of the one file in a folder that has a name, or a relative path."""
    direct = os.path.join(folder, name)
    if os.path.lexists(direct):
        return direct
    same = [path for path in walk(folder, LeftOut()) if path.endswith(f"/{name}")]
    if len(same) == 1:
        return same[0]
    listed = ", ".join(same[:3])
    raise InputError(
        f"{len(same)} files {name!r} in {folder}" + (f": {listed}" if same else ""),
        expected="the name of one file in that folder",
        remedy="give its path within that folder"
        if same
        else f"look for it: `ls -R {shlex.quote(folder)}`",
    )


@click.command()
@SPACE
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--yes", is_flag=True, help="Take them as examples; without it they are listed.")
@NEW
@ENCODER
@as_json
def learn(space: str, folder: str, yes: bool, new: bool, encoder: str | None, json_: bool) -> None:
    """Take the files that people moved in a sorted folder as examples of their new classes.

    FOLDER is one that `label --sort-into` made. A file that stands in the folder of another class
    than where it was put is a correction. Without --yes nothing is changed.
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
        journal = Journal(root, label_space.view().rows.identity)
        try:
            moved = corrections(root, journal, versions_in_force(label_space.history()))
            names = {info.name for info in label_space.classes()}
            for correction in moved:
                _print_correction(correction, names, json_)
            examples, unusable, taught = _examples(label_space, root, moved)
            for fault in unusable:
                note(skipped_words(skipped_of(fault)))
            if not yes:
                _say_what_now(space, folder, len(examples), json_)
                return
            version = label_space.version
            if examples:
                ask_about_new(label_space, dict.fromkeys(e.label for e in examples), new)
                request = Correct(examples)
                change = carry_out(label_space, json_, lambda methods: methods.commit(request))
                version = change.version if change else version
            record_learned(root, journal, taught, version)
        finally:
            journal.close()
    if unusable:
        raise click.exceptions.Exit(SOME_SKIPPED)


def _print_correction(correction: Correction, names: set[str], json_: bool) -> None:
    entry, label = correction.entry, correction.label
    if json_:
        line(
            {
                "place": correction.place,
                "was": None if correction.undone else entry.place,
                "label": label,
                "was_label": None if correction.undone else entry.label,
                "new_class": label is not None and label not in names,
                "undone": correction.undone,
            }
        )
        return
    kind = "" if label in names else "  (a new class)" if label else "  (no class: not an example)"
    was, place = printable(entry.place), bold(correction.place)
    if correction.undone:
        styled(f"{place}: learned once, and undone{kind}")
        return
    styled(f"{was} -> {place}{kind}")
    if label is None and entry.state == "kept" and entry.label:
        note(
            f"what was learned of it stays an example of {printable(entry.label)!r}: "
            "`protolabel show` names it, `protolabel remove` takes it out"
        )


def _say_what_now(space: str, folder: str, n: int, json_: bool) -> None:
    if json_:
        return
    if n:
        command = shlex.join(["protolabel", "learn", space, folder, "--yes"])
        note(f"{quantity(n, 'example')} to take; nothing was changed. To take them: {command}")
    else:
        note("no file was moved to the folder of a class")


def _examples(
    space: LabelSpace, root: Path, moved: list[Correction]
) -> tuple[list[Example], list[Unreadable], list[Correction]]:
    """Return the documents of the files that people moved, each with its class.

    Also returned are the documents that cannot be used, and the corrections that are then settled:
    those of which every document can be used.
    """
    examples: list[Example] = []
    faults: list[Unreadable] = []
    taught: list[Correction] = []
    ocr = ReadingFlags().for_space(space).ocr
    with FileReader(print_notice, ocr=ocr) as reader:
        for correction in moved:
            read, unread = _documents(reader, str(root / correction.place), correction.label)
            usable, refused = usable_examples(space.view(), read)
            examples += usable
            faults += unread + refused
            if not unread and not refused:
                taught.append(correction)
    return examples, faults, taught


def _documents(
    reader: FileReader, path: str, label: str | None
) -> tuple[list[Example], list[Unreadable]]:
    """Return the documents of a file as examples of a class, none of no class; and the others."""
    examples: list[Example] = []
    faults: list[Unreadable] = []
    for d in reader.documents(path, os.path.basename(path)) if label is not None else ():
        if isinstance(d, Unreadable):
            faults.append(d)
        elif d.unreadable:
            faults.append(Unreadable(d.source, InputError(f"{d.source}: {d.unreadable}")))
        else:
            assert label is not None
            examples.append(Example(label, d.text, "", d.embedding, d.source, d.image))
    return examples, faults
