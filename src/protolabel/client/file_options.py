"""How a file that is sent is to be read: the options of the client's methods that send one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:  # the client stays light
    from protolabel.readers.options import Format


class FileOptions(TypedDict, total=False):
    """The fields of a table, what the file is where its name does not say so, its encoding."""

    text_field: str | None
    id_field: str | None
    fmt: Format | None
    encoding: str | None


class LabelledFileOptions(FileOptions, total=False):
    """The same of a file of labelled examples, with the field of their labels."""

    label_field: str | None
