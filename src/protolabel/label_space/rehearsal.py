"""What a label space would be after a change: the change is written, read, and taken back.

A rehearsal goes the same way as the change itself, in a transaction that is rolled back. Fits of
such a version are made in memory and never stored. ``previewing`` compares the answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from protolabel.errors import StoreBusyError
from protolabel.label_space.answer_path.focus import keep_descriptions
from protolabel.label_space.changes import ChangeRequest, Tune
from protolabel.label_space.changes.request import Material, NothingToChangeError
from protolabel.label_space.changes.writing import write_change
from protolabel.label_space.fits.fit_plan import MOST_ROUNDS, due_tune, missing_fits
from protolabel.label_space.fits.fit_support import FitSupport, read_support
from protolabel.label_space.fits.fitting import wants_refined
from protolabel.label_space.person_statements.refused_by_key import RefusedByKey
from protolabel.label_space.session import Session
from protolabel.label_space.view import View
from protolabel.label_space.view_builder import caught_up
from protolabel.progress import Progress, silent
from protolabel.types import Change

T = TypeVar("T")
ATTEMPTS = 5  # where others change the label space meanwhile


class OvertakenError(Exception):
    """Somebody has changed the label space since the rehearsal began."""


def undisturbed(session: Session, read: Callable[[], T]) -> T:
    """Return what ``read`` finds; it begins again where a change overtakes one of its rehearsals.

    Raises:
        StoreBusyError: others changed the label space during each attempt.
    """
    for _ in range(ATTEMPTS):
        try:
            return read()
        except OvertakenError:
            continue
    raise StoreBusyError(
        f"{session.store.rows.path} was changed by others at each of {ATTEMPTS} attempts",
        expected="a moment without a change",
        remedy="try it again",
    )


def present_view(session: Session, *, refined: bool | None) -> tuple[View, str]:
    """Return the label space as it is, with all its fits, and why no class can answer.

    The reason is empty where one can. Where the label space would tune itself first, the view is
    that of after the tuning; nothing is written.

    Raises:
        StoreBusyError: others changed the label space during each attempt.
    """

    def settled() -> tuple[View, str]:
        rehearsal = Rehearsal(session, None)
        return rehearsal.settled(refined=refined), rehearsal.why_none

    return undisturbed(session, settled)


class Rehearsal:
    """One change that is tried, with what the label space would tune itself after it.

    Attributes:
        base: the version that the change would stand on.
        change: its record, as the log would have it; None for a rehearsal of no change.
        refined: whether refined weights were wanted, once it is settled.
        why_none: why no class can answer, once it is settled; empty where one can.
    """

    def __init__(
        self,
        session: Session,
        request: ChangeRequest | None,
        progress: Progress = silent,
        who: str | None = None,
    ) -> None:
        self._session, self._progress, self._who = session, progress, who
        self._request, self._tunes = request, list[Tune]()
        self._material: Material | None = None
        self._first_encoding = session.view().embedder.encoding
        self.base = session.view().version
        self.change: Change | None = None
        self.refined, self.why_none = False, ""

    def settled(self, *, refined: bool | None) -> View:
        """Return the label space after the change, with all its fits.

        Its rows are gone by then: nothing may be read through the view. :meth:`reading` has them.

        Args:
            refined: whether refined weights are wanted where the label space uses them; None:
                where they take about two seconds or less.
        """
        for _ in range(MOST_ROUNDS):
            view, fit_support, self.why_none = self.reading(_state)
            self.refined = refined = wants_refined(refined, view.fit_seconds)
            wants = refined and view.settings.refine
            if fit_support is None:
                break
            if (tune := due_tune(view, fit_support)) is not None:
                self._tunes.append(tune)
                continue
            steps = missing_fits(
                view, fit_support, refined=wants, progress=self._progress, keep=False
            )
            *_, fits = (view.fits, *steps)
            view = replace(view, fits=replace(fits, kappa_estimated=True))
            break
        return view if self.refined else view.unrefined()

    def reading(self, read: Callable[[View], T], *, notes_answers: bool = False) -> T:
        """Return what ``read`` finds in the label space after the change, which is taken back.

        ``notes_answers``: what the change says of remembered documents is written, too.

        Raises:
            OvertakenError: the label space is no longer what it was when the rehearsal began.
            NothingToChangeError: the change would change nothing.
        """
        session = self._session
        view = session.view()
        if view.version != self.base:
            raise OvertakenError
        if self._request is None and not self._tunes:
            return read(view.unremembered())
        if self._request is not None and self._material is None:
            situation = session.situation(self._first_encoding, self._progress)
            self._material = self._request.embed(situation)
        with session.store.rehearsal():
            if session.store.rows.version() != self.base:
                raise OvertakenError
            if self._request is not None and self._material is not None:
                if reason := self._request.reason_to_stay(session.store, self._material):
                    raise NothingToChangeError(reason, {})
                who = self._who or self._request.author or session.who
                self.change, _ = write_change(
                    session.store, self._request, self._material, session.indexes, who
                )
                if notes_answers:
                    self._request.note_answers(session.store, self.change.version)
            for tune in self._tunes:
                who = tune.author or session.who
                write_change(session.store, tune, Material(), session.indexes, who)
            newest = caught_up(view, session.store.rows, session.binding, session.pending)
            refusals = RefusedByKey(session.store)  # of its own: what it reads is taken back
            return read(replace(newest, answer_queue=None, refusals=refusals))


def _state(view: View) -> tuple[View, FitSupport | None, str]:
    """Return a view, what its fits are made from if it lacks any, and why no class can answer."""
    fit_support = read_support(view.rows, view.prototypes) if view.lacking else None
    keep_descriptions(view)
    view.negative_texts.load_all()
    return view, fit_support, view.why_none_answers()
