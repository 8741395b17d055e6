"""Which files are sorted: those that lie in the inputs, and no file that only a link leads to.

Nothing of a sorted folder is a source, however it is reached: a person may have put it there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from protolabel.batch.sorting.entries import How
from protolabel.identity.sorted_paths import is_sorted_folder
from protolabel.readers.paths import OWN, LeftOut, walk
from protolabel.readers.reports import Reports

LINKED_FILES = "links to files (neither a link nor what it leads to is moved)"


def source_files(
    inputs: Sequence[str], how: How, own: Callable[[str], bool], reports: Reports
) -> Iterator[tuple[str, str]]:
    """Yield the files of all inputs, each with its path within its input.

    Args:
        inputs: folders and files.
        how: how they are put into the sorted folder.
        own: says of a path that it is a file of protolabel's own.
        reports: hears of folders that cannot be listed, and of what was left out.
    """
    for source in inputs:
        left_out = LeftOut(lambda path: own(path) or is_sorted_folder(path))
        is_folder = os.path.isdir(source)
        for path in walk(source, left_out, reports) if is_folder else (source,):
            name = os.path.relpath(path, source) if is_folder else os.path.basename(path)
            if os.path.islink(path) and (kind := _kind_left_out(path, how)):
                left_out.add(kind, name)
            else:
                yield path, name
        left_out.report(source, reports)


def path_as_typed(path: str, inputs: Sequence[str]) -> str:
    """Return a whole path as the inputs lead to it, which may be relative; itself if none does."""
    for source in inputs:
        above = os.path.abspath(source)
        if path == above:
            return source
        if path.startswith(f"{above.rstrip('/')}/"):
            return os.path.join(source, os.path.relpath(path, above))
    return path


def _kind_left_out(link: str, how: How) -> str:
    """Return as what a link to a file is left out; empty if it is sorted."""
    if not os.path.exists(link):  # the reading says why
        return ""
    if any(map(is_sorted_folder, Path(os.path.realpath(link)).parents)):
        return OWN
    return LINKED_FILES if how == "move" else ""
