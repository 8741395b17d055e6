"""The fields of a table: which holds the text, the label and the id, and what they may hold.

A field that the caller names is taken. Without a name, ``text``, ``label`` and ``id`` are. Where
these are missing, the one field with a usual name is taken, and that choice is reported; two such
fields are an error. Nothing here knows how a table is written.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from protolabel.columns.usual_fields import USUAL_NAMES
from protolabel.errors import InputError
from protolabel.readers.formats.legibility import is_rubbish, unreadable_share
from protolabel.readers.missing_headers import MissingHeader
from protolabel.readers.rows import UNACCEPTED
from protolabel.words.certainty import percent
from protolabel.words.text import NOT_STORABLE, brief_repr, has_visible_text, without_content

if TYPE_CHECKING:
    from protolabel.readers.options import Reading

MISSING = object()


class NoFieldError(InputError):
    """A table has no field of a role, or one of its objects has none.

    ``whole``: as far as is known, no row has it, so that going on past this one leads nowhere.
    ``fields``: the names of those that are there.
    """

    whole = True
    fields: tuple[str, ...] = ()


_JSON_NAMES = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
_JSON_NAMES |= {dict: "an object", str: "a string", type(None): "null"}
_MOST_NAMES = 12


def value_at(row: Mapping[str, object], name: str) -> object:
    """Return a field of an object, ``MISSING`` if it is not there. Dots reach into objects."""
    if name in row:
        return row[name]
    value: object = row
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def position_of(name: str, names: Sequence[str], source: str) -> int:
    """Return the position of the column of a name. Raises InputError where two columns have it."""
    if names.count(name) > 1:
        raise InputError(
            f"{source}: two columns named {name!r}", expected="one", remedy="rename one of them"
        )
    return names.index(name)


def report_guesses(fields: Mapping[str, str], what: str, source: str, reading: Reading) -> None:
    """Report each field that nobody named, and that has another name than its role.

    Args:
        fields: the names of fields, by role.
        what: stands before each name, such as "column ".
        source: where they are.
        reading: has the names that the caller gave, and takes the reports.
    """
    for role, name in fields.items():
        if name not in (role, getattr(reading, f"{role}_field", None)):
            reading.reports.notice(source, f"{what}{name!r} is read as the {role}")


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that is not there.

    Attributes:
        role: text, label or id.
        choice: the name that the caller gave for the field.
        alternatives: what else would have been right.
        argument: what names the field; that of the readers where it is empty.
    """

    role: str
    choice: str | None = None
    alternatives: str = ""
    argument: str = ""


def refuse_no_field(
    missing: MissingField,
    present: Iterable[str],
    source: str,
    *,
    whole: bool = True,
    header: MissingHeader | None = None,
) -> NoReturn:
    """Raise the NoFieldError for a missing field; the message says which fields are there.

    Args:
        missing: the field.
        present: the names of the fields that are there.
        source: where they are.
        whole: as in the error.
        header: what to put above the line, where that may be a document. Where it seems to be one,
            this is advised first, and no cell is called a name.
    """
    names = list(present)
    listed = ", ".join(brief_repr(name, 40) for name in names[:_MOST_NAMES]) or "none"
    if len(names) > _MOST_NAMES:
        listed += f" and {len(names) - _MOST_NAMES} more"
    role, alternatives = missing.role, missing.alternatives
    field, expected = f"{role} field", " or ".join(map(repr, USUAL_NAMES[role]))
    if missing.choice is not None:
        field = expected = brief_repr(missing.choice)
    argument = missing.argument or f"{role}_field="
    got = f"no {field} among its fields ({listed})"
    remedy = f"say which field is the {role} field ({argument}), or rename it to {role!r}"
    if header is not None:
        first, above = f"line {header.first}", f"line {header.above}{header.besides}"
        if header.first_is_document:
            got = f"no {field}: {first} seems to be a document, not the names of the fields"
            or_names = f"if {first} does name the fields, {remedy}"
            remedy = f"put a line `{header.line}` above {above}; {or_names}"
            alternatives = ""
        else:
            remedy += f"; if {first} is a document, put a line `{header.line}` above {above}"
    error = NoFieldError(
        f"{source}: {got}", expected=f"a field {expected}{alternatives}", remedy=remedy
    )
    error.whole, error.fields = whole, tuple(names)
    raise error


def refuse_export(source: str, present: Iterable[str]) -> NoReturn:
    """Raise the NoFieldError for the first line of an export of a label space."""
    error = NoFieldError(
        f"{source}: the first line of an export of a label space, which is no document",
        expected="documents",
        remedy="import it alone: `protolabel import SPACE FILE`",
    )
    error.fields = tuple(present)
    raise error


