"""What the kinds of change may do, for those who read the log. No change is made or known here."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple


class KindOfChange(NamedTuple):
    """What changes of one kind may do.

    gives_labels: it says which class documents have.
    refuses: it may say of which class documents are not.
    takes_out: it may take documents out of every class.
    is_passed_over: an undo leaves it as it is, and takes back the change before it.
    new_name: the key of its detail that has the name that classes go on under; empty where none
        gets another name.
    """

    gives_labels: bool = False
    refuses: bool = False
    takes_out: bool = False
    is_passed_over: bool = False
    new_name: str = ""


NOTHING = KindOfChange()
KINDS_OF_CHANGE = {
    "create": NOTHING,
    "describe": NOTHING,
    "add": KindOfChange(refuses=True),
    "import": KindOfChange(refuses=True),
    "rename": KindOfChange(new_name="to"),
    "merge": KindOfChange(new_name="into"),
    "split": KindOfChange(gives_labels=True),
    "nest": NOTHING,
    "retire": NOTHING,
    "restore": NOTHING,
    "move": KindOfChange(gives_labels=True),
    "correct": KindOfChange(gives_labels=True, takes_out=True),
    "relabel": KindOfChange(gives_labels=True),
    "refute": KindOfChange(refuses=True),
    "remove": KindOfChange(takes_out=True),
    "sharpen": NOTHING,
    "place": KindOfChange(is_passed_over=True),
    "configure": NOTHING,
    "undo": NOTHING,
    "redo": NOTHING,
    "return": NOTHING,
    "tune": KindOfChange(is_passed_over=True),
    "reencode": NOTHING,
    "remember": KindOfChange(is_passed_over=True),
    "repair": KindOfChange(is_passed_over=True),
}
"""Every kind that the log of a label space may have, by its name there."""


@cache
def labelling_kinds() -> frozenset[str]:
    """Return the kinds that say which class documents have."""
    return frozenset(name for name, kind in KINDS_OF_CHANGE.items() if kind.gives_labels)


@cache
def refusing_kinds() -> frozenset[str]:
    """Return those that may say of which class documents are not."""
    return frozenset(name for name, kind in KINDS_OF_CHANGE.items() if kind.refuses)


@cache
def removing_kinds() -> frozenset[str]:
    """Return those that may take documents out of every class."""
    return frozenset(name for name, kind in KINDS_OF_CHANGE.items() if kind.takes_out)


@cache
def kinds_that_end_examples() -> frozenset[str]:
    """Return those by which people take examples out of a class."""
    return labelling_kinds() | removing_kinds()


@cache
def deciding_kinds() -> frozenset[str]:
    """Return all that decide about documents: what it was stands in their rows and their detail."""
    return kinds_that_end_examples() | refusing_kinds()


@cache
def kinds_passed_over() -> frozenset[str]:
    """Return those that an undo leaves as they are."""
    return frozenset(name for name, kind in KINDS_OF_CHANGE.items() if kind.is_passed_over)
