"""Labels in one array: of one kind, and none of them rounded.

NumPy joins whole numbers with a sign and those beyond 64 bits with a sign as floating-point
numbers, in which neighbours are one number.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.errors import InputError
from protolabel.system.import_lock import one_import

with one_import():
    from sklearn.utils.multiclass import check_classification_targets

MISSING = "missing"
LARGEST = np.iinfo(np.int64).max


def joined_labels(labels: Iterable[Sequence[object] | npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Return all labels. Raises InputError where they are of several kinds, or would be rounded."""
    arrays = [_array_of(values) for values in labels if len(values)]
    kinds = sorted({kind for array in arrays for kind in _kinds(array)})
    if MISSING in kinds:
        raise InputError(
            "an example without a label (None)",
            expected="a label of each example",
            remedy="leave out the examples without one",
        )
    if len(kinds) > 1:
        raise InputError(
            f"labels that are {' and '.join(kinds)}",
            expected="labels of one kind in y, classes and descriptions",
            remedy="convert them, such as y.astype(str)",
        )
    joined = np.concatenate(arrays)
    if joined.dtype.kind != "f" or not all(array.dtype.kind in "iub" for array in arrays):
        return joined
    return _whole_numbers([number for array in arrays for number in array.tolist()])


def _array_of(labels: Sequence[object] | npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return labels as an array; NumPy rounds a list of small and large numbers, too."""
    if isinstance(labels, np.ndarray) or not all(type(label) is int for label in labels):
        return np.asarray(labels)
    return _whole_numbers(labels)  # type: ignore[arg-type]


def _whole_numbers(numbers: Sequence[int]) -> npt.NDArray[Any]:
    """Return whole numbers in 64 bits. Raises InputError where these do not hold them."""
    if max(numbers) <= LARGEST and min(numbers) >= -LARGEST - 1:
        return np.array(numbers, np.int64)
    if min(numbers) >= 0 and max(numbers) < 2**64:
        return np.array(numbers, np.uint64)
    raise InputError(
        f"the labels {min(numbers)} and {max(numbers)}",
        expected="whole numbers in 64 bits that are all below 2**63, or all 0 or more",
        remedy="choose other labels (an unknown_label is one), or convert them to strings",
    )


def check_labels(y: npt.NDArray[Any]) -> None:
    """Refuse what is no label of a class. *Shape:* ``(n,)``. Raises InputError or ValueError.

    Few examples of many classes are what prototypes are for, so nothing is said of that.
    """
    if y.dtype == object:
        joined_labels([y])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%")
        warnings.filterwarnings("ignore", ".*could represent a regression problem")
        check_classification_targets(y)


def _kinds(array: npt.NDArray[Any]) -> set[str]:
    """Return of what kinds the labels of an array are, in words."""
    if array.dtype.kind == "M":
        return {"dates"}
    return {_kind(label) for label in array.tolist()}


def _kind(label: object) -> str:
    if isinstance(label, str):
        return "strings"
    if isinstance(label, int | float):
        return "numbers"
    return MISSING if label is None else f"of the type {type(label).__name__}"
