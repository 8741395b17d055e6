"""Fits to bytes in the store and back, checked when read. It fits nothing.

A fit is bound to what it was made from: the basis, which is the newest version that moved a
prototype; the encoder and kappa, which follow from it and are compared all the same; the documents
that the encoder has learned from; and the ``CODE`` that made it. Whatever does not agree, or is not
what a fit can be, counts as absent.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from protolabel.arithmetic.calibration import LEVELS, Calibration, Shortage
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.errors import StoreError
from protolabel.store import Fit, Rows

CODE = 3  # raise it when the same rows give other fits: those of older code are then rebuilt
REFINEMENT = "refinement"
OF_PROTOTYPES = "calibration:prototypes"
OF_REFINED = "calibration:refined"
KAPPA = "kappa"  # says that kappa agrees with its estimate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class RefinedFit:
    """Refined weights with their calibration. ``model`` None: the examples have none."""

    model: LinearModel | None
    calibration: Calibration | Shortage


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """What is fitted to one version. None stands for what has not been fitted.

    ``calibration`` is that of the prototypes. It is used while ``refined`` is not there.
    ``kappa_estimated``: whether kappa agrees with an estimate from the same rows.
    """

    calibration: Calibration | Shortage | None = None
    refined: RefinedFit | None = None
    kappa_estimated: bool = False

    def lacking(self, *, refined: bool, kappa: bool = False) -> tuple[str, ...]:
        """Return what has not been fitted: ``calibration``, or ``refinement`` if wanted.

        Args:
            refined: whether refined weights are wanted.
            kappa: whether an estimate of kappa is wanted; it belongs to the calibration.
        """
        lacks = {"calibration": self.calibration is None or (kappa and not self.kappa_estimated)}
        lacks["refinement"] = refined and self.refined is None
        return tuple(name for name, absent in lacks.items() if absent)

    def with_calibration(self, calibration: Calibration | Shortage) -> Fits:
        """Return the same with a calibration of the prototypes."""
        return replace(self, calibration=calibration)

    def with_refined(self, refined: RefinedFit) -> Fits:
        """Return the same with refined weights."""
        return replace(self, refined=refined)


def stored_fits(rows: Rows, snapshot: Snapshot) -> Fits:
    """Return the fits that were made from the snapshot's prototypes, as far as they are there."""
    calibration = _calibration(_fit(rows, snapshot, OF_PROTOTYPES))
    estimated = _fit(rows, snapshot, KAPPA) is not None
    of_refined = _calibration(_fit(rows, snapshot, OF_REFINED))
    refinement = _fit(rows, snapshot, REFINEMENT)
    if of_refined is None or refinement is None:
        return Fits(calibration, kappa_estimated=estimated)
    if refinement.header.get("classes") == 0:
        return Fits(calibration, RefinedFit(None, of_refined), estimated)
    model = _model(refinement, snapshot)
    refined = None if model is None else RefinedFit(model, of_refined)
    return Fits(calibration, refined, estimated)


def keep_kappa_estimated(rows: Rows, snapshot: Snapshot) -> None:
    """Store that the kappa of a snapshot agrees with the estimate from its rows."""
    _keep(rows, Fit(KAPPA, snapshot.basis, _origin(snapshot)))


def keep_calibration(
    rows: Rows, snapshot: Snapshot, calibration: Calibration | Shortage, kind: str = OF_PROTOTYPES
) -> None:
    """Store a calibration, or why there is none."""
    entry = "shortage" if isinstance(calibration, Shortage) else "calibration"
    header = _origin(snapshot) | {"kind": entry, "values": asdict(calibration)}
    _keep(rows, Fit(kind, snapshot.basis, header))


def keep_refined(rows: Rows, snapshot: Snapshot, refined: RefinedFit) -> None:
    """Store refined weights, or that there are none, and their calibration."""
    body, classes = b"", 0
    if refined.model is not None:
        weights = np.ascontiguousarray(refined.model.weights, dtype="<f4")
        biases = np.ascontiguousarray(refined.model.biases, dtype="<f4")
        body, classes = weights.tobytes() + biases.tobytes(), len(weights)
    _keep(rows, Fit(REFINEMENT, snapshot.basis, _origin(snapshot) | {"classes": classes}, body))
    keep_calibration(rows, snapshot, refined.calibration, OF_REFINED)


def _keep(rows: Rows, fit: Fit) -> None:
    """Store a fit; where the file cannot be written just now, the store keeps it in memory."""
    try:
        rows.keep_fit(fit)
    except StoreError as error:
        log.info("a fit is kept in memory alone: %s", error)


def _origin(snapshot: Snapshot) -> dict[str, object]:
    """Return what a fit of the snapshot's prototypes is made from, besides its basis."""
    learned_from = "" if snapshot.provenance is None else snapshot.provenance.key
    return {
        "code": CODE,
        "encoder": snapshot.fingerprint,
        "kappa": snapshot.kappa,
        "learned_from": learned_from,
    }


def _fit(rows: Rows, snapshot: Snapshot, kind: str) -> Fit | None:
    fit = rows.fit(kind, snapshot.basis)
    if fit is None:
        return None
    origin = _origin(snapshot)
    return fit if {key: fit.header.get(key) for key in origin} == origin else None


def _model(fit: Fit, snapshot: Snapshot) -> LinearModel | None:
    k, d = snapshot.n_classes, snapshot.dim
    if fit.header.get("classes") != k or len(fit.body) != 4 * k * (d + 1):
        return None
    values = np.frombuffer(fit.body, dtype="<f4")
    if not np.isfinite(values).all():
        return None
    return LinearModel(values[: k * d].reshape(k, d), values[k * d :], snapshot.metric)


def _calibration(fit: Fit | None) -> Calibration | Shortage | None:
    """Return the calibration that a fit holds; None where it holds none that can be."""
    values = None if fit is None else fit.header.get("values")
    if fit is None or not isinstance(values, Mapping):
        return None
    if fit.header.get("kind") == "shortage":
        reason = values.get("reason")
        return Shortage(reason) if isinstance(reason, str) and reason else None
    numbers = {name: _number(values.get(name)) for name in ("temperature", "threshold", "accuracy")}
    temperature, threshold, accuracy = numbers.values()
    own, stranger = _levels(values.get("own")), _levels(values.get("stranger"))
    n, nearness = values.get("n"), values.get("nearness")
    near = None if nearness is None else _number(nearness)
    if (
        temperature is None or temperature <= 0.0
        or threshold is None
        or accuracy is None or not 0.0 <= accuracy <= 1.0
        or own is None or stranger is None
        or not isinstance(n, int) or n < 1
        or (nearness is not None and (near is None or not 0.0 < near <= 1.0))
    ):  # fmt: skip
        return None
    return Calibration(temperature, threshold, n, accuracy, own, stranger, near)


def _number(value: object) -> float | None:
    """Return a finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _levels(value: object) -> tuple[float, ...] | None:
    """Return quantiles, which never fall, or None for anything else."""
    if not isinstance(value, list | tuple) or len(value) != LEVELS:
        return None
    numbers = [_number(level) for level in value]
    levels = tuple(number for number in numbers if number is not None)
    rising = all(low <= high for low, high in pairwise(levels))
    return levels if len(levels) == LEVELS and rising else None
