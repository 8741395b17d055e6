"""Lines -> rows: JSON Lines and one document per line, checked field by field.

A `Row` is a document before anyone has said whether it is to be labelled or is an example. The
other tables (CSV, .npy) are in ``tables``; they share the checks made here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

from protolabel.errors import InputError
from protolabel.readers.folders import excerpt

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings

Lines = Iterator[tuple[int, str]]
Picture = Callable[[object, str], bytes]
NO_LABEL = object()
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
_JSON_NAMES = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
_JSON_NAMES |= {dict: "an object", str: "a string", type(None): "null"}


class Row(NamedTuple):
    """One document of a source.

    ``place`` is its short name (``file:line``), ``source`` the full one; ``id`` is empty where the
    source gives none; ``label`` is what the label field held, unchecked, or `NO_LABEL`.
    """

    place: str
    source: str
    id: str
    text: str | None
    embedding: Embeddings | None = None
    label: object = NO_LABEL
    image: bytes | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """The names under which a table keeps a document."""

    text: str = "text"
    id: str = "id"
    label: str = "label"
    embedding: str = "embedding"
    image: str = "image"
    need_label: bool = False


def line_rows(lines: Lines, name: str, place: str) -> Iterator[Row]:
    """One document per line; blank lines are none."""
    for number, line in lines:
        text = line.rstrip("\r\n")
        if text and not text.isspace():
            yield Row(f"{place}:{number}", f"{name}:{number}", "", text)


def json_rows(
    lines: Lines, name: str, place: str, fields: Fields, picture: Picture
) -> Iterator[Row]:
    """One JSON object per line with a text or an image, an embedding, or one with the other.

    ``picture(value, source)`` is the image that a row names; a row with a text has none, whatever
    its other fields hold. Blank lines are skipped.

    Raises InputError, with the line, for what is not such an object.
    """
    like: tuple[int, str] | None = None
    text_field, id_field, label_field = fields.text, fields.id, fields.label
    for number, line in lines:
        source = f"{name}:{number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            if line.isspace():
                continue
            _refuse_json(line, source, error)
        if type(row) is not dict:
            _refuse_type(source, "the line", row, 'an object such as {"text": "..."}')
        text, vector, image = row.get(text_field), row.get(fields.embedding), None
        if text is not None:
            check_text(text, source, repr(text_field))
            if "\\" in line:  # only an escape can smuggle in what UTF-8 cannot hold
                _check_characters(text, source, text_field)
        elif row.get(fields.image) is not None:
            image = picture(row[fields.image], source)
        elif vector is None:
            wanted = f"{text_field!r}, {fields.image!r} or {fields.embedding!r}"
            refuse_no_field(source, row, wanted, "text_field")
        given = row.get(id_field, "")
        if given != "":
            given = _checked_id(given, source, id_field)
        embedding = None
        if vector is not None:
            embedding = _vector(vector, source, fields.embedding)
            like = _check_dim(len(embedding), source, like)
        label = row.get(label_field, NO_LABEL)
        if label is NO_LABEL and fields.need_label:
            refuse_no_field(source, row, repr(label_field), "label_field")
        yield Row(f"{place}:{number}", source, given, text, embedding, label, image)


def check_text(text: object, source: str, what: str = "the text") -> None:
    """Raise InputError unless ``text`` is a string with more than white space in it."""
    if not isinstance(text, str):
        _refuse_type(source, what, text, "a string")
    if not text or text.isspace():
        raise InputError(
            f"{source}: {what} is {'blank' if text else 'empty'}",
            expected="a document with words in it",
            remedy="remove it, or give its text",
        )


def refuse_no_field(source: str, present: Iterable[str], wanted: str, argument: str) -> NoReturn:
    """Raise the InputError for a missing field; the message says which fields were there."""
    there = ", ".join(repr(shown) for shown in list(present)[:12]) or "none"
    raise InputError(
        f"{source}: no {wanted} among its fields ({there})",
        expected=f"a field {wanted}",
        remedy=f"rename that field, or say with {argument} which one it is",
    )


def _refuse_type(source: str, what: str, value: object, expected: str) -> NoReturn:
    kind = _JSON_NAMES.get(type(value), type(value).__name__)
    raise InputError(
        f"{source}: {what} is {kind} ({excerpt(value)})",
        expected=expected,
        remedy=f"put quotes around it: {json.dumps(str(value))}"
        if isinstance(value, int | float) and expected.startswith("a string")
        else f"write {expected} there",
    )


def _refuse_json(line: str, source: str, error: Exception) -> NoReturn:
    if isinstance(error, json.JSONDecodeError):
        line = line.rstrip()
        column = min(error.pos, len(line)) + 1
        got = f"{source}: not JSON at column {column} ({error.msg}): {excerpt(line)}"
    else:
        got = f"{source}: JSON that cannot be read ({error})"
    pretty = line.strip() in ("{", "[", "[{") or line.lstrip().startswith("[")
    raise InputError(
        got,
        expected='one JSON object per line, such as {"text": "..."}',
        remedy="put each object on a line of its own, as with `jq -c '.[]' in.json > out.jsonl`"
        if pretty
        else "mend that line",
    ) from error


def _check_characters(text: str, source: str, field: str) -> None:
    """Refuse lone surrogates and NUL, which JSON escapes can spell and no store can hold."""
    bad = _NOT_STORABLE.search(text)
    if bad:
        raise InputError(
            f"{source}: {field!r} holds U+{ord(bad[0]):04X}",
            expected="characters that UTF-8 can hold, and no NUL",
            remedy="remove it or replace it with U+FFFD",
        )


def _checked_id(given: object, source: str, field: str) -> str:
    if isinstance(given, bool) or not isinstance(given, int | str):
        _refuse_type(source, repr(field), given, "a string or a whole number")
    _check_characters(str(given), source, field)
    return str(given)


def _vector(value: object, source: str, field: str) -> Embeddings:
    """A JSON list of finite numbers as a float32 vector (d,)."""
    if not isinstance(value, list) or not value:
        got = "an empty list" if value == [] else _JSON_NAMES.get(type(value), "?")
        raise InputError(
            f"{source}: {field!r} is {got}",
            expected="a list of numbers",
            remedy="give the embedding as [0.1, -0.2, ...], or leave the field out",
        )
    if not {type(item) for item in value} <= {int, float}:
        at = next(i for i, item in enumerate(value) if type(item) not in (int, float))
        kind = _JSON_NAMES.get(type(value[at]), "?")
        raise InputError(
            f"{source}: {field!r} holds {kind} at position {at} ({excerpt(value[at])})",
            expected="a list of numbers",
            remedy="write numbers without quotes",
        )
    try:
        with np.errstate(over="ignore"):
            vector = np.array(value, dtype=np.float32)
    except OverflowError:  # a whole number that no float holds
        vector = np.array([v if abs(v) < 1e38 else np.inf for v in value], dtype=np.float32)
    if not np.isfinite(vector).all():
        refuse_infinite(vector, source)
    return vector


def _check_dim(dim: int, source: str, like: tuple[int, str] | None) -> tuple[int, str]:
    """Size and place of the first embedding. Raises InputError for one of another size."""
    if like is not None and dim != like[0]:
        raise InputError(
            f"{source}: an embedding of {dim} numbers",
            expected=f"{like[0]}, as in {like[1]}",
            remedy="make all embeddings with the same encoder",
        )
    return like or (dim, source)


def refuse_infinite(vector: Embeddings, source: str) -> NoReturn:
    """Raise the InputError for an embedding with NaN or infinity in it."""
    at = int(np.flatnonzero(~np.isfinite(vector))[0])
    raise InputError(
        f"{source}: the embedding holds {vector[at]} at position {at}",
        expected="finite numbers within float32",
        remedy="encode that document again",
    )
