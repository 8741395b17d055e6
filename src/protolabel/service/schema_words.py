"""Says in the service's own words how a request differs from its schema, and which fields it has.

pydantic finds the faults; what a body may be stands in ``bodies``. It writes no answer.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from protolabel.words.quotations import plain_or_length

_PAGE = "what /v1/openapi.json says"
_NO_OBJECT = "no object"
# By pydantic's name of the fault, with what it knows of it; the others are in its words.
_WORDS = {
    "missing": "missing",
    "extra_forbidden": "no field of this object",
    "model_attributes_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
    "list_type": "no list",
    "string_type": "no string",
    "int_type": "no whole number",
    "int_parsing": "no whole number",
    "int_from_float": "no whole number",
    "float_type": "no number",
    "float_parsing": "no number",
    "finite_number": "no finite number",
    "bool_type": "neither true nor false",
    "bool_parsing": "neither true nor false",
    "literal_error": "none of {expected}",
    "greater_than": "not above {gt}",
    "greater_than_equal": "below {ge}",
    "less_than_equal": "above {le}",
    "string_too_short": "a string of fewer than {min_length} characters",
    "string_too_long": "a string of more than {max_length} characters",
    "too_short": "fewer than {min_length} items",
    "too_long": "more than {max_length} items",
}
_OF_THE_OBJECT_ABOVE = ("missing", "extra_forbidden")
_TOO_SHORT = ("string_too_short", "too_short")


def faults_in_words(
    faults: Sequence[Mapping[str, Any]], body: object = None
) -> list[dict[str, str]]:
    """Return where each fault is, with dots, and what is wrong there.

    pydantic reports a value once for each kind that it may have. The kinds that come farthest
    count: a list with a wrong item is no string either, but its item is wrong.

    Args:
        faults: as pydantic reports them.
        body: what the body is declared to be; None without one.
    """
    by_value: dict[tuple[str | int, ...], list[Mapping[str, Any]]] = {}
    for fault in faults:
        by_value.setdefault(fault["loc"][: _end_of_value(fault["loc"], body)], []).append(fault)
    words: dict[str, list[str]] = {}
    for same in by_value.values():
        farthest = max(len(fault["loc"]) for fault in same)
        for fault in same:
            if len(fault["loc"]) == farthest:
                what = words.setdefault(_place(fault["loc"], body), [])
                what += [word] if (word := _words(fault)) not in what else []
    return [{"where": place, "what": " and ".join(what)} for place, what in words.items()]


def _words(fault: Mapping[str, Any]) -> str:
    """Return what is wrong at the place of a fault."""
    limits = fault.get("ctx", {})
    if fault["type"] in _TOO_SHORT and limits.get("min_length") == 1:
        return "empty"
    words = _WORDS.get(fault["type"])
    return str(fault["msg"]) if words is None else words.format_map(limits)


def _place(loc: Sequence[str | int], body: object) -> str:
    """Return a place with dots; a field that may be a document is said by its length.

    pydantic names the kind that it tried where there are several, such as ``constrained-str``.
    """
    at = _end_of_value(loc, body)
    parts = [*loc[:at], *loc[at + 1 :]]
    return ".".join(plain_or_length(str(part)) for part in parts)


def _end_of_value(loc: Sequence[str | int], body: object) -> int:
    """Return how long the place of the first value is that may be of several kinds; else all."""
    if loc[:1] == ("body",):
        declared = body
        for at, part in enumerate(loc[1:], start=1):
            declared = _plain(declared)
            if get_origin(declared) in (Union, types.UnionType):
                return at
            declared = _part_of(declared, part)
    return len(loc)


def expected_in_place_of(fault: Mapping[str, Any], body: object) -> str:
    """Return what is expected where a fault is: an object with its fields, if it is one.

    Args:
        fault: the first that pydantic has found.
        body: what the body is declared to be; None without one.
    """
    place = [*fault["loc"]]
    if fault["type"] in _OF_THE_OBJECT_ABOVE and len(place) > 1:
        place.pop()
    is_object = _WORDS.get(fault["type"]) == _NO_OBJECT or fault["type"] in _OF_THE_OBJECT_ABOVE
    declared = _declared_at(body, place[1:]) if is_object and place[:1] == ["body"] else None
    if isinstance(declared, type) and issubclass(declared, BaseModel):
        return f"{_fields_of(declared)}: see /v1/openapi.json"
    if get_origin(declared) is dict:
        value = "null" if get_args(declared)[-1] is Any else "{...}"
        return f'names as the keys of an object, {{"A": {value}, "B": {value}}} for A and B'
    return _PAGE


def _fields_of(model: type[BaseModel]) -> str:
    fields = model.model_fields.items()
    needed = ", ".join(name for name, field in fields if field.is_required())
    others = ", ".join(name for name, field in fields if not field.is_required())
    parts = [f"with {needed}"] if needed else []
    parts += [f"which may have {others}"] if others else []
    return f"an object {', '.join(parts)}".strip()


def _declared_at(declared: object, place: Sequence[str | int]) -> object:
    """Return what is declared at a place of a body."""
    for part in place:
        declared = _part_of(_plain(declared), part)
    return _plain(declared)


def _part_of(declared: object, part: str | int) -> object:
    """Return the declaration of a field, or of what a list or a mapping holds."""
    if isinstance(declared, type) and issubclass(declared, BaseModel):
        field = declared.model_fields.get(str(part))
        return field.annotation if field else None
    return (get_args(declared) or (None,))[-1]


def _plain(declared: object) -> object:
    """Return a declaration without its bounds, and without None."""
    while True:
        parts = [one for one in get_args(declared) if one is not types.NoneType]
        is_optional = get_origin(declared) in (Union, types.UnionType) and len(parts) == 1
        if not is_optional and get_origin(declared) is not Annotated:
            return declared
        declared = parts[0]
