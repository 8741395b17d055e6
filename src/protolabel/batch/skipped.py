"""The record of a document that could not be used and was skipped."""

from __future__ import annotations

from dataclasses import dataclass

from protolabel.errors import InputError
from protolabel.types import Document


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that could not be used. ``source``: its file, or file and line."""

    source: str
    reason: str

    @classmethod
    def of(cls, document: Document, error: InputError) -> Skipped:
        """Return the report of a document that cannot be used, in the words of commands."""
        return cls(document.source or document.id, error.at_command_line())
