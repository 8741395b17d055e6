"""Files, folders and pipes -> documents, examples and descriptions, as streams.

==================  =====================================  ====================================
source              documents                              default id of a document
==================  =====================================  ====================================
text file           one                                    file name
.png, .jpg, .jpeg   one, an image                          file name
folder              one a file, recursive, sorted          path relative to the folder
.jsonl, .ndjson     one a line: text, image, embedding     file:line
.csv, .tsv, .tab    one a row under a header               file:line of the row's first line
.npy                one a row of a 2-D float array         row number, from 0
``-`` or a pipe     JSON Lines if it starts with ``{``,    stdin:line
                    else one a line
==================  =====================================  ====================================

An ``image`` in a table of JSON Lines is a path relative to the table, within its folder, or a
``data:`` address. Hidden files are skipped; blank lines are no documents. Memory is bounded by the
longest document and the largest folder listing. Nothing is repaired or skipped in silence: what
cannot be used is an `InputError` that names the file and line. A missing source is refused at the
call, everything else when the stream reaches it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import chain
from typing import Literal, NoReturn, get_args

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.folders import (
    STDIN,
    excerpt,
    listing,
    opened,
    shown,
    source_name,
    status,
    walk,
)
from protolabel.readers.image_files import image_of_field, is_image, read_image
from protolabel.readers.plain_text import MAX_BYTES, Progress, numbered_lines, read_whole
from protolabel.readers.rows import (
    NO_LABEL,
    Fields,
    Row,
    check_text,
    json_rows,
    line_rows,
)
from protolabel.readers.tables import csv_rows, npy_rows
from protolabel.types import Document, Example

Format = Literal["text", "lines", "jsonl", "csv", "tsv", "npy", "image", "folder"]
Source = str | os.PathLike[str]

_BY_SUFFIX: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".npy": "npy",
}


def read_documents(
    source: Source,
    *,
    fmt: Format | None = None,
    text_field: str = "text",
    id_field: str = "id",
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> Iterator[Document]:
    """Documents of a file, folder or pipe, one at a time; see the table above.

    ``fmt`` overrides what the suffix says: "lines" takes a text file as one document per line.
    ``max_bytes`` bounds one document. ``progress`` is advanced as bytes are consumed.

    Raises InputError for a source that is missing or unreadable, holds no document, or holds one
    that cannot be used.
    """
    path = os.fspath(source)
    fields = Fields(text=text_field, id=id_field)
    rows = _rows(path, _format(path, fmt), fields, max_bytes, progress)
    return (
        Document(row.id or row.place, row.text, row.embedding, row.source, row.image)
        for row in _at_least_one(rows, path)
    )


def read_examples(
    source: Source,
    *,
    label: str | None = None,
    fmt: Format | None = None,
    text_field: str = "text",
    id_field: str = "id",
    label_field: str = "label",
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> Iterator[Example]:
    """Examples of a file, folder or pipe, one at a time.

    With ``label`` everything in the source is an example of it. Without, a table has a label in
    each row, and a folder has one sub-folder per label. Ids are those that a table gives, else
    empty. The ids of one source are held in memory to refuse the same id twice.

    Raises InputError as `read_documents` does, and for labels that are missing, unusable, or other
    than ``label``.
    """
    path = os.fspath(source)
    kind = _format(path, fmt)
    given = None if label is None else clean_name(label, "label=")
    if given is None and kind in ("text", "npy", "lines", "image"):
        _refuse_unlabelled(source_name(path))
    fields = Fields(text=text_field, id=id_field, label=label_field, need_label=given is None)
    if kind == "folder" and given is None:
        rows = _labelled_folders(path, max_bytes, progress)
    else:
        rows = _rows(path, kind, fields, max_bytes, progress)
    return _examples(_at_least_one(rows, path), given)


def _format(path: str, fmt: Format | None) -> Format | None:
    """The format of a source that exists; None for a pipe, whose first line is to decide."""
    if fmt is not None and fmt not in get_args(Format):
        raise InputError(f"fmt={fmt!r}", expected="one of " + ", ".join(get_args(Format)))
    if path == STDIN:
        if fmt in ("npy", "image", "folder"):
            raise InputError(f"stdin: fmt={fmt!r}", expected="text", remedy="give a path")
        return fmt
    mode = status(path).st_mode
    is_folder = stat.S_ISDIR(mode)
    if is_folder and fmt is None:
        return "folder"
    if is_folder != (fmt == "folder"):
        raise InputError(
            f"{shown(path)}: {'a folder' if is_folder else 'not a folder'}, with fmt={fmt!r}",
            expected="fmt='folder' for folders, and only for them",
            remedy="leave fmt out",
        )
    if fmt is not None or not stat.S_ISREG(mode):
        return fmt
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".json":
        raise InputError(
            f"{shown(path)}: a JSON file",
            expected="JSON Lines (.jsonl), one object per line",
            remedy="`jq -c '.[]' in.json > out.jsonl`, or fmt='text' to take it as one document",
        )
    return "image" if is_image(path) else _BY_SUFFIX.get(suffix, "text")


def _rows(
    path: str, kind: Format | None, fields: Fields, limit: int, progress: Progress | None
) -> Iterator[Row]:
    """The rows of any source. ``kind`` None: the first line that is not blank decides."""
    name = source_name(path)
    place = os.path.basename(name)
    if kind == "folder":
        yield from _folder_rows(path, limit, progress)
    elif kind == "npy":
        yield from npy_rows(path, name, progress)
    elif kind == "image":
        yield Row(place, name, "", None, image=read_image(path, name, limit, progress))
    elif kind == "text":
        text = read_whole(path, name, limit, progress)
        check_text(text, name)
        yield Row(place, name, "", text)
    else:
        with opened(path) as stream:
            lines = numbered_lines(stream, name, limit, progress)
            if kind is None:
                first = next((pair for pair in lines if not pair[1].isspace()), None)
                kind = "jsonl" if first and first[1].lstrip().startswith("{") else "lines"
                lines = chain([first] if first else [], lines)
            if kind == "jsonl":

                def picture(value: object, source: str) -> bytes:
                    return image_of_field(value, path, source, fields.image, limit)

                yield from json_rows(lines, name, place, fields, picture)
            elif kind == "lines":
                yield from line_rows(lines, name, place)
            else:
                delimiter = "," if kind == "csv" else "\t"
                yield from csv_rows(lines, name, place, fields, delimiter, limit)


def _folder_rows(folder: str, limit: int, progress: Progress | None) -> Iterator[Row]:
    """One row per file under a folder. Raises InputError for a table among the documents."""
    for path in walk(folder):
        name = shown(path)
        if _BY_SUFFIX.get(os.path.splitext(path)[1].lower()):
            raise InputError(
                f"{name}: a table in a folder of documents",
                expected="one document per file",
                remedy="give the table by its own path, or move it out of the folder",
            )
        inside = shown(os.path.relpath(path, folder))
        if is_image(path):
            yield Row(inside, name, "", None, image=read_image(path, name, limit, progress))
            continue
        text = read_whole(path, name, limit, progress)
        check_text(text, name)
        yield Row(inside, name, "", text)


def _labelled_folders(folder: str, limit: int, progress: Progress | None) -> Iterator[Row]:
    """The rows of each sub-folder, with its name as their label."""
    for entry in listing(folder):
        path = os.path.join(folder, entry)
        if not stat.S_ISDIR(status(path).st_mode):
            raise InputError(
                f"{shown(path)}: a file beside the folders of examples",
                expected="one sub-folder per label, and files only in those",
                remedy="move it into the folder of its label, or pass the label",
            )
        for row in _at_least_one(_folder_rows(path, limit, progress), path):
            yield row._replace(label=entry)


def _refuse_unlabelled(source: str) -> NoReturn:
    raise InputError(
        f"{source}: an example without a label",
        expected="a label for it",
        remedy="pass the label, or give a folder per label, or a table with a label in each row",
    )


def _at_least_one(rows: Iterator[Row], path: str) -> Iterator[Row]:
    """The rows; InputError where a file or folder has none. An empty pipe is no error."""
    empty = True
    for row in rows:
        empty = False
        yield row
    if empty and path != STDIN:
        mode = status(path).st_mode
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            raise InputError(
                f"{shown(path)}: no documents in it",
                expected="at least one",
                remedy="fill it or leave it out (hidden files and blank lines do not count)",
            )


def _examples(rows: Iterator[Row], given: str | None) -> Iterator[Example]:
    """Rows as examples: their labels checked, and their ids unique."""
    sources: dict[str, str] = {}
    for row in rows:
        label = given
        if row.label is not NO_LABEL:
            label = clean_name(row.label, row.source)
        if label is None:
            _refuse_unlabelled(row.source)
        if given is not None and label != given:
            raise InputError(
                f"{row.source}: labelled {label!r}",
                expected=f"{given!r}, the label passed for all of them",
                remedy="leave the label argument out to use those in the file",
            )
        if row.id and sources.setdefault(row.id, row.source) != row.source:
            raise InputError(
                f"{row.source}: the id {excerpt(row.id)} again",
                expected=f"an id of its own (it is that of {sources[row.id]})",
                remedy="give it another id, or none",
            )
        yield Example(label, row.text, row.id, row.embedding, row.source, row.image)
