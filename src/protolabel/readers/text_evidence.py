"""Whether the text of a document is evidence of a class, and why not. Every door asks here.

A text that is empty, or whose characters mean nothing, is none: the document is declined with that
reason, whether a reader or a program gave the text.
"""

from __future__ import annotations

from dataclasses import replace

from protolabel.errors import InputError
from protolabel.readers.fields import text_fault
from protolabel.readers.reports import without_source
from protolabel.types import Document


def reason_of(fault: InputError | None, source: str = "") -> str:
    """Return why no class can be the answer to a text; empty where nothing is wrong with it."""
    if fault is None:
        return ""
    return f"{without_source(fault.got, source)}; to fix it: {fault.remedy}"


def why_no_evidence(text: str) -> str:
    """Return why a text is no evidence of any class; empty where it is some."""
    return reason_of(text_fault(text, "a text"), "a text")


def with_reason(document: Document) -> Document:
    """Return a document with the reason why its text is no evidence, if it is none.

    A document whose evidence is an image or an embedding stays as it is, and so does one that its
    reader found to be unreadable.
    """
    other = document.image is not None or document.embedding is not None
    if document.text is None or document.unreadable or other:
        return document
    reason = why_no_evidence(document.text)
    return replace(document, unreadable=reason) if reason else document
