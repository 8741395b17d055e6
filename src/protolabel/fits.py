"""Refinement and calibration as bytes in the store, and back. What they mean is in their own files.

A fit is bound to its basis: the newest version that moved a prototype when it was made.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from protolabel.calibration import Calibration, Shortage
from protolabel.refinement import Refinement
from protolabel.snapshot import Snapshot
from protolabel.store import Rows

REFINEMENT = "refinement"
CALIBRATION = "calibration"


def keep_refinement(rows: Rows, basis: int, refinement: Refinement | None) -> None:
    """Store refined weights, or that there are none for this basis."""
    if refinement is None:
        rows.keep_fit(REFINEMENT, basis, {"classes": 0}, b"")
        return
    weights = np.ascontiguousarray(refinement.weights, dtype="<f4")
    biases = np.ascontiguousarray(refinement.biases, dtype="<f4")
    header: dict[str, object] = {"classes": len(weights)}
    rows.keep_fit(REFINEMENT, basis, header, weights.tobytes() + biases.tobytes())


def stored_refinement(rows: Rows, snapshot: Snapshot) -> Refinement | None:
    """The refined weights that were made from the snapshot's prototypes, if they are there."""
    found = rows.fit(REFINEMENT)
    if found is None or found[0] != snapshot.basis:
        return None
    classes = found[1].get("classes")
    values = np.frombuffer(found[2], dtype="<f4")
    k, d = snapshot.n_classes, snapshot.dim
    if not classes or classes != k or len(values) != k * (d + 1):
        return None
    return Refinement(values[: k * d].reshape(k, d), values[k * d :])


def keep_calibration(
    rows: Rows, basis: int, head: str, calibration: Calibration | Shortage
) -> None:
    """Store a calibration of the given head, or why there is none."""
    kind = "shortage" if isinstance(calibration, Shortage) else "calibration"
    header: dict[str, object] = {"kind": kind, "head": head, "values": asdict(calibration)}
    rows.keep_fit(f"{CALIBRATION}:{head}", basis, header, b"")


def stored_calibration(rows: Rows, snapshot: Snapshot, head: str) -> Calibration | Shortage | None:
    """What :func:`keep_calibration` stored for the snapshot's prototypes, if it is there."""
    found = rows.fit(f"{CALIBRATION}:{head}")
    if found is None or found[0] != snapshot.basis:
        return None
    values = found[1]["values"]
    assert isinstance(values, dict)
    return Shortage(**values) if found[1]["kind"] == "shortage" else Calibration(**values)
