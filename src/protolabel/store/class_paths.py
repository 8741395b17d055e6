"""Ways through classes that stand under others: up from one of them, and down to all under some.

``parents`` gives the class above each class that has one. Classes are keys or names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Class = TypeVar("Class", int, str)


def way_up(parents: Mapping[Class, Class | None], start: Class) -> list[Class]:
    """Return a class and all above it, the nearest first; each once, even in a damaged file."""
    path: list[Class] = []
    above: Class | None = start
    while above is not None and above not in path:
        path.append(above)
        above = parents.get(above)
    return path


def family(parents: Mapping[Class, Class], tops: Iterable[Class]) -> list[Class]:
    """Return classes and all under them, each once."""
    children: dict[Class, list[Class]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)
    members = dict.fromkeys(tops)
    pending = list(members)
    while pending:
        below = [child for child in children.get(pending.pop(), ()) if child not in members]
        members |= dict.fromkeys(below)
        pending += below
    return list(members)
