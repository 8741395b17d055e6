"""Whether a version is still the one that made a record: a restored file may have another one.

``Rows.mark`` gives each version a mark. Files of answers and the journals of sorted folders write
it beside the number, and ask here.
"""

from __future__ import annotations

from collections.abc import Callable

Marks = Callable[[int], str]  # the mark of a version as it is now


def unmarked(version: int) -> str:
    """Return the mark of a version where no label space can be asked: none."""
    return ""


def is_of_version(mark: str, version: int, marks: Marks) -> bool:
    """Return whether a record of a version is of the version that has that number now.

    Args:
        mark: in the record; a record without one, of an earlier protolabel, counts as being so.
        version: its number.
        marks: of the label space.
    """
    return not mark or mark == marks(version)
