"""A file of answers that later runs extend: only what is new or changed is answered again.

Each line carries the key of its document, so that the file itself says what has been answered. A
file beside it, ``FILE.run.json``, says of which label space, inputs and options, so that two runs
never mix. A kill at any moment costs at most the answers that were not yet written: they are made
again, and a torn last line is removed. Nothing here labels.
"""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np

from protolabel.batch.document_key import KEY_BYTES
from protolabel.errors import InputError

SUFFIX = ".run.json"
PRIVATE = 0o600  # answers quote documents: their owner decides who else may read them
BOM = "\ufeff"  # without it, spreadsheets read a CSV file as some code page
COLUMNS = (
    "id", "source", "label", "probability", "probability_of", "score", "margin", "threshold",
    "second", "nearest_example", "reason", "space_version", "encoder_fingerprint", "key",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """What the answers of one file have in common.

    Attributes:
        space: identity of the label space: stays the same through changes, copies and moves.
        inputs: absolute paths; ``-`` is the standard input.
        options: those that decide what an answer holds.
    """

    space: str
    inputs: tuple[str, ...]
    options: Mapping[str, object]


class AnswersFile:
    """A file of answers that is open for writing. Lines are JSON, or CSV for ``*.csv``."""

    def __init__(self, path: Path, run: Run, *, resume: bool) -> None:
        """Open the file.

        Raises:
            InputError: where it exists and ``resume`` is False, or is of another run.
            OSError: where it cannot be written.
        """
        self.path, self._csv = path, path.suffix.lower() == ".csv"
        if path.exists() and not resume:
            raise InputError(
                f"{path} exists already",
                expected="a new file",
                remedy="add --resume to answer only what is new in the inputs, or remove it",
            )
        flags = os.O_RDWR | os.O_CREAT | (0 if resume else os.O_EXCL)
        self._file: BinaryIO = os.fdopen(os.open(path, flags, PRIVATE), "r+b")
        try:
            _lock(self._file, path)
            self._start(run)
        except BaseException:
            self._file.close()
            raise

    def _start(self, run: Run) -> None:
        self._keys = np.zeros(0, dtype=_KEY)
        if os.fstat(self._file.fileno()).st_size:
            run = _joined(_read_run(self.path), run, self.path)
            self._keys = np.unique(np.fromiter(self._answered(), dtype=_KEY))
        _write_run(self.path, run)
        self.before = len(self._keys)
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
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{self.path}:{number}: no answer of `protolabel label --out`",
                    expected="an answer with the key of its document on every line",
                    remedy="give --out another file",
                ) from error
        self._file.truncate(whole)
        return keys

    def __contains__(self, key: bytes) -> bool:
        """Return whether the document of that key was answered by an earlier run."""
        wanted = np.frombuffer(key, dtype=_KEY)
        at = int(np.searchsorted(self._keys, wanted[0]))
        return at < len(self._keys) and bool(self._keys[at] == wanted[0])

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
    (cells,) = csv.reader([line.decode()])
    return _key(cells[COLUMNS.index("key")] if len(cells) == len(COLUMNS) else "")


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


def _lock(file: BinaryIO, path: Path) -> None:
    """Keep other runs out of the file until it is closed, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            f"{path}: another run is writing answers to it",
            expected="one run at a time",
            remedy="wait until it has ended, or give --out another file",
        ) from error


def _read_run(path: Path) -> Run:
    """Return what the answers in a file have in common."""
    try:
        fields = json.loads(Path(f"{path}{SUFFIX}").read_text(encoding="utf-8"))
        return Run(fields["space"], tuple(fields["inputs"]), dict(fields["options"]))
    except FileNotFoundError as error:
        got = f"{path} without {path}{SUFFIX}, which says what its answers are of"
        raise InputError(
            got, expected="both files, as an earlier run left them",
            remedy="bring that file back, or give --out another file",
        ) from error  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}{SUFFIX}: damaged",
            expected="the file that an earlier run wrote",
            remedy="give --out another file",
        ) from error


def _joined(earlier: Run, run: Run, path: Path) -> Run:
    """Return the run that goes on with an earlier one, or refuse it."""
    if earlier.space != run.space:
        _refuse(path, "of another label space", "the label space that it was begun with")
    for name in sorted({*earlier.options, *run.options}):
        old, new = earlier.options.get(name), run.options.get(name)
        if old != new:
            _refuse(path, f"made with {name} {_words(old)}", f"the same, not {_words(new)}")
    for source in earlier.inputs:
        if source not in run.inputs and (source == "-" or os.path.exists(source)):
            place = "the standard input" if source == "-" else source
            _refuse(path, f"of another input, {place}", "the inputs that it was begun with")
    return replace(run, inputs=tuple(dict.fromkeys((*earlier.inputs, *run.inputs))))


def _words(value: object) -> str:
    return {None: "unset", True: "on", False: "off"}.get(value, str(value))  # type: ignore[call-overload,no-any-return]


def _refuse(path: Path, what: str, expected: str) -> None:
    raise InputError(
        f"{path} holds answers {what}",
        expected=expected,
        remedy="give --out another file, or repeat the command that began this one",
    )


def _write_run(path: Path, run: Run) -> None:
    """Write the file beside the answers, whole or not at all."""
    partial = Path(f"{path}{SUFFIX}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as f:
            json.dump(asdict(run), f, indent=1)
            f.write("\n")
            f.flush()
            os.fsync(f.fileno())
        os.replace(partial, f"{path}{SUFFIX}")
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
