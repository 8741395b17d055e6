"""Records of an export, one at a time -> the change that takes them in. It changes nothing itself.

A record that cannot be used is refused with its number, or reported where the caller wants the
others all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np

from protolabel.arguments import require_metric, require_name
from protolabel.documents import checked_text
from protolabel.errors import ImageError, InputError
from protolabel.images import from_data_address
from protolabel.label_space.changes.imported_classes import ImportedClass
from protolabel.label_space.changes.imports import Import, is_place
from protolabel.label_space.changes.rows import checked_description
from protolabel.label_space.changes.usable_examples import usable_examples
from protolabel.label_space.changes.usable_labels import (
    error_of_label,
    examples_of_usable_labels,
)
from protolabel.label_space.configuration.settings import checked_rows, require_range
from protolabel.label_space.export import FORMAT, HEADER, ORDER, VERSION
from protolabel.label_space.view import View
from protolabel.names import clean_name
from protolabel.readers.rows import NOT_LABEL
from protolabel.types import Example
from protolabel.words.text import without_content

OnUnusable = Callable[[str, InputError], None]
"""Is called with the place of a record that cannot be used, such as ``file:line``, and why."""


def import_request(
    records: Iterable[Mapping[str, Any] | InputError],
    view: View,
    name: str = "",
    on_unusable: OnUnusable | None = None,
    *,
    skip_known: bool = False,
) -> Import:
    """Return the change that takes in what ``View.export`` yielded.

    Embeddings are dropped where the label space has another encoder or another metric: it makes its
    own.

    Args:
        records: of an export; an error stands in the place of a record that could not be read.
        view: the label space that is to take them in.
        name: names the records in errors, each with its number.
        on_unusable: is called with each class or example that cannot be used, and the others come
            in. Without it the first one is refused, as the first record always is.
        skip_known: leave out examples that are here already.

    Raises:
        InputError: for a record that no export writes.
    """
    classes: list[ImportedClass] = []
    labels: set[str] = set()
    examples: list[Example] = []
    settings: dict[str, str] = {}
    unsharpened: list[str] = []
    order: dict[str, int] = {}
    same_vectors = True
    is_single = isinstance(records, str | bytes | Mapping) or not isinstance(records, Iterable)
    if is_single or getattr(records, "ndim", 1) != 1:
        raise InputError(
            f"records of an export: {without_content(records)}, of type {type(records).__name__}",
            expected="what View.export() yields, or a list of it",
        )
    name = checked_text(name, "name")
    for number, record in enumerate(records, start=1):
        place = f"{name or 'an export'}:{number}"
        try:
            if isinstance(record, InputError):
                raise record
            if not isinstance(record, Mapping):
                raise _no_record(place, f"a {type(record).__name__}")
            if FORMAT in record:
                settings, same_vectors = _header(record, view, place)
                continue
            item = _item(record, place, same_vectors=same_vectors)
            if isinstance(item, ImportedClass):
                _refuse_class(item, labels, place, None if on_unusable is None else view)
        except InputError as error:
            if on_unusable is None or (isinstance(record, Mapping) and FORMAT in record):
                raise
            on_unusable(place, error)
            continue
        if isinstance(item, Example):
            examples.append(item)
            order |= {item.id: record[ORDER]} if ORDER in record else {}
        else:
            classes.append(item)
            labels.add(item.label)
            unsharpened += _unsharpened_labels(item, record)
    if on_unusable is not None:
        examples, wrong = examples_of_usable_labels(
            view, examples, retired={one.label for one in classes if one.retired}
        )
        examples, unusable = usable_examples(view, examples, skip_known=skip_known)
        for fault in [*wrong, *unusable]:
            on_unusable(fault.source, fault.error)
    return Import(tuple(classes), tuple(examples), settings, skip_known, unsharpened, order)


def _refuse_class(
    item: ImportedClass, labels: Collection[str], place: str, view: View | None
) -> None:
    """Raise InputError for a class that came before, or, with a view, cannot come in there."""
    if item.label in labels:
        raise InputError(
            f"{place}: class {item.label!r} again",
            expected="each class once",
            remedy="remove one of the two lines",
        )
    error = None if view is None else error_of_label(view, item.label, retired=True)
    if error is not None:
        raise error


def _item(record: Mapping[str, Any], place: str, *, same_vectors: bool) -> ImportedClass | Example:
    """Return the class or the example of a record. Raises InputError for one that is neither."""
    try:
        if "description_from" in record:
            return _class(record, place, same_vectors=same_vectors)
        return _example(record, place, same_vectors=same_vectors)
    except (KeyError, TypeError, AttributeError, ValueError, ImageError) as error:
        raise _no_record(place, f"{type(error).__name__}: {error}") from error


def _no_record(place: str, why: str) -> InputError:
    return InputError(
        f"{place}: no record of an export ({why})",
        expected="a line as `protolabel export` writes it",
        remedy="export again",
    )


def _header(record: Mapping[str, Any], view: View, place: str) -> tuple[dict[str, str], bool]:
    """Return the settings of an export, and whether its vectors may stand in this label space."""
    if record[FORMAT] != VERSION:
        raise InputError(
            f"{place}: an export of format {record[FORMAT]!r}",
            expected=f"format {VERSION}",
            remedy="import it with the protolabel that exported it, or a newer one",
        )
    missing = sorted(HEADER - set(record))
    if missing:
        raise InputError(
            f"{place}: the first record of an export without {missing[0]!r}",
            expected=f"the fields {', '.join(sorted(HEADER))}",
            remedy="export again",
        )
    unknown = sorted(set(record) - HEADER)
    if unknown:
        raise InputError(
            f"{place}: the field {unknown[0]!r} in the first record of an export",
            expected=f"fields among {', '.join(sorted(HEADER))}",
            remedy="import it with the protolabel that exported it, or a newer one",
        )
    fingerprint = require_name(record["encoder_fingerprint"], f"{place}: encoder_fingerprint")
    metric = require_metric(record["metric"])
    same_vectors = fingerprint == view.embedder.fingerprint and metric == view.embedder.metric
    settings = checked_rows(record["settings"], place)
    several = settings.get("labels") == "several"
    require_range(settings, view.embedder.metric, place, several=several)
    return settings, same_vectors


def _class(record: Mapping[str, Any], place: str, *, same_vectors: bool) -> ImportedClass:
    origin, description, retired = (
        record["description_from"],
        record["description"],
        record["retired"],
    )
    if origin not in ("given", "name", "none") or not isinstance(retired, bool):
        raise ValueError("description_from or retired")
    label = clean_name(record["label"], place)
    if description is not None:
        description = checked_description(description, label, place)
    sharpened = (
        record.get("sharpened_embedding") if same_vectors and description is not None else None
    )
    vector = None if sharpened is None else tuple(map(float, sharpened))
    parent = record.get("parent")
    above = None if parent is None else clean_name(parent, place)
    return ImportedClass(label, description, origin, retired, vector, above)


def _unsharpened_labels(item: ImportedClass, record: Mapping[str, Any]) -> list[str]:
    """Return the class if it had a sharpened description that stays behind."""
    return [item.label] if item.sharpened is None and record.get("sharpened_embedding") else []


def _example(record: Mapping[str, Any], place: str, *, same_vectors: bool) -> Example:
    text, image, vector = record.get("text"), record.get("image"), record.get("embedding")
    text = None if text is None else checked_text(text, f"{place}: text")
    readable = text is not None or image is not None
    if not is_place(record.get(ORDER, 1)):
        raise ValueError(f"{ORDER}: no whole number from 1 on")
    if vector is not None and not readable and not same_vectors:
        raise ValueError("a vector alone, of another encoder or metric than this label space has")
    return Example(
        label=clean_name(record[NOT_LABEL if NOT_LABEL in record else "label"], place),
        negative=NOT_LABEL in record,
        text=text,
        id=checked_text(record["id"], f"{place}: id"),
        embedding=(
            None if vector is None or (readable and not same_vectors)
            else np.asarray(vector, dtype=np.float32)
        ),
        source=checked_text(record.get("source", ""), f"{place}: source"),
        image=None if image is None else from_data_address(image),
    )  # fmt: skip
