"""JSON text -> values, in which an object in which a key stands twice is known as such.

Python's reader takes the last value of such a key. Which one is meant, a person must say.
"""

from __future__ import annotations

import json
from typing import Any

from protolabel.errors import InputError
from protolabel.words.text import brief_repr


class RepeatedKey(dict[str, Any]):
    """An object of JSON in which at least one key stands twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.repeated = next(name for i, name in enumerate(names) if name in names[:i])


def json_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of an object as a dict, in the way of ``object_pairs_hook``."""
    value = dict(pairs)
    return value if len(value) == len(pairs) else RepeatedKey(pairs)


DECODER = json.JSONDecoder(object_pairs_hook=json_object)


def refuse_repeated(value: object, source: str) -> None:
    """Raise InputError for an object in which a key stands twice."""
    if isinstance(value, RepeatedKey):
        raise InputError(
            f"{source}: the key {brief_repr(value.repeated)} stands there twice",
            expected="each key once",
            remedy="remove one of them; several labels are a list under one key",
        )
