"""The names of classes in the metadata of a Parquet file, as those of the Hugging Face hub have.

Other metadata are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from protolabel.columns.usual_fields import chosen_field
from protolabel.errors import InputError
from protolabel.readers.class_numbers import NO_CLASS, name_of_number
from protolabel.readers.formats.extraction import RefusalError, Request
from protolabel.readers.rows import NOT_LABEL
from protolabel.words.quantity import quantity

_KEY = b"huggingface"


class ClassNames:
    """Gives the rows of a file the names of their classes in the place of numbers.

    Where the rows need a label, those without one are left out, as in a dataset.
    """

    def __init__(
        self, metadata: Mapping[bytes, bytes] | None, columns: Sequence[str], request: Request
    ) -> None:
        names = _names_by_column(metadata or {})
        self._names = {column: names[column] for column in columns if column in names}
        self._label = ""
        self._n_left = 0
        if self._names and request.needs_label:
            self._label = _label_column(columns, request)

    def keeps(self, row: dict[str, object], number: int) -> bool:
        """Write the names into a row; return whether it is kept.

        Raises:
            RefusalError: there is no class of a number in it.
        """
        try:
            for column, names in self._names.items():
                row[column] = _named(row[column], names, f"row {number}")
        except InputError as error:
            raise RefusalError(error.got, error.expected or "", error.remedy or "") from error
        if self._label not in self._names or row[self._label] or row.get(NOT_LABEL):
            return True
        self._n_left += 1
        return False

    def notices(self) -> list[str]:
        """Return how many rows were left out."""
        rows = quantity(self._n_left, "row without a label is", "rows without a label are")
        return [f"{rows} left out ({NO_CLASS} or empty)"] if self._n_left else []


def _names_by_column(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """Return the names of classes by column; none where the metadata are of another kind."""
    try:
        features = json.loads(metadata.get(_KEY, b"{}"))["info"]["features"].items()
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}
    names = {column: _names(feature) for column, feature in features}
    return {column: of_column for column, of_column in names.items() if of_column}


def _names(feature: object) -> list[str]:
    """Return the names of the classes of a feature, or of the items of a list; empty without."""
    if isinstance(feature, list) and len(feature) == 1:
        feature = feature[0]
    if isinstance(feature, dict) and isinstance(feature.get("feature"), dict):
        feature = feature["feature"]
    if not isinstance(feature, dict) or feature.get("_type") != "ClassLabel":
        return []
    names = feature.get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return []
    return names


def _named(value: object, names: Sequence[str], source: str) -> object:
    """Return the name of a number, those of a list of them; None of a row without a label."""
    if isinstance(value, list):
        labels = (_named(one, names, source) for one in value)
        return [label for label in labels if label is not None]
    if isinstance(value, int) and not isinstance(value, bool):
        return name_of_number(value, names, source)
    if isinstance(value, float) and value.is_integer():  # as pandas writes them beside a lack
        return name_of_number(int(value), names, source)
    return None if value == "" else value


def _label_column(columns: Sequence[str], request: Request) -> str:
    """Return the column of the label; empty where it is not clear which one that is."""
    try:
        column = chosen_field("label", columns, "", request.label_field, several=True)
    except InputError:  # whoever reads the rows says so
        return ""
    return column or ""
