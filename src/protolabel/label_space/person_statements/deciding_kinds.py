"""Which kinds of change decide about documents, as the records of these kinds say themselves.

It names no kind, and decides nothing: what a change decided stands in its rows and its detail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protolabel.label_space.changes.request import ChangeRequest


_KEY = re.compile(r"(?:[0-9a-f]{2})+")  # of a document, in hexadecimal digits


def _requests() -> list[type[ChangeRequest]]:
    from protolabel.label_space.changes.registry import REQUESTS  # of which some ask this file

    return list(REQUESTS.values())


@cache
def labelling_kinds() -> frozenset[str]:
    """Return those that say which class documents have."""
    return frozenset(one.kind for one in _requests() if one.gives_labels)


@cache
def refusing_kinds() -> frozenset[str]:
    """Return those that may say of which class documents are not."""
    return frozenset(one.kind for one in _requests() if one.refuses)


@cache
def removing_kinds() -> frozenset[str]:
    """Return those that may take documents out of every class."""
    return frozenset(one.kind for one in _requests() if one.takes_out)


@cache
def kinds_that_end_examples() -> frozenset[str]:
    """Return those by which people take examples out of a class."""
    return labelling_kinds() | removing_kinds()


@cache
def deciding_kinds() -> frozenset[str]:
    """Return all of these."""
    return kinds_that_end_examples() | refusing_kinds()


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
