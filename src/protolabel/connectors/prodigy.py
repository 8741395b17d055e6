"""Lines of a Prodigy dataset (JSONL of ``db-out``) -> text and class.

A task has its ``text`` and an ``answer``: accept, reject or ignore. Its class is ``label``, or in
``accept`` where one or several ``options`` were chosen. Source: prodi.gy/docs/api-interfaces, and
lines that ``db-out`` prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protolabel.connectors.record_labels import (
    NO_TEXT,
    Labelled,
    LeftOut,
    OtherTask,
    RecordLabels,
    RecordReading,
    labels_among,
    text_in,
)
from protolabel.readers.rows import ANSWERS

NAME = "Prodigy"
_MARKS = {"_task_hash", "_input_hash", "_view_id"}


def recognises(record: Mapping[str, Any]) -> bool:
    """Return whether an object is a task of Prodigy: programs may have dropped its hashes."""
    if record.get("answer") not in ANSWERS:
        return False
    has_class = "label" in record or isinstance(record.get("accept"), list)
    return bool(_MARKS & record.keys()) or (isinstance(record.get("text"), str) and has_class)


def label_names(record: Mapping[str, Any]) -> list[str]:
    """Return the fields of a task that may be its class; none where it has a list of choices."""
    names = [] if isinstance(record.get("accept"), list) else list(record)
    return [name for name in names if not name.startswith("_")]


def text_fields(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a task, one of which is its text."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def record_labels(record: Mapping[str, Any], source: str, reading: RecordReading) -> RecordLabels:
    """Return the text of a task with its class, or its several classes, or why it has none.

    Who rejects a label says which class the document is not of.

    Raises:
        OtherTask: it has spans and no class.
    """
    if record["answer"] == "ignore":
        return LeftOut("that people ignored")
    name = reading.label_field or "label"
    choices = record.get("accept")
    if not isinstance(choices, list):
        choices = record.get(name)
    if not isinstance(choices, list) and record.get(name) is None:
        if record.get("spans") or record.get("tokens"):
            raise OtherTask("spans of the text")
        return LeftOut("without an answer")
    rejects = record["answer"] == "reject"
    if rejects and isinstance(choices, list):
        return LeftOut("that people rejected, with options of which it is not clear which one")
    labels_of_task = (
        _texts_of(choices, record.get("options")) if isinstance(choices, list) else [record[name]]
    )
    labels = labels_among(labels_of_task, source, reading.several)
    if isinstance(labels, LeftOut):
        return labels
    text = (
        text_in({"text": record.get("text")}, None, source)
        if reading.text_field is None
        else text_in(record, reading.text_field, source)
    )
    return NO_TEXT if text is None else Labelled(text, labels, rejects)


def _texts_of(choices: list[Any], options: object) -> list[Any]:
    """Return options that were chosen; one whose id is a number is named by its text."""
    texts = {
        str(option["id"]): option["text"]
        for option in (options if isinstance(options, list) else [])
        if isinstance(option, dict)
        and str(option.get("id")).isdecimal()
        and isinstance(option.get("text"), str)
        and option["text"].strip()
    }
    return [texts.get(str(one), one) if isinstance(one, int | str) else one for one in choices]
