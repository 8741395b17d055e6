"""Folders in folders -> rows and parents: a file's label is the folder that it lies in.

A label is one class wherever it stands, so each name of a folder may stand in one place only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.file_rows import labelled
from protolabel.readers.folder_rows import regular_file_rows
from protolabel.readers.options import Reading
from protolabel.readers.paths import LeftOut, printable, walk
from protolabel.readers.rows import Origin, Row
from protolabel.readers.stray_files import file_beside


def nested_folder_rows(origin: Origin, reading: Reading, prefix: str = "") -> Iterator[Row]:
    """Yield the rows of each file under a folder, with the name of its own folder as their label.

    ``prefix`` stands before the path within the folder in the place of a row.
    """
    left_out = LeftOut(reading.leave_out)
    unlabelled = replace(reading, need_label=False)
    for path in walk(origin.path, left_out, reading.reports):
        name, folders = printable(path), folders_between(origin.path, path)
        try:
            if not folders:
                raise file_beside(path, name, "files in folders that are named as their classes")
            place = prefix + printable(os.path.relpath(path, origin.path))
            rows = regular_file_rows(Origin(path, name, place), unlabelled)
            yield from labelled(rows, printable(folders[-1]), reading)
        except InputError as error:
            reading.reports.unreadable(name, error)
    left_out.report(origin.name, reading.reports)


def folder_parents(paths: Iterable[str | os.PathLike[str]]) -> dict[str, str | None]:
    """Return the class above each class of nested folders, None for the top, as they lie.

    Raises:
        InputError: two folders of one name lie under different ones, or in one another.
    """
    parents: dict[str, str | None] = {}
    places: dict[str, str] = {}
    for folder_path in paths:
        root = os.fspath(folder_path)
        for path in walk(root):
            folders = folders_between(root, path)
            above: str | None = None
            for depth, folder in enumerate(folders):
                label = clean_name(printable(folder))
                place = os.path.join(root, *folders[: depth + 1])
                if parents.setdefault(label, above) != above or label == above:
                    raise InputError(
                        f"the folders {printable(places.get(label, place))} and "
                        f"{printable(place)} have the same name",
                        expected="each name of a folder in one place, as it is the name of a class",
                        remedy="give one of them another name",
                    )
                places.setdefault(label, place)
                above = label
    return parents


def parents_above(
    labels: Iterable[str], parents: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return the class above each of some labels and of those above them; none for the top.

    ``parents``: as :func:`folder_parents` returns them.
    """
    above: dict[str, str | None] = {}
    for label in labels:
        parent = parents.get(label)
        while parent is not None and label not in above:
            above[label] = parent
            label, parent = parent, parents.get(parent)
    return above


def folders_between(root: str, path: str) -> list[str]:
    """Return the folders between a root and a file, from the top down."""
    inner = os.path.dirname(os.path.relpath(path, root))
    return inner.split(os.sep) if inner else []
