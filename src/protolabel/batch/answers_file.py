"""A file of answers that later runs extend: only what is new or changed is answered again.

Each line carries the key of its document, so that the file itself says what has been answered. The
file beside it (``run_file``) says of which label space, inputs and options, so that two runs never
mix. A kill at any moment costs at most the answers that were not yet written: they are made
again, and a torn last line is removed. Nothing here labels.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np

from protolabel.batch.document_key import KEY_BYTES
from protolabel.batch.run_file import (
    PRIVATE,
    Run,
    is_side_file_of,
    joined,
    read_run,
    refuse_other_side_file,
    write_run,
)
from protolabel.errors import InputError

BOM = "\ufeff"  # without it, spreadsheets read a CSV file as some code page
COLUMNS = (
    "id", "source", "label", "probability", "probability_of", "score", "margin", "threshold",
    "second", "nearest_example", "reason", "space_version", "encoder_fingerprint", "key",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")
_LAST_CELL = re.compile(rb',"?([0-9a-f]+)"?\r?\n\Z')

Record = Mapping[str, Any]


class AnswersFile:
    """A file of answers that is open for writing. Lines are JSON, or CSV for ``*.csv``."""

    def __init__(self, path: Path, run: Run, *, resume: bool) -> None:
        """Open the file.

        Raises:
            InputError: where it exists and ``resume`` is False, is of another run, or is no file;
                where something else has the name of the file beside it.
            OSError: where it cannot be written.
        """
        self.path, self._csv = path, path.suffix.lower() == ".csv"
        is_new = _is_new(path, resume=resume)
        flags = os.O_RDWR | os.O_CREAT | (os.O_EXCL if is_new else 0)
        try:
            descriptor = os.open(path, flags, PRIVATE)
        except FileExistsError as error:
            raise _busy(path) from error
        self._file: BinaryIO = os.fdopen(descriptor, "r+b")
        try:
            _lock(self._file, path)
            self._start(run)
        except BaseException:
            self._file.close()
            if is_new:
                with suppress(OSError):
                    os.unlink(path)
            raise

    def _start(self, run: Run) -> None:
        keys = np.zeros(0, dtype=_KEY)
        if os.fstat(self._file.fileno()).st_size:
            run = joined(read_run(self.path), run, self.path)
            keys = np.fromiter(self._answered(), dtype=_KEY)
        self._keys, self._unclaimed = np.unique(keys, return_counts=True)
        write_run(self.path, run)
        self._file.seek(0, os.SEEK_END)
        if self._csv and not self._file.tell():
            self._file.write((BOM + _csv_line(COLUMNS)).encode())

    def _answered(self) -> list[bytes]:
        """Return the keys of the answers that are there; remove a line that was cut off."""
        keys, whole = [], 0
        read = _csv_key if self._csv else _json_key
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            if self._csv and number == 1:
                continue
            try:
                keys.append(read(line))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise InputError(
                    f"{self.path}:{number}: no answer of `protolabel label --out`",
                    expected="an answer with the key of its document on every line",
                    remedy="give --out another file",
                ) from error
        self._file.truncate(whole)
        return keys

    def claim(self, key: bytes) -> bool:
        """Return whether an earlier run answered a document of that key.

        Each answer in the file counts for one document. Of three equal documents and two answers,
        the third is still to be answered.
        """
        wanted = np.frombuffer(key, dtype=_KEY)[0]
        at = int(np.searchsorted(self._keys, wanted))
        if at == len(self._keys) or self._keys[at] != wanted or not self._unclaimed[at]:
            return False
        self._unclaimed[at] -= 1
        return True

    def write(self, record: Record, key: bytes) -> None:
        """Append an answer, as docs/json.md documents it."""
        if self._csv:
            text = _csv_line(_cells(record, key.hex()))
        else:
            text = json.dumps(dict(record) | {"key": key.hex()}, ensure_ascii=False) + "\n"
        self._file.write(text.encode("utf-8", "backslashreplace"))

    def flush(self) -> None:
        """Hand what was written to the operating system: a kill of this process loses none."""
        self._file.flush()

    def close(self) -> None:
        """Make everything durable, and close the file."""
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


_KEY = np.dtype(f"V{KEY_BYTES}")


def _json_key(line: bytes) -> bytes:
    return _key(json.loads(line)["key"])


def _csv_key(line: bytes) -> bytes:
    """Return the last cell. A cell before it may be longer than ``csv`` reads in this process."""
    cell = _LAST_CELL.search(line)
    return _key(cell[1].decode() if cell else "")


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError(text)
    return key


def _cells(record: Record, key: str) -> list[object]:
    """Return an answer as the cells of a spreadsheet's row."""
    alternatives, evidence = record["alternatives"], record["evidence"] or {}
    examples = evidence.get("examples") or ()
    extra = {
        "second": alternatives[1]["label"] if len(alternatives) > 1 else None,
        "nearest_example": examples[0]["id"] if examples else None,
        "key": key,
    }
    return [extra.get(name, record.get(name)) for name in COLUMNS]


def _csv_line(cells: Sequence[object]) -> str:
    """Return a row on one line. No cell is a formula, whatever a document is called."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = " ".join(value.splitlines())
    return f"'{text}" if text.startswith(_FORMULA) else text


def _is_new(path: Path, *, resume: bool) -> bool:
    """Return whether the file is to be made.

    Raises:
        InputError: answers cannot be written there, or the file exists and ``resume`` is False.
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
        refuse_other_side_file(path)
        return True
    if not stat.S_ISREG(mode):
        raise InputError(
            f"{path} is {'a folder' if stat.S_ISDIR(mode) else 'a device, pipe or socket'}",
            expected="a file, or a name that is free",
            remedy=f"give --out a file in it, such as {path / 'answers.jsonl'}"
            if stat.S_ISDIR(mode)
            else "leave --out out: answers then go to the standard output",
        )
    if not resume:
        raise InputError(
            f"{path} exists already",
            expected="a new file",
            remedy="add --resume to answer only what is new in the inputs, or give another file"
            if is_side_file_of(path)
            else "give --out another file",
        )
    if not os.path.getsize(path):
        refuse_other_side_file(path)
    return False


def _lock(file: BinaryIO, path: Path) -> None:
    """Keep other runs out of the file until it is closed, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _busy(path) from error


def _busy(path: Path) -> InputError:
    return InputError(
        f"{path}: another run is writing answers to it",
        expected="one run at a time",
        remedy="wait until it has ended, or give --out another file",
    )
