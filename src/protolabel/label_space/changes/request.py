"""What every change of a label space has in common: a frozen record and the questions asked of it.

In this order ``session`` asks: must the answers that wait be stored first (``reads_answers``), what
must be embedded (``needs``, or ``embed`` where that is more), does the change still apply
(``reason_to_stay``), which rows does it write (``write``), does it decide on documents where it
writes none (``decides_anew``), what does its record say about remembered documents
(``detail_of_answers``), and what follows for them (``note_answers``). Its class says the rest in
flags. It opens no transaction; ``session`` does, and tries again when another process has moved the
label space to another encoder meanwhile.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, NamedTuple, Self

import numpy as np

from protolabel.arrays import Floats
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.mismatch import moved_on
from protolabel.encoders.readability import unreadable
from protolabel.errors import InputError
from protolabel.label_space.changes.embedding import encoded_documents
from protolabel.label_space.encoder_binding import Binding
from protolabel.label_space.stored_items.indexes import Indexes
from protolabel.label_space.view import View
from protolabel.names import words_of
from protolabel.progress import Progress, silent
from protolabel.store import Store, Writing
from protolabel.types import Example


class NothingToChangeError(Exception):
    """Ends a request that would change nothing; nothing is written then.

    ``summary`` and ``detail`` say so as those of a change do. ``decision`` is the summary of a
    change that alters no example and decides on documents all the same, if the request may be one.
    """

    def __init__(self, summary: str, detail: dict[str, object], decision: str = "") -> None:
        self.summary, self.detail, self.decision = summary, detail, decision
        super().__init__(summary)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a request needs as vectors.

    Attributes:
        descriptions: of classes.
        documents: examples, in order.
        names: classes that it may make. Their names are embedded where names mean something.
    """

    descriptions: tuple[str, ...] = ()
    documents: tuple[Example, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What a request is prepared from.

    Attributes:
        first_encoding: the encoding in force when the request came, which its embeddings are in.
        earlier: what an earlier attempt prepared, None at the first.
    """

    view: View
    store: Store
    binding: Binding
    first_encoding: int
    progress: Progress = silent
    earlier: Material | None = None


class SharpenedDescription(NamedTuple):
    """A vector (d,) that is to stand for a class's description, and the item of that."""

    description: int
    vector: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """The vectors of a request, all in one encoding.

    Attributes:
        embedder: made them; None where the request needs none.
        descriptions: the vector of each description, (d,).
        documents: (n, d), in the order of the request's documents.
        names: the vector of each name's words, (d,); None for words that the encoder cannot read.
        unreadable: positions of the documents that the encoder could not read.
        unreadable_descriptions: those of the descriptions that it could not read.
        names_mean: whether a class without a description is described by its name.
        sharpened: what is to stand for descriptions, by class key.
        documents_used: of how many documents that was made.
        encoded: how many items were encoded and written ahead of the transaction.
    """

    embedder: Embedder | None = None
    descriptions: Mapping[str, Floats] = field(default_factory=dict)
    documents: Floats | None = None
    names: Mapping[str, Floats | None] = field(default_factory=dict)
    names_mean: bool = False
    unreadable: tuple[int, ...] = ()
    unreadable_descriptions: frozenset[str] = frozenset()
    sharpened: Mapping[int, SharpenedDescription] = field(default_factory=dict)
    documents_used: int = 0
    encoded: int = 0

    @property
    def vectors(self) -> Floats:
        """The ``documents``, of a request that has some. Raises ValueError for one without."""
        if self.documents is None:
            raise ValueError("no document was embedded")
        return self.documents

    def stale(self, store: Store) -> bool:
        """Return whether the label space has another encoder by now; asked in the transaction."""
        if self.embedder is None:
            return False
        return store.rows.encoding(store.rows.version()).number != self.embedder.encoding

    def discard(self, store: Store) -> None:
        """Take back what was written ahead of a transaction that does not come."""

    def name_vector(self, words: str) -> Floats | None:
        """Return the vector of a name's words, None where names mean nothing."""
        if self.embedder is None or not self.names_mean:
            return None
        if words in self.names:
            return self.names[words]
        return self.embedder.names([words])[0]  # a class that was there and is gone


@dataclass(frozen=True)
class ChangeRequest(ABC):
    """A change that is asked for. ``kind`` is its name in the log, by which ``kinds_of_change`` has
    what it may do.

    Attributes:
        author: who makes it, where that is not the user of the session.
        patience: how many seconds it waits for another writer, where not the usual ones.
        over_http: whether ``POST .../changes`` takes it; other kinds have a route of their own.
        decides: whether it may change what decides about answers, such as a threshold.
    """

    kind: ClassVar[str]
    author: ClassVar[str | None] = None
    patience: ClassVar[float | None] = None
    over_http: ClassVar[bool] = True
    decides: ClassVar[bool] = False

    def needs(self, view: View) -> Needs:
        """Return what must be embedded before the transaction opens."""
        return Needs()

    def embed(self, situation: Situation) -> Material:
        """Return the vectors of what the request needs, made by the encoder in force."""
        needs = self.needs(situation.view)
        if needs == Needs():
            return Material()
        embedder = situation.view.embedder
        _refuse_other_encoding(needs, situation, embedder)
        first: dict[str, int] = {}
        for position, text in enumerate(needs.descriptions):
            first.setdefault(text, position)
        descriptions, places = list(first), [f"description {i}" for i in first.values()]
        names_mean = situation.view.settings.names_mean and embedder.reads_text
        words = _new_words(needs.names, situation) if names_mean else []
        documents = encoded_documents(
            situation.store.answers, embedder, needs.documents, situation.progress
        )
        vectors, unread = (
            embedder.texts_and_unreadable(descriptions, places) if descriptions else ((), ())
        )
        return Material(
            embedder,
            descriptions=dict(zip(descriptions, vectors, strict=True)),
            unreadable_descriptions=frozenset(
                text for text, is_unread in zip(descriptions, unread, strict=True) if is_unread
            ),
            documents=documents.embeddings if documents else None,
            unreadable=tuple(np.flatnonzero(unreadable(documents)).tolist()) if documents else (),
            names=dict(zip(words, embedder.names(words), strict=True)) if words else {},
            names_mean=names_mean,
        )

    def reason_to_stay(self, store: Store, material: Material) -> str:
        """Return why nothing is to be changed; empty if it is. Asked in the transaction."""
        return ""

    @abstractmethod
    def write(self, writing: Writing, material: Material, indexes: Indexes) -> None:
        """Move the rows. Raise before or within, so that a refused request leaves nothing.

        Args:
            writing: the open change.
            material: what :meth:`embed` made.
            indexes: what is here already, to find what is equal or near.
        """

    @property
    def reads_answers(self) -> bool:
        """Whether answers that wait to be remembered must be written before the change."""
        return False

    def detail_of_answers(self, store: Store, writing: Writing) -> Mapping[str, object]:
        """Return what to add to the change's detail about remembered documents.

        Asked after :meth:`write`.
        """
        return {}

    def decides_anew(self, store: Store) -> bool:
        """Return whether people decide otherwise by it on a document than they did before.

        Asked of a request that alters no example. Then there is a change all the same, so that an
        undo takes the decision back.
        """
        return False

    def note_answers(self, store: Store, change: int | None) -> None:  # noqa: B027 nothing follows
        """Write what follows for remembered documents, in the transaction of the change.

        Args:
            store: of the label space.
            change: the version that the change made. None where it found nothing to change; that
                is asked of a request only if it ``reads_answers``.
        """

    def to_dict(self) -> dict[str, object]:
        """Return the request as JSON can hold it, ``kind`` first."""
        return {"kind": self.kind} | {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> Self:
        """Return the request of these fields. Raises InputError for a field that is not its own."""
        field_names = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - field_names)
        if unknown:
            raise InputError(
                f"field {unknown[0]!r} in a change of kind {cls.kind!r}",
                expected=f"fields among {', '.join(sorted(field_names))}"
                if field_names
                else "no field",
            )
        try:
            return cls(**values)
        except TypeError as error:
            raise InputError(f"a change of kind {cls.kind!r}: {error}") from error


def _new_words(names: tuple[str, ...], situation: Situation) -> list[str]:
    """Return the words of the names that no class has, each once."""
    rows, version = situation.store.rows, situation.view.version
    new = [name for name in dict.fromkeys(names) if rows.class_named(name, version) is None]
    return list(dict.fromkeys(words_of(name) for name in new))


def _refuse_other_encoding(needs: Needs, situation: Situation, embedder: Embedder) -> None:
    """Refuse embeddings that were brought for the encoder that was in force when they came."""
    if embedder.encoding == situation.first_encoding:
        return
    if any(document.embedding is not None for document in needs.documents):
        raise moved_on("an embedding", embedder.fingerprint, embedder.where)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
