"""What one record of an annotation tool comes to: labels, a reason to leave it out, or no class.

The files of the tools say which. Nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protolabel.errors import InputError
from protolabel.readers.fields import MISSING, checked_label, value_at


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is no example, and why: in words that many records share."""

    reason: str


@dataclass(frozen=True, slots=True)
class OtherTask(Exception):
    """A record of a task in which a document has no one class, such as spans."""

    what: str


UNANSWERED = LeftOut("without an answer")
SEVERAL_LABELS = LeftOut("with several labels")
DISAGREEMENT = LeftOut("on which people disagree")
NO_TEXT = LeftOut("without a text")

LabelNames = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document with its labels; ``negative``: with the classes that it is not of."""

    text: object
    labels: LabelNames
    negative: bool = False


RecordLabels = Labelled | LeftOut


@dataclass(frozen=True, slots=True)
class RecordReading:
    """How the records of an export are read.

    Attributes:
        text_field: the field that is the text; None where the document has only one.
        label_field: the question or group of choices that is the class; None where the record has
            only one.
        several: whether a document may have several labels.
    """

    text_field: str | None = None
    label_field: str | None = None
    several: bool = False


def labels_among(labels: Sequence[object], source: str, several: bool) -> LabelNames | LeftOut:
    """Return the labels of a document: one, or where it may have ``several`` all of them."""
    if not labels:
        return UNANSWERED
    if len(labels) > 1 and not several:
        return SEVERAL_LABELS
    return tuple(dict.fromkeys(checked_label(one, source, "label") for one in labels))


def agreed(labels: Sequence[LabelNames | LeftOut]) -> LabelNames | LeftOut:
    """Return the labels on which all people agree who gave some."""
    answers = [one for one in labels if not isinstance(one, LeftOut)]
    if len(set(map(frozenset, answers))) > 1:
        return DISAGREEMENT
    return answers[0] if answers else next(iter(labels), UNANSWERED)


def text_in(fields: Mapping[str, Any], wanted_field: str | None, source: str) -> object:
    """Return the text among the fields of a document.

    It is the field that the caller names; else ``text``; else the one field that holds words.

    Raises:
        InputError: several fields may be it.
    """
    if wanted_field is not None:
        value = value_at(fields, wanted_field)
        return None if value is MISSING else value
    if isinstance(fields.get("text"), str):
        return fields["text"]
    texts = [name for name, value in fields.items() if isinstance(value, str) and value.strip()]
    if len(texts) > 1:
        raise InputError(
            f"{source}: {' and '.join(map(repr, texts[:3]))} may each be the text",
            expected="one field that is the text",
            remedy="say which one is the text field (text_field=)",
        )
    return fields[texts[0]] if texts else None


def labelled(
    fields: Mapping[str, Any], wanted_field: str | None, labels: LabelNames, source: str
) -> RecordLabels:
    """Return the text among the fields with its labels, or that there is no text.

    Raises:
        InputError: several fields may be the text.
    """
    text = text_in(fields, wanted_field, source)
    return NO_TEXT if text is None else Labelled(text, labels)


def question_in(names: Sequence[str], wanted_name: str | None, source: str) -> str | None:
    """Return which of several questions, or groups of choices, is the class.

    None where there is no question.

    Raises:
        InputError: several may be it.
    """
    if wanted_name is not None:
        return wanted_name if wanted_name in names else None
    if len(names) <= 1 or "label" in names:
        return "label" if "label" in names else next(iter(names), None)
    raise InputError(
        f"{source}: {' and '.join(map(repr, names[:3]))} may each be the class",
        expected="one question whose answer is the class",
        remedy="say which one is the label field (label_field=)",
    )
