"""The rows of a table of pandas or polars -> examples, by the columns of text, label and id."""

from __future__ import annotations

import logging
from typing import Any

from protolabel.columns.data_frames import (
    column_choice,
    column_names,
    example_arguments,
    filled_rows,
    id_column,
    row_id,
    table_rows,
    text_column,
)
from protolabel.columns.label_lists import IsClass, list_of_cell
from protolabel.columns.usual_fields import chosen_field
from protolabel.connectors.cell_labels import as_texts, cell_label, is_empty_label
from protolabel.documents import as_examples
from protolabel.errors import InputError
from protolabel.readers.fields import refuse_unaccepted
from protolabel.readers.rows import ANSWER
from protolabel.types import Document, Example
from protolabel.words.quantity import quantity
from protolabel.words.text import is_missing, without_content

log = logging.getLogger(__name__)


def table_examples(
    table: Any,
    *,
    text: str | None,
    label: object,
    identity: str | None,
    several: bool,
    is_class: IsClass,
) -> list[Example]:
    """Return the rows of a table as examples; those without a label are left out, as the log says.

    Args:
        table: has a row for each example.
        text: the column of the text; by default the one with a usual name.
        label: the column of the class; by default the one with a usual name.
        identity: the column of the id; "id" by default, and no ids without one.
        several: whether a cell may hold a list of labels.
        is_class: of the label space: a cell that is the name of a class is no list.

    Raises:
        InputError: a column is missing, or a row cannot be used.
    """
    labels = _label_column(table, column_choice(label), several)
    texts = text_column(table, text)
    ids = id_column(column_names(table), identity)
    columns = {"text": texts, "label": labels} | ({} if ids is None else {"id": ids})
    has_answers = ANSWER in column_names(table) and ANSWER not in columns.values()
    columns |= {ANSWER: ANSWER} if has_answers else {}
    documents: list[Document] = []
    classes: list[object] = []
    n_unlabelled = 0
    for number, cells in enumerate(table_rows(table, columns)):
        row = dict(zip(columns, cells, strict=True))
        content, name = row["text"], row["label"]
        place, name = f"row {number}", list_of_cell(name, is_class)
        if is_empty_label(name):
            n_unlabelled += 1
            continue
        if is_missing(content):
            raise InputError(
                f"{place}: {without_content(content)}, of type {type(content).__name__}",
                expected="a text (str)",
                remedy=f"leave empty rows out: {filled_rows(table, texts)}",
            )
        refuse_unaccepted(row.get(ANSWER), place)
        own = "" if is_missing(row.get("id")) else row_id(row["id"], place)
        documents.append(Document(own, content, source=place))
        classes.append(_names(name, place, labels, as_texts(table, labels)))
    if n_unlabelled:
        rows, are = quantity(n_unlabelled, "row"), "is" if n_unlabelled == 1 else "are"
        log.warning("examples: %s without a label %s left out", rows, are)
    return as_examples(documents, classes, several=several) if documents else []


def _label_column(table: Any, choice: object, several: bool) -> str:
    """Return which column has the labels. Raises InputError where that is not clear."""
    remedy = f"name the columns: add(table, {example_arguments(table)})"
    if choice is not None and not isinstance(choice, str):
        raise InputError(
            f"a table, and labels of type {type(choice).__name__}",
            expected="the name of its column of labels",
            remedy=remedy,
        )
    if choice is not None:
        return choice
    names = column_names(table)
    try:
        column = chosen_field("label", names, "a table", several=several)
    except InputError as error:
        raise InputError(error.got, expected=error.expected, remedy=remedy) from error
    if column is None:
        raise InputError(
            f"examples: a table with the columns {', '.join(names[:5])}",
            expected="a column with a usual name for the label, or the name of the column",
            remedy=remedy,
        )
    if column != "label":
        log.warning("examples: the column %r is read as the label", column)
    return column


def _names(label: Any, place: str, column: str, texts: str) -> object:
    """Return the labels of a cell as texts: one, or a list of them; ``texts`` as in cell_label."""
    if hasattr(label, "tolist") and getattr(label, "ndim", 0) == 1:  # an array in a cell
        label = label.tolist()
    if isinstance(label, list | tuple):
        return [cell_label(one, place, column, texts) for one in label]
    return cell_label(label, place, column, texts)
