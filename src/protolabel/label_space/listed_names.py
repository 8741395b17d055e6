"""Names of new classes that list other classes, such as ``invoice;urgent``.

A cell of a table that holds several labels is read as one name where nobody says what separates
them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from protolabel.columns.label_lists import IsClass, Listing, listings

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def is_class_of(view: View) -> IsClass:
    """Return what says of a name whether a class of a view has it, in use or retired."""
    return lambda name: view.rows.class_named(name, view.version) is not None


def new_lists(
    view: View, labels: Iterable[str], certain: Container[str] = ()
) -> dict[str, Listing]:
    """Return which labels would be new classes, and list others, where documents may have several.

    Args:
        view: of the label space.
        labels: clean, of one change; they may list one another.
        certain: as for :func:`listings`.
    """
    if not view.settings.several:
        return {}
    return listings(labels, is_class_of(view), certain)
