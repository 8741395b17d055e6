"""What a label space asks of a store about the answers that it has given. Names no database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from protolabel.arrays import Floats
from protolabel.identity.former_keys import NO_FORMER, FormerKeys
from protolabel.identity.other_folders import NO_OTHERS, OtherFolders
from protolabel.store.watch_start import WatchStart
from protolabel.types import Encoded


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on a document, whether that is remembered or not.

    Attributes:
        document: its 16 bytes.
        classes: keys of all classes that the person gave it, sorted; empty where the decision ends.
        content: what it holds, as in :class:`AnswerRow`; None where that is not known.
        whole: whether it is no part of a mail, so that equal documents are decided on with it.
    """

    document: bytes
    classes: tuple[int, ...]
    content: bytes | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AnswerRow:
    """A document that was answered.

    Attributes:
        document: its 16 bytes, of ``document_key``.
        place: 16 bytes for where it came from, if that names it for good; else None.
        content: the digest of what it holds, with case and white space folded.
        id: of the document.
        source: where it came from.
        at: when it was answered, ISO 8601.
        version: of the label space that answered.
        class_key: of the class that was answered, or that a person gave; None for *none of these*.
        probability: of the nearest class, if there was one.
        head: what ranked: ``prototypes`` or ``refined``.
        person: whether a person has decided about it: by a suggestion, a correction, a move or a
            split.
        encoding: number of the encoding that the vectors are in.
        embedding: (d,) float32.
        shares: (2,) float32, what the encoder could not read; see ``Encoded``.
        text: the document, where it may be kept.
        template: 16 bytes that texts share which differ in numbers alone; None without a text.
        columns: ``passages`` and ``spans``, as ``answer_passages`` packs them; None where they are
            not kept, and in rows that were read.
        without_id: of ``key_without_id``, in rows to store: a document that was forgotten under
            this key stays forgotten. Empty in rows that were read.
        former: the keys that it had, in rows to store: what is stored under them is of this
            document. ``NO_FORMER`` for most documents, and in rows that were read.
        others: the keys that it has from other folders, in rows to store: what is stored under
            them is of this document, too. ``NO_OTHERS`` in rows that were read.
        labels: keys of all classes that a person gave it, sorted; empty where no person gave one.
            ``class_key`` is one of them.
    """

    document: bytes
    place: bytes | None
    content: bytes
    id: str
    source: str
    at: str
    version: int
    class_key: int | None
    probability: float | None
    head: str
    person: bool
    encoding: int
    embedding: Floats
    shares: Floats
    text: str | None
    template: bytes | None = None
    columns: tuple[bytes, bytes | None] | None = None
    without_id: bytes = b""
    former: FormerKeys = NO_FORMER
    others: OtherFolders = NO_OTHERS
    labels: tuple[int, ...] = ()

    @property
    def decision(self) -> Decision:
        """What a person decided on the document; its content is known by the row."""
        classes = self.labels if self.class_key in self.labels else ()
        if self.person and self.class_key is not None:
            return Decision(self.document, classes or (self.class_key,), self.content)
        return Decision(self.document, (), self.content)


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """When a document was answered for the first time, since it has been remembered.

    Attributes:
        number: of the document, in the order of first answers; the next one gets the next number.
        at: when, ISO 8601.
    """

    number: int
    at: str


@dataclass(frozen=True, slots=True)
class StoredPlace:
    """Where a remembered document stands, and what it is called there.

    All fields are those of :class:`AnswerRow`; ``content`` is empty in one that is to be stored.
    """

    document: bytes
    place: bytes | None
    id: str
    source: str
    content: bytes = field(default=b"", compare=False)


