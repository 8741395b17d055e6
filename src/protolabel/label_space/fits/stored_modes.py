"""Modes as a fit holds them, and back, checked number by number.

Which fit it is, and what it was made from, is in ``stored_fits``.
"""

from __future__ import annotations

import numpy as np

from protolabel.arithmetic.modes import Modes
from protolabel.store import Fit


def modes_header(modes: Modes | None) -> tuple[dict[str, object], bytes]:
    """Return modes, or that there are none, as header and body of a fit."""
    if modes is None:
        return {"modes": 0, "share": 0.0}, b""
    arrays = (
        np.ascontiguousarray(modes.columns, dtype="<i8"),
        np.ascontiguousarray(modes.vectors, dtype="<f4"),
        np.ascontiguousarray(modes.offsets, dtype="<f4"),
        np.ascontiguousarray(modes.trust, dtype="<f4"),
    )
    return (
        {"modes": len(modes.columns), "share": modes.share},
        b"".join(array.tobytes() for array in arrays),
    )


def modes_from(fit: Fit | None, classes: int, dim: int) -> Modes | None:
    """Return the modes that a fit holds, at share 0 where there are none.

    Args:
        fit: whose origin has been compared.
        classes: how many classes can be an answer.
        dim: of a vector.

    Returns:
        None where the fit holds no modes that can be.
    """
    if fit is None:
        return None
    m, share = fit.header.get("modes"), fit.header.get("share")
    if not isinstance(m, int) or m < 0 or not isinstance(share, float) or not 0 <= share <= 1:
        return None
    if m == 0 and share == 0.0 and not fit.body:
        nothing = np.zeros(classes, np.float32)
        return Modes(np.empty((0, dim), np.float32), np.empty(0, np.int64), nothing, nothing, 0.0)
    if m == 0 or share == 0.0 or len(fit.body) != 8 * m + 4 * (m * dim + 2 * classes):
        return None
    columns = np.frombuffer(fit.body, dtype="<i8", count=m)
    numbers = np.frombuffer(fit.body, dtype="<f4", offset=8 * m)
    vectors, offsets, trust = np.split(numbers, [m * dim, m * dim + classes])
    if (
        not np.isfinite(numbers).all()
        or columns.min() < 0 or columns.max() >= classes or (np.diff(columns) < 0).any()
        or trust.min() < 0 or trust.max() > 1
    ):  # fmt: skip
        return None
    return Modes(vectors.reshape(m, dim), columns, offsets, trust, share)
