"""A calibration as a fit holds it, and back, checked number by number.

Which fit it is, and what it was made from, is in ``stored_fits``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

from protolabel.arithmetic.belonging import Belonging
from protolabel.arithmetic.calibration import QUANTILES, Calibration, Shortage
from protolabel.arithmetic.reach import Reach
from protolabel.label_space.fits.stored_queries import queries_of, query_bytes
from protolabel.store import Fit


def calibration_header(calibration: Calibration | Shortage) -> tuple[dict[str, object], bytes]:
    """Return a calibration, or why there is none, as header and body of a fit."""
    if isinstance(calibration, Shortage):
        return {"kind": "shortage", "values": calibration.values()}, b""
    sizes, body = query_bytes(calibration.queries)
    header: dict[str, object] = {
        "kind": "calibration",
        "values": calibration.values(),
        "outcomes": sizes,
    }
    return header, body


def read_calibration(fit: Fit | None, classes: int) -> Calibration | Shortage | None:
    """Return the calibration that a fit holds; None where it holds none that can be.

    Args:
        fit: whose origin has been compared.
        classes: how many classes can be an answer.
    """
    values = None if fit is None else fit.header.get("values")
    if fit is None or not isinstance(values, Mapping):
        return None
    if fit.header.get("kind") == "shortage":
        return _shortage(values)
    numbers = {name: _number(values.get(name)) for name in ("temperature", "threshold", "accuracy")}
    temperature, threshold, accuracy = numbers.values()
    own_scores, stranger = _quantiles(values.get("own")), _quantiles(values.get("stranger"))
    n, nearness = values.get("n"), values.get("nearness")
    near = None if nearness is None else _number(nearness)
    belonging = _belonging(values.get("belonging"))
    reach = _reach(values.get("reach"), classes)
    queries = queries_of(fit.header.get("outcomes"), fit.body, classes)
    if (
        temperature is None or temperature <= 0.0
        or threshold is None
        or accuracy is None or not 0.0 <= accuracy <= 1.0
        or own_scores is None or stranger is None
        or not isinstance(n, int) or n < 1
        or (nearness is not None and (near is None or not 0.0 < near <= 1.0))
        or (values.get("belonging") is not None and belonging is None)
        or queries is None
        or reach is None
    ):  # fmt: skip
        return None
    return Calibration(
        temperature, threshold, n, accuracy, own_scores, stranger, near, belonging, queries, reach
    )


def _shortage(values: Mapping[str, object]) -> Shortage | None:
    reason, strangers = values.get("reason"), values.get("strangers")
    quantiles = () if strangers in ([], ()) else _quantiles(strangers)
    if not isinstance(reason, str) or not reason or quantiles is None:
        return None
    return Shortage(reason, quantiles, _number(values.get("midway")))


def _belonging(value: object) -> Belonging | None:
    """Return the curve that a record holds, which never falls; None for anything else."""
    if not isinstance(value, Mapping):
        return None
    slope, offset = _number(value.get("slope")), _number(value.get("offset"))
    return None if slope is None or offset is None or slope < 0.0 else Belonging(slope, offset)


def _reach(value: object, classes: int) -> Reach | None:
    """Return the reach that a record holds, of so many classes; None for anything else."""
    if not isinstance(value, Mapping):
        return None
    reached, others, learned = map(value.get, ("classes", "others", "learned"))
    if type(reached) is not int or type(others) is not int or type(learned) is not bool:
        return None
    possible = min(reached, others) >= 0 and reached + others == classes
    return Reach(reached, others, learned) if possible else None


def _number(value: object) -> float | None:
    """Return a finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _quantiles(value: object) -> tuple[float, ...] | None:
    """Return quantiles, which never fall, or None for anything else."""
    if not isinstance(value, list | tuple) or len(value) != QUANTILES:
        return None
    numbers = [_number(quantile) for quantile in value]
    quantiles = tuple(number for number in numbers if number is not None)
    rising = all(low <= high for low, high in pairwise(quantiles))
    return quantiles if len(quantiles) == QUANTILES and rising else None
