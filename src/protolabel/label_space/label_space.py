"""``LabelSpace``: classes and examples in a file, which can change while it answers.

Every method that changes something is one durable transaction that returns a :class:`Change`;
every method that only looks goes to the :class:`View` of the present version. It holds no
arithmetic and no SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from protolabel.arguments import (
    require_flag,
    require_metric,
    require_name,
    require_path,
    require_progress,
    require_strings,
    require_whole,
)
from protolabel.arrays import Metric
from protolabel.encoders import AnyEncoder, as_encoder, name_of_encoder, reads
from protolabel.encoders.locate import DEFAULT
from protolabel.encoders.mismatch import check_metric
from protolabel.encoders.provenance import provenance_of
from protolabel.label_space import changes
from protolabel.label_space.answer_path.answer_methods import AnswerMethods
from protolabel.label_space.author import author_name
from protolabel.label_space.configuration.settings import Settings, require_labels
from protolabel.label_space.durable_changes import DurableChanges
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.soundness import check_space, stored_metric
from protolabel.label_space.terms import RequestKey, Terms
from protolabel.names import clean_name
from protolabel.progress import Progress, silent
from protolabel.store import MEMORY, Store, create_store, open_store
from protolabel.system.closable import Closable
from protolabel.types import Change, ClassInfo, Comparison, Finding, Reencoded, VectorSpace

if TYPE_CHECKING:  # imported when a label space is opened, so that importing the class is fast
    from protolabel.label_space.records import Mode, SpaceInfo, StoredExample
    from protolabel.label_space.view import View

DEFAULT_ENCODER = DEFAULT


class LabelSpace(AnswerMethods, Closable, DurableChanges):
    """Classes known now, with their descriptions and examples, in one file.

    >>> space = LabelSpace.create(":memory:", encoder="hashing")
    >>> space.describe("invoice", "a bill asking for payment").version
    2
    >>> space.add("please pay the amount due", "invoice").summary
    "added 1 example to 'invoice'"
    >>> space.label("amount due for payment").label
    'invoice'

    Threads may share one; several processes may open the same file. ``background``: fit the
    refinement, the calibration and kappa in a thread after changes, and let :meth:`label` and the
    like wait for fits of about two seconds or less. Without it, only :meth:`settle` makes fits, and
    nothing waits for them. ``cache``: keep embeddings of examples and descriptions between runs.
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
        path, who = require_path(path), author_name(who)
        require_flag(background, "background")
        require_flag(cache, "cache")
        self._open(open_store(path), encoder, who, background, cache)

    @classmethod
    def create(
        cls,
        path: str | Path = MEMORY,
        *,
        encoder: str | AnyEncoder = DEFAULT_ENCODER,
        metric: Metric = "cosine",
        names_mean: bool = True,
        labels: str = "one",
        encoder_name: str | None = None,
        who: str | None = None,
        background: bool = True,
    ) -> LabelSpace:
        """Make a label space file, bound to its encoder; ``:memory:`` keeps it in memory alone.

        ``names_mean=False`` says that class names are codes: a class without a description then
        has none. ``labels="several"``: a document may have several labels, or none.
        ``encoder_name``: what the file calls the encoder, if not by the name that loaded it.
        ``who``: the author of later changes. ``metric``: "cosine" or "euclidean". Raises
        SpaceExistsError, StoreError, EncoderNotFoundError.
        """
        metric, path, who = require_metric(metric), require_path(path), author_name(who)
        require_flag(names_mean, "names_mean")
        require_flag(background, "background")
        settings = Settings(names_mean=names_mean, labels=require_labels(labels))
        known_as = None if encoder_name is None else require_name(encoder_name, "encoder_name")
        loaded = as_encoder(encoder)
        check_metric(loaded, metric)
        known_as = known_as or name_of_encoder(encoder)
        encoding = VectorSpace(1, loaded.fingerprint, known_as, loaded.dim, reads(loaded))
        space = cls.__new__(cls)
        store = create_store(path, {"metric": metric}, encoding, settings.rows(), who)
        space._open(store, loaded, who, background)
        return space

    def _open(
        self,
        store: Store,
        encoder: str | AnyEncoder | None,
        who: str,
        background: bool,
        cache: bool = False,
    ) -> None:
        from protolabel.label_space.session import Session

        self._store, self._who = store, who
        self.path = store.rows.path
        self.metric: Metric = stored_metric(store.rows)
        with store.rows.reading():
            opened = store.rows.encoding(store.rows.version())
            binding = Binding(encoder, opened, metric=self.metric, where=self.path, cache=cache)
            self._session = Session(store, binding, self._who, background=background)

    # -- what it is ---------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"LabelSpace({self.path!r})"

    @property
    def version(self) -> int:
        """Number of the newest change."""
        return self.view().version

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder that this label space is bound to now."""
        return self.view().embedder.fingerprint

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.view().settings

    def view(self) -> View:
        """Return the label space as it is now, frozen, with the changes of other processes."""
        return self._session.view()

    def at(self, version: int) -> View:
        """Return the label space at a version; raise HistoryError for one that never was."""
        return self._session.at(version)

    def history(self, limit: int | None = None) -> Iterator[Change]:
        """Yield all changes, newest first."""
        most = None if limit is None else require_whole(limit, "limit", 0)
        return self._store.rows.changes(limit=most)

    # -- looking ------------------------------------------------------------------------------

    def classes(self) -> list[ClassInfo]:
        """Return all classes, retired ones included, oldest first."""
        return self.view().classes()

    def show(self, label: str) -> tuple[ClassInfo, list[StoredExample]]:
        """Return one class with its examples."""
        return self.view().show(label)

    def negatives(self, label: str | None = None) -> list[StoredExample]:
        """Return the documents that are not of a class, oldest first; None: of all classes."""
        return self.view().negatives(label)

    def modes(self, label: str) -> list[Mode]:
        """Return the modes of a class, the one of most examples first; none where it has one."""
        return self.view().modes(label)

    def near_names(self, labels: Iterable[str]) -> dict[str, list[str]]:
        """Return which of the labels would be new classes, and are near an existing one.

        Such a name is often a slip: another case, a look-alike letter, a typo. Ask before adding.

        Returns:
            The near names of each such label; labels of classes that are there are left out.
        """
        cleaned = dict.fromkeys(clean_name(label) for label in require_strings(labels, "labels"))
        return self._session.near_names(cleaned)

    # -- another encoder ------------------------------------------------------------------------

    def compare(self, encoder: str | AnyEncoder, *, progress: Progress = silent) -> Comparison:
        """Compare the present encoder with another: leave-one-out on the space's own examples.

        It changes nothing, and keeps nothing in the file. ``progress`` hears how many examples and
        descriptions are encoded, and of how many. Raises InputError where one of them is nothing
        that the encoder reads.
        """
        from protolabel.label_space.encoder_comparison import compared
        from protolabel.label_space.stored_items.item_vectors import (
            embedder_of,
            refuse_unreadable,
            vector_space_of,
        )

        require_progress(progress)
        loaded = as_encoder(encoder)
        rows, binding = self._store.rows, self._session.binding
        target = vector_space_of(rows, loaded)
        refuse_unreadable(rows, target)
        embedder = embedder_of(binding, target, binding.cached(loaded))
        present = binding.provenance(rows.encoding(rows.version()))
        provenances = present, provenance_of(loaded, encoder, target.encoder)
        return compared(rows, target, embedder, provenances, progress=progress)

    def reencode(
        self,
        encoder: str | AnyEncoder,
        *,
        encoder_name: str | None = None,
        only_if_better: bool = False,
        key: str | RequestKey = "",
        who: str | None = None,
        progress: Progress = silent,
    ) -> Reencoded:
        """Move the label space onto another encoder: a change that can be undone like any other.

        The new vectors are written to the file as they are made, so that a run that was stopped
        goes on where it was; then one transaction puts them in force. ``only_if_better``: keep the
        present encoder unless the new one is right on more examples beyond chance (exact McNemar
        test, 5 %, see :class:`Comparison`), and ten at least can be compared. ``encoder_name``
        is as for :meth:`create`; ``key``, ``who``: see :meth:`commit`. Raises InputError where an
        example or a description is nothing that the new encoder reads.
        """
        from protolabel.label_space.changes.encoder import Draft

        require_progress(progress)
        loaded = as_encoder(encoder)
        known_as = None if encoder_name is None else require_name(encoder_name, "encoder_name")
        name = known_as or name_of_encoder(encoder)
        self._session.binding.learn(loaded)
        request = changes.Reencode(loaded.fingerprint, name, only_if_better)
        attempt = self._session.attempt(request, progress, Terms.of(who=who, key=key))
        draft = attempt.material
        assert isinstance(draft, Draft)
        comparison = draft.drafted.comparison if draft.drafted else None
        encoded = draft.encoded + (attempt.change.number("late") if attempt.change else 0)
        return Reencoded(attempt.change, comparison, encoded, attempt.reason)

    def _answering_view(self) -> View:
        from protolabel.label_space.fitted_view import fitted_view

        return fitted_view(self._session)

    # -- the whole ----------------------------------------------------------------------------

    def settle(self, *, refined: bool | None = True, progress: Progress = silent) -> None:
        """Make the fits that the newest version lacks, and return when it has them.

        It follows changes that others make meanwhile, five times at most; :attr:`View.lacking` says
        what is missing then.

        Args:
            refined: whether refined weights are wanted; None: where they take about two seconds or
                less. Without them, kappa and the prototypes' calibration take less than a second.
            progress: follows what takes long.
        """
        self._session.settle(refined=refined, progress=progress)

    def info(self) -> SpaceInfo:
        """Return what the label space is: encoder, settings, sizes, calibration."""
        return self.view().info()

    def check(self, *, repair: bool = False) -> list[Finding]:
        """Return what is wrong with the label space, and which examples are equal.

        Args:
            repair: rebuild what follows from the rows (sums, fits), where they are sound, and give
                settings that cannot be read their defaults.

        Returns:
            An empty list if there is nothing. Equal examples are no damage: see :class:`Finding`.
        """
        findings = check_space(self._store, repair=require_flag(repair, "repair"), who=self._who)
        if any(finding.repaired for finding in findings):
            self._session.refresh()
        return findings

    def backup(self, path: str | Path) -> None:
        """Copy the file as it is now, while it stays in use."""
        self._store.backup(require_path(path))

    def close(self) -> None:
        """Stop the background work and close the file; every change that returned is in it."""
        self._session.close()
