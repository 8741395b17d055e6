"""A Hugging Face dataset, or a table of pandas or polars -> examples. None of them is imported.

Any object counts as a dataset if it has ``features``, a mapping by column name, and yields rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from protolabel.columns.data_frames import (
    column_choice,
    column_names,
    id_column,
    is_data_frame,
    refuse_foreign_table,
    row_id,
    table_rows,
)
from protolabel.columns.label_lists import holds_names, list_of_cell
from protolabel.columns.usual_fields import chosen_field
from protolabel.connectors.cell_labels import cell_label, is_empty_label
from protolabel.errors import InputError
from protolabel.names import clean_name
from protolabel.readers.class_numbers import NO_CLASS, name_of_number
from protolabel.readers.fields import (
    MissingField,
    check_characters,
    check_text,
    refuse_no_field,
    refuse_unaccepted,
)
from protolabel.readers.rows import ANSWER
from protolabel.types import Example
from protolabel.words.quantity import quantity
from protolabel.words.text import is_missing


def read_dataset(
    dataset: Any,
    *,
    text: str | None = None,
    label: str | None = None,
    id: str | None = None,  # noqa: A002 - the name of the field, as in Example
) -> Iterator[Example]:
    """Return the examples of a Hugging Face dataset or of a table, one at a time.

    A ``ClassLabel`` gives the names of the classes. Rows without a label (-1, None, or an empty
    cell) are left out, since a test split often has none.

    >>> from protolabel import LabelSpace, read_dataset
    >>> rows = [{"text": "pay the bill", "label": "invoice"}]
    >>> class Rows(list):
    ...     features = {"text": "string", "label": "string"}
    >>> LabelSpace.create(encoder="hashing").add(read_dataset(Rows(rows))).summary
    "added 1 example to 'invoice' (1 new)"

    Args:
        dataset: one split, such as ``load_dataset(...)["train"]``, or a table of pandas or polars.
        text: the column of the text, or of the image.
        label: the column of the class.
        id: the column of the id of each example. Without it, that of a table is "id" if it has
            one, and the examples of a dataset have none.

    Raises:
        InputError: It is no such object, a column is missing, or a row cannot be used.
    """
    refuse_foreign_table(dataset)
    is_table = is_data_frame(dataset)
    features: Any = getattr(dataset, "features", None)
    if is_table:
        features = dict.fromkeys(column_names(dataset))
        text, label = column_choice(text), column_choice(label)
    if not isinstance(features, Mapping):
        splits = list(dataset) if isinstance(dataset, Mapping) else []
        raise InputError(
            f"a dataset of type {type(dataset).__name__}"
            + (f", of the splits {', '.join(map(str, splits[:5]))}" if splits else ""),
            expected="one split (rows, and `features` by the names of their columns), or a table",
            remedy=f"give one split: dataset[{splits[0]!r}]" if splits else "",
        )
    names = list(features)
    label_column = label or _class_column(features) or _usual_column("label", names)
    if label_column is None or label_column not in features:
        refuse_no_field(MissingField("label", label, argument="label="), names, "the dataset")
    text_column = text or _content_column(features, names)
    if text_column is None or text_column not in features:
        missing = MissingField("text", text, ", or an image", "text=")
        refuse_no_field(missing, names, "the dataset")
    if is_table:
        id = id_column(features, id)  # noqa: A001
    if id is not None and id not in features:
        refuse_no_field(MissingField("id", id, argument="id="), names, "the dataset")
    columns = _Columns(text_column, label_column, id)
    rows = _table_rows(dataset, columns) if is_table else dataset
    return _examples(rows, features[label_column], columns)


@dataclass(frozen=True, slots=True)
class _Columns:
    text: str
    label: str
    id: str | None


def _table_rows(table: Any, columns: _Columns) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table, with the columns that are read and None for an empty cell."""
    by_role = {"text": columns.text, "label": columns.label}
    by_role |= {} if columns.id is None else {"id": columns.id}
    if ANSWER in column_names(table):
        by_role |= {ANSWER: ANSWER}
    names = list(by_role.values())
    for values in table_rows(table, by_role):
        cells = (None if is_missing(value) else value for value in values)
        yield dict(zip(names, cells, strict=True))


def _class_column(features: Mapping[str, Any]) -> str | None:
    """Return the one column of a ``ClassLabel``."""
    columns = [name for name, feature in features.items() if _names(feature) is not None]
    return columns[0] if len(columns) == 1 else None


def _content_column(features: Mapping[str, Any], names: list[str]) -> str | None:
    column = _usual_column("text", names)
    images = [name for name, feature in features.items() if type(feature).__name__ == "Image"]
    return column if column is not None else images[0] if len(images) == 1 else None


def _usual_column(role: str, names: list[str]) -> str | None:
    """Return the column with a usual name; None without one. Raises InputError for two."""
    try:
        return chosen_field(role, names, "the dataset")
    except InputError as error:
        remedy = f"say which one is the {role}: {role}="
        raise InputError(error.got, expected=error.expected, remedy=remedy) from error


def _names(feature: Any) -> list[str] | None:
    """Return the names of the classes that a feature has; of a list, those of its items."""
    inner = getattr(feature, "feature", feature)
    names = getattr(inner, "names", None)
    return list(names) if isinstance(names, list | tuple) else None


def _examples(dataset: Any, feature: Any, columns: _Columns) -> Iterator[Example]:
    names, text, label = _names(feature), columns.text, columns.label
    for number, row in enumerate(dataset):
        source = f"row {number}"
        value = list_of_cell(row[label])
        is_name = holds_names(value)
        if isinstance(value, list | tuple):
            if len(value) > 1:
                raise InputError(
                    f"{source}: {quantity(len(value), 'label')}",
                    expected="one class for each document",
                    remedy="keep the rows with one label: dataset.filter(...)",
                )
            value = value[0] if value else None
        if is_empty_label(value) or (names is not None and value == NO_CLASS):
            continue
        if names is not None and isinstance(value, int) and not isinstance(value, bool):
            value = name_of_number(value, names, source)
        if ANSWER not in (text, label):
            refuse_unaccepted(row.get(ANSWER), source)
        name = clean_name(cell_label(value, source, label), source)
        content = row[text]
        identity = "" if columns.id is None else _identity(row[columns.id], source, columns.id)
        image = _image(content)
        if image is None:
            check_text(content, source, repr(text))
            yield Example(name, content, identity, source=source, is_name=is_name)
        else:
            yield Example(name, id=identity, image=image, source=source, is_name=is_name)


def _identity(value: object, source: str, column: str) -> str:
    """Return the id of an example; empty where the cell is: the label space gives it one then."""
    if is_missing(value):
        return ""
    identity = row_id(value, source)
    check_characters(identity, source, column)
    return identity


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
