"""A folder -> rows: one document per file, and one label per sub-folder where labels are wanted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from protolabel.errors import InputError
from protolabel.readers.fields import check_text
from protolabel.readers.folders import LeftOut, listing, printable, status, walk
from protolabel.readers.image_files import is_image, read_image
from protolabel.readers.options import Reading
from protolabel.readers.plain_text import read_whole
from protolabel.readers.rows import Origin, Row

TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".tab", ".npy")


def folder_rows(origin: Origin, reading: Reading, prefix: str = "") -> Iterator[Row]:
    """Yield one row per file under a folder. Files that cannot be used are reported.

    ``prefix`` stands before the path within the folder in the place of a row.
    """
    left_out = LeftOut()
    for path in walk(origin.path, left_out, reading.reports):
        place = prefix + printable(os.path.relpath(path, origin.path))
        try:
            row = file_row(Origin(path, printable(path), place), reading)
        except InputError as error:
            reading.reports.unreadable(printable(path), error)
        else:
            yield row
    left_out.report(origin.name, reading.reports)


def file_row(origin: Origin, reading: Reading) -> Row:
    """Return a file of a folder as one document, a text or an image."""
    mode = status(origin.path).st_mode
    if not stat.S_ISREG(mode):
        raise InputError(
            f"{origin.name}: neither a file nor a folder (a pipe, socket or device)",
            expected="text files",
            remedy="move it out of the folder",
        )
    if os.path.splitext(origin.path)[1].lower() in TABLES:
        raise InputError(
            f"{origin.name}: a table in a folder of documents",
            expected="one document per file",
            remedy="give the table by its own path, or move it out of the folder",
        )
    if is_image(origin.path):
        image = read_image(origin.path, origin.name, reading.max_bytes, reading.meter)
        return Row(origin.place, origin.name, "", None, image=image)
    text = read_whole(origin.path, origin.name, reading)
    check_text(text, origin.name)
    return Row(origin.place, origin.name, "", text)


def labelled_folder_rows(origin: Origin, reading: Reading, prefix: str = "") -> Iterator[Row]:
    """Yield the rows of each sub-folder, with its name as their label."""
    left_out = LeftOut()
    for entry in listing(origin.path, left_out):
        path = os.path.join(origin.path, entry)
        name = printable(path)
        try:
            inside = _sub_folder(path, name)
        except InputError as error:
            reading.reports.unreadable(name, error)
            continue
        empty, n_unreadable = True, reading.reports.n_unreadable
        for row in folder_rows(inside, reading, f"{prefix}{printable(entry)}/"):
            empty = False
            yield row._replace(label=printable(entry))
        if empty and n_unreadable == reading.reports.n_unreadable:
            reading.reports.unreadable(name, no_documents(name))
    left_out.report(origin.name, reading.reports)


def _sub_folder(path: str, name: str) -> Origin:
    if not stat.S_ISDIR(status(path).st_mode):
        raise InputError(
            f"{name}: a file beside the folders of examples",
            expected="one sub-folder per label, and files only in those",
            remedy="move it into the folder of its label, or say the label of all files",
        )
    return Origin(path, name, name)


def no_documents(name: str) -> InputError:
    """Return the error for a file or folder without documents."""
    return InputError(
        f"{name}: no documents in it",
        expected="at least one",
        remedy="fill it or leave it out (hidden files and blank lines do not count)",
    )
