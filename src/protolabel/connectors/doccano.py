"""Lines of a doccano export (JSONL or JSON) -> text and class.

A document has its ``text`` and a list ``label``: names where documents are classified, triples of
start, end and name where spans are labelled. Source: doccano/doccano, ``backend/data_export``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protolabel.connectors.outcome import NO_TEXT, LeftOut, OtherTask, Outcome, one_label, text_in

NAME = "doccano"


def recognises(record: Mapping[str, Any]) -> bool:
    """Return whether an object is a document of doccano."""
    has_text = isinstance(record.get("text"), str)
    has_list = isinstance(_labels(record), list)
    return has_text and (has_list or ("entities" in record and "relations" in record))


def outcome(
    record: Mapping[str, Any], source: str, text_field: str | None, label_field: str | None
) -> Outcome:
    """Return the text of a document with its class, or why it has none.

    Raises:
        OtherTask: it has labels of spans.
    """
    labels = record.get(label_field) if label_field is not None else _labels(record)
    if not isinstance(labels, list):
        raise OtherTask("spans of the text")
    if any(isinstance(label, list | dict) for label in labels):
        raise OtherTask("spans of the text")
    label = one_label(labels, source)
    if isinstance(label, LeftOut):
        return label
    text = text_in(record, text_field, source)
    return NO_TEXT if text is None else (text, label)


def _labels(record: Mapping[str, Any]) -> object:
    """Return what stands in the fields of labels: all of it where there are several such lists."""
    values = [record[name] for name in ("label", "labels", "cats") if name in record]
    lists = [value for value in values if isinstance(value, list)]
    if len(lists) < 2:
        return values[0] if values else None
    names = [name for own in lists for name in own]
    return [name for i, name in enumerate(names) if name not in names[:i]]
