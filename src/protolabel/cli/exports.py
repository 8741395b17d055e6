"""Exports of a label space as inputs of a command: how they are known, and their lines as records.

What a record means, and what becomes of one that cannot be used, is decided elsewhere.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from protolabel.errors import InputError
from protolabel.label_space.export import HEAD_BYTES, is_beginning_of_export
from protolabel.label_space.exported_folder import is_exported_folder, read_exported_folder
from protolabel.readers.json_objects import json_object, refuse_repeated
from protolabel.readers.paths import STDIN, beginning, opened, source_name
from protolabel.readers.text_beginnings import text_encoding


def is_export(source: str) -> bool:
    """Return whether an input is an export; whoever reads standard input next has all of it."""
    if source != STDIN and is_exported_folder(source):
        return True
    if source != STDIN and not os.path.isfile(source):  # of a pipe, too, nothing is consumed
        return False
    try:
        return is_beginning_of_export(beginning(source, HEAD_BYTES))
    except (OSError, InputError):
        return False


def export_records(source: str) -> Iterator[dict[str, object] | InputError]:
    """Yield the records of an export; an error in the place of a line that holds none."""
    if source != STDIN and is_exported_folder(source):
        yield from read_exported_folder(source)
        return
    name = source_name(source)
    encoding = text_encoding(beginning(source, HEAD_BYTES))
    with opened(source) as file:
        try:
            yield from _records(_lines(file, encoding), name)
        except UnicodeDecodeError as error:
            yield _no_record(f"{name}: text that is not in {encoding.upper()} ({error})")


def _lines(file: BinaryIO, encoding: str) -> Iterator[str | bytes]:
    """Yield lines: as bytes, each for itself, where they are in UTF-8."""
    if encoding == "utf-8-sig":
        yield from file
        return
    text = io.TextIOWrapper(file, encoding, newline="\n")
    try:
        yield from text
    finally:
        text.detach()


def _records(lines: Iterable[str | bytes], name: str) -> Iterator[dict[str, object] | InputError]:
    for number, line in enumerate(lines, start=1):
        if line.isspace():
            continue
        try:
            record = json.loads(line, object_pairs_hook=json_object)
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
