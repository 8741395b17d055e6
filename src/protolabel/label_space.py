"""The label space: classes that are described, shown, corrected and undone while it answers.

Every method that changes something is one durable transaction that returns a :class:`Change`;
every method that only looks goes to the :class:`View` of the present version. The arithmetic, the
rows and the search each live in files of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from protolabel import surgery
from protolabel.binding import bound_encoder, name_of
from protolabel.embedder import Embedder, check_fingerprint
from protolabel.encoders import AnyEncoder, load_encoder, reads
from protolabel.errors import InputError
from protolabel.names import clean_name, words_of
from protolabel.prototypes import Metric
from protolabel.settings import Settings, parsed
from protolabel.settling import Settler, fitted
from protolabel.store import MEMORY, ExampleRow, Store, Writing
from protolabel.types import Answer, Change, ClassInfo, Document, Example
from protolabel.view import View
from protolabel.viewing import caught_up, past_view, whole_view

DEFAULT_ENCODER = "all-MiniLM-L6-v2"


class LabelSpace:
    """Classes known now, with their descriptions and examples, in one file.

    >>> space = LabelSpace.create(":memory:", encoder="hashing")
    >>> space.describe("invoice", "a bill asking for payment").version
    2
    >>> space.add("please pay the amount due", "invoice").summary
    "added 1 example to 'invoice'"
    >>> space.label("amount due for payment").label
    'invoice'

    Threads may share one; several processes may open the same file. ``background``: fit the
    refinement, the calibration and kappa in a thread after changes; otherwise in :meth:`settle`.
    ``cache``: keep embeddings of examples and descriptions between processes.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        encoder: str | AnyEncoder | None = None,
        who: str | None = None,
        background: bool = True,
        cache: bool = False,
    ) -> None:
        self._open(Store.open(str(path)), encoder, who, background, cache)

    @classmethod
    def create(
        cls,
        path: str | Path = MEMORY,
        *,
        encoder: str | AnyEncoder = DEFAULT_ENCODER,
        metric: Metric = "cosine",
        names_mean: bool = True,
        encoder_name: str | None = None,
        who: str | None = None,
        background: bool = True,
    ) -> LabelSpace:
        """Make a label space file, bound to its encoder; ``:memory:`` keeps it in memory alone.

        ``names_mean=False`` says that class names are codes: a class without a description then
        has none. Raises SpaceExistsError, StoreError, EncoderNotFoundError.
        """
        loaded = load_encoder(encoder) if isinstance(encoder, str) else encoder
        settings = Settings(names_mean=names_mean)
        meta = {
            "dim": str(loaded.dim),
            "fingerprint": loaded.fingerprint,
            "encoder": encoder_name or (encoder if isinstance(encoder, str) else ""),
            "metric": metric,
            "reads": reads(loaded),
        }
        space = cls.__new__(cls)
        name = name_of(who)
        store = Store.create(str(path), meta, settings.rows(), name)
        space._open(store, loaded, name, background)
        return space

    def _open(
        self,
        store: Store,
        encoder: str | AnyEncoder | None,
        who: str | None,
        background: bool,
        cache: bool = False,
    ) -> None:
        self._store, self._who = store, name_of(who)
        meta = store.meta
        self.path = store.connection.path
        self.metric: Metric = "euclidean" if meta["metric"] == "euclidean" else "cosine"
        if encoder is not None and not isinstance(encoder, str):
            check_fingerprint(encoder, meta["fingerprint"], self.path)
        self._embedder = Embedder(
            lambda: bound_encoder(encoder, meta["encoder"], cache=cache),
            dim=store.dim,
            fingerprint=meta["fingerprint"],
            metric=self.metric,
            where=self.path,
            reads=meta.get("reads"),
        )
        self._view = whole_view(store, self._embedder)
        self._publishing = threading.RLock()
        self._settler = Settler(self._settle, background=background)

    # -- what it is ---------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Number of the newest change."""
        return self.view().version

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder that this label space is bound to."""
        return self._store.meta["fingerprint"]

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.view().settings

    def view(self) -> View:
        """The label space as it is now, frozen; changes of other processes are seen from here."""
        if self._store.connection.changed_elsewhere():
            self._catch_up()
        return self._view

    def at(self, version: int) -> View:
        """The label space as it was at a version. Raises HistoryError for one that never was."""
        self._store.require_version(version)
        if version == self._view.version:
            return self._view
        return past_view(self._store, self._embedder, version)

    def history(self, limit: int | None = None) -> Iterator[Change]:
        """All changes, newest first."""
        return self._store.changes(limit=limit)

    # -- looking ------------------------------------------------------------------------------

    def label(
        self, document: str | Document, *, alternatives: int = 5, evidence: int = 3
    ) -> Answer:
        """The answer for one document. See :meth:`View.label_many`."""
        return self.view().label(document, alternatives=alternatives, evidence=evidence)

    def label_many(
        self, documents: Iterable[str | Document], *, alternatives: int = 5, evidence: int = 3
    ) -> Iterator[Answer]:
        """Answers for a stream of documents, all from the version that is newest at the start."""
        return self.view().label_many(documents, alternatives=alternatives, evidence=evidence)

    def classes(self) -> list[ClassInfo]:
        """All classes, retired ones included, oldest first."""
        return self.view().classes()

    def show(self, label: str) -> tuple[ClassInfo, list[ExampleRow]]:
        """One class with its examples."""
        return self.view().show(label)

    # -- changing -----------------------------------------------------------------------------

    def describe(self, label: str | Mapping[str, str], description: str | None = None) -> Change:
        """Say what classes are, making those that are new: one, or ``{label: description}``."""
        given = {label: description} if isinstance(label, str) else dict(label)
        if not given:
            raise InputError("no description", expected="at least one class with its description")
        texts: dict[str, str] = {}
        for name, text in given.items():
            if not isinstance(text, str) or not text.strip():
                raise InputError(
                    f"an empty description of class {name!r}", expected="words that say what it is"
                )
            texts[clean_name(name)] = text.strip()
        distinct = list(dict.fromkeys(texts.values()))
        vectors = dict(zip(distinct, self._embedder.texts(distinct), strict=True))
        return self._apply("describe", lambda w: surgery.describe(w, texts, vectors))

    def add(self, examples: str | Example | Iterable[Example], label: str | None = None) -> Change:
        """Add examples: a text with its label, one Example, or many. New labels become classes.

        All or none: an example that cannot be used refuses the whole batch, with an InputError.
        """
        if isinstance(examples, str):
            examples = Example(label or "", examples)
        batch = [examples] if isinstance(examples, Example) else list(examples)
        batch = [_checked(e) for e in batch]
        if not batch:
            raise InputError("no examples", expected="at least one")
        names = self._new_names(dict.fromkeys(e.label for e in batch))
        vectors = self._embedder.documents(batch).embeddings
        return self._apply("add", lambda w: surgery.add(w, batch, vectors, names))

    def rename(self, old: str, new: str) -> Change:
        """Another name, and nothing else."""
        return self._apply("rename", lambda w: surgery.rename(w, old, new))

    def merge(self, labels: Sequence[str], into: str) -> Change:
        """One class of several: ``into`` is one of them, or new."""
        names = self._new_names([into])
        return self._apply("merge", lambda w: surgery.merge(w, labels, into, names))

    def split(self, label: str, parts: Mapping[str, Sequence[str]]) -> Change:
        """Take members off a class into new classes: ``{new label: example ids}``."""
        names = self._new_names(parts)
        return self._apply("split", lambda w: surgery.split(w, label, parts, names))

    def retire(self, *labels: str) -> Change:
        """Out of the answers, with all they hold kept."""
        return self._apply("retire", lambda w: surgery.retire(w, labels))

    def restore(self, *labels: str) -> Change:
        """Retired classes back into the answers."""
        return self._apply("restore", lambda w: surgery.restore(w, labels))

    def move(self, ids: str | Sequence[str], to: str) -> Change:
        """Examples to another class."""
        names = self._new_names([to])
        return self._apply("move", lambda w: surgery.move(w, _ids(ids), to, names))

    def remove(self, ids: str | Sequence[str]) -> Change:
        """Examples that count no longer."""
        return self._apply("remove", lambda w: surgery.remove(w, _ids(ids)))

    def configure(self, **settings: object) -> Change:
        """Change settings: ``kappa`` (auto or a number), ``threshold`` (auto, none or a number),
        ``refine`` (on, off), ``names_mean`` (on, off).
        """
        rows: dict[str, str] = {}
        for key, value in settings.items():
            text = ("off", "on")[value] if isinstance(value, bool) else str(value)
            text = "auto" if value is None else text
            rows |= parsed(key, text)
        return self._apply("configure", lambda w: _configure(w, rows, settings))

    def undo(self) -> Change:
        """Take back the newest change in force; everything is as it was before, bit for bit."""
        return self._apply("undo", surgery.undo)

    def redo(self) -> Change:
        """Take back the newest undo."""
        return self._apply("redo", surgery.redo)

    def return_to(self, version: int) -> Change:
        """Make everything as it was at a version. What came after stays in the history."""
        return self._apply("return", lambda w: surgery.return_to(w, version))

    def _apply(self, kind: str, action: Callable[[Writing], None]) -> Change:
        with self._store.writing(kind, self._who) as writing:
            action(writing)
        self._catch_up()
        self._settler.poke()
        return next(self._store.changes(before=writing.version + 1, limit=1))

    def _catch_up(self) -> None:
        """Take in what changed since the present view, here or in another process."""
        with self._publishing:
            self._view = caught_up(self._view, self._store)

    def _new_names(self, labels: Iterable[str]) -> surgery.NameVector:
        """Embeds the names of classes that are not there yet, before the transaction opens."""
        if not self.settings.names_mean or not self._embedder.reads_text:
            return lambda words: None
        version = self._view.version
        new = [n for n in labels if self._store.class_named(n.strip(), version) is None]
        words = list(dict.fromkeys(words_of(n.strip()) for n in new if n.strip()))
        ready = dict(zip(words, self._embedder.texts(words), strict=True)) if words else {}
        return lambda w: ready[w] if w in ready else self._embedder.texts([w])[0]

    # -- fits that follow from the rows -------------------------------------------------------

    def settle(self) -> None:
        """Wait until refinement, calibration and kappa fit the present version."""
        self._settler.settle()

    def _settle(self, should_stop: Callable[[], bool]) -> None:
        view = self.view()
        kappa = fitted(self._store, view, should_stop)
        if kappa is not None and not should_stop():
            self._apply_tune(kappa)
            fitted(self._store, self.view(), should_stop)
        self._catch_up()

    def _apply_tune(self, kappa: float) -> None:
        """Take up an estimate of kappa, unless somebody has set one since it was made."""
        with self._store.connection.transaction("IMMEDIATE"):
            settings = Settings.from_rows(self._store.settings(self._store.version()))
            if settings.kappa_auto:
                with self._store.writing("tune", "protolabel") as writing:
                    writing.set("kappa", repr(kappa))
                    writing.summary = f"kappa {settings.kappa:g} -> {kappa:g}, estimated"
        self._catch_up()

    def info(self) -> dict[str, object]:
        """What it is: encoder, settings, sizes, calibration."""
        return {"path": self.path} | self.view().info()

    # -- the file -----------------------------------------------------------------------------

    def backup(self, path: str | Path) -> None:
        """Copy the file as it is now, while it stays in use."""
        self._store.backup(str(path))

    def close(self) -> None:
        """Stop the background work and close the file; every change that returned is in it."""
        self._settler.close()
        self._store.close()

    def __enter__(self) -> LabelSpace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _checked(example: Example) -> Example:
    if not isinstance(example, Example):
        raise InputError(
            f"an example of type {type(example).__name__}",
            expected="protolabel.Example, or a text with its label",
        )
    return replace(example, label=clean_name(example.label))


def _ids(ids: str | Sequence[str]) -> list[str]:
    return [ids] if isinstance(ids, str) else list(ids)


def _configure(writing: Writing, rows: Mapping[str, str], given: Mapping[str, object]) -> None:
    if not rows:
        raise InputError("no setting", expected="kappa, threshold, refine or names_mean")
    for key, value in rows.items():
        writing.set(key, value)
    writing.summary = "set " + ", ".join(f"{k} to {v}" for k, v in given.items())
