"""The file beside a file of answers: which label space, inputs and options its answers are from.

``FILE.run.json`` says what wrote it and which file it belongs to, so that a file of somebody else
that has this name is never replaced.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from protolabel.batch.version_marks import Marks, is_of_version
from protolabel.errors import InputError
from protolabel.store.files import replacement
from protolabel.system.private_files import PRIVATE

SUFFIX = ".run.json"
LINES = ".lines.jsonl"
_MARK, _MARKED = "written_by", "protolabel label"


class OtherInputsError(InputError):
    """A run lacks an input that the file of answers was begun with. ``sources``: of both."""

    def __init__(self, sources: Sequence[str], got: str, *, expected: str, remedy: str) -> None:
        super().__init__(got, expected=expected, remedy=remedy)
        self.sources = sources


@dataclass(frozen=True, slots=True)
class TableDigest:
    """SHA-256 of a Parquet or XLSX file, and of the ``lines`` that it was made from."""

    table: str
    lines: str


@dataclass(frozen=True, slots=True)
class Run:
    """What the answers of one file have in common.

    Attributes:
        space: identity of the label space: stays the same through changes, copies and moves.
        inputs: absolute paths; ``-`` is the standard input.
        options: those that decide what an answer holds.
        states: of each version that answered, what tells it from another one of that number
            (:meth:`Rows.mark`): several where a backup was put in the place of the label space.
        tables: what was made from the answers, where they are lines of a Parquet or XLSX file:
            two where a run was killed while it gave the second one its name.
        folder: the working folder of the run that began the file, which sources of all its answers
            are relative to. Empty for a file of an earlier program: that of each run.
    """

    space: str
    inputs: tuple[str, ...]
    options: Mapping[str, object]
    states: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    tables: tuple[TableDigest, ...] = ()
    folder: str = ""

    def absent(self, marks: Marks) -> set[int]:
        """Return the versions that answered, where the label space has another state of them now.

        Args:
            marks: returns the mark of a version as it is now.
        """
        return {
            version
            for version, state in self.states.items()
            if not all(is_of_version(mark, version, marks) for mark in state)
        }


def side_file(path: Path) -> Path:
    """Return the path of the file beside a file of answers."""
    return Path(f"{_file_of(path)}{SUFFIX}")


def lines_of(table: Path) -> Path:
    """Return the path of the hidden file beside a Parquet or XLSX file that keeps its answers."""
    file = _file_of(table)
    return file.with_name(f".{file.name}{LINES}")


def _file_of(path: Path) -> Path:
    """Return the file that a link leads to, or else the path: what lies beside is beside that."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def is_side_file_of(path: Path) -> bool:
    """Return whether the file beside ``path`` was written by protolabel, and for that file."""
    try:
        fields = json.loads(side_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (
        isinstance(fields, dict)
        and fields.get(_MARK) == _MARKED
        and fields.get("answers") == _file_of(path).name
    )


def refuse_other_side_file(path: Path) -> None:
    """Raise InputError where something else has the name of the file beside new answers."""
    side = side_file(path)
    if os.path.lexists(side) and not is_side_file_of(path):
        raise InputError(
            f"{side} is there, and is not of an earlier run with --out {path}",
            expected=f"that name free: a file beside {path} says what its answers are of",
            remedy="give --out another file",
        )


def read_run(path: Path) -> Run:
    """Return what the answers in a file have in common.

    Raises:
        InputError: the file beside it is absent or damaged.
    """
    side = side_file(path)
    try:
        fields = json.loads(side.read_text(encoding="utf-8"))
        if fields[_MARK] != _MARKED:
            raise ValueError(fields[_MARK])
        states = {int(v): tuple(marks) for v, marks in fields.get("states", {}).items()}
        tables = tuple(TableDigest(**digests) for digests in fields.get("tables", ()))
        return Run(
            fields["space"], tuple(fields["inputs"]), dict(fields["options"]), states, tables,
            str(fields.get("folder", "")),
        )  # fmt: skip
    except FileNotFoundError as error:
        raise without_file(path, side, "says what its answers are of") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{side}: damaged, or not written by protolabel",
            expected="the file that an earlier run wrote",
            remedy="give --out another file",
        ) from error


