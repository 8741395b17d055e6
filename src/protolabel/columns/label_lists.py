"""The labels of a document that may have several: as a list, in one string, and in one cell.

Each program writes several labels into one cell in its own way. Every door that reads labels from
cells takes lists, and finds names that list others, by the rules of this file.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from protolabel.errors import InputError
from protolabel.names import clean_name

SEPARATOR = "; "  # between the labels of a document in a table of answers
_JOINTS = set("-.'")  # they join words of one name
_FIRST_MARKS = ";|,/+&"  # the separators that are tried first
_MARKS = re.compile(r"[^\w\s]+")
_BRACKETS = {"[": "]", "{": "}", "(": ")"}
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")

IsClass = Callable[[str], bool]
"""Says of a name whether there is such a class."""


def no_class(_name: str) -> bool:
    """Return that a name is that of no class, where no label space is known."""
    return False


Listing = tuple[str, list[str]]
"""What separates the classes that a name lists, and these.

That is empty where they stand in brackets or quotes.
"""


def labels_of_one(labels: object, what: str, several: bool) -> list[object]:
    """Return the labels of one document, each once.

    Args:
        labels: what stands in the place of its label.
        what: names it in errors; " labels" in it becomes that there is none.
        several: whether a document may have several.

    Raises:
        InputError: it may not, or there is no label.
    """
    if not several or not isinstance(labels, Iterable) or isinstance(labels, bytes | Mapping):
        raise InputError(
            what,
            expected="one label for each document",
            remedy="" if several else 'for several labels a text: configure(labels="several")',
            command="" if several else "`protolabel set SPACE labels several` allows several",
        )
    names = list(dict.fromkeys(labels))
    if not names:
        raise InputError(what.replace(" labels", " of no label"), expected="one label or more")
    return names


def words_of_labels(names: Iterable[str]) -> str | None:
    """Return all labels in one string, in the order of the alphabet; None where there is none."""
    return ", ".join(sorted(names)) or None


def list_of_cell(label: object, is_class: IsClass = no_class) -> object:
    """Return the list of labels that a cell holds; the label as it is where it holds none.

    Lists are those of JSON, those that Python and NumPy print, and the object ``choices`` of Label
    Studio. Any other object of JSON is returned as an object, which is no label. A cell that is the
    name of a class as it stands, such as ``[2024]``, is that class.
    """
    if isinstance(label, str):
        text = label.strip()
        if _BRACKETS.get(text[:1], "") != text[-1:] or not text or _is_name(text, is_class):
            return label
        label = _value_of(text, label)
    if isinstance(label, Mapping) and isinstance(label.get("choices"), list):
        return label["choices"]
    return label


def holds_names(label: object, is_class: IsClass = no_class) -> bool:
    """Return whether a cell holds a list: what stands in one is the name of one class each."""
    return isinstance(list_of_cell(label, is_class), list)


def parts_of_cell(
    label: object, separator: str | None, is_class: IsClass = no_class
) -> list[object]:
    """Return the labels of a cell: those of its list, else what the separator parts, if any."""
    value = list_of_cell(label, is_class)
    if isinstance(value, list):
        return value
    if separator is None or not isinstance(value, str):
        return [value]
    return [part for part in value.split(separator) if part.strip()]


def _is_name(text: str, is_class: IsClass) -> bool:
    try:
        return is_class(clean_name(text))
    except InputError:  # no class has such a name
        return False


def _value_of(text: str, label: str) -> object:
    """Return the list or the object that a text in brackets spells; the label where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return label
    if isinstance(value, set):
        value = sorted(value, key=lambda one: text.find(str(one)))
    if not isinstance(value, list | tuple):
        return value if isinstance(value, dict) else label
    texts = _QUOTED.findall(text)
    if len(texts) > len(value):  # NumPy writes blanks between them, which join texts in Python
        return [ast.literal_eval(one) for one in texts]
    return list(value)


def listed_in(name: str, is_class: IsClass) -> Listing | None:
    """Return the separator and the classes that a name lists; None where it lists none.

    Any mark may be the separator, except those that join words of one name.
    """
    text = name.strip()
    inner = text[1:-1] if _BRACKETS.get(text[:1]) == text[-1:] else text
    for separator in _separators(inner):
        cells = [part.strip() for part in inner.split(separator)]
        for parts in (cells, [part.strip("\"'") for part in cells]):
            try:
                names = [clean_name(part) for part in parts]
            except InputError:  # an empty one
                continue
            if all(map(is_class, names)):
                is_plain = inner == text and parts is cells
                return separator if is_plain else "", list(dict.fromkeys(names))
    return None


def _separators(name: str) -> Iterator[str]:
    """Yield what may stand between the parts of a name, the usual marks first."""
    runs = _MARKS.findall(name)
    marks = dict.fromkeys([*(mark for mark in _FIRST_MARKS if mark in name), *runs, *"".join(runs)])
    yield from (mark for mark in marks if not _JOINTS.issuperset(mark))


def listings(
    names: Iterable[str], is_class: IsClass, certain: Container[str] = ()
) -> dict[str, Listing]:
    """Return the names that list others, with what they list.

    Only names of no class count. They may list classes, or other names among these.

    Args:
        names: clean.
        is_class: of those that are there already.
        certain: those that stand in a list, too. Each is the name of one class, and lists none.
    """
    every = dict.fromkeys(names)
    new = [name for name in every if name not in certain and not is_class(name)]
    pairs = ((name, listed_in(name, lambda part: part in every or is_class(part))) for name in new)
    return {name: listing for name, listing in pairs if listing is not None}
