"""A label model as a fit holds it, and back, checked number by number.

Which fit it is, and what it was made from, is in ``stored_fits``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from protolabel.arithmetic.calibration import Shortage
from protolabel.arithmetic.label_curves import LabelCurves
from protolabel.arithmetic.multilabel import LabelModel, LabelQuality
from protolabel.arithmetic.ridge import Ridge
from protolabel.arrays import Doubles, Floats
from protolabel.store import Fit

SHARES = ("micro_f1", "macro_f1", "subset")


def label_bytes(labels: LabelModel | Shortage) -> tuple[dict[str, object], bytes]:
    """Return what gives each label its chance, or why nothing does, as header and body of a fit."""
    if isinstance(labels, Shortage):
        return {"kind": "shortage", "values": labels.values()}, b""
    header: dict[str, object] = {"kind": "labels", "values": labels.values()}
    parts: list[Doubles | Floats] = [labels.curves.slopes, labels.curves.offsets]
    if labels.ridge is not None:
        parts += [labels.ridge.weights, labels.ridge.biases]
    return header, b"".join(np.ascontiguousarray(part, "<f4").tobytes() for part in parts)


def read_labels(fit: Fit | None, classes: int, dim: int) -> LabelModel | Shortage | None:
    """Return what a fit holds; None where it holds nothing that can be.

    Args:
        fit: whose origin has been compared.
        classes: how many classes can be an answer.
        dim: length of a vector.
    """
    values = None if fit is None else fit.header.get("values")
    if fit is None or not isinstance(values, Mapping):
        return None
    if fit.header.get("kind") == "shortage":
        why = values.get("reason")
        return Shortage(why) if isinstance(why, str) and why else None
    slopes, threshold, quality = _coefficients(values), values.get("threshold"), _quality(values)
    if slopes is None or not _is_share(threshold) or quality is None:
        return None
    with_ridge = len(fit.body) == 4 * classes * (dim + 3)
    if not (with_ridge or len(fit.body) == 8 * classes) or values.get("curves") is not True:
        return None
    numbers = np.frombuffer(fit.body, "<f4")
    curve_numbers = numbers[: 2 * classes].astype(np.float64)
    if not np.isfinite(numbers).all() or curve_numbers[:classes].min(initial=0.0) < 0.0:
        return None
    curves, ridge_numbers = (
        LabelCurves(curve_numbers[:classes], curve_numbers[classes:]),
        numbers[2 * classes :],
    )
    ridge = None
    if with_ridge:
        ridge = Ridge(
            ridge_numbers[: classes * dim].reshape(classes, dim), ridge_numbers[classes * dim :]
        )
    return LabelModel(ridge, slopes, curves, float(threshold), quality)  # type: ignore[arg-type]


def _coefficients(values: Mapping[str, object]) -> tuple[float, float, float, float] | None:
    """Return four finite coefficients without a negative slope; None for others."""
    stored = values.get("coefficients")
    if not isinstance(stored, list | tuple) or len(stored) != 4:
        return None
    if not all(isinstance(number, float | int) and math.isfinite(number) for number in stored):
        return None
    score, standard, margin, offset = map(float, stored)
    return None if min(score, standard, margin) < 0.0 else (score, standard, margin, offset)


def _quality(values: Mapping[str, object]) -> LabelQuality | None:
    numbers = {field.name: values.get(field.name) for field in fields(LabelQuality)}
    if not all(_is_share(numbers[name]) for name in SHARES):
        return None
    counts = [numbers[name] for name in ("documents", "labels")]
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in counts):
        return None
    return LabelQuality(**numbers)  # type: ignore[arg-type]


def _is_share(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and 0.0 <= value <= 1.0
