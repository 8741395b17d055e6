"""Says in the service's own words how a request differs from its schema, and which fields it has.

pydantic finds the faults; what a body may be stands in ``bodies``. It writes no answer.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from protolabel.quotations import plain_or_length

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
# What pydantic adds to the place of a value of which there are several kinds.
_KINDS = re.compile(r"(constrained-)?(str|int|float|bool|list|dict)(\[.*\])?")
_OF_THE_OBJECT_ABOVE = ("missing", "extra_forbidden")


def words_of(fault: Mapping[str, Any]) -> str:
    """Return what is wrong at the place of a fault."""
    words = _WORDS.get(fault["type"])
    return str(fault["msg"]) if words is None else words.format_map(fault.get("ctx", {}))


def place_of(fault: Mapping[str, Any]) -> str:
    """Return where a fault is, with dots; a field that may be a document is said by its length."""
    parts = [str(part) for part in fault["loc"]]
    return ".".join(plain_or_length(part) for part in parts if not _KINDS.fullmatch(part))


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
    model = _model_at(body, place[1:]) if is_object and place[:1] == ["body"] else None
    return _PAGE if model is None else f"{_fields_of(model)}: see /v1/openapi.json"


def _fields_of(model: type[BaseModel]) -> str:
    fields = model.model_fields.items()
    needed = ", ".join(name for name, field in fields if field.is_required())
    others = ", ".join(name for name, field in fields if not field.is_required())
    parts = [f"with {needed}"] if needed else []
    parts += [f"which may have {others}"] if others else []
    return f"an object {', '.join(parts)}".strip()


def _model_at(declared: object, place: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the model of the object at a place of a body; None where none is declared there."""
    for part in place:
        declared = _plain(declared)
        if isinstance(declared, type) and issubclass(declared, BaseModel):
            field = declared.model_fields.get(str(part))
            declared = field.annotation if field else None
        else:  # of a list or a mapping, what it holds
            declared = (get_args(declared) or (None,))[-1]
    declared = _plain(declared)
    return declared if isinstance(declared, type) and issubclass(declared, BaseModel) else None


def _plain(declared: object) -> object:
    """Return a declaration without its bounds, and without None."""
    while True:
        parts = [one for one in get_args(declared) if one is not types.NoneType]
        is_optional = get_origin(declared) in (Union, types.UnionType) and len(parts) == 1
        if not is_optional and get_origin(declared) is not Annotated:
            return declared
        declared = parts[0]
