"""Texts and web pages whose names say that they hold several documents: they are not read as one.

Each line of such a text may be a document, which nobody would miss in one answer.
"""

from __future__ import annotations

import os

from protolabel.errors import InputError
from protolabel.readers.damage import damaged_document, is_of_a_program, no_document
from protolabel.readers.encodings import is_no_text
from protolabel.readers.kinds import TABLE_SUFFIXES
from protolabel.readers.options import Reading
from protolabel.readers.packed_names import unpacked_name
from protolabel.readers.paths import opened, source_size
from protolabel.readers.plain_text import refuse_binary
from protolabel.readers.rows import Origin

_HEAD_BYTES = 2**16
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm", ".xls", ".xlt", ".ods", ".ots", ".fods")
_ARCHIVES = (".zip", ".tar", ".7z", ".rar")
_NAMED_AS = (
    dict.fromkeys(TABLE_SUFFIXES, "a table")
    | dict.fromkeys(_WORKBOOKS, "a workbook")
    | dict.fromkeys(_ARCHIVES, "an archive")
)


def is_misnamed(origin: Origin, kind: str, reading: Reading) -> bool:
    """Return whether a file is one document by its bytes, and several by its name.

    A format that the caller gives outweighs the name.
    """
    of_one = kind in ("text", "html") and reading.fmt is None
    return of_one and _suffix(origin.name) in _NAMED_AS and source_size(origin.path) != 0


def refuse_misnamed(origin: Origin, kind: str, reading: Reading) -> None:
    """Raise the InputError for such a file, or that of a damaged one."""
    if not is_misnamed(origin, kind, reading):
        return
    name, what = origin.name, _NAMED_AS[_suffix(origin.name)]
    if kind == "html":
        raise InputError(
            f"{name}: a web page that is named as {what}",
            expected=f"{what}, or a name that ends in .html",
            remedy="rename it to .html if it is one document; if it shows a table, open it in a "
            "spreadsheet program and save it as .csv",
        )
    with opened(origin.path) as stream:
        head = stream.read(_HEAD_BYTES)
    refuse_binary(head[:16], name)
    if is_no_text(head):
        raise damaged_document(name) if is_of_a_program(name) else no_document(name)
    raise InputError(
        f"{name}: a plain text that is named as {what}",
        expected=f"{what}, or a name that says what it is",
        remedy="rename it to .csv or .jsonl if it is a table, or to .txt if it is one document",
    )


def _suffix(name: str) -> str:
    return os.path.splitext(unpacked_name(name))[1].lower()
