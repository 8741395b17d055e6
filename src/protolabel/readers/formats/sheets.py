"""XLSX, XLSB, XLS, ODS -> one CSV file a sheet. Values as stored: no formula or macro is run."""

from __future__ import annotations

import csv
import datetime
import os
import zipfile
import zlib
from contextlib import suppress

from protolabel.quantity import quantity
from protolabel.readers.bounded_archives import bounded_zip
from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, inner_file
from protolabel.readers.formats.packages import is_locked
from protolabel.text import first_line

_MOST_BYTES = 2**29  # of a workbook unpacked
_MOST_CELLS = 50_000_000
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


def _write(sheet: object, folder: str, name: str) -> None:
    rows = sheet.iter_rows()  # type: ignore[attr-defined]  # empty rows above are among them
    height, width = sheet.height, sheet.width  # type: ignore[attr-defined]
    if height * max(1, width) > _MOST_CELLS:
        raise RefusalError(
            f"a sheet of {quantity(height, 'row')} and {quantity(width, 'column')}",
            f"at most {_MOST_CELLS:,} cells",
            "split it, or save it as CSV",
        )
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
