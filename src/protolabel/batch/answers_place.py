"""Whether answers may be written at a path: what stands there is ours, or nothing does."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from protolabel.batch.run_file import is_side_file_of, refuse_other_side_file
from protolabel.errors import InputError
from protolabel.system.writable import require_beside

MOST_OF_NONE = 65_536  # bytes that a file without an answer may have: a header, and a cut line
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".json", ".txt", "")


def refuse_other_format(path: Path) -> None:
    """Raise InputError for a name of a format in which no answers are written."""
    if path.suffix.lower() not in SUFFIXES and not path.exists():
        raise InputError(
            f"{path}: answers are not written as {path.suffix}",
            expected="a name that ends with .csv or .xlsx (for spreadsheets), .jsonl or .parquet",
            remedy=f"--out {shlex.quote(str(path.with_suffix('.csv')))}",
        )


def is_free(path: Path) -> bool:
    """Return whether nothing has that name.

    Raises:
        InputError: what has it is no file.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        if os.path.islink(path):
            raise InputError(
                f"{path} is a link to {os.readlink(path)}, which is not there",
                expected="a file, or a name that is free",
                remedy="give --out another file",
            ) from None
        return True
    if not stat.S_ISREG(mode):
        raise InputError(
            f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'a device, pipe or socket'}",
            expected="a file, or a name that is free",
            remedy=f"give --out a file in it, such as {path / 'answers.jsonl'}"
            if stat.S_ISDIR(mode)
            else "leave --out out: answers then go to the standard output",
        )
    return False


def is_new(path: Path, output: Path, *, may_exist: bool) -> bool:
    """Return whether the file is to be made.

    Args:
        path: of the file.
        output: the file that ``--out`` names: this one, or one that is made from its lines.
        may_exist: whether an earlier run may have made it.

    Raises:
        InputError: answers cannot be written there, or the file exists and may not.
    """
    if is_free(path):
        refuse_other_side_file(path)
        require_beside(output, "give --out another file")
        return True
    if not may_exist:
        raise exists_already(path, output)
    if not os.path.getsize(path):
        refuse_other_side_file(path)
    return False


def is_left_without_answers(path: Path) -> bool:
    """Return whether a file is one of ours that holds no answer: its run failed before the first.

    A last line that was cut off is no answer.
    """
    if not path.is_file() or not is_side_file_of(path):
        return False
    with path.open("rb") as file:
        start = file.read(MOST_OF_NONE)
    headers = int(path.suffix.lower() == ".csv")
    return len(start) < MOST_OF_NONE and start.count(b"\n") <= headers


def exists_already(path: Path, output: Path) -> InputError:
    """Return the error of answers that are there already.

    Args:
        path: of the file that holds them.
        output: the file that ``--out`` names: this one, or one that is made from its lines.
    """
    begun = path != output and not os.path.lexists(output)
    return InputError(
        f"{output} was begun by a run that was stopped" if begun else f"{output} exists already",
        expected="a new file",
        remedy="add --resume to answer only what is new in the inputs, or give another file"
        if is_side_file_of(path)
        else "give --out another file",
    )


def busy(path: Path) -> InputError:
    """Return the error of a file that another run writes to."""
    return InputError(
        f"{path}: another run is writing answers to it",
        expected="one run at a time",
        remedy="wait until it has ended, or give --out another file",
    )
