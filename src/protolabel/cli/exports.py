"""Exports of a label space as inputs of a command: how they are known, and their lines as records.

What a record means, and what becomes of one that cannot be used, is decided elsewhere.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

from protolabel.errors import InputError
from protolabel.label_space.export import FORMAT
from protolabel.label_space.exported_folder import is_exported_folder, read_exported_folder
from protolabel.readers.json_objects import json_object, refuse_repeated
from protolabel.row_numbers import STDIN_NAME


def is_export(source: str) -> bool:
    """Return whether an input is an export; of the standard input nothing is consumed."""
    if source != "-" and is_exported_folder(source):
        return True
    mark = f'{{"{FORMAT}"'.encode()
    if source == "-":
        stdin = sys.stdin.buffer if sys.stdin is not None else None
        peek = getattr(stdin, "peek", None)
        return peek is not None and bool(peek(len(mark))[: len(mark)] == mark)
    if not os.path.isfile(source):  # of a pipe, too, nothing is consumed
        return False
    try:
        with open(source, "rb") as file:
            return file.read(len(mark)) == mark
    except OSError:
        return False


def export_records(source: str) -> Iterator[dict[str, object] | InputError]:
    """Yield the records of an export; an error in the place of a line that holds none."""
    if source == "-":
        yield from _lines(sys.stdin.buffer, STDIN_NAME)
        return
    if is_exported_folder(source):
        yield from read_exported_folder(source)
        return
    with open(source, "rb") as file:
        yield from _lines(file, source)


def _lines(stream: BinaryIO, name: str) -> Iterator[dict[str, object] | InputError]:
    for number, raw in enumerate(stream, start=1):
        try:
            record = json.loads(raw, object_pairs_hook=json_object)
            refuse_repeated(record, f"{name}:{number}")
        except (ValueError, RecursionError) as error:
            yield _no_record(f"{name}:{number}: no JSON ({error})")
            continue
        except InputError as error:
            yield _no_record(error.got)
            continue
        yield record if isinstance(record, dict) else _no_record(f"{name}:{number}: not an object")


def _no_record(got: str) -> InputError:
    return InputError(
        got, expected="a line as `protolabel export` writes it", remedy="export again"
    )
