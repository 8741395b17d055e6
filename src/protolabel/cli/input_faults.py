"""What is wrong with an input: a text that says nothing, or a package that is missing."""

from __future__ import annotations

from protolabel.errors import MissingPackageError
from protolabel.readers import Unreadable
from protolabel.readers.text_evidence import with_reason
from protolabel.types import Document


def typed_document(name: str, text: str) -> Document:
    """Return a text of the command line as a document; one that says nothing as files have it."""
    return with_reason(Document(name, text, has_own_id=False))


def is_package_missing(fault: Unreadable) -> bool:
    """Return whether a file cannot be read because an optional package is not installed."""
    return isinstance(fault.error.__cause__, MissingPackageError)
