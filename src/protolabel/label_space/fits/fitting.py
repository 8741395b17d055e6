"""The fits of a version: kappa, calibration and refinement. One function a fit.

Each is computed from the support alone, so that the same rows give the same fits at any time:
also where what an earlier fit left behind saves time.
``stored_fits`` stores them. ``background`` decides when they are made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from protolabel.arithmetic.calibration import Calibration, Shortage, with_strangers
from protolabel.arithmetic.cross_fit import cross_fit, refinements
from protolabel.arithmetic.kappa import kappa_for
from protolabel.arithmetic.kept_scores import KeptScores
from protolabel.arithmetic.lbfgs import Stop, never
from protolabel.arithmetic.leave_one_out import simulate, stranger_scores
from protolabel.arithmetic.modes import Modes, modes_of
from protolabel.arithmetic.multilabel import LabelModel, fit_labels
from protolabel.arithmetic.reach import Reach
from protolabel.arithmetic.refinement import refine, refinement_seconds
from protolabel.arithmetic.scores import LinearModel
from protolabel.arithmetic.seen_examples import calibrated
from protolabel.arithmetic.simulation import Simulation
from protolabel.arithmetic.snapshot import Snapshot
from protolabel.arithmetic.support import Support
from protolabel.arrays import Doubles
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.fits.fit_support import FitSupport
from protolabel.label_space.fits.stored_fits import RefinedFit
from protolabel.progress import Progress, Step, silent
from protolabel.words.quantity import noun_for, quantity

UNASKED_SECONDS = 2.0  # longest refinement that an answer, a command or a preview starts unasked
SETTLED = 1.5  # a new estimate of kappa counts if it differs by more than this factor


def other_kappa(fit_support: FitSupport, settings: Settings) -> float | None:
    """Return the kappa to change to, or None where the one in force may stay."""
    if not settings.kappa_auto:
        return None
    kappa = kappa_for(fit_support.support, fit_support.kappa_prior, fit_support.scatter)
    stays = 1 / SETTLED <= kappa / max(settings.kappa, 1e-9) <= SETTLED
    return None if stays else kappa


def calibration_of_prototypes(
    fit_support: FitSupport, snapshot: Snapshot, earlier: KeptScores | None = None
) -> Calibration | Shortage:
    """Return what the scores of the prototypes mean: in closed form, so soon.

    Args:
        fit_support: the examples.
        snapshot: the prototypes.
        earlier: the scores of an earlier version, which say the same sooner; only where
            :func:`follows_from_sums` says that they can.
    """
    sizes = snapshot.sizes if snapshot.metric == "cosine" else None
    support = fit_support.support
    if earlier is not None:
        calibration = earlier.calibrate(support, snapshot.keys, sizes)
    else:
        calibration = _calibration(simulate(support), sizes, fit_support)
    if isinstance(calibration, Shortage):
        calibration = _with_descriptions(calibration, support)
        return with_strangers(calibration, stranger_scores(support))
    return _with_reach(calibration, fit_support)


def follows_from_sums(fit_support: FitSupport) -> bool:
    """Return whether the calibration of the prototypes can follow from sums of scores."""
    support = fit_support.support
    plain = fit_support.negatives is None and support.hierarchy is None
    return plain and not bool(support.learned.any())


def labels_of_prototypes(fit_support: FitSupport) -> LabelModel | Shortage:
    """Return what gives each label its chance where documents have several: in closed form."""
    return fit_labels(fit_support.support, fit_support.negative_rows)


@dataclass(frozen=True, slots=True, eq=False)
class RefinedTrial:
    """The head that answers where refined weights do, and its scores of documents left out.

    Attributes:
        model: the weights, fitted on all examples.
        modes: with the share in force; None where they are not worth it.
        simulation: the scores, with that share; None where no class has two documents.
    """

    model: LinearModel
    modes: Modes | None
    simulation: Simulation | None


def trial_of(
    fit_support: FitSupport,
    *,
    modes: bool,
    should_stop: Stop = never,
    progress: Progress = silent,
) -> RefinedTrial | None:
    """Return the refined head of examples, and its scores of those that it did not see.

    A label space answers by this head, and an evaluation measures it.

    Args:
        fit_support: the examples.
        modes: whether classes may have modes.
        should_stop: asked at every step.
        progress: follows the parts that are scored.

    Returns:
        None where the examples have no refined weights, as :func:`refine` says, and where
        ``should_stop`` said so.
    """
    support = fit_support.support
    progress(Step("parts fitted", 0))
    model = refine(support, should_stop=should_stop)
    if model is None:
        return None

    def part_done(done: int, total: int) -> None:
        progress(Step("parts fitted", done, total))

    crossed = cross_fit(support, should_stop=should_stop, progress=part_done)
    if should_stop():
        return None
    if crossed is None:
        return RefinedTrial(model, None, None)
    share = crossed.share(support.is_evidence) if modes else 0.0
    of_classes = modes_of(support, model, should_stop=should_stop) if share else None
    if should_stop():
        return None
    if of_classes is None:
        return RefinedTrial(model, None, crossed.at(0.0))
    return RefinedTrial(model, of_classes.with_share(share), crossed.at(share))


def refined_fit(
    fit_support: FitSupport,
    snapshot: Snapshot,
    plain: Calibration | Shortage,
    *,
    modes: bool,
    should_stop: Stop,
    progress: Progress = silent,
) -> RefinedFit | None:
    """Return refined weights, modes where they are worth it, and what the scores mean.

    Args:
        fit_support: the examples.
        snapshot: the prototypes.
        plain: the calibration of the prototypes, for the case that there are no refined weights.
        modes: whether classes may have modes.
        should_stop: asked at every step.
        progress: follows the parts of the trial that the calibration comes from.

    Returns:
        None where ``should_stop`` said so.
    """
    support = fit_support.support
    trial = trial_of(fit_support, modes=modes, should_stop=should_stop, progress=progress)
    if should_stop():
        return None
    if trial is None:
        return RefinedFit(None, None, plain)
    if trial.simulation is None:
        reason = "needs a class with two examples or more to try refined scores on"
        shortage = plain if isinstance(plain, Shortage) else Shortage(reason)
        return RefinedFit(trial.model, None, shortage)
    # refined scores allow for sizes already
    calibration = _calibration(trial.simulation, None, fit_support)
    if isinstance(calibration, Shortage):
        calibration = _with_descriptions(calibration, support)
    if isinstance(calibration, Shortage) and isinstance(plain, Shortage):
        calibration = replace(calibration, strangers=plain.strangers, midway=plain.midway)
    return RefinedFit(trial.model, trial.modes, _with_reach(calibration, fit_support))


def _calibration(
    simulation: Simulation, sizes: Doubles | None, fit_support: FitSupport
) -> Calibration | Shortage:
    """Return a calibration that holds for documents which the encoder has not learned from.

    Negative examples take from its scores what they take from those of answers.

    Examples that it has learned from count with the allowance that was measured for them, or not
    at all.
    """
    simulation = fit_support.simulated(simulation)
    if fit_support.allowance is None:
        return calibrated(simulation, sizes, None, fit_support.support.learned)
    usable = simulation.of_rows(fit_support.usable)
    return calibrated(usable, sizes, fit_support.allowance, fit_support.measured)


def _with_descriptions(shortage: Shortage, support: Support) -> Shortage:
    """Return a shortage that says how many examples stand in the descriptions of their classes."""
    inside = int(support.in_descriptions.sum())
    if not inside:
        return shortage
    stand = noun_for(inside, "that stands", "that stand")
    reason = (
        f"{shortage.reason} (without {quantity(inside, 'example')} {stand} in the description of "
        "the class)"
    )
    return replace(shortage, reason=reason)


def _with_reach(
    calibration: Calibration | Shortage, fit_support: FitSupport
) -> Calibration | Shortage:
    """Return a calibration that says how many classes it was measured on."""
    if isinstance(calibration, Shortage):
        return calibration
    return replace(calibration, reach=Reach.of(fit_support.support, fit_support.usable))


def wants_refined(refined: bool | None, seconds: float) -> bool:
    """Return whether to refine; None: where it takes about ``UNASKED_SECONDS`` or less.

    ``seconds``: how long it takes, as :func:`refined_fit_seconds` estimates.
    """
    return seconds <= UNASKED_SECONDS if refined is None else refined


def refined_fit_seconds(examples: int, classes: int, dim: int) -> float:
    """Return about how many seconds :func:`refined_fit` takes at most, on two cores.

    It refines once for the weights, and then again on parts of the examples for the trial.
    """
    fits = 1 + refinements(examples, classes)
    return fits * refinement_seconds(examples + classes, classes, dim)
