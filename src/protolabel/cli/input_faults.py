"""What may be amiss with an input: an empty text, a missing package, a text as a path, a pipe."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable

from protolabel.errors import InputError, MissingPackageError
from protolabel.readers import Unreadable
from protolabel.readers.text_evidence import with_reason
from protolabel.types import Document


def typed_document(name: str, text: str) -> Document:
    """Return a text of the command line as a document; one that says nothing as files have it."""
    return with_reason(Document(name, text, has_own_id=False))


def is_package_missing(fault: Unreadable) -> bool:
    """Return whether a file cannot be read because an optional package is not installed."""
    return isinstance(fault.error.__cause__, MissingPackageError)


def refuse_texts_as_paths(inputs: tuple[str, ...], *command: str) -> None:
    """Say what to type where a text stands in the place of a path.

    ``command``: what comes before the text, such as ``("label", "mail.space")``.
    """
    for text in inputs:
        if text != "-" and not os.path.exists(text) and any(c.isspace() for c in text.strip()):
            raise InputError(
                f"no file or folder {text!r}",
                expected="paths; a text needs --text before it",
                remedy=shlex.join(["protolabel", *command, "--text", text]),
            )


def slow(inputs: Iterable[str]) -> bool:
    """Return whether an input may make us wait: a pipe, or a person who types."""
    for source in inputs:
        try:
            if source == "-" or stat.S_ISFIFO(os.stat(source).st_mode):
                return True
        except OSError:
            continue
    return False
