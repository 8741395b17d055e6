"""Refinement and calibration as bytes in the store, and back. What they mean is in their own files.

A fit is bound to its basis: the newest version that moved a prototype when it was made. What an
encoder has learned of a label space's examples is a note in the encoder's folder, and a setting
of the label space from the change on that takes the encoder up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.seen_examples import Learned
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.errors import StoreError
from protolabel.store import Fit, Rows

REFINEMENT = "refinement"
CALIBRATION = "calibration"
LEARNED = "learned"  # a setting: what the encoder in force has learned of the examples, as JSON


def keep_refinement(rows: Rows, basis: int, refinement: LinearModel | None) -> None:
    """Store refined weights, or that there are none for this basis."""
    if refinement is None:
        _keep(rows, Fit(REFINEMENT, basis, {"classes": 0}))
        return
    weights = np.ascontiguousarray(refinement.weights, dtype="<f4")
    biases = np.ascontiguousarray(refinement.biases, dtype="<f4")
    header: dict[str, object] = {"classes": len(weights)}
    _keep(rows, Fit(REFINEMENT, basis, header, weights.tobytes() + biases.tobytes()))


def stored_refinement(rows: Rows, snapshot: Snapshot) -> LinearModel | None:
    """The refined weights that were made from the snapshot's prototypes, if they are there."""
    found = rows.fit(REFINEMENT, snapshot.basis)
    if found is None:
        return None
    classes = found.header.get("classes")
    values = np.frombuffer(found.body, dtype="<f4")
    k, d = snapshot.n_classes, snapshot.dim
    if not classes or classes != k or len(values) != k * (d + 1):
        return None
    return LinearModel(values[: k * d].reshape(k, d), values[k * d :], snapshot.metric)


def keep_calibration(
    rows: Rows, basis: int, head: str, calibration: Calibration | Shortage
) -> None:
    """Store a calibration of the given head, or why there is none."""
    kind = "shortage" if isinstance(calibration, Shortage) else "calibration"
    header: dict[str, object] = {"kind": kind, "head": head, "values": asdict(calibration)}
    _keep(rows, Fit(f"{CALIBRATION}:{head}", basis, header))


def _keep(rows: Rows, fit: Fit) -> None:
    """Store a fit; where the file cannot be written just now, the store keeps it in memory."""
    with suppress(StoreError):
        rows.keep_fit(fit)


def stored_calibration(rows: Rows, snapshot: Snapshot, head: str) -> Calibration | Shortage | None:
    """What :func:`keep_calibration` stored for the snapshot's prototypes, if it is there."""
    found = rows.fit(f"{CALIBRATION}:{head}", snapshot.basis)
    if found is None:
        return None
    values = found.header["values"]
    assert isinstance(values, dict)
    return Shortage(**values) if found.header["kind"] == "shortage" else Calibration(**values)


def note_of(rows: Rows, version: int, learned: Learned | None) -> dict[str, object] | None:
    """What an encoder's folder says of its having learned from the examples of a version."""
    if learned is None:
        return None
    told: dict[str, object] = {"version": version, "examples": rows.examples_digest(version)}
    earlier, _ = learned_in_force(rows, version)
    return told | (learned.after(earlier) if earlier else learned).values()


def setting_of(rows: Rows, note: object) -> str:
    """The setting for an encoder whose folder has that note; empty unless it learned from here."""
    if not isinstance(note, Mapping):
        return ""
    version = note.get("version")
    if not isinstance(version, int) or not 1 <= version <= rows.version():
        return ""
    learned = Learned.of(note)
    if learned is None or note.get("examples") != rows.examples_digest(version):
        return ""
    return json.dumps({"version": version} | learned.values())


def learned_in_force(rows: Rows, version: int) -> tuple[Learned | None, npt.NDArray[np.int64]]:
    """What the encoder of a version has learned, and the items that it learned from."""
    told = rows.settings(version).get(LEARNED, "")
    if not told:
        return None, np.empty(0, np.int64)
    values = json.loads(told)
    return Learned.of(values), rows.example_items(values["version"])
