"""Records of an Argilla dataset (JSON) -> text and class, in each of the forms that it has had.

- Nested, as ``dataset.records.to_json`` writes it: ``fields``, and ``responses`` by question.
- Flat, as its ``datasets`` export is: ``label.responses``, ``label.responses.status``.
- Version 1: ``text`` or ``inputs``, with ``annotation`` and ``status``.

Source: argilla-io/argilla, ``records/_io/_generic.py`` and ``records/_resource.py``. Suggestions of
models are no answers of people, and are never taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from protolabel.connectors.record_labels import (
    UNANSWERED,
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

NAME = "Argilla"
_FLAT = ".responses"
_NOT_SUBMITTED = LeftOut("that people discarded or left as drafts")


def recognises(record: Mapping[str, Any]) -> bool:
    """Return whether an object is a record of Argilla."""
    nested = isinstance(record.get("fields"), dict) and "responses" in record
    return nested or _is_flat(record) or _is_old(record)


def label_names(record: Mapping[str, Any]) -> list[str]:
    """Return the questions that somebody has answered; none in version 1, which has only one."""
    if _is_old(record):
        return []
    nested = isinstance(record.get("fields"), dict)
    return list(_nested_answers(record) if nested else _flat_answers(record))


def text_fields(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a record, one of which is its text."""
    if _is_old(record):
        inputs = record.get("inputs")
        return inputs if isinstance(inputs, dict) else {"text": record.get("text") or inputs}
    fields = record.get("fields")
    return fields if isinstance(fields, dict) else _flat_fields(record)


def record_labels(record: Mapping[str, Any], source: str, reading: RecordReading) -> RecordLabels:
    """Return the text of a record with its class, or its several classes, or why it has none.

    Raises:
        OtherTask: its answers are spans, rankings or the like.
        InputError: it does not say which text or which question is meant.
    """
    if _is_old(record):
        return _old(record, source, reading)
    nested = isinstance(record.get("fields"), dict)
    answers = _nested_answers(record) if nested else _flat_answers(record)
    question = question_in(list(answers), reading.label_field, source)
    if question is None:
        return UNANSWERED
    values = [value for value, status in answers[question] if status in (None, "submitted")]
    if answers[question] and not values:
        return _NOT_SUBMITTED
    labels = agreed([_labels(value, source, reading.several) for value in values])
    if isinstance(labels, LeftOut):
        return labels
    return labelled(text_fields(record), reading.text_field, labels, source)


def _nested_answers(record: Mapping[str, Any]) -> dict[str, list[tuple[object, object]]]:
    """Return ``{question: [(value, status)]}``."""
    responses = record.get("responses") or {}
    if isinstance(responses, list):  # as its server gives it: a response a person
        pairs = [
            (question, answer.get("value"), response.get("status"))
            for response in responses
            for question, answer in (response.get("values") or {}).items()
        ]
    else:
        pairs = [
            (question, answer.get("value"), answer.get("status"))
            for question, answers in responses.items()
            for answer in answers or []
        ]
    by_question: dict[str, list[tuple[object, object]]] = {}
    for question, value, status in pairs:
        by_question.setdefault(question, []).append((value, status))
    return by_question


def _is_flat(record: Mapping[str, Any]) -> bool:
    return any(name.endswith(_FLAT) and f"{name}.status" in record for name in record)


def _flat_answers(record: Mapping[str, Any]) -> dict[str, list[tuple[object, object]]]:
    answers = {}
    for name, values in record.items():
        if name.endswith(_FLAT):
            statuses = record.get(f"{name}.status") or [None] * len(values or [])
            question = name.removesuffix(_FLAT)
            answers[question] = list(zip(values or [], statuses, strict=False))
    return answers


def _flat_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    record_fields = ("id", "status", "_server_id", "inserted_at", "updated_at", "score")
    return {name: v for name, v in record.items() if "." not in name and name not in record_fields}


def _labels(value: object, source: str, several: bool) -> LabelNames | LeftOut:
    if isinstance(value, list):
        kinds = {key for item in value if isinstance(item, dict) for key in item}
        if "rank" in kinds:
            raise OtherTask("rankings")
        if "start" in kinds:
            raise OtherTask("spans of the text")
        return labels_among(value, source, several)
    return UNANSWERED if value is None else labels_among([value], source, several)


def _is_old(record: Mapping[str, Any]) -> bool:
    return "annotation" in record and bool({"annotation_agent", "prediction_agent"} & set(record))


def _old(record: Mapping[str, Any], source: str, reading: RecordReading) -> RecordLabels:
    if record.get("status") == "Discarded":
        return _NOT_SUBMITTED
    if record.get("tokens") is not None:
        raise OtherTask("spans of the text")
    answer = record["annotation"]
    answers = answer if isinstance(answer, list) else [] if answer is None else [answer]
    labels = labels_among(answers, source, reading.several)
    if isinstance(labels, LeftOut):
        return labels
    return labelled(text_fields(record), reading.text_field, labels, source)
