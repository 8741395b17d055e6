"""How sources are read: the options that callers give, and one record of them for the readers."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, get_args, get_type_hints

from protolabel.columns.label_lists import IsClass, no_class
from protolabel.errors import InputError
from protolabel.progress import Meter
from protolabel.readers.formats.extractor import Extractor
from protolabel.readers.reports import Notice, Reports

Format = Literal["text", "lines", "jsonl", "json", "csv", "tsv", "npy", "image", "folder"]
"""What a source is, where its name does not say so."""

MAX_BYTES = 10 * 2**20
"""The longest line, record or file that is taken as one document, in bytes."""


class ReadOptions(TypedDict, total=False):
    """The options of `read_documents` and `read_examples`.

    ``fmt``: what the source is, where its name does not say; "lines" takes a text file as one
    document a line. ``text_field``, ``label_field``, ``id_field``: the names of a table's fields;
    dots reach into nested objects, and without a name the usual ones are looked for. ``encoding``:
    that of the text. ``max_bytes``: bounds one document. ``leave_out``: says of a path in a folder
    that it is no document. ``follow``: a file of lines never ends; what is appended is waited for.
    ``nested``: of a folder of examples, the label of a file is the folder
    that it lies in, at any depth. ``ocr``: take PNG, JPEG and TIFF files for pictures of text and
    read them by OCR (the extra ``ocr``), not as images. ``several_labels``: a row may
    have a list of labels, and is then an example of each; ``label_separator`` is what stands
    between them where they are one text, as in CSV. ``negatives``: a row may have a field
    ``not_label``, the class that it is not of, with a label or without, and is then a negative
    example of it; other readings take no notice of that field. ``is_class``: says of a name whether
    there is such a class, so that a cell like ``[2024]`` is that class and no list.
    """

    fmt: Format | None
    text_field: str | None
    label_field: str | None
    id_field: str | None
    encoding: str | None
    max_bytes: int
    leave_out: Callable[[str], bool] | None
    ocr: bool
    nested: bool
    several_labels: bool
    label_separator: str | None
    negatives: bool
    follow: bool
    is_class: Callable[[str], bool]


class NoticedOptions(ReadOptions, total=False):
    """The same, and ``on_notice``: is called with each choice that a reader makes."""

    on_notice: Callable[[Notice], None] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The options of one call, checked, with its meter and its reports.

    ``need_label`` says that each row of a table must have a label; ``read_label`` that a label in
    a row is of interest; ``names_documents`` that a row names a document and says its label, and
    holds no text; ``as_examples`` that documents become examples, so covering texts of mails are
    left out; ``with_covering`` that these come all the same, as rows that say so. ``named`` is the
    name of the one document that is asked for: a table that it lies in is refused where it has no
    text column, not read as one document. ``is_sheet`` says that cells are those of a sheet: each
    stands in its column, so that what stands beside the columns of the header can be left out.
    """

    fmt: Format | None = None
    text_field: str | None = None
    label_field: str | None = None
    id_field: str | None = None
    encoding: str | None = None
    max_bytes: int = MAX_BYTES
    leave_out: Callable[[str], bool] | None = None
    ocr: bool = False
    nested: bool = False
    several_labels: bool = False
    label_separator: str | None = None
    negatives: bool = False
    follow: bool = False
    is_class: IsClass = no_class
    need_label: bool = False
    read_label: bool = False
    names_documents: bool = False
    as_examples: bool = False
    with_covering: bool = False
    named: str = ""
    is_sheet: bool = False
    meter: Meter = field(default_factory=lambda: Meter("bytes read"))
    reports: Reports = field(default_factory=Reports)
    extractor: Extractor = field(default_factory=Extractor)

    @property
    def is_of_examples(self) -> bool:
        """Whether rows become examples, or name documents: nothing is remembered of them."""
        return self.need_label or self.as_examples or self.names_documents

    def wants_rows_of(self, table: str) -> bool:
        """Return whether a table must be read by its rows: the document asked for is among them."""
        return self.named.startswith((f"{table}:", f"{table}/"))


def checked_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options. Raises InputError for one that does not exist or cannot be."""
    names = list(get_type_hints(ReadOptions))
    for name, value in options.items():
        if name not in names:
            raise InputError(f"an option {name!r}", expected="one of " + ", ".join(names))
        if name.endswith("_field") and value is not None and not (isinstance(value, str) and value):
            raise InputError(f"{name} is {value!r}", expected="the name of a field")
    fmt = options.get("fmt")
    if fmt is not None and fmt not in get_args(Format):
        raise InputError(f"format {fmt!r}", expected="one of " + ", ".join(get_args(Format)))
    limit = options.get("max_bytes", MAX_BYTES)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InputError(f"max_bytes is {limit!r}", expected="a number of bytes, at least 1")
    for flag in ("ocr", "nested", "negatives", "follow"):
        if not isinstance(options.get(flag, False), bool):
            raise InputError(f"{flag} is {options[flag]!r}", expected="True or False")
    _check_labels(options)
    encoding = options.get("encoding")
    if encoding is not None:
        _check_encoding(encoding)
    return dict(options)


def _check_labels(options: Mapping[str, Any]) -> None:
    several, separator = options.get("several_labels", False), options.get("label_separator")
    if not isinstance(several, bool):
        raise InputError(f"several_labels is {several!r}", expected="True or False")
    if separator is not None and not (isinstance(separator, str) and separator.strip()):
        raise InputError(
            f"the label separator {separator!r}", expected="what stands between labels, such as ';'"
        )
    if separator is not None and not several:
        raise InputError(
            f"the label separator {separator!r} where a document has one label",
            expected="a label space of several labels a document",
            remedy="give several_labels=True, or leave label_separator= out",
            command="`protolabel set SPACE labels several` allows several, or leave it out",
        )


def _check_encoding(encoding: object) -> None:
    try:
        if not isinstance(encoding, str):
            raise LookupError(encoding)
        "a".encode(encoding)  # refuses what is no text encoding, such as base64
        codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError, UnicodeError) as error:
        raise InputError(
            f"encoding {encoding!r}",
            expected="the name of a text encoding, such as utf-8, windows-1252 or utf-16",
            remedy="`iconv -l` lists the usual names",
        ) from error