class AnswerTable(Protocol):
    """Keeps the newest documents that were answered, and what people said to that.

    No row is part of a version. Every store must pass ``tests/contracts``.
    """

    def rows(
        self, *, texts: bool = False, contents: Collection[bytes] | None = None
    ) -> list[AnswerRow]:
        """Return all rows or those of some contents, oldest first, with texts if asked for."""

    def first_answers(self) -> dict[bytes, FirstAnswer]:
        """Return when each document was answered first; later answers of it change nothing."""

    def watch_start(self) -> WatchStart:
        """Return from which document on all are there, and how many documents that serves."""

    def judged_of(self, documents: Sequence[bytes]) -> list[AnswerRow]:
        """Return the rows of those of these documents that a person has decided on, no texts."""

    def decisions(self, documents: Collection[bytes] | None = None) -> dict[bytes, Decision]:
        """Return the decisions by which documents have classes: on all, or on some of them."""

    def decided(self) -> set[bytes]:
        """Return the documents on which a decision stands: a label, or a refused class."""

    def texts_of(self, documents: Sequence[bytes]) -> dict[bytes, str]:
        """Return the texts that are kept of these documents."""

    def split_documents(self, documents: Collection[bytes], dim: int) -> dict[bytes, Encoded]:
        """Return those that the encoder has split, by its rule; too many passages are not there.

        The newest come first; a bounded number of bytes is read. ``dim``: of their vectors.
        """

    def places(self) -> dict[bytes, StoredPlace]:
        """Return where each document stood when it was last met."""

    def stand_at(self, places: Sequence[StoredPlace], *, patience: float) -> None:
        """Store where documents stand now; those that are no longer remembered stay away.

        ``patience``: seconds to wait for another writer.
        """

    def count(self) -> tuple[int, int]:
        """Return how many documents there are, and how many bytes they take."""

    def mark(self) -> str:
        """Return a mark that changes whenever documents are answered, decided on or forgotten.

        It costs the same however many there are, so that it can be asked every second. Two stores
        may have equal marks.
        """

    def textless(self) -> dict[bytes, str]:
        """Return the documents whose texts are not kept, each with its source."""

    def refusals(self, documents: Collection[bytes] | None = None) -> set[tuple[bytes, int]]:
        """Return the classes that were refused, each with its document: of all, or of some."""

    def has_refusals(self) -> bool:
        """Return whether a class was refused for a document, or a document was forgotten.

        It costs the same however many there are.
        """

    def is_without_answer(self, document: bytes) -> bool:
        """Return whether a person has refused its answer, and it has no other since."""

    def forgotten(self) -> set[bytes]:
        """Return the documents that were forgotten one by one, and are not to be kept again."""

    def removed(self, kinds: Collection[str]) -> list[tuple[str, int]]:
        """Return the texts of examples that changes of these kinds took out, each with its class.

        A class that has such an example again is left out.
        """

    def forgettings(self) -> int:
        """Return how often something was forgotten."""

    def keep(
        self,
        rows: Sequence[AnswerRow],
        *,
        most: int,
        forgettings: int,
        patience: float,
        undecided: Collection[bytes] = (),
    ) -> bool:
        """Store rows, unless something was forgotten since; the oldest beyond ``most`` leave.

        Of documents at one place, the one that was answered last stays. A document has the decision
        that is kept of it, but for those of ``undecided``, which get it later.
        """

    def shorten(self, most: int) -> None:
        """Let the oldest rows go that are more than ``most``."""

    def judge(
        self,
        rows: Sequence[AnswerRow],
        refused: Sequence[tuple[bytes, int]],
        *,
        change: int | None = None,
        decisions: Sequence[Decision] = (),
    ) -> None:
        """Store what a person said: rows with their new labels, and the classes that were refused.

        A row that is no longer there stays away.

        Args:
            rows: with their new labels.
            refused: documents with classes that are not to be proposed for them again; a key
                below 0 ends that. They need not be remembered.
            change: the version of the label space that this was decided with; :meth:`follow` takes
                it back with that change. None: no change of the label space belongs to it.
            decisions: on documents that need not be remembered. One that is labelled later has its
                decision from the first answer on.
        """

    def has_decisions(self) -> bool:
        """Return whether any change has a note of decisions, dropped or not."""

    def follow(
        self,
        ended: Sequence[int],
        renewed: Sequence[int],
        documents: Collection[bytes] | None = None,
    ) -> None:
        """Take back what people decided with changes that were undone, or say it once more.

        Args:
            ended: versions whose changes are no longer in force, newest first.
            renewed: versions whose changes are in force again, oldest first.
            documents: those that are meant; None: all.
        """

    def decided_with(
        self, documents: Collection[bytes], changes: Collection[int]
    ) -> dict[bytes, int]:
        """Return of each of these documents the newest of these changes that decided on it.

        A document that none of them decided on is left out, and so is one whose note was dropped.
        """

    def lost_decisions(self, changes: Sequence[int]) -> int:
        """Return how many of these changes leave decisions in force, as their notes were dropped.

        Never more than the remembered documents that keep a decision.
        """

    def reconsider(
        self, documents: Collection[bytes], in_force: Collection[int], change: int | None = None
    ) -> None:
        """Take back what people said of these documents: they have the label space's answers.

        Args:
            documents: these.
            in_force: versions whose changes count; what was decided with them is taken back once.
            change: the version that takes it back, and that :meth:`follow` ends or renews. None: no
                change does, and what was decided with others is not renewed.
        """

    def forget(self, documents: Collection[bytes] | None) -> int:
        """Remove documents for good and return how many; None for all, with all refusals.

        Single documents are not kept again when they are answered again: of each, its key alone
        stays. :meth:`wipe` afterwards removes what the file still holds of them.
        """

    def drop_texts(self) -> int:
        """Remove all texts, and return how many."""

    def wipe(self) -> bool:
        """Remove deleted rows from the files; False where another process still reads them."""
