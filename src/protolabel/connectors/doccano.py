"""Lines of a doccano export (JSONL or JSON) -> text and class.

A document has its ``text`` and a list ``label``: names where documents are classified, triples of
start, end and name where spans are labelled. Source: doccano/doccano, ``backend/data_export``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protolabel.connectors.record_labels import (
    UNANSWERED,
    LeftOut,
    OtherTask,
    RecordLabels,
    RecordReading,
    labelled,
    labels_among,
)
from protolabel.readers.rows import NOT_LABEL

NAME = "doccano"
_ONLY_HERE = {"Comments", "cats", "entities"}  # fields that doccano alone writes


def recognises(record: Mapping[str, Any]) -> bool:
    """Return whether an object is a document of doccano."""
    has_text = isinstance(record.get("text"), str)
    has_list = isinstance(_labels(record), list)
    is_own = NOT_LABEL in record or isinstance(record.get("id"), str)  # its ids are numbers
    is_of_spans = "entities" in record and "relations" in record
    return has_text and (is_of_spans or (has_list and not is_own))


def may_be_own(record: Mapping[str, Any]) -> bool:
    """Return whether a document may as well be a row of several labels: no field is doccano's."""
    return _ONLY_HERE.isdisjoint(record)


def label_names(record: Mapping[str, Any]) -> list[str]:
    """Return the fields of a document that may be its class."""
    return [name for name, value in record.items() if isinstance(value, list)]


def text_fields(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a document, one of which is its text."""
    return record


def record_labels(record: Mapping[str, Any], source: str, reading: RecordReading) -> RecordLabels:
    """Return the text of a document with its class, or its several classes, or why it has none.

    Raises:
        OtherTask: it has labels of spans.
    """
    name = reading.label_field
    if name is not None and name not in record and "entities" not in record:
        return UNANSWERED
    names = _labels(record) if name is None else record[name]
    if not isinstance(names, list):
        raise OtherTask("spans of the text" if names is None else "no list of labels")
    if any(isinstance(name, list | dict) for name in names):
        raise OtherTask("spans of the text")
    labels = labels_among(names, source, reading.several)
    if isinstance(labels, LeftOut):
        return labels
    return labelled(record, reading.text_field, labels, source)


def _labels(record: Mapping[str, Any]) -> object:
    names = [name for name in ("label", "labels", "cats") if name in record]
    return record[names[0]] if names else None
