"""Makes the fits that the newest version of an open label space lacks, in whichever thread asks.

The fits of the prototypes are made by one thread at a time: another that wants them waits and finds
them. A refinement holds up nobody. What a fit is, ``fitting`` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from protolabel.arithmetic.lbfgs import Stop, never
from protolabel.label_space.fits.fit_plan import MOST_ROUNDS, due_tune, missing_fits
from protolabel.label_space.fits.stored_fits import Fits
from protolabel.progress import Progress, silent

if TYPE_CHECKING:
    from protolabel.label_space.session import Session
    from protolabel.label_space.view import View


def fit_newest(session: Session, should_stop: Stop, refined: bool, progress: Progress) -> None:
    """Fit the newest version, and publish each fit as soon as it is there.

    If a newer version appears meanwhile, it is fitted too, whoever made it.
    """
    for _ in range(MOST_ROUNDS):
        with session.calibrating:
            view = session.view()
            refine, kappa_auto = refined and view.settings.refine, view.settings.kappa_auto
            if should_stop() or not view.fits.lacking(refined=refine, kappa=kappa_auto):
                return
            due = _fits_due(session, view, refine, should_stop, progress)
            if due is None:
                continue
            if view.fits.lacking(refined=False, kappa=kappa_auto):
                next(due, None)
                session.refresh()
        for _ in due:
            session.refresh()


def calibrated_view(session: Session) -> View:
    """Return a view of the version that is the newest now, with the fits of its prototypes.

    They are made here where they are lacking. Where others change the label space meanwhile, the
    view is of the version that was fitted: however fast changes follow each other, it has its
    fits. It lacks them where kappa was tuned again and again.
    """
    for _ in range(MOST_ROUNDS):
        with session.calibrating:
            view = session.view()
            if not view.fits.lacking(refined=False):
                return view
            due = _fits_due(session, view, False, never, silent)
            if due is None:
                continue
            *_, fits = (view.fits, *due)
            session.refresh()
            newest = session.view()
            return newest if newest.version == view.version else replace(view, fits=fits)
    return session.view()


def _fits_due(
    session: Session, view: View, refine: bool, should_stop: Stop, progress: Progress
) -> Iterator[Fits] | None:
    """Return the fits that a view lacks, each made when it is asked for.

    None: it is no more the newest view, or not wanted any more.
    """
    fit_support = session.kept_support.read(session.store.rows, view.prototypes)
    tune = due_tune(view, fit_support)
    if should_stop() or (tune is not None and session.tune(tune)):
        return None
    return missing_fits(
        view,
        fit_support,
        refined=refine,
        should_stop=should_stop,
        progress=progress,
        earlier=session.kept_scores,
        tuned=view.settings.kappa_auto,
    )