def without_file(path: Path, absent: Path, use: str) -> InputError:
    """Return the error for answers without a file that goes with them: it ``use``."""
    return InputError(
        f"{path} without {absent}, which {use}",
        expected="both files, as an earlier run left them",
        remedy="bring that file back, or give --out another file",
    )


def tables_of(lines: Path) -> tuple[TableDigest, ...]:
    """Return what was made from the lines in a file; nothing where no run says so."""
    if not is_side_file_of(lines):
        return ()
    try:
        return read_run(lines).tables
    except InputError:
        return ()


def joined(earlier: Run, run: Run, path: Path) -> Run:
    """Return the run that continues an earlier one.

    Raises:
        InputError: the label space, an option or an input differs.
    """
    if earlier.space != run.space:
        _refuse(path, "of another label space", "the label space that it was begun with")
    for name in sorted({*earlier.options, *run.options}):
        old, new = earlier.options.get(name), run.options.get(name)
        if old != new:
            _refuse(path, f"made with {name} {_words(old)}", f"the same, not {_words(new)}")
    if earlier.inputs and run.inputs and not {*earlier.inputs} & {*run.inputs}:
        _refuse_inputs(path, earlier, run, earlier.inputs[0])
    for source in earlier.inputs:
        if source not in run.inputs and (source == "-" or os.path.exists(source)):
            _refuse_inputs(path, earlier, run, source)
    states = {
        version: tuple(
            dict.fromkeys((*earlier.states.get(version, ()), *run.states.get(version, ())))
        )
        for version in sorted({*earlier.states, *run.states})
    }
    inputs = tuple(dict.fromkeys((*earlier.inputs, *run.inputs)))
    return replace(run, inputs=inputs, states=states, folder=earlier.folder)


def _words(value: object) -> str:
    """Return the value of an option in words."""
    if isinstance(value, bool):  # asked first, since 1 == True
        return "on" if value else "off"
    return "unset" if value is None else str(value)


def _refuse(path: Path, what: str, expected: str) -> None:
    raise InputError(
        f"{path} holds answers {what}",
        expected=expected,
        remedy="give --out another file, or repeat the command that began this one",
    )


def _refuse_inputs(path: Path, earlier: Run, run: Run, missing: str) -> None:
    """Refuse a run without an input that the file was begun with, such as yesterday's export."""
    sources = list(dict.fromkeys((*earlier.inputs, *run.inputs)))
    if not all(os.path.exists(source) for source in sources):
        place = "the standard input" if missing == "-" else missing
        _refuse(path, f"of another input, {place}", "the inputs that it was begun with")
    raise OtherInputsError(
        sources,
        f"{path} holds answers of another input, {missing}",
        expected="the inputs that it was begun with, and new ones beside them",
        remedy="give --out another file",
    )


class RunNotes:
    """Writes beside a file of answers what made them: each version before its first answer."""

    def __init__(self, path: Path, run: Run, marks: Marks) -> None:
        """Write the file beside the answers at ``path``. ``marks`` returns a version's mark."""
        self._path, self._run, self._marks = path, run, marks
        self._version: int | None = None
        write_run(path, run)

    @property
    def tables(self) -> tuple[TableDigest, ...]:
        """What was made from the answers, where they are lines of a Parquet or XLSX file."""
        return self._run.tables

    def note_tables(self, *tables: TableDigest) -> None:
        """Take note of what is made from the answers, before it gets its name."""
        self._run = replace(self._run, tables=tables)
        write_run(self._path, self._run)

    def note(self, version: int) -> None:
        """Take note that a version of the label space answers, in the state that it has now."""
        if version == self._version:
            return
        mark, state = self._marks(version), self._run.states.get(version, ())
        if mark not in state:
            states = {**self._run.states, version: (*state, mark)}
            self._run = replace(self._run, states=dict(sorted(states.items())))
            write_run(self._path, self._run)
        self._version = version


def write_run(path: Path, run: Run) -> None:
    """Write the file beside the answers, whole or not at all."""
    fields = {_MARK: _MARKED, "answers": _file_of(path).name, **asdict(run)}
    with replacement(side_file(path), PRIVATE) as file:
        file.write((json.dumps(fields, indent=1) + "\n").encode())
