"""The command that learns from what people moved in a sorted folder."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from protolabel.batch.sorting.corrections import Correction, corrections, record_learned
from protolabel.batch.sorting.journal import Journal, is_sorted_folder
from protolabel.cli.change import print_change
from protolabel.cli.common import ENCODER, SPACE, as_json, opened
from protolabel.cli.new_classes import NEW, ask_about_new
from protolabel.cli.preview import preview_asked, show_preview, with_preview
from protolabel.cli.reading import (
    SOME_SKIPPED,
    ReadingFlags,
    print_notice,
    skipped_of,
    skipped_words,
)
from protolabel.cli.terminal import bold, line, note, printable, styled
from protolabel.equality import document_digests
from protolabel.errors import InputError
from protolabel.label_space.changes import Correct, Remove
from protolabel.label_space.current_names import CurrentNames
from protolabel.label_space.item_digests import item_digests
from protolabel.label_space.label_space import LabelSpace
from protolabel.label_space.undo import versions_in_force
from protolabel.label_space.usable_examples import usable_examples
from protolabel.label_space.view import View
from protolabel.quantity import quantity
from protolabel.readers.each_file import FileReader
from protolabel.readers.reports import Unreadable
from protolabel.types import Example


@click.command()
@SPACE
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--yes", is_flag=True, help="Take them as examples; without it they are listed.")
@NEW
@with_preview
@ENCODER
@as_json
def learn(space: str, folder: str, yes: bool, new: bool, encoder: str | None, json_: bool) -> None:
    """Take the files that people moved in a sorted folder as examples of their new classes.

    FOLDER is one that `label --sort-into` made. A file that stands in the folder of another class
    than where it was put is a correction. One that was learned and stands in `_review` now is
    taken back: it is an example no longer. Without --yes nothing is changed.
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
        journal = Journal(root, rows.identity, rows.mark)
        try:
            current = CurrentNames(rows, label_space.version).name
            in_force = versions_in_force(label_space.history())
            moved = corrections(root, journal, in_force, current)
            names = {info.name for info in label_space.classes()}
            examples, unusable, taught = _examples(label_space, root, moved)
            withdrawn = _withdrawn(
                label_space, root, _copies(journal, moved, current), moved, examples
            )
            for correction in moved:
                _print_correction(correction, names, withdrawn.get(correction.place, []), json_)
            for fault in unusable:
                note(skipped_words(skipped_of(fault)))
            ids = list(dict.fromkeys(one for own in withdrawn.values() for one in own))
            requests = ([Correct(examples)] if examples else []) + ([Remove(ids)] if ids else [])
            if preview_asked():
                for request in requests:
                    show_preview(label_space.preview.commit(request), json_)
                return
            if not yes:
                _say_what_now(space, folder, len(examples), len(ids), json_)
                return
            if examples:
                ask_about_new(label_space, dict.fromkeys(e.label for e in examples), new)
            _learn(label_space, root, journal, taught, requests, json_)
        finally:
            journal.close()
    if unusable:
        raise click.exceptions.Exit(SOME_SKIPPED)


def _learn(
    space: LabelSpace,
    root: Path,
    journal: Journal,
    taught: list[Correction],
    requests: Sequence[Correct | Remove],
    json_: bool,
) -> None:
    """Carry out what people said by their moves, and write down what each change settled."""
    versions = dict.fromkeys((Correct, Remove), space.version)
    for request in requests:
        start = time.perf_counter()
        change = space.commit(request)
        print_change(change, (time.perf_counter() - start) * 1000, json_)
        versions[type(request)] = change.version
    to_class = [correction for correction in taught if correction.label is not None]
    to_review = [correction for correction in taught if correction.label is None]
    record_learned(root, journal, to_class, versions[Correct])
    record_learned(root, journal, to_review, versions[Remove])


def _copies(
    journal: Journal, moved: list[Correction], current: Callable[[str, int | None], str]
) -> set[tuple[str, str]]:
    """Return the digests of learned files that stand where they were put, and their classes."""
    left = {correction.entry.place for correction in moved}
    return {
        (entry.digest, current(entry.label, entry.version))
        for entry in journal.entries.values()
        if entry.state == "kept" and entry.label is not None and entry.place not in left
    }


def _withdrawn(
    space: LabelSpace,
    root: Path,
    copies: set[tuple[str, str]],
    moved: list[Correction],
    learned: Sequence[Example],
) -> dict[str, list[str]]:
    """Return the ids of the examples that files in the review were learned as, by their place.

    All copies of the document in that class are taken back. It stays an example where a copy of
    the file still stands in the folder of the class, or where people put a copy elsewhere now.
    """
    others = {digest for one in learned for digest in document_digests(one.text, one.image)}
    withdrawn: dict[str, list[str]] = {}
    with FileReader(print_notice, ocr=ReadingFlags().for_space(space).ocr) as reader:
        for correction in moved:
            entry, label = correction.entry, correction.entry.label
            if correction.label is not None or entry.state != "kept" or label is None:
                continue
            if (entry.digest, label) in copies:
                continue
            read, _ = _documents(reader, str(root / correction.place), label)
            own = {d for one in read for d in document_digests(one.text, one.image)}
            withdrawn[correction.place] = _examples_with(space.view(), label, own - others)
    return withdrawn


def _examples_with(view: View, label: str, digests: set[str]) -> list[str]:
    """Return the ids of the examples of a class that are equal to a document, by its digests."""
    row = view.rows.class_named(label, view.version)
    if row is None or not digests:
        return []
    members = list(view.rows.examples(row.key, view.version))
    contents = item_digests(view.rows, view.version, [member.item for member in members])
    pairs = zip(members, contents, strict=True)
    return [member.id for member, own in pairs if not digests.isdisjoint(own)]


def _print_correction(
    correction: Correction, names: set[str], withdrawn: Sequence[str], json_: bool
) -> None:
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
                "taken_back": list(withdrawn),
            }
        )
        return
    kind = "" if label in names else "  (a new class)" if label else "  (no class: not an example)"
    if correction.is_former:
        kind = f"  (the folder of {printable(repr(label))})"
    was, place = printable(entry.place), bold(correction.place)
    if correction.undone:
        styled(f"{place}: learned once, and undone{kind}")
        return
    if withdrawn:
        ids = printable(", ".join(withdrawn))
        kind = f"  (taken back: an example of {printable(repr(entry.label))} no longer, {ids})"
    styled(f"{was} -> {place}{kind}")
    if label is None and entry.state == "kept" and entry.label and not withdrawn:
        note(
            f"what was learned of it stays an example of {printable(entry.label)!r}, where it is "
            "one: a copy of the file stands there, or the file was edited; `protolabel show` names "
            "it, `protolabel remove` takes it out"
        )


def _say_what_now(space: str, folder: str, n: int, n_back: int, json_: bool) -> None:
    if json_:
        return
    if n or n_back:
        command = shlex.join(["protolabel", "learn", space, folder, "--yes"])
        parts = [f"{quantity(n, 'example')} to take"] if n else []
        parts += [f"{quantity(n_back, 'example')} to take back"] if n_back else []
        what = "To do so" if n_back else "To take them"
        note(f"{' and '.join(parts)}; nothing was changed. {what}: {command}")
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
