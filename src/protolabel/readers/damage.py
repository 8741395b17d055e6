"""Errors of files that are damaged or no documents, in words for people who work with the file.

Other files find out which these are; here is what is said of them.
"""

from __future__ import annotations

import os

from protolabel.errors import InputError
from protolabel.words.text import first_line

_OF_PROGRAMS = frozenset(  # suffixes of files that people open in a program and save
    {
        ".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xlsb", ".pptx", ".pptm", ".ppsx",
        ".odt", ".ods", ".odp", ".odg", ".doc", ".xls", ".ppt", ".rtf", ".msg", ".pdf", ".epub",
    }
)  # fmt: skip


def is_of_a_program(name: str) -> bool:
    """Return whether the name says that an office program or the like wrote the file."""
    return os.path.splitext(name)[1].lower() in _OF_PROGRAMS


def damaged_document(name: str) -> InputError:
    """Return the error of such a file that holds something else than its program writes."""
    kind = os.path.splitext(name)[1].lstrip(".").lower()
    return InputError(
        f"{name}: cut off or damaged: not what programs write as {kind}",
        expected="a whole file",
        remedy="open it in the program that wrote it and save it again, or leave it out",
    )


def no_document(name: str) -> InputError:
    """Return the error for a file of a kind that nothing here reads."""
    return InputError(
        f"{name}: not a document that protolabel reads",
        expected="a text, a table, a mail, a picture, a PDF file or one of an office program",
        remedy="leave it out, or give its text",
    )


def damaged_archive(name: str, error: Exception) -> InputError:
    """Return the error of what cannot be unpacked; office files are archives, too."""
    if is_of_a_program(name):
        return damaged_document(name)
    return InputError(
        f"{name}: cannot be unpacked ({first_line(error)})",
        expected="a whole archive or compressed file",
        remedy="fetch it again, or leave it out",
    )
