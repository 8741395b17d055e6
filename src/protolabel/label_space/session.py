"""An open label space between its file and its callers: the newest view, and the one loop that
carries out changes.

What must be embedded is embedded before the transaction opens, by the encoder of the view that the
change began with. Inside, the vectors are held to the encoding in force by then. What each change
does is said by its record in ``changes``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from protolabel.errors import ProtolabelError
from protolabel.forks import ProcessGuard
from protolabel.label_space.changes import ChangeRequest, Tune
from protolabel.label_space.changes.request import Material, Situation
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.fitting import Settler, fitted
from protolabel.label_space.view import View
from protolabel.label_space.view_builder import caught_up, past_view, whole_view
from protolabel.progress import Progress, silent
from protolabel.store import Store
from protolabel.types import Change

NEVER = -1  # a count of commits that no store gives


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
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
        self.store, self.binding, self._who = store, binding, who
        self._guard = ProcessGuard(store.path)
        self._publishing = threading.RLock()
        self._commits = store.commits_elsewhere()  # of other connections, that the view has
        self._view = whole_view(store, binding)
        self._settler = Settler(self._settle, background=background)

    def view(self) -> View:
        """Return the newest view; changes of other processes are seen from here."""
        if self.store.commits_elsewhere() != self._commits:
            self._catch_up()
        return self._view

    def at(self, version: int) -> View:
        """Return the view of a version. Raises HistoryError for one that never was."""
        self.store.require_version(version)
        if version == self._view.version:
            return self._view
        return past_view(self.store, self.binding, version)

    # -- changes ------------------------------------------------------------------------------

    def commit(self, request: ChangeRequest) -> Change:
        """Carry out a change durably, and return its record in the log.

        Raises:
            ProtolabelError: if it is refused; nothing was changed then.
        """
        outcome = self.attempt(request)
        assert outcome.change is not None, outcome.reason
        return outcome.change

    def attempt(self, request: ChangeRequest, progress: Progress = silent) -> Outcome:
        """Carry out a change, unless the request itself finds that nothing is to be changed."""
        began, material = self.view().embedder.encoding, None
        while True:
            view = self.view()
            situation = Situation(view, self.store, self.binding, began, progress, material)
            material = request.embed(situation)
            with self.store.exclusively():
                overtaken = material.stale(self.store)
                reason = "" if overtaken else request.refusal(self.store, material)
                change = None if overtaken or reason else self._write(request, material)
            if change is None:
                self._catch_up()
                if overtaken:
                    continue
                material.discard(self.store)
                return Outcome(None, reason, material)
            with self._publishing:
                self._commits = NEVER  # the view lacks this change until it has caught up
                with suppress(ProtolabelError):  # the change is durable; the next look tries again
                    self._catch_up()
            if request.author is None:  # a change of the label space's own is part of a fit
                self._settler.poke()
            return Outcome(change, "", material)

    def _write(self, request: ChangeRequest, material: Material) -> Change:
        """Write a change inside the transaction, and return its record in the log."""
        with self.store.writing(request.kind, request.author or self._who) as writing:
            request.write(writing, material)
            if writing.re_encoded:
                self.binding.own(writing.encoding.number)
        return next(self.store.changes(before=writing.version + 1, limit=1))

    def _catch_up(self) -> None:
        """Take in what changed since the newest view, here or in another process.

        The commits are counted before the rows are read, and counted as taken in only once the
        view is there: a look that begins meanwhile waits, and one that fails leaves them to the
        next.
        """
        with self._publishing:
            commits = self.store.commits_elsewhere()
            self._publish(caught_up(self._view, self.store, self.binding))
            self._commits = commits

    def _publish(self, view: View) -> None:
        """Make a view the newest one; every new view goes through here."""
        self._view = view

    # -- fits that follow from the rows -------------------------------------------------------

    def settle(self) -> None:
        """Wait until refinement, calibration and kappa fit the newest version."""
        self._guard.require()
        self._settler.settle()

    def _settle(self, should_stop: Callable[[], bool]) -> None:
        view = self.view()
        kappa = fitted(self.store, view, should_stop)
        if kappa is not None and not should_stop():
            self.tune(view, kappa)
            fitted(self.store, self.view(), should_stop)
        self._catch_up()

    def tune(self, view: View, kappa: float) -> None:
        """Take up an estimate of kappa that was made from a view, if it still holds."""
        self.attempt(Tune(kappa, view.embedder.encoding))

    def close(self) -> None:
        """Stop the background work and close the file. In a forked child it does nothing."""
        if self._guard.inherited:
            return
        self._settler.close()
        self.store.close()
