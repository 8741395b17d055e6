"""Names of new classes that list other classes, such as ``invoice;urgent``.

A cell of a table that holds several labels is read as one name where nobody says what separates
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.names import clean_name

SEPARATORS = ";|,/+&"


def listed_in(name: str, is_class: Callable[[str], bool]) -> tuple[str, list[str]] | None:
    """Return the separator and the classes that a name lists; None where it lists none.

    ``is_class``: says of a name whether there is such a class.
    """
    for separator in SEPARATORS:
        if separator not in name:
            continue
        try:
            parts = [clean_name(part) for part in name.split(separator)]
        except InputError:  # an empty one
            continue
        if all(map(is_class, parts)):
            return separator, list(dict.fromkeys(parts))
    return None


def new_lists(view: View, labels: Iterable[str]) -> dict[str, tuple[str, list[str]]]:
    """Return which labels would be new classes, and list others, where documents may have several.

    ``labels``: clean, of one change; they may list one another.
    """
    if not view.settings.several:
        return {}

    names = dict.fromkeys(labels)

    def is_there(name: str) -> bool:
        return view.rows.class_named(name, view.version) is not None

    new = [name for name in names if not is_there(name)]
    lists = ((name, listed_in(name, lambda part: part in names or is_there(part))) for name in new)
    return {name: parts for name, parts in lists if parts is not None}
