"""The documents that a change in the log decided on, by their keys. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Mapping

_KEY = re.compile(r"(?:[0-9a-f]{2})+")  # of a document, in hexadecimal digits


def documents_named(
    detail: Mapping[str, object], name: str = "decisions"
) -> dict[bytes, list[str]]:
    """Return the classes that the detail of a change in the log names for documents by keys.

    What is no key, in a damaged file, names no document.
    """
    decisions = detail.get(name)
    if not isinstance(decisions, dict):
        return {}
    return {
        bytes.fromhex(key): list(labels)
        for key, labels in decisions.items()
        if _KEY.fullmatch(key) and isinstance(labels, list)
    }