def refuse_null(source: str, field: str) -> NoReturn:
    """Raise the InputError for a text field that is there and has no value."""
    raise InputError(
        f"{source}: {field!r} is null",
        expected="a document with words in it",
        remedy="remove it, or give its text",
    )


def nested_names(row: Mapping[str, object], depth: int = 3) -> list[str]:
    """Return the names of an object's fields, those of objects inside it with dots."""
    names: list[str] = []
    for name, value in row.items():
        if isinstance(value, dict) and value and depth > 1:
            names += [f"{name}.{inner}" for inner in nested_names(value, depth - 1)]
        else:
            names.append(name)
        if len(names) > 10 * _MOST_NAMES:
            break
    return names


def text_fault(text: object, source: str, what: str = "the text") -> InputError | None:
    """Return why a text is no evidence of anything: it is empty or rubbish. None where it is some.

    Raises InputError for what is no string.
    """
    if not isinstance(text, str):
        refuse_type(source, what, text, "a string")
    if not has_visible_text(text):
        state = "blank" if text.isspace() else "without a visible character" if text else "empty"
        return InputError(
            f"{source}: {what} is {state}",
            expected="a document with words in it",
            remedy="remove it, or give its text",
        )
    if is_rubbish(text):
        return InputError(
            f"{source}: {percent(unreadable_share(text))} of the characters of {what} mean "
            "nothing, as in a PDF whose fonts do not say which letters they draw",
            expected="a document with readable text",
            remedy="run an OCR program on it, or leave it out",
        )
    return None


def check_text(text: object, source: str, what: str = "the text") -> None:
    """Raise InputError unless ``text`` is a string that says something to a person."""
    fault = text_fault(text, source, what)
    if fault is not None:
        raise fault


def check_characters(text: str, source: str, field: str) -> None:
    """Refuse lone surrogates and NUL, which JSON escapes can spell and no store can hold."""
    bad = NOT_STORABLE.search(text)
    if bad:
        raise InputError(
            f"{source}: {field!r} holds U+{ord(bad[0]):04X}",
            expected="characters that UTF-8 can hold, and no NUL",
            remedy="remove it or replace it with U+FFFD",
        )


def checked_id(value: object, source: str, field: str) -> str:
    """Return an id as a string; 1.0 is a whole number, as in :func:`checked_label`.

    Raises InputError unless it is a string or a whole number.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        refuse_type(source, repr(field), value, "a string or a whole number")
    check_characters(str(value), source, field)
    return str(value)


def checked_label(value: object, source: str, field: str) -> str:
    """Return a label as a string: whole numbers as digits, booleans as ``true`` and ``false``.

    1.0 is a whole number: an empty cell makes a column of whole numbers one of fractions.

    Raises InputError for null, fractions, lists and objects.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    if value is None:
        raise InputError(
            f"{source}: {field!r} is null, so the row has no label",
            expected="a label in each row",
            remedy="give the row a label, or remove it",
        )
    if isinstance(value, float):
        raise InputError(
            f"{source}: {field!r} is a number with a fraction ({value!r})",
            expected="a label: a string, a whole number, true or false",
            remedy=f"put quotes around it: {json.dumps(repr(value))}"
            if math.isfinite(value)
            else "put quotes around the number, as it stands there",
        )
    if not isinstance(value, str):
        refuse_type(source, repr(field), value, "one label: a string")
    return value


def refuse_unaccepted(answer: object, source: str) -> None:
    """Refuse an example whose label a person did not accept, as an ``answer`` of Prodigy says.

    Raises InputError for ``reject`` and ``ignore``.
    """
    if isinstance(answer, str) and answer.strip() in UNACCEPTED:
        raise InputError(
            f"{source}: 'answer' is {answer.strip()!r}, so nobody has accepted the label",
            expected="labels that are right",
            remedy="leave the row out; if 'answer' says something else, give it another name",
        )


def refuse_type(source: str, what: str, value: object, expected: str) -> NoReturn:
    """Raise the InputError for a value of another JSON type than expected."""
    kind = json_name(value)
    is_quotable = isinstance(value, int | float) and expected.startswith("a string")
    endless = isinstance(value, float) and not math.isfinite(value)  # 1e400, NaN
    raise InputError(
        f"{source}: {what} is {kind} ({without_content(value)})",
        expected=expected,
        remedy="put quotes around the number, as it stands there"
        if is_quotable and endless
        else f"put quotes around it: {json.dumps(json.dumps(value))}"
        if is_quotable
        else f"write {expected} there",
    )


def json_name(value: object) -> str:
    """Return what JSON calls a value of this type."""
    return _JSON_NAMES.get(type(value), type(value).__name__)
