"""Turns arguments of the Python API into documents and examples. It guesses nothing.

It refuses a table, bytes, a missing value, or a single text where many are expected, and says what
to pass instead. Whether an encoder can read a document is checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from protolabel.columns.data_frames import (
    column_names,
    example_arguments,
    is_data_frame,
    refuse_foreign_table,
    text_argument,
)
from protolabel.columns.label_lists import labels_of_one
from protolabel.errors import InputError
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity
from protolabel.words.text import HALF_CHARACTER, is_missing, without_content

Value = TypeVar("Value")
_FORM_OF_ONE = "add(text, label)"

_READ_AGAIN = (
    "read it again as UTF-8, or replace it: text.encode('utf-8', 'replace').decode('utf-8')"
)
_TYPED_AGAIN = "give it in UTF-8; of Windows-1252, `iconv -f windows-1252 -t UTF-8` makes that"
_NAME_AGAIN = (
    "of a file name whose bytes are no UTF-8, replace them: "
    "os.fsencode(name).decode('utf-8', 'backslashreplace')"
)


def checked_text(value: object, what: str) -> str:
    """Return a text. Raises InputError, naming ``what``, for anything else than whole Unicode."""
    if not isinstance(value, str):
        raise InputError(
            f"{what}: {without_content(value)}, of type {type(value).__name__}",
            expected="a text (str), or a Document",
            remedy=_remedy_for_no_text(value),
        )
    _refuse_halves(value, f"{what}: a text", _READ_AGAIN, _TYPED_AGAIN)
    return str(value)


def _refuse_halves(text: str, what: str, remedy: str, command: str) -> None:
    """Raise InputError for half of a character, which no file can hold.

    ``command``: the remedy at the command line.
    """
    half = HALF_CHARACTER.search(text)
    if half:
        lone = f"{what} with the lone surrogate U+{ord(half[0]):04X}"
        raise InputError(lone, expected="whole Unicode characters", remedy=remedy, command=command)


def _remedy_for_no_text(value: object) -> str:
    """Return what to do about a value that stands where a text is wanted."""
    if isinstance(value, bytes | bytearray):
        return "decode it: .decode('utf-8')"
    if is_missing(value):
        return 'drop empty rows first, as table.dropna(subset=["text"]) does'
    if isinstance(value, int | float):
        return "give it as a text: str(value)"
    return ""


def as_document(value: object, position: int = 0) -> Document:
    """Return a text or a Document as a Document; a text gets its position as id."""
    if isinstance(value, Document):
        what = name_in_errors(value, position)
        _check_naming(value, what)
        _check_content(value, what)
        checked_text(value.unreadable, f"{what}: why it is unreadable")
        return _with_own_embedding(value)
    if isinstance(value, Example):
        raise InputError(
            f"document {position}: an Example",
            expected="a Document, or a text",
            remedy="to add it to its class: LabelSpace.add(example)",
        )
    return Document(str(position), checked_text(value, f"document {position}"), has_own_id=False)


def as_one_document(value: object) -> Document:
    """Return one text or Document as a Document. Raises InputError for many of them."""
    many = isinstance(value, Iterable) and not isinstance(value, str | bytes | bytearray | Mapping)
    if many:
        column = f", {text_argument(value)}" if is_data_frame(value) else ""
        got = f"a {type(value).__name__} in the place of one document"
        remedy = f"for many: label_many(documents{column})"
        raise InputError(got, expected="a text (str), or a Document", remedy=remedy)
    return as_document(value)


def unlabelled_document(example: Example) -> Document:
    """Return the document that an example holds, without its label."""
    place = example.id or example.source
    return Document(place, example.text, example.embedding, example.source, example.image)


def as_examples(
    examples: object, labels: object = None, *, several: bool = False, negatives: bool = False
) -> list[Example]:
    """Return examples from one text with its label, texts with their labels, or Examples.

    Args:
        examples: an Example, a text, or an iterable of either; not both kinds with labels.
        labels: the label of the text, or of all texts; or one label a text, in order.
        several: whether a list of labels may stand in the place of one. A document is then an
            example of each of them.
        negatives: whether documents may be there that are not of their classes.

    Raises:
        InputError: where it is not clear which label belongs to which text.
    """
    if isinstance(examples, Example):
        _refuse_second_label(labels)
        return [_checked_example(examples, 0, negatives)]
    if isinstance(examples, str | bytes):
        text = checked_text(examples, "the text")
        if labels is None or isinstance(labels, str):
            return [Example(labels or "", text)]
        names = labels_of_one(labels, f"one text and {type(labels).__name__} labels", several)
        return [replace(_example(text, name, 0), is_name=True) for name in names]
    values = [_with_own_embedding(value) for value in as_many(examples, "examples", _FORM_OF_ONE)]
    if labels is None or not values or all(isinstance(v, Example) for v in values):
        _refuse_second_label(labels if values else None)
        return [_checked_example(v, i, negatives) for i, v in enumerate(values)]
    names = [labels] * len(values) if isinstance(labels, str) else list(as_many(labels, "labels"))
    if len(names) != len(values):
        raise InputError(
            f"{quantity(len(values), 'text')} and {quantity(len(names), 'label')}",
            expected="a label for each text",
        )
    return [
        example
        for i, (text, name) in enumerate(zip(values, names, strict=True))
        for example in _labelled_each(text, name, i, several)
    ]


def _labelled_each(text: object, label: object, position: int, several: bool) -> list[Example]:
    """Return a document as an example of its label, or of each of its labels."""
    if isinstance(label, str) or not isinstance(label, Iterable):
        return [_example(text, label, position)]
    what = f"example {position} with {type(label).__name__} labels"
    first, *examples_after = (
        replace(_example(text, name, position), is_name=True)
        for name in labels_of_one(label, what, several)
    )
    return [first, *(replace(e, id="") for e in examples_after)]  # an id names one example


def as_many(values: object, what: str, form_of_one: str = "") -> Iterable[object]:
    """Return an iterable of many. Raises InputError where iterating would give something else."""
    refuse_foreign_table(values)
    single = isinstance(values, str | bytes | bytearray | Document | Example)
    if single or values is None or not isinstance(values, Iterable):
        raise InputError(
            f"{what}: {'one ' if single else ''}{type(values).__name__}",
            expected=f"a list of {what}, or another iterable",
            remedy=f"for one: {form_of_one}" if single and form_of_one else "",
        )
    if is_data_frame(values):
        of_rows = what == "examples"
        raise InputError(
            f"{what}: a table with the columns {', '.join(column_names(values)[:5])}",
            expected="its rows as examples" if of_rows else "one column of it",
            remedy=f"give read_dataset(table, {example_arguments(values)})"
            if of_rows
            else f"give one column: table[{text_argument(values).removeprefix('text=')}]",
        )
    if isinstance(values, Mapping):
        raise InputError(
            f"{what}: a {type(values).__name__}, whose keys would be taken",
            expected=f"a list of {what}",
            remedy="give its .values(), or Document(id=key, text=value) of each",
        )
    if getattr(values, "ndim", 1) != 1:
        raise InputError(
            f"{what}: an array of {getattr(values, 'ndim', 0)} dimensions",
            expected="one dimension, of texts",
            remedy="for embeddings: Document(id, embedding=row) of each row",
        )
    return values


def _refuse_second_label(labels: object) -> None:
    if labels is not None:
        raise InputError(
            f"examples that have their labels, and the label {repr(labels)[:60]}",
            expected="Examples alone, or texts with labels",
            remedy="leave the label out, or make the Examples with that label",
        )


def _example(text: object, label: object, position: int) -> Example:
    if isinstance(text, Document):
        if text.unreadable:
            raise InputError(
                f"{name_in_errors(text, position)}: {text.unreadable}",
                expected="an example with a text that says something",
            )
        example = Example(label, text.text, text.id, text.embedding, text.source, text.image)  # type: ignore[arg-type]
        return _checked_example(example, position)
    if isinstance(text, Example):
        _refuse_second_label(label)
    return Example(label, checked_text(text, f"example {position}"))  # type: ignore[arg-type]


def _checked_example(value: object, position: int, negatives: bool = False) -> Example:
    if not isinstance(value, Example):
        raise InputError(
            f"example {position} of type {type(value).__name__}",
            expected="protolabel.Example, or texts with their labels",
            remedy="Example(label, text), or add(texts, labels)",
        )
    what = name_in_errors(value, position)
    _check_naming(value, what)
    if not isinstance(value.negative, bool):
        raise InputError(f"{what}: negative={value.negative!r}", expected="True or False")
    if value.negative and not negatives:
        raise InputError(
            f"{what}: it says what the document is not ({value.label!r})",
            expected="documents with the class that they have",
        )
    _check_content(value, what)
    return value


def _with_own_embedding(value: Value) -> Value:
    """Return a value; a document or an example gets an embedding that nobody else writes to.

    Many documents are read before one is used, and a program may fill one array for each of them.
    """
    if not isinstance(value, Document | Example) or value.embedding is None:
        return value
    try:
        embedding = np.array(np.asarray(value.embedding))
    except Exception:  # what it is not is said where it is read
        return value
    return replace(value, embedding=embedding)


def name_in_errors(value: Document | Example, position: int) -> str:
    """Return the source of a document, else its id, else its position in the call; no text."""
    if isinstance(value.source, str) and value.source:
        return value.source
    named = isinstance(value.id, str) and value.id
    return f"{type(value).__name__.lower()} {repr(value.id) if named else position}"


def _check_naming(value: Document | Example, what: object) -> None:
    for name, part in (("an id", value.id), ("a source", value.source)):
        if not isinstance(part, str):
            raise InputError(
                f"{what}: {name} of type {type(part).__name__}",
                expected="a str",
            )
        _refuse_halves(part, f"{what}: {name}", _NAME_AGAIN, _TYPED_AGAIN)


def _check_content(document: Document | Example, what: str) -> None:
    if document.text is not None:
        checked_text(document.text, what)
    if document.image is not None and not isinstance(document.image, bytes):
        raise InputError(
            f"{what}: an image of type {type(document.image).__name__}",
            expected="the bytes of a PNG or JPEG file",
            remedy="Path(file).read_bytes()",
        )


def characters_of(document: Document) -> int:
    """Return how long the text of a document is."""
    return len(document.text or "")


def size_of(document: Document) -> int:
    """Return about how many bytes a document takes, for the bounds of batches and queues."""
    return 100 + characters_of(document) + len(document.image or b"")
