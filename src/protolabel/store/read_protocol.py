"""What a label space reads in a store. It names no database; ``sqlite`` keeps one in a file.

Whoever reads makes the fits that are missing, so it keeps them, too.

A store keeps rows that are born at one version and die at another, so that every version can be
read. Every store must pass ``tests/contracts``. How it is changed stands in ``write_protocol``.

A new question stands in three places: here, in ``sqlite_rows``, and in the reader that answers it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from protolabel.arithmetic.class_totals import ClassGroup, ClassVectors
from protolabel.arrays import Floats, Integers, Keys
from protolabel.store.records import (
    ClassArrays,
    ClassRow,
    ExampleRow,
    Fit,
    Holding,
    Kind,
    StatementMoment,
)
from protolabel.types import Change, Document, VectorSpace


class Rows(Protocol):
    """Reads a label space as of any version.

    Nothing here writes but :meth:`keep_fit`, whose fits belong to no version.
    """

    @property
    def path(self) -> str:
        """Where the label space is kept, as errors name it."""

    @property
    def writable(self) -> bool:
        """Whether changes can be made here."""

    @property
    def meta(self) -> dict[str, str]:
        """What never changes: ``metric``, ``created_at`` and ``identity``."""

    @property
    def identity(self) -> str:
        """What tells this label space from every other: the same in its copies and backups."""

    def reading(self) -> AbstractContextManager[None]:
        """Hold one consistent state for as long as the context lasts."""

    # -- versions -----------------------------------------------------------------------------

    def version(self) -> int:
        """Return the number of the newest change."""

    def basis(self, version: int | None = None) -> int:
        """Return the newest version, up to ``version`` if it is given, that moved a prototype."""

    def changes(self, before: int | None = None, limit: int | None = None) -> Iterator[Change]:
        """Yield the log of changes, newest first: those older than version ``before``."""

    def mark(self, version: int) -> str:
        """Return what tells the state of a version from that of the same number elsewhere.

        After a backup was put in the place of a file, or in a copy that went its own way, the same
        numbers are given to other changes. Empty for a version that is not there.
        """

    def require_version(self, version: int, newest: int | None = None) -> None:
        """Raise HistoryError for a version that never was."""

    def settings(self, version: int) -> dict[str, str]:
        """Return the settings in force at a version."""

    def touched_since(self, version: int) -> list[int]:
        """Return the keys of classes whose rows, examples or sums changed after a version."""

    # -- classes and examples -----------------------------------------------------------------

    def classes(self, version: int) -> list[ClassRow]:
        """Return the classes of a version, retired ones included, oldest first."""

    def class_named(self, name: str, version: int) -> ClassRow | None:
        """Return the class of that name at a version."""

    def class_names_since(self, row: int, version: int) -> list[tuple[int, str]]:
        """Return the names in rows of a higher number, born up to a version, each with its row."""

    def class_with_key(self, key: int, version: int) -> ClassRow:
        """Return the class of that key at a version, which must have been there."""

    def last_class_name(self, key: int) -> str | None:
        """Return the name that a class has, or had last; None where no class had that key."""

    def class_parents(self, version: int) -> dict[int, int]:
        """Return the key of the class above each class that has one at a version, by class key."""

    def examples(self, class_key: int, version: int) -> list[ExampleRow]:
        """Return the examples of a class at a version, oldest first."""

    def example_with_id(self, identity: str, version: int) -> ExampleRow | None:
        """Return the example of that id at a version."""

    def examples_with_keys(self, keys: Sequence[int], version: int) -> list[ExampleRow]:
        """Return the examples of those keys at a version, which must have been there."""

    def example_keys(self, class_key: int, version: int) -> tuple[Integers, Integers]:
        """Return the keys (n,) and the items (n,) of a class's examples, oldest first."""

    def counts(self, version: int) -> dict[int, int]:
        """Return the number of examples at a version, by class key."""

    def texts_since(self, item: int, most: int) -> list[tuple[int, str]]:
        """Return texts of items with a higher number, each with its item: the first ``most``."""

    def examples_of_items(
        self, items: Collection[int], version: int
    ) -> dict[int, list[tuple[str, str]]]:
        """Return id and class name of the examples that hold one of the items, oldest first."""

    def examples_since(self, version: int) -> list[tuple[int, int, int]]:
        """Return change, class key and item of each example that came to its class since."""

    def examples_ended_since(self, version: int) -> list[tuple[int, int, int]]:
        """Return change, class key and item of each example that left its class since."""

    def documents_of_change(self, version: int, most: int) -> list[tuple[int, str]]:
        """Return item and source of documents whose examples a change began, or else ended."""

    def example_items(self, version: int) -> Integers:
        """Return the items of the examples of classes that answer at a version, ascending."""

    def examples_digest(self, version: int) -> str:
        """Return a SHA-256, in hexadecimal, of the contents of :meth:`example_items`."""

    def image(self, item: int) -> bytes | None:
        """Return the image that an item holds."""

    # -- negative examples --------------------------------------------------------------------

    def negatives(self, version: int, class_key: int | None = None) -> list[ExampleRow]:
        """Return the negative examples of a class at a version, oldest first; None: of all."""

    def has_negatives(self, version: int) -> bool:
        """Return whether there is a negative example at a version."""

    def negative_with_id(self, identity: str, version: int) -> ExampleRow | None:
        """Return the negative example of that id at a version."""

    def negatives_since(self, version: int) -> list[tuple[int, int, int]]:
        """Return change, class key and item of each negative example that came since."""

    def negatives_of_items(self, items: Collection[int], version: int) -> list[ExampleRow]:
        """Return the negative examples that hold one of the items, oldest first."""

    def negative_set(self, version: int) -> tuple[Integers, Integers, Floats]:
        """Return class keys (m,), items (m,) and embeddings (m, d) of all, by class and age."""

    def statement_moments(
        self, rows: Sequence[ExampleRow], version: int, negative: bool
    ) -> list[StatementMoment]:
        """Return when persons last said what rows of examples say, of each one.

        ``negative``: the rows are of negative examples. Undoing, merging and splitting say nothing.
        """

    # -- encodings and items ------------------------------------------------------------------

    def encoding(self, version: int) -> VectorSpace:
        """Return the encoding in force at a version."""

    def encodings(self) -> list[VectorSpace]:
        """Return all encodings, oldest first; also one that was never in force."""

    def lacking(self, encoding: int) -> list[int]:
        """Return the living items without a vector in an encoding, in ascending order."""

    def living(self) -> int:
        """Return the number of items alive now."""

    def content(self, item: int) -> Document:
        """Return the text or the image of an item, as an encoder takes it."""

    def texts(self, items: Sequence[int]) -> list[str | None]:
        """Return the text of each item, None for one without."""

    def holding(self, kind: Kind) -> Holding | None:
        """Return how many living examples and descriptions hold a kind, or None if none does."""

    # -- vectors ------------------------------------------------------------------------------

    def vectors_of(self, items: Sequence[int], encoding: VectorSpace) -> dict[int, Floats]:
        """Return the vectors (d,) of those items that have one in an encoding, by item."""

    def vectors(self, keys: Sequence[int] | None = None) -> Iterator[ClassVectors]:
        """Yield the classes that answer now, by key; all of them where ``keys`` is None."""

    def class_groups(self, size: int) -> Iterator[ClassGroup]:
        """Yield the classes that answer now in groups of ``size``, by key."""

    def vectors_at(self, version: int) -> Iterator[ClassVectors]:
        """Yield the classes that answered at an earlier version, by key."""

    def descriptions(self) -> dict[int, int]:
        """Return the item that describes each class that answers now, by class key."""

    def description_embedding(self, key: int, version: int) -> Floats | None:
        """Return the embedding (d,) of a class's description at a version."""

    def description_embeddings(self, version: int, most: int) -> Floats:
        """Return the embeddings (k, d) of the oldest ``most`` descriptions that answer then."""

    def sharpened_share(self, version: int) -> float:
        """Return the share of the descriptions that answer at a version which are sharpened."""

    def example_embeddings(self, class_key: int, version: int) -> Floats:
        """Return the embeddings (n, d) of a class's examples, oldest first."""

    def training_items(self, version: int, most: int) -> tuple[Integers, list[int]]:
        """Return class keys (n,) and items of at most ``most`` examples, an equal share a class."""

    def training_set(self, version: int, most: int) -> tuple[Keys, Integers, Floats]:
        """Return class keys (n,), items (n,) and embeddings (n, d) of the same examples."""

    def class_arrays(self, keys: Integers, version: int) -> ClassArrays:
        """Return classes that answer at a version side by side, in the order of ``keys``."""

    # -- fits ---------------------------------------------------------------------------------

    def fit(self, kind: str, basis: int) -> Fit | None:
        """Return the fit of a kind that was made from a basis; None if absent or damaged."""

    def newest_fit(self, kind: str) -> Fit | None:
        """Return the fit of a kind that was made from the newest basis; None as of :meth:`fit`."""

    def keep_fit(self, fit: Fit, *, alone: bool = False) -> None:
        """Store a fit beside those of other bases; a store may drop those of old ones.

        ``alone``: all others of its kind go.

        It waits a fraction of a second at most, since a fit can be made again.

        Raises:
            StoreBusyError: another process is writing.
            StoreFullError: there is no room.
            StoreError: the store is open for reading only.
        """
