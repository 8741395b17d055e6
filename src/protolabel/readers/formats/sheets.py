"""XLSX, XLSB, XLS, ODS -> one CSV file a sheet. Values as stored: no formula or macro is run."""

from __future__ import annotations

import csv
import datetime
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar

from protolabel.readers.bounded_archives import bounded_zip
from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, inner_file
from protolabel.readers.formats.packages import is_locked
from protolabel.words.quantity import quantity
from protolabel.words.text import first_line

_MOST_BYTES = 2**29  # of a workbook unpacked
_MOST_CELLS = 50_000_000
_PIECE = 2**20  # of the XML of a sheet that is looked at
_LONGEST_CELL = 64  # bytes from a tag to the end of the name of its cell
_SHEET = re.compile(r"xl/worksheets/[^/]*\.xml")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^<>]{0,40}?\br=\"([A-Z]{1,3})([0-9]{1,7})\"")
_MOST_DIGITS = 16  # of a number that is no fraction; longer ones are written with an exponent


def extract(request: Request) -> Extraction:
    """Write each visible sheet into the folder of the request and name it. Row n is line n."""
    import python_calamine

    _check(request.path)
    try:
        with python_calamine.CalamineWorkbook.from_path(request.path) as workbook:
            visible = python_calamine.SheetVisibleEnum.Visible
            worksheets = [
                sheet
                for sheet in workbook.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            names = [sheet.name for sheet in worksheets if sheet.visible == visible]
            _refuse_equal(names)
            n_hidden = len(worksheets) - len(names)
            files = []
            for number, name in enumerate(names):
                _write(workbook.get_sheet_by_name(name), request.folder, f"{number}.csv")
                files.append((name, os.path.join(request.folder, f"{number}.csv")))
    except python_calamine.PasswordError as error:
        raise _encrypted() from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise RefusalError(
            f"a workbook that cannot be read ({first_line(error)})",
            "a whole workbook",
            "open it in an office program and save it again, or leave it out",
        ) from error
    notices = [quantity(n_hidden, "hidden sheet is", "hidden sheets are") + " left out"]
    return Extraction(None, files, notices if n_hidden else [])


def _refuse_equal(names: list[str]) -> None:
    """Refuse two sheets of one name, which no office program writes: only one could be read."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RefusalError(
            f"a workbook with two sheets named {twice!r}",
            "sheets with names of their own",
            "rename one of them",
        )


def _encrypted() -> RefusalError:
    return RefusalError(
        "an encrypted workbook", "one without a password", "save it without its password"
    )


def _check(path: str) -> None:
    """Refuse a workbook that has a password, or says that it unpacks to more than fits."""
    if not zipfile.is_zipfile(path):
        return
    with bounded_zip(path) as archive:
        with suppress(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            if is_locked(archive):
                raise _encrypted()
        size = sum(info.file_size for info in archive.infolist())
    if size > _MOST_BYTES:
        raise RefusalError(
            f"a workbook that unpacks to {size:,} bytes",
            f"at most {_MOST_BYTES:,}",
            "split it, or save its sheets as CSV",
        )
    _refuse_stray_cells(path)


def _refuse_stray_cells(path: str) -> None:
    """Refuse a sheet of XLSX with a cell so far from the others that the rectangle is too large.

    The library that reads it makes room for the whole rectangle before it says how large that is.
    """
    with bounded_zip(path) as archive:
        for member in archive.namelist():
            if not _SHEET.fullmatch(member):
                continue
            damaged = suppress(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
            with damaged, archive.open(member) as stream:
                _refuse_rectangle(stream)


def _refuse_rectangle(stream: IO[bytes]) -> None:
    """Raise RefusalError where the cells of a sheet lie in a rectangle of too many."""
    columns, rows, rest = list[bytes](), list[int](), b""
    while piece := stream.read(_PIECE):
        text = rest + piece
        cells = _CELL.findall(text)
        columns = _ends([*columns, *{column for column, _ in cells}], key=lambda c: (len(c), c))
        rows = _ends([*rows, *{int(row) for _, row in cells}], key=lambda row: row)
        rest = text[-_LONGEST_CELL:]
    if not columns:
        return
    width = _column(columns[-1]) - _column(columns[0]) + 1
    height = rows[-1] - rows[0] + 1
    if height * width > _MOST_CELLS:
        raise _too_large(height, width)


T = TypeVar("T")


def _ends(values: list[T], key: Callable[[T], Any]) -> list[T]:
    """Return the least and the greatest of some values."""
    return [min(values, key=key), max(values, key=key)] if values else []


def _column(letters: bytes) -> int:
    """Return the number of a column: 1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(height: int, width: int) -> RefusalError:
    return RefusalError(
        f"a sheet of {quantity(height, 'row')} and {quantity(width, 'column')}",
        f"at most {_MOST_CELLS:,} cells",
        "empty a cell that lies far from the others, split the sheet, or save it as CSV",
    )


def _write(sheet: object, folder: str, name: str) -> None:
    rows = sheet.iter_rows()  # type: ignore[attr-defined]  # empty rows above are among them
    height, width = sheet.height, sheet.width  # type: ignore[attr-defined]
    if height * max(1, width) > _MOST_CELLS:
        raise _too_large(height, width)
    options = {"encoding": "utf-8", "errors": "replace", "newline": ""}
    with inner_file(folder, name, "w", **options) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> str:
    """Return a value as a person sees it, on one line."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_MOST_DIGITS:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return " ".join(str(value).replace("\0", "\ufffd").splitlines())
