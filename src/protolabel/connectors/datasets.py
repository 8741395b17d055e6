"""A Hugging Face dataset -> examples. The package ``datasets`` is not imported.

Any object will do that has ``features``, a mapping by the name of the column, and yields rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.fields import check_text, checked_label, chosen_field, refuse_no_field
from protolabel.types import Example


def read_dataset(
    dataset: Any, *, text: str | None = None, label: str | None = None
) -> Iterator[Example]:
    """Return the examples of a Hugging Face dataset, one at a time.

    A ``ClassLabel`` gives the names of the classes. Rows without a label (-1 or None) are left
    out, since a test split often has none.

    >>> from protolabel import LabelSpace, read_dataset
    >>> rows = [{"text": "pay the bill", "label": "invoice"}]
    >>> class Rows(list):
    ...     features = {"text": "string", "label": "string"}
    >>> LabelSpace.create(encoder="hashing").add(read_dataset(Rows(rows))).summary
    "added 1 example to 'invoice' (1 new)"

    Args:
        dataset: One split, such as ``load_dataset(...)["train"]``.
        text: The column of the text, or of the image.
        label: The column of the class.

    Raises:
        InputError: It is no such object, a column is missing, or a row cannot be used.
    """
    features = getattr(dataset, "features", None)
    if not isinstance(features, Mapping):
        splits = list(dataset) if isinstance(dataset, Mapping) else []
        raise InputError(
            f"a dataset of type {type(dataset).__name__}"
            + (f", of the splits {', '.join(map(str, splits[:5]))}" if splits else ""),
            expected="one split: rows, and `features` by the names of their columns",
            remedy=f"give one split: dataset[{splits[0]!r}]" if splits else "",
        )
    names = list(features)
    label_column = label or _class_column(features) or chosen_field("label", names, "the dataset")
    if label_column is None or label_column not in features:
        refuse_no_field("label", names, "the dataset", label)
    text_column = text or _content_column(features, names)
    if text_column is None or text_column not in features:
        refuse_no_field("text", names, "the dataset", text, ", or an image")
    return _examples(dataset, features[label_column], text_column, label_column)


def _class_column(features: Mapping[str, Any]) -> str | None:
    """Return the one column of a ``ClassLabel``."""
    columns = [name for name, feature in features.items() if _names(feature) is not None]
    return columns[0] if len(columns) == 1 else None


def _content_column(features: Mapping[str, Any], names: list[str]) -> str | None:
    column = chosen_field("text", names, "the dataset")
    images = [name for name, feature in features.items() if type(feature).__name__ == "Image"]
    return column if column is not None else images[0] if len(images) == 1 else None


def _names(feature: Any) -> list[str] | None:
    """Return the names of the classes that a feature has; of a list, those of its items."""
    inner = getattr(feature, "feature", feature)
    names = getattr(inner, "names", None)
    return list(names) if isinstance(names, list | tuple) else None


def _examples(dataset: Any, feature: Any, text: str, label: str) -> Iterator[Example]:
    names = _names(feature)
    for number, row in enumerate(dataset):
        source = f"row {number}"
        value = row[label]
        if isinstance(value, list | tuple):
            if len(value) > 1:
                raise InputError(
                    f"{source}: {len(value)} labels",
                    expected="one class for each document",
                    remedy="keep the rows with one label: dataset.filter(...)",
                )
            value = value[0] if value else None
        if value is None or (names is not None and value == -1):
            continue
        if names is not None and isinstance(value, int) and not isinstance(value, bool):
            if not 0 <= value < len(names):
                raise InputError(
                    f"{source}: the label {value}",
                    expected=f"0 to {len(names) - 1}, or -1 for none",
                )
            value = names[value]
        name = clean_name(checked_label(value, source, label), source)
        content = row[text]
        image = _image(content)
        if image is None:
            check_text(content, source, repr(text))
            yield Example(name, content, source=source)
        else:
            yield Example(name, image=image, source=source)


def _image(content: Any) -> bytes | None:
    """Return the file of an image: as its bytes, or as Pillow holds it; None for anything else."""
    if isinstance(content, Mapping):
        content = content.get("bytes")
    if isinstance(content, bytes):
        return content
    if hasattr(content, "save") and hasattr(content, "mode"):
        file = io.BytesIO()
        content.save(file, "PNG")
        return file.getvalue()
    return None
