"""Refuses outputs that are also inputs, and label spaces in the place of documents."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from protolabel.batch.own_files import OwnFiles
from protolabel.errors import InputError
from protolabel.store.found_files import is_label_space

STANDARD_STREAMS = (1, 2)  # stdout and stderr


def own_files(out: str | None = None) -> OwnFiles:
    """Return what recognises the files that no folder of documents is read with."""
    return OwnFiles((*STANDARD_STREAMS, *([out] if out is not None else [])))


def refuse_own_inputs(inputs: Iterable[str], out: str | None) -> None:
    """Raise InputError for an input that is the output, or a label space."""
    output_files = own_files(out)
    for source in inputs:
        try:
            info = os.stat(source)
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(info.st_mode) and output_files.is_output(info):
            raise InputError(
                f"{source} is an input, and the output too",
                expected="an output that is not read",
                remedy="write to another file",
            )
        refuse_label_spaces([source])


def refuse_label_spaces(
    inputs: Iterable[str], *, expected: str = "documents", remedy: str = "leave it out"
) -> None:
    """Raise InputError for an input that is a label space: it is no text, and holds no documents.

    Args:
        inputs: paths of the command line.
        expected: what should stand there.
        remedy: what to do instead.
    """
    for source in inputs:
        if is_label_space(source):
            raise InputError(f"{source} is a label space", expected=expected, remedy=remedy)


def refuse_output_among(inputs: Iterable[str], output: str | None, option: str) -> None:
    """Raise InputError for a folder to write that is an input, holds one or lies in one."""
    if output is None:
        return
    folder = os.path.realpath(output)
    for source in inputs:
        if source == "-":
            continue
        place = os.path.realpath(source)
        try:
            shared = os.path.commonpath([place, folder])
        except ValueError:  # on different drives
            continue
        if shared == folder or (shared == place and os.path.isdir(place)):
            raise InputError(
                f"{option} {output} and the input {source} lie in one another",
                expected="a folder that is not read",
                remedy=f"give {option} a folder outside of {source}",
            )
