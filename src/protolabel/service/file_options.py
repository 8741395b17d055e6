"""How a file that is sent is to be read: the query parameters of every route that takes one.

They have the names of the library's parameters, since the remedies of its errors name these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from protolabel.readers.options import Format, ReadOptions, checked_options
from protolabel.service.limits import NAME

_FieldName = Annotated[
    str | None, Query(min_length=1, max_length=NAME, description="A field of a table.")
]
_FormatName = Annotated[Format | None, Query(description="Where the name does not say what it is.")]
_Encoding = Annotated[
    str | None, Query(min_length=1, max_length=NAME, description="Of the text, such as utf-16.")
]


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Which fields of a table count, what the file is, and the encoding of its text."""

    text_field: _FieldName = None
    id_field: _FieldName = None
    fmt: _FormatName = None
    encoding: _Encoding = None

    def options(self) -> ReadOptions:
        """Return them as readers take them. Raises InputError for an encoding that is none."""
        options = ReadOptions(
            text_field=self.text_field, id_field=self.id_field, fmt=self.fmt, encoding=self.encoding
        )
        checked_options(options)
        return options


@dataclass(frozen=True, slots=True)
class LabelledFileOptions(FileOptions):
    """The same of a file of labelled examples, with the field of their labels."""

    label_field: _FieldName = None

    def options(self) -> ReadOptions:
        """Return them as readers take them. Raises InputError for an encoding that is none."""
        return FileOptions.options(self) | ReadOptions(label_field=self.label_field)


FileReading = Annotated[FileOptions, Depends()]
LabelledFileReading = Annotated[LabelledFileOptions, Depends()]
