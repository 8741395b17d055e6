"""An open label space: its newest view, and the one loop that carries out changes.

What a change must embed is embedded before the transaction opens, with the encoder in force then.
Inside the transaction, the encoding of these vectors is compared with the one in force now. The
record of the change, in ``changes``, says what it does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protolabel.arguments import require_flag, require_progress, require_whole
from protolabel.arithmetic.kept_scores import KeptScores
from protolabel.arithmetic.lbfgs import Stop
from protolabel.errors import ProtolabelError, StoreError
from protolabel.label_space.changes.request import Material, NothingToChangeError, Situation
from protolabel.label_space.changes.writing import write_change
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.fits.background import Background
from protolabel.label_space.fits.kept_support import KeptSupport
from protolabel.label_space.person_statements.refused_by_key import RefusedByKey
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.terms import ANY, Terms
from protolabel.label_space.view import View
from protolabel.label_space.view_builder import (
    NOT_FITTED,
    UNDER_WAY,
    caught_up,
    past_view,
    whole_view,
)
from protolabel.label_space.waiting_answers.answer_queue import AnswerQueue
from protolabel.progress import Progress, silent
from protolabel.store import Store, damage_as_cause
from protolabel.system.forks import ProcessGuard
from protolabel.time_stamps import now
from protolabel.types import Change

if TYPE_CHECKING:
    from protolabel.label_space.changes import ChangeRequest, Tune
    from protolabel.label_space.label_space import LabelSpace

NEVER = -1  # a count of commits that no store gives

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """What became of a request.

    Attributes:
        change: None where nothing was changed; ``reason`` then says why.
        material: what was embedded for it.
    """

    change: Change | None
    reason: str
    material: Material


class Session:
    """Holds the newest view and replaces it after changes, made here or in other processes."""

    def __init__(self, store: Store, binding: Binding, who: str, *, background: bool) -> None:
        self.store, self.binding, self.who = store, binding, who
        self._guard = ProcessGuard(store.rows.path)
        self._publishing = threading.RLock()
        self.indexes = Indexes()
        self.answer_queue, self.refusals = AnswerQueue(store), RefusedByKey(store)
        self._commits = store.commits_elsewhere()  # of other connections, which the view includes
        self._background = Background(self._fit, enabled=background)
        self.waits_for_fits = background
        self.kept_support, self.kept_scores = KeptSupport(), KeptScores()  # of the newest fits
        self.calibrating = threading.RLock()  # no two threads make the same fits of prototypes
        self.pending = UNDER_WAY if background else NOT_FITTED
        view = whole_view(store.rows, binding, self.pending)
        if binding.is_function:
            from protolabel.label_space.encoder_check import require_same_vectors

            require_same_vectors(store.rows, view.embedder)
        self._publish(view)

    def view(self) -> View:
        """Return the newest view; changes of other processes are seen from here."""
        if self.store.commits_elsewhere() != self._commits:
            self._catch_up()
        return self._view

    def at(self, version: int) -> View:
        """Return the view of a version. Raises HistoryError for one that never was."""
        version = require_whole(version, "version", 1)
        self.store.rows.require_version(version)
        if version == self._view.version:
            return self._view
        with damage_as_cause(self.store.rows.path):
            return past_view(self.store.rows, self.binding, version)

    def near_names(self, labels: Iterable[str]) -> dict[str, list[str]]:
        """Return which of the clean labels would be new classes, and are near an existing one."""
        version = self.view().version
        new = [label for label in labels if self.store.rows.class_named(label, version) is None]
        return dict(self.indexes.names.near(self.store.rows, version, new))

    # -- changes ------------------------------------------------------------------------------

    def commit(
        self, request: ChangeRequest, progress: Progress = silent, terms: Terms = ANY
    ) -> Change:
        """Carry out a change durably, and return its record in the log.

        A request that would change nothing leaves the version as it is. Its record says so, and is
        not in the log.

        Raises:
            ProtolabelError: if it is refused; nothing was changed then.
        """
        try:
            attempt = self.attempt(request, require_progress(progress), terms)
            if attempt.change is None:
                raise NothingToChangeError(attempt.reason, {})
            return attempt.change
        except NothingToChangeError as nothing:
            if request.reads_answers:  # what is remembered may say something else all the same
                with self.store.exclusively():
                    request.note_answers(self.store, None)
            self.decide(terms, None)
            return self.no_change(request, nothing, terms.who or self.who)

    def decide(self, terms: Terms, change: int | None) -> None:
        """Write what a person decides along with a change, whose version is there, or None."""
        if terms.decision is not None:
            with self.store.exclusively():
                terms.decision.write(self.store, change)

    def no_change(self, request: ChangeRequest, nothing: NothingToChangeError, who: str) -> Change:
        """Return the record of a request that would change nothing. It is not in the log."""
        return Change(
            self.view().version, request.kind, nothing.summary, now(), who, detail=nothing.detail
        )

    def attempt(
        self, request: ChangeRequest, progress: Progress = silent, terms: Terms = ANY
    ) -> Attempt:
        """Carry out a change, unless there is a reason to stay, which the attempt then has.

        Raises:
            NothingToChangeError: the request found, as it wrote, that there is nothing to change.
        """
        if request.reads_answers:
            self.answer_queue.write()  # what was answered a moment ago counts too
        first_encoding, material = self.view().embedder.encoding, None
        while True:
            material = request.embed(self.situation(first_encoding, progress, material))
            with self.store.exclusively(patience=request.patience):
                earlier = terms.earlier(self.store, request)
                if earlier is not None:
                    return Attempt(earlier, "", material)
                overtaken = material.stale(self.store)
                reason = "" if overtaken else request.reason_to_stay(self.store, material)
                change = None if overtaken or reason else self._write(request, material, terms)
            if change is None:
                self._catch_up()
                if overtaken:
                    continue
                material.discard(self.store)
                return Attempt(None, reason, material)
            with self._publishing:
                self._commits = NEVER  # the view lacks this change until it has caught up
                with suppress(ProtolabelError):  # the change is durable; the next look tries again
                    self._catch_up()
            return Attempt(change, "", material)

    def situation(
        self, first_encoding: int, progress: Progress, earlier: Material | None = None
    ) -> Situation:
        """Return what a request is prepared from: the newest view and what is known of it."""
        return Situation(self.view(), self.store, self.binding, first_encoding, progress, earlier)

    def _write(self, request: ChangeRequest, material: Material, terms: Terms) -> Change:
        """Write a change inside the transaction, and return its record in the log."""
        who = terms.who or request.author or self.who
        change, encoding = write_change(
            self.store, request, material, self.indexes, who, terms.detail(request)
        )
        request.note_answers(self.store, change.version)
        self.decide(terms, change.version)
        if encoding is not None:
            self.binding.own(encoding)
        return change

    def refresh(self) -> None:
        """Take in fits that were made just now, or what the store's own repair has changed."""
        self._catch_up()

    def _catch_up(self) -> None:
        """Take in what changed since the newest view, here or in another process.

        The count of commits is read before the rows, and stored after the view is published. So a
        concurrent call waits, and after a failure the next call reads the rows again.
        """
        with self._publishing, damage_as_cause(self.store.rows.path):
            commits = self.store.commits_elsewhere()
            self._publish(caught_up(self._view, self.store.rows, self.binding, self.pending))
            self._commits = commits

    def _publish(self, view: View) -> None:
        """Make a view the newest one; every new view goes through here."""
        self._view = view = replace(view, answer_queue=self.answer_queue, refusals=self.refusals)
        self._background.want(view.prototypes.basis if view.lacking else None)

    # -- fits that follow from the rows -------------------------------------------------------

    def settle(self, *, refined: bool | None = True, progress: Progress = silent) -> None:
        """Make the fits that the newest version lacks, and return when it has them.

        Args:
            refined: whether refined weights are wanted; None: where they take about two seconds or
                less. Without them it takes less than a second.
            progress: follows what takes long.
        """
        from protolabel.label_space.fits.fitting import wants_refined

        self._guard.require()
        require_progress(progress)
        refining = wants_refined(refined, self.view().fit_seconds) if refined is None else refined
        if require_flag(refining, "refined"):
            self._background.alone(lambda stop: self._fit(stop, refining, progress))
        else:  # does not wait for the refinement that may be under way in the background
            self._fit(lambda: self._background.closed, refining, progress)

    def tune(self, request: Tune) -> bool:
        """Take up an estimate of kappa, if it still holds.

        Returns:
            Whether the label space has changed. It has not where it cannot be written just now.
        """
        if not self.store.rows.writable:
            return False
        try:
            return self.attempt(request).change is not None
        except StoreError as error:
            log.info("kappa stays as it is: %s", error)
            return False

    def _fit(self, should_stop: Stop, refined: bool = True, progress: Progress = silent) -> None:
        """Fit the newest version, and publish each fit as soon as it is there."""
        from protolabel.label_space.fits_of_session import fit_newest

        fit_newest(self, should_stop, refined, progress)

    def close(self) -> None:
        """Stop the background work and close the file. In a forked child it does nothing."""
        if self._guard.inherited:
            return
        self._background.close()
        self.kept_support.close()
        self.kept_scores.close()
        self.answer_queue.close()
        self.store.close()


def session_of(space: LabelSpace) -> Session:
    """Return the session of an open label space, for the other parts of this package.

    It is no part of the interface for users: what they may do stands in ``LabelSpace``.
    """
    return space._session
