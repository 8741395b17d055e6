"""The parameters of an estimator, checked when it is fitted. The rules are a label space's own."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from protolabel.arrays import Metric
from protolabel.errors import InputError
from protolabel.label_space.configuration.settings import Settings, parsed, require_range
from protolabel.names import DECLINE


def checked_metric(metric: object) -> Metric:
    """Return the metric. Raises InputError for any other word."""
    if metric == "cosine":
        return "cosine"
    if metric == "euclidean":
        return "euclidean"
    raise InputError(f"metric={metric!r}", expected="'cosine' or 'euclidean'")


def settings_of(estimator: Any) -> Settings:
    """Return the settings of a label space that an estimator's parameters ask for.

    Raises:
        InputError: for a value that is none of the parameter's.
    """
    abstain = "off" if estimator.abstain is None else _row_value("abstain", estimator.abstain)
    rows = {"names_mean": "0"}
    for name in ("refine", "modes"):
        value = getattr(estimator, name)
        if not isinstance(value, bool | np.bool_):
            raise InputError(f"{name}={value!r}", expected="True or False")
        rows[name] = str(int(value))
    rows |= parsed("kappa", _row_value("kappa", estimator.kappa))
    rows |= parsed("threshold", abstain)
    require_range(rows, checked_metric(estimator.metric))
    return Settings.from_rows(rows)


def _row_value(name: str, value: object) -> str:
    """Return a parameter, "auto" or a number, as the settings of a label space have it.

    They know other words besides, which are no values of an estimator's parameter.
    """
    if isinstance(value, str) and value == "auto":
        return "auto"
    if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
        choices = "None, 'auto' or a number" if name == "abstain" else "'auto' or a number"
        raise InputError(f"{name}={value!r}", expected=choices)
    return repr(float(value))


def abstain_of(settings: Settings) -> float | str | None:
    """Return ``abstain`` as the settings of a label space have it."""
    if settings.threshold is None:
        return "auto"
    return None if settings.threshold == -math.inf else settings.threshold


def unknown_label_of(label: object, classes: npt.NDArray[Any]) -> object:
    """Return the label of what is declined, which no class may have.

    Raises:
        InputError: a class has it, or it is of another kind than the labels of the classes.
    """
    words = isinstance(classes[0], str)
    if label is None:
        label = DECLINE if words else -1
    if isinstance(label, str) != words or isinstance(classes[0], bool | np.bool_):
        kind = "a string" if words else "a number, and classes that are no booleans"
        raise InputError(f"unknown_label={label!r}", expected=f"{kind}, as the classes are")
    if label in classes.tolist():
        raise InputError(
            f"unknown_label={label!r}, which is a class",
            expected="a label that no class has",
            remedy="set another unknown_label",
        )
    return label
