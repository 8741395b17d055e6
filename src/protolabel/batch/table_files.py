"""Answers as one Parquet or XLSX file, with the columns of the CSV file. Nothing here labels.

Such a file has its index at its end, so that nothing can be appended. It is written beside its
name, and gets the name when it is whole.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from protolabel.batch.answer_lines import COLUMNS, Record, cells
from protolabel.errors import InputError
from protolabel.store.files import give_name, partial_file
from protolabel.system.closable import Closable
from protolabel.system.extras import require
from protolabel.system.private_files import make_private

SUFFIXES = (".parquet", ".xlsx")
NUMBERS = ("chance", "probability", "none_probability", "score", "margin", "threshold")
ROWS_AT_ONCE = 8192  # of a Parquet file: one row group
MOST_ROWS = 1_048_575  # of a sheet, under its header
MOST_CHARACTERS = 32_767  # of a cell


def is_table(path: str) -> bool:
    """Return whether a name is that of a Parquet or XLSX file."""
    return path.lower().endswith(SUFFIXES)


class TableFile(Closable):
    """A file of answers that gets its name when it is closed."""

    def __init__(self, path: Path, *, notes: Mapping[bytes, bytes] | None = None) -> None:
        """Begin the file.

        Args:
            path: the name that it gets.
            notes: of a Parquet file, what stands in its metadata beside the schema. An empty file
                that has its name already is then replaced: it is what is left where a process was
                killed between claiming the name and giving it.

        Raises:
            InputError: it exists.
            MissingPackageError: the package that writes it is not installed.
            OSError: it cannot be written.
        """
        self._notes = notes
        if os.path.lexists(path) and not self._is_claim(path):
            raise InputError(
                f"{path} exists already",
                expected="a new file",
                remedy="give --out another file",
            )
        self.path, self._is_empty = path, True
        self._resources = ExitStack()
        self._partial = self._resources.enter_context(partial_file(path))
        try:
            make_private(self._partial)
            self._rows = table_rows(self._partial, path.suffix, notes)
        except BaseException:
            self._resources.close()
            raise

    def write(self, record: Record, key: bytes) -> None:
        """Append an answer, as docs/json.md documents it.

        Raises:
            InputError: the sheet is full.
        """
        self._rows.write(cells(record, key.hex()))
        self._is_empty = False

    def note(self, notes: Mapping[bytes, bytes]) -> None:
        """Add metadata, which only a Parquet file can hold."""
        self._rows.note(notes)

    def discard(self) -> None:
        """End without a file: what was written goes."""
        with self._resources:
            self._rows.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file; none is left where the run failed before any answer."""
        if error is not None and self._is_empty:
            self.discard()
        else:
            self.close()

    def close(self) -> None:
        """Finish the file, and give it its name."""
        with self._resources:
            self._rows.close()
            try:
                give_name(self._partial, self.path)
            except FileExistsError as error:
                if self._is_claim(self.path):
                    os.replace(self._partial, self.path)
                    return
                raise InputError(
                    f"{self.path} exists already, and did not when this run began",
                    expected="a new file",
                    remedy="give --out another file",
                ) from error

    def _is_claim(self, path: Path) -> bool:
        """Return whether a name is of an empty file that may be replaced."""
        return self._notes is not None and path.is_file() and path.stat().st_size == 0


class TableRows(Protocol):
    """The rows of a table that is being written."""

    def write(self, row: list[Any]) -> None:
        """Append a row: a cell a column. Raises InputError where the table is full."""

    def note(self, notes: Mapping[bytes, bytes]) -> None:
        """Add metadata to the file, where its kind can hold some."""

    def close(self) -> None:
        """Finish the file."""


def require_writer(suffix: str) -> None:
    """Check that the package is there that writes tables of that suffix.

    Raises:
        MissingPackageError: it is not installed.
    """
    if suffix.lower() == ".parquet":
        require("tables", "writing Parquet", "pyarrow")
    else:
        require("tables", "writing XLSX", "xlsxwriter")


def table_rows(path: Path, suffix: str, notes: Mapping[bytes, bytes] | None = None) -> TableRows:
    """Return the rows of a new table: of that suffix, whatever the path ends with.

    Raises:
        MissingPackageError: the package that writes it is not installed.
    """
    require_writer(suffix)
    return _Parquet(path, notes) if suffix.lower() == ".parquet" else _Sheet(path)


class _Parquet:
    """Rows as a Parquet file, a row group at a time."""

    def __init__(self, path: Path, notes: Mapping[bytes, bytes] | None) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        types = {name: pa.float64() for name in NUMBERS} | {"space_version": pa.int64()}
        fields = [(name, types.get(name, pa.string())) for name in COLUMNS]
        self._schema = pa.schema(fields, metadata=dict(notes or {}))
        self._table = pa.Table
        self._rows: list[list[Any]] = []
        self._file = pa.OSFile(os.fsencode(path), "w")  # a text would have to be UTF-8
        self._writer = parquet.ParquetWriter(self._file, self._schema, compression="zstd")

    def write(self, row: list[Any]) -> None:
        self._rows.append([_plain(cell) for cell in row])
        if len(self._rows) >= ROWS_AT_ONCE:
            self._write_group()

    def _write_group(self) -> None:
        records = [dict(zip(COLUMNS, row, strict=True)) for row in self._rows]
        self._writer.write_table(self._table.from_pylist(records, schema=self._schema))
        self._rows = []

    def note(self, notes: Mapping[bytes, bytes]) -> None:
        self._writer.add_key_value_metadata(dict(notes))

    def close(self) -> None:
        with self._file:
            if self._rows:
                self._write_group()
            self._writer.close()


class _Sheet:
    """Rows as one sheet of a workbook. A text is written as a text, never as a formula or link."""

    def __init__(self, path: Path) -> None:
        from xlsxwriter import Workbook

        self._book = Workbook(str(path), {"constant_memory": True})
        self._sheet = self._book.add_worksheet("answers")
        self._sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True})
        for column, name in enumerate(COLUMNS):
            self._sheet.write_string(0, column, name, bold)
        self._n = 0

    def write(self, row: list[Any]) -> None:
        if self._n == MOST_ROWS:
            raise full_sheet()
        self._n += 1
        for column, cell in enumerate(map(_plain, row)):
            if isinstance(cell, str):
                self._sheet.write_string(self._n, column, _cut(cell))
            elif cell is not None:
                self._sheet.write_number(self._n, column, cell)

    def note(self, notes: Mapping[bytes, bytes]) -> None:
        """Do nothing: a workbook holds no such metadata."""

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self._n, len(COLUMNS) - 1)
        self._book.close()


def most_rows(suffix: str) -> float:
    """Return how many rows a table of that suffix can have under its header."""
    return math.inf if suffix.lower() == ".parquet" else MOST_ROWS


def full_sheet() -> InputError:
    """Return the error of more answers than a sheet has rows."""
    return InputError(
        f"more than {MOST_ROWS:,} answers for one sheet",
        expected="as many rows as spreadsheets have",
        remedy="write .csv, .jsonl or .parquet",
    )


def _plain(cell: object) -> object:
    """Return a cell without the lone surrogates of a file name, which no table can hold."""
    if not isinstance(cell, str):
        return cell
    return cell.encode("utf-8", "backslashreplace").decode()


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
