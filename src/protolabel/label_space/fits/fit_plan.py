"""Plans the fits that a version lacks: kappa first, then one after the other.

Each is stored as soon as it is there. ``fitting`` computes a fit. Callers decide which version is
fitted, in which thread and how often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from protolabel.arithmetic.calibration import Calibration, Shortage
from protolabel.arithmetic.kept_scores import KeptScores
from protolabel.arithmetic.lbfgs import Stop, never
from protolabel.label_space import changes
from protolabel.label_space.fits.fit_support import FitSupport, read_support
from protolabel.label_space.fits.fitting import (
    calibration_of_prototypes,
    follows_from_sums,
    labels_of_prototypes,
    other_kappa,
    refined_fit,
)
from protolabel.label_space.fits.stored_fits import (
    Fits,
    keep_calibration,
    keep_kappa_estimated,
    keep_labels,
    keep_refined,
)
from protolabel.label_space.fits.stored_sums import keep_sums, recall_sums
from protolabel.progress import Progress, silent

if TYPE_CHECKING:
    from protolabel.label_space.view import View


MOST_ROUNDS = 5  # of tuning or of others' changes, after each of which the fits begin again


def due_tune(view: View, fit_support: FitSupport) -> changes.Tune | None:
    """Return the change of kappa that comes before the fits; None where kappa may stay.

    Every fit depends on kappa, so none is made before this is settled.

    Args:
        view: a version, and its fits so far.
        fit_support: the examples of that version.
    """
    if view.fits.kappa_estimated:
        return None
    kappa = other_kappa(fit_support, view.settings)
    return None if kappa is None else changes.Tune(kappa, view.embedder.encoding)


def missing_fits(
    view: View,
    fit_support: FitSupport,
    *,
    refined: bool,
    should_stop: Stop = never,
    progress: Progress = silent,
    keep: bool = True,
    earlier: KeptScores | None = None,
    tuned: bool = False,
) -> Iterator[Fits]:
    """Make and store what is missing of the fits of ``view``; yield them after each.

    Args:
        view: a version, its fits so far, and where they are stored: in memory if they cannot be
            written.
        fit_support: the examples of that version.
        refined: whether refined weights are wanted, besides the calibration of the prototypes.
        should_stop: whether a newer version has overtaken this one.
        progress: follows what takes long.
        keep: whether to store the fits; not those of a version that may never be.
        earlier: the scores of an earlier version, which make a calibration sooner.
        tuned: whether kappa agrees with its estimate. It is stored, with the first fit or alone.
    """
    rows, snapshot, fits = view.rows, view.prototypes, view.fits
    if tuned and not fits.kappa_estimated:
        if keep:
            keep_kappa_estimated(rows, snapshot)
        fits = replace(fits, kappa_estimated=True)
        if not fits.lacking(refined=False):
            yield fits
    if fits.several:
        if fits.labels is None:
            labels = labels_of_prototypes(fit_support)
            if keep:
                keep_labels(rows, snapshot, labels)
            yield fits.with_labels(labels)
        return
    if fits.calibration is None:
        calibration = _calibration(fit_support, view, earlier, keep)
        fits = fits.with_calibration(calibration)
        yield fits
    if refined and fits.refined is None and fits.calibration is not None and not should_stop():
        fit = refined_fit(
            fit_support,
            snapshot,
            fits.calibration,
            modes=view.settings.modes,
            should_stop=should_stop,
            progress=progress,
        )
        if fit is not None:
            if keep:
                keep_refined(rows, snapshot, fit, modes=view.settings.modes)
            yield fits.with_refined(fit)


def _calibration(
    fit_support: FitSupport, view: View, earlier: KeptScores | None, keep: bool
) -> Calibration | Shortage:
    """Return the calibration of the prototypes of a view, stored where ``keep`` says so."""
    rows, snapshot = view.rows, view.prototypes
    if earlier is None or not follows_from_sums(fit_support):
        calibration = calibration_of_prototypes(fit_support, snapshot)
    else:
        recall_sums(rows, snapshot, earlier)
        calibration = calibration_of_prototypes(fit_support, snapshot, earlier)
        if keep:
            keep_sums(rows, snapshot, earlier)
    if keep:
        keep_calibration(rows, snapshot, calibration)
    return calibration


def all_fits(view: View, *, refined: bool, should_stop: Stop, progress: Progress) -> Fits:
    """Return the fits of a view, those included that it lacks, made from its own rows and stored.

    No version is made. ``refined``, ``should_stop`` and ``progress``: as of :func:`missing_fits`.
    """
    support = read_support(view.rows, view.prototypes)
    steps = missing_fits(view, support, refined=refined, should_stop=should_stop, progress=progress)
    *_, fits = (view.fits, *steps)
    return fits
