"""An open label space between its file and its callers: the present view, and how a change makes
the next one.

A change that needs vectors has them made before its transaction opens, by the encoder of the view
that it began with; inside, they are held to the encoding that is in force by then. What each change
does is decided in ``label_space`` and ``surgery``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from protolabel.encoders.embedder import Embedder
from protolabel.label_space.changes import NameVector
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.fitting import Settler, fitted, tune
from protolabel.label_space.view import View
from protolabel.label_space.view_builder import caught_up, past_view, whole_view
from protolabel.names import words_of
from protolabel.store import Store, Writing
from protolabel.types import Change

Action = Callable[[Writing], None]


class _OtherEncoding(Exception):
    """The vectors of a change are not in the encoding in force: they must be made anew."""


class Changing:
    """Holds the newest view and replaces it after changes, made here or in other processes."""

    def __init__(self, store: Store, binding: Binding, who: str, *, background: bool) -> None:
        self.store, self.binding, self._who = store, binding, who
        self._view = whole_view(store, binding)
        self._publishing = threading.RLock()
        self._settler = Settler(self._settle, background=background)

    def view(self) -> View:
        """The newest view; changes of other processes are seen from here."""
        if self.store.changed_elsewhere():
            self._catch_up()
        return self._view

    def at(self, version: int) -> View:
        """The view of a version. Raises HistoryError for one that never was."""
        self.store.require_version(version)
        if version == self._view.version:
            return self._view
        return past_view(self.store, self.binding, version)

    # -- changes ------------------------------------------------------------------------------

    def apply(self, kind: str, action: Action, encoding: int | None = None) -> Change:
        """One durable change. ``encoding``: the one that its vectors are in."""
        with self.store.writing(kind, self._who) as writing:
            if encoding is not None and encoding != writing.encoding.number:
                raise _OtherEncoding
            action(writing)
            if writing.re_encoded:
                self.binding.own(writing.encoding.number)
        self._catch_up()
        self._settler.poke()
        return next(self.store.changes(before=writing.version + 1, limit=1))

    def embedded(self, kind: str, prepare: Callable[[Embedder], Action]) -> Change:
        """A change with vectors, which ``prepare`` makes: anew, if the label space has been moved
        to another encoder before the change could be written.
        """
        while True:
            embedder = self.view().embedder
            action = prepare(embedder)
            try:
                return self.apply(kind, action, embedder.encoding)
            except _OtherEncoding:
                self._catch_up()

    def naming(
        self, kind: str, names: Iterable[str], action: Callable[[Writing, NameVector], None]
    ) -> Change:
        """A change that may make classes of these names."""

        def prepare(embedder: Embedder) -> Action:
            vectors = self.name_vectors(embedder, names)
            return lambda writing: action(writing, vectors)

        return self.embedded(kind, prepare)

    def name_vectors(self, embedder: Embedder, labels: Iterable[str]) -> NameVector:
        """Embeds the names of classes that are not there yet, before the transaction opens."""
        view = self.view()
        if not view.settings.names_mean or not embedder.reads_text:
            return lambda words: None
        new = [n for n in labels if self.store.class_named(n.strip(), view.version) is None]
        words = list(dict.fromkeys(words_of(n.strip()) for n in new if n.strip()))
        ready = dict(zip(words, embedder.texts(words), strict=True)) if words else {}
        return lambda w: ready[w] if w in ready else embedder.texts([w])[0]

    def _catch_up(self) -> None:
        """Take in what changed since the present view, here or in another process."""
        with self._publishing:
            self._view = caught_up(self._view, self.store, self.binding)

    # -- fits that follow from the rows -------------------------------------------------------

    def settle(self) -> None:
        """Wait until refinement, calibration and kappa fit the present version."""
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
        tune(self.store, view, kappa)
        self._catch_up()

    def close(self) -> None:
        """Stop the background work and close the file."""
        self._settler.close()
        self.store.close()
