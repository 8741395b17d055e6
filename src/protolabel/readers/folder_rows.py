"""A folder -> rows: the documents of each file, and one label per sub-folder where wanted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace

from protolabel.errors import InputError
from protolabel.readers.file_rows import file_rows, labelled
from protolabel.readers.kinds import kind_of
from protolabel.readers.options import Reading
from protolabel.readers.paths import (
    LINKED_FOLDERS,
    LeftOut,
    is_linked_folder,
    listing,
    printable,
    status,
    walk,
)
from protolabel.readers.rows import Origin, Row
from protolabel.readers.stray_files import file_beside


def folder_rows(origin: Origin, reading: Reading, prefix: str = "") -> Iterator[Row]:
    """Yield the documents of each file under a folder. What cannot be used is reported.

    ``prefix`` stands before the path within the folder in the place of a row.
    """
    left_out = LeftOut(reading.leave_out)
    for path in walk(origin.path, left_out, reading.reports):
        place = prefix + printable(os.path.relpath(path, origin.path))
        try:
            yield from regular_file_rows(Origin(path, printable(path), place), reading)
        except InputError as error:
            reading.reports.unreadable(printable(path), error)
    left_out.report(origin.name, reading.reports)


def regular_file_rows(origin: Origin, reading: Reading) -> Iterator[Row]:
    """Yield the documents of one file of a folder."""
    mode = status(origin.path).st_mode
    if not stat.S_ISREG(mode):
        raise InputError(
            f"{origin.name}: neither a file nor a folder (a pipe, socket or device)",
            expected="text files",
            remedy="move it out of the folder",
        )
    yield from file_rows(origin, kind_of(origin.path), reading, among_others=True)


def labelled_folder_rows(origin: Origin, reading: Reading, prefix: str = "") -> Iterator[Row]:
    """Yield the rows of each sub-folder, with its name as their label."""
    left_out = LeftOut(reading.leave_out)
    for entry in listing(origin.path, left_out):
        path = os.path.join(origin.path, entry)
        name = printable(path)
        if is_linked_folder(path):
            left_out.add(LINKED_FOLDERS, path)
            continue
        try:
            inside = _sub_folder(path, name)
        except InputError as error:
            reading.reports.unreadable(name, error)
            continue
        empty, n_unreadable = True, reading.reports.n_unreadable
        unlabelled = replace(reading, need_label=False)
        rows = folder_rows(inside, unlabelled, f"{prefix}{printable(entry)}/")
        for row in labelled(rows, printable(entry), reading):
            empty = False
            yield row
        if empty and n_unreadable == reading.reports.n_unreadable:
            reading.reports.unreadable(name, no_documents(name))
    left_out.report(origin.name, reading.reports)


def _sub_folder(path: str, name: str) -> Origin:
    if not stat.S_ISDIR(status(path).st_mode):
        raise file_beside(path, name, "one sub-folder per label, and files only in those")
    return Origin(path, name, name)


def no_documents(name: str) -> InputError:
    """Return the error for a file or folder without documents."""
    return InputError(
        f"{name}: no documents in it",
        expected="at least one",
        remedy="fill it or leave it out (hidden files, links to folders and blank lines do not "
        "count)",
    )
