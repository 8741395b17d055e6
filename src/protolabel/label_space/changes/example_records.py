"""Examples as JSON holds them in a change, and back. It stores nothing.

An image is a ``data:`` address, a vector a list. A negative example has ``not_label`` in the place
of ``label``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from protolabel.documents import as_examples
from protolabel.errors import InputError
from protolabel.images import data_address, from_data_address
from protolabel.names import clean_name
from protolabel.readers.rows import NOT_LABEL
from protolabel.types import Example


def clean_examples(examples: Sequence[Example], nothing: str) -> tuple[Example, ...]:
    """Return examples with clean labels. Raises InputError, which says ``nothing``, for none."""
    checked = as_examples(examples, negatives=True)
    if not checked:
        raise InputError(nothing, expected="at least one")
    return tuple(replace(e, label=clean_name(e.label, e.source)) for e in checked)


def example_fields(example: Example) -> dict[str, object]:
    """Return an example as JSON can hold it; what it does not have is left out."""
    record: dict[str, object] = {NOT_LABEL if example.negative else "label": example.label}
    if example.text is not None:
        record["text"] = example.text
    if example.image is not None:
        record["image"] = data_address(example.image)
    if example.embedding is not None:
        record["embedding"] = [float(x) for x in np.asarray(example.embedding, dtype=np.float32)]
    if example.id:
        record["id"] = example.id
    if example.source:
        record["source"] = example.source
    return record


def example_from_fields(record: object) -> Example:
    """Return the example of these fields. Raises InputError."""
    own = {f.name for f in fields(Example)} - {"negative"} | {NOT_LABEL}
    if (
        not isinstance(record, dict)
        or set(record) - own
        or ("label" in record) == (NOT_LABEL in record)
    ):
        raise InputError(
            "an example of a change",
            expected=f'"label" or "{NOT_LABEL}", and of {sorted(own)}',
        )
    values = dict(record)
    if NOT_LABEL in values:
        values |= {"label": values.pop(NOT_LABEL), "negative": True}
    if isinstance(values.get("image"), str):
        values["image"] = from_data_address(values["image"])
    if values.get("embedding") is not None:
        try:
            values["embedding"] = np.asarray(values["embedding"], dtype=np.float32)
        except (TypeError, ValueError):
            raise InputError(
                "an embedding that is no list of numbers", expected="a list of numbers"
            ) from None
    return Example(**values)
