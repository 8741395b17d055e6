"""Fits to bytes in the store and back, checked when read. It fits nothing.

A fit is bound to what it was made from: the basis, which is the newest version that moved a
prototype; the encoder and kappa, which follow from it and are compared all the same; the documents
that the encoder has learned from; and the ``CODE`` that made it. Whatever does not agree, or is not
what a fit can be, counts as absent.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arithmetic.calibration import Calibration, Shortage, TooManyClasses
from protolabel.arithmetic.modes import Modes
from protolabel.arithmetic.multilabel import LabelModel
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.errors import StoreError
from protolabel.label_space.fits.fit_bounds import MOST_CLASSES, MOST_FITTED, TOO_MANY
from protolabel.label_space.fits.stored_calibration import calibration_header, read_calibration
from protolabel.label_space.fits.stored_labels import label_bytes, read_labels
from protolabel.label_space.fits.stored_modes import modes_from, modes_header
from protolabel.store import Fit, Rows

CODE = 17  # raise it when the same rows give other fits: those of older code are then rebuilt
REFINEMENT = "refinement"
OF_PROTOTYPES = "calibration:prototypes"
OF_REFINED = "calibration:refined"
MODES = "modes"
OF_MODES = "calibration:modes"  # of refined weights where classes may have modes
OF_LABELS = "labels"  # the chance of each label by itself
KAPPA = "kappa"  # says that kappa agrees with its estimate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class RefinedFit:
    """Refined weights and modes with their calibration. None: the examples have none."""

    model: LinearModel | None
    modes: Modes | None
    calibration: Calibration | Shortage


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """What is fitted to one version. None stands for what has not been fitted.

    ``calibration`` is that of the prototypes. It is used while ``refined`` is not there.
    ``kappa_estimated``: whether kappa agrees with an estimate from the same rows. ``several``:
    documents have several labels; ``labels`` is then in the place of the other two.
    """

    calibration: Calibration | Shortage | None = None
    refined: RefinedFit | None = None
    kappa_estimated: bool = False
    several: bool = False
    labels: LabelModel | Shortage | None = None

    def lacking(self, *, refined: bool, kappa: bool = False) -> tuple[str, ...]:
        """Return what has not been fitted: ``calibration``, or ``refinement`` if wanted.

        Args:
            refined: whether refined weights are wanted.
            kappa: whether an estimate of kappa is wanted; it belongs to the calibration.
        """
        absent = (self.labels if self.several else self.calibration) is None
        lacks = {"calibration": absent or (kappa and not self.kappa_estimated)}
        lacks["refinement"] = refined and not self.several and self.refined is None
        return tuple(name for name, missing in lacks.items() if missing)

    def with_calibration(self, calibration: Calibration | Shortage) -> Fits:
        """Return the same with a calibration of the prototypes."""
        return replace(self, calibration=calibration)

    def with_labels(self, labels: LabelModel | Shortage) -> Fits:
        """Return the same with what gives each label its chance."""
        return replace(self, labels=labels)

    def with_refined(self, refined: RefinedFit) -> Fits:
        """Return the same with refined weights."""
        return replace(self, refined=refined)


def stored_fits(rows: Rows, snapshot: Snapshot, *, modes: bool, several: bool = False) -> Fits:
    """Return the fits that were made from the snapshot's prototypes, as far as they are there.

    Of too many classes nothing is fitted, and nothing is lacking: the calibration says why.

    Args:
        rows: where they are stored.
        snapshot: the prototypes.
        modes: whether classes may have modes.
        several: whether documents may have several labels.
    """
    if _too_many(snapshot):
        why = TooManyClasses(TOO_MANY.format(n=snapshot.n_classes))
        nothing = RefinedFit(None, None, why)
        return Fits(why, nothing, kappa_estimated=True, several=several, labels=why)
    classes = snapshot.n_classes
    estimated = _fit(rows, snapshot, KAPPA) is not None
    if several:
        labels = read_labels(_fit(rows, snapshot, OF_LABELS), classes, snapshot.dim)
        return Fits(kappa_estimated=estimated, several=True, labels=labels)
    calibration = read_calibration(_fit(rows, snapshot, OF_PROTOTYPES), classes)
    of_refined = read_calibration(_fit(rows, snapshot, OF_MODES if modes else OF_REFINED), classes)
    refinement = _fit(rows, snapshot, REFINEMENT)
    if of_refined is None or refinement is None:
        return Fits(calibration, kappa_estimated=estimated)
    if refinement.header.get("classes") == 0:
        return Fits(calibration, RefinedFit(None, None, of_refined), estimated)
    model = _model(refinement, snapshot)
    stored = modes_from(_fit(rows, snapshot, MODES), classes, snapshot.dim) if modes else None
    refined = None
    if model is not None and (stored is not None or not modes):
        share = 0.0 if stored is None else stored.share
        refined = RefinedFit(model, stored if share else None, of_refined)
    return Fits(calibration, refined, estimated)


def _too_many(snapshot: Snapshot) -> bool:
    """Return whether a fit would get fewer than two examples of classes that have them."""
    n = snapshot.n_classes
    if n <= MOST_FITTED // 2 or n > MOST_CLASSES:
        return n > MOST_CLASSES
    pairs = sum(int(np.minimum(block.counts, 2).sum()) for block in snapshot.blocks)
    return pairs > MOST_FITTED


def keep_kappa_estimated(rows: Rows, snapshot: Snapshot) -> None:
    """Store that the kappa of a snapshot agrees with the estimate from its rows."""
    keep_one(rows, Fit(KAPPA, snapshot.basis, origin_of(snapshot)))


def keep_calibration(
    rows: Rows, snapshot: Snapshot, calibration: Calibration | Shortage, kind: str = OF_PROTOTYPES
) -> None:
    """Store a calibration, or why there is none."""
    header, body = calibration_header(calibration)
    keep_one(rows, Fit(kind, snapshot.basis, origin_of(snapshot) | header, body))


def keep_labels(rows: Rows, snapshot: Snapshot, labels: LabelModel | Shortage) -> None:
    """Store what gives each label its chance, or why nothing does."""
    header, body = label_bytes(labels)
    keep_one(rows, Fit(OF_LABELS, snapshot.basis, origin_of(snapshot) | header, body))


def keep_refined(rows: Rows, snapshot: Snapshot, refined: RefinedFit, *, modes: bool) -> None:
    """Store refined weights and modes, or that there are none, and their calibration.

    ``modes``: whether classes may have modes.
    """
    body, classes = b"", 0
    if refined.model is not None:
        weights = np.ascontiguousarray(refined.model.weights, dtype="<f4")
        biases = np.ascontiguousarray(refined.model.biases, dtype="<f4")
        body, classes = weights.tobytes() + biases.tobytes(), len(weights)
    keep_one(
        rows, Fit(REFINEMENT, snapshot.basis, origin_of(snapshot) | {"classes": classes}, body)
    )
    if modes:
        header, body = modes_header(refined.modes)
        keep_one(rows, Fit(MODES, snapshot.basis, origin_of(snapshot) | header, body))
    keep_calibration(rows, snapshot, refined.calibration, OF_MODES if modes else OF_REFINED)


def keep_one(rows: Rows, fit: Fit, *, alone: bool = False) -> None:
    """Store a fit; where the file cannot be written just now, the store keeps it in memory.

    ``alone``: all others of its kind go.
    """
    try:
        rows.keep_fit(fit, alone=alone)
    except StoreError as error:
        log.info("a fit is kept in memory alone: %s", error)


def origin_of(snapshot: Snapshot) -> dict[str, object]:
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
    origin = origin_of(snapshot)
    return fit if {key: fit.header.get(key) for key in origin} == origin else None


def _model(fit: Fit, snapshot: Snapshot) -> LinearModel | None:
    k, d = snapshot.n_classes, snapshot.dim
    if fit.header.get("classes") != k or len(fit.body) != 4 * k * (d + 1):
        return None
    values = np.frombuffer(fit.body, dtype="<f4")
    if not np.isfinite(values).all():
        return None
    return LinearModel(values[: k * d].reshape(k, d), values[k * d :], snapshot.metric)
