"""Tasks of a Label Studio export (JSON) -> text and class.

A task has its ``data`` and its ``annotations``, each with a ``result``: a list of regions, of which
those of type ``choices`` classify. Source: labelstud.io/guide/task_format, and the ``completions``
that the export had before version 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protolabel.connectors.record_labels import (
    LabelNames,
    LeftOut,
    OtherTask,
    RecordLabels,
    RecordReading,
    agreed,
    labelled,
    labels_among,
    question_in,
)

NAME = "Label Studio"
_CLASSES = ("choices", "taxonomy")
_BETWEEN = " / "  # the parts of a path, as the tag Taxonomy shows it (its pathSeparator)
_OTHER = {
    "labels": "spans of the text", "hypertextlabels": "spans of the text",
    "paragraphlabels": "spans of the text", "timeserieslabels": "spans of a series",
    "rectanglelabels": "regions of an image", "polygonlabels": "regions of an image",
    "brushlabels": "regions of an image", "keypointlabels": "regions of an image",
    "ranker": "rankings", "pairwise": "comparisons", "rating": "ratings", "number": "numbers",
    "textarea": "written answers", "relation": "relations",
}  # fmt: skip


def recognises(record: Mapping[str, Any]) -> bool:
    """Return whether an object is a task of Label Studio."""
    lists = record.get("annotations", record.get("completions"))
    return isinstance(record.get("data"), dict) and isinstance(lists, list)


def label_names(record: Mapping[str, Any]) -> list[str]:
    """Return the groups of choices in which somebody has chosen."""
    regions = (
        region
        for annotation in _annotations(record)
        if isinstance(annotation, dict)
        for region in annotation.get("result") or []
        if isinstance(region, dict) and region.get("type") in _CLASSES
    )
    return list(dict.fromkeys(str(region.get("from_name")) for region in regions))


def text_fields(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a task, one of which is its text."""
    data: Mapping[str, Any] = record["data"]
    return data


def record_labels(record: Mapping[str, Any], source: str, reading: RecordReading) -> RecordLabels:
    """Return the text of a task with its class, or its several classes, or why it has none.

    Raises:
        OtherTask: its annotations are spans, rankings or the like.
        InputError: it does not say which text or which choices are meant.
    """
    annotations = _annotations(record)
    live = [a for a in annotations if isinstance(a, dict) and not a.get("was_cancelled")]
    if annotations and not live:
        return LeftOut("that people skipped")
    labels = agreed([_labels(a, source, reading) for a in live])
    if isinstance(labels, LeftOut):
        return labels
    return labelled(record["data"], reading.text_field, labels, source)


def _annotations(record: Mapping[str, Any]) -> list[Any]:
    annotations: list[Any] | None = record.get("annotations", record.get("completions"))
    return annotations or []


def _labels(
    annotation: Mapping[str, Any], source: str, reading: RecordReading
) -> LabelNames | LeftOut:
    regions = [r for r in annotation.get("result") or [] if isinstance(r, dict)]
    classes = [r for r in regions if r.get("type") in _CLASSES]
    if regions and not classes:
        kind = str(regions[0].get("type"))
        raise OtherTask(_OTHER.get(kind, f"answers of type {kind!r}"))
    names = list(dict.fromkeys(str(r.get("from_name")) for r in classes))
    name = question_in(names, reading.label_field, source)
    labels: list[object] = []
    for region in classes:
        if str(region.get("from_name")) == name:
            value = region.get("value") or {}
            if {"start", "end"} <= set(value):
                raise OtherTask("spans of the text")
            choices = value.get(str(region["type"])) or []
            if isinstance(choices, str):
                raise TypeError(f"{choices!r} is no list")
            labels += [_path(choice) for choice in choices]
    return labels_among(labels, source, reading.several)


def _path(choice: object) -> object:
    """Return a choice; of a taxonomy, which gives a path, all of it: leaves may share a name."""
    if isinstance(choice, list) and choice and all(isinstance(one, str) for one in choice):
        return _BETWEEN.join(choice)
    return choice
