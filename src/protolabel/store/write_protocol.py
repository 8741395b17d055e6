"""What a label space asks of a store that it changes, and of an open change.

A store makes each change one durable transaction. What it reads stands in ``read_protocol``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from protolabel.arrays import Floats
from protolabel.store.answer_records import AnswerTable
from protolabel.store.proposal_records import ProposalTable
from protolabel.store.read_protocol import Rows
from protolabel.store.records import ClassRow, ExampleRow
from protolabel.types import Change, Finding, VectorSpace


class Writing(Protocol):
    """An open transaction that becomes version ``version``: what every change is made of."""

    version: int
    encoding: VectorSpace
    summary: str
    detail: dict[str, object]
    before: int  # the version that this change stands on
    newest_before: int  # the newest item that was stored before this change, or 0
    reverts: int | None
    re_encoded: bool  # whether another encoding is in force after this change
    record: Change | None  # as the log has it, once it is written

    @property
    def rows(self) -> Rows:
        """The rows, this change included as far as it has got."""

    def item(self, text: str | None, embedding: Floats, image: bytes | None = None) -> int:
        """Store a text or an image with its embedding once; return its number."""

    def place_encoder(self, name: str) -> None:
        """Note by which name or in which folder the encoder in force is found from now on."""

    def item_of(
        self, text: str | None, embedding: Floats, image: bytes | None = None
    ) -> int | None:
        """Return the number of the item that :meth:`item` would find, None if it would store it."""

    def use_encoding(self, encoding: VectorSpace) -> None:
        """Put another encoding in force; every living item has a vector in it already."""

    def new_class(self, name: str, description: int | None, described_by: str) -> int:
        """Make a class; return its key."""

    def rename_class(self, row: ClassRow, name: str) -> None:
        """Give a class another name, and change nothing else."""

    def describe_class(self, row: ClassRow, description: int | None, described_by: str) -> None:
        """Give a class another description, or none; it is no longer sharpened."""

    def sharpen_class(self, row: ClassRow, item: int | None) -> None:
        """Let a vector stand for a class's description, in the encoding in force, or none."""

    def put_class_under(self, row: ClassRow, parent: int | None) -> None:
        """Put a class under the class of a key, or at the top."""

    def retire_class(self, row: ClassRow, retired: bool) -> None:
        """Take a class out of the answers with all it holds, or put it back."""

    def end_class(self, row: ClassRow) -> None:
        """End a class whose examples have gone elsewhere."""

    def add_example(self, class_key: int, identity: str, item: int, source: str) -> str:
        """Add an example; return its id, which is made up where ``identity`` is empty."""

    def move_example(self, row: ExampleRow, class_key: int) -> None:
        """Put an example under another class."""

    def end_example(self, row: ExampleRow) -> None:
        """End an example: it no longer counts."""

    def add_negative(self, class_key: int, identity: str, item: int, source: str) -> str:
        """Add a document that is not of a class; return its id, made up where it is empty."""

    def move_negative(self, row: ExampleRow, class_key: int) -> None:
        """Make a negative example one of another class."""

    def end_negative(self, row: ExampleRow) -> None:
        """End a negative example: it no longer counts."""

    def order_statements(self, turns: Mapping[str, int]) -> None:
        """Note in which order persons gave examples and negative ones of this change, by their ids.

        The moments of statements have them as turns. Ids that this change has not added are passed
        over.
        """

    def set(self, key: str, value: str) -> None:
        """Put a setting in force."""

    def revert_to(self, version: int) -> None:
        """Make the living rows those that were alive at a version."""


class Store(Protocol):
    """Rows that can be changed: one durable transaction and one version number a change."""

    @property
    def rows(self) -> Rows:
        """The rows, for reading."""

    @property
    def answers(self) -> AnswerTable:
        """The answers that were given."""

    @property
    def proposals(self) -> ProposalTable:
        """The classes that were proposed."""

    def writing(self, kind: str, who: str) -> AbstractContextManager[Writing]:
        """Open a change; commit all of it at the end, or nothing."""

    def exclusively(self, *, patience: float | None = None) -> AbstractContextManager[None]:
        """Keep other writers out; what is read and written inside is one transaction.

        ``patience``: seconds to wait for them, where not the usual 30; then StoreBusyError.
        """

    def rehearsal(self) -> AbstractContextManager[None]:
        """Keep other writers out, and take back at the end what was written inside."""

    def commits_elsewhere(self) -> int:
        """Return a number that grows when another connection has committed."""

    def sorted_folders(self) -> list[str]:
        """Return the folders into which files were sorted, as absolute paths, the newest last."""

    def note_sorted_folder(self, path: str) -> None:
        """Note the absolute path of a folder into which files are sorted."""

    def draft(self, fingerprint: str, encoder: str, dim: int, reads: str) -> VectorSpace:
        """Return the encoding for vectors that are compatible with an encoder's, or a new one."""

    def keep_vectors(self, encoding: VectorSpace, items: Sequence[int], vectors: Floats) -> None:
        """Add vectors of items durably; those that are there already stay as they are."""

    def drop_draft(self, encoding: VectorSpace) -> None:
        """Remove the vectors of an encoding that was never in force."""

    def check(self, *, repair: bool = False, who: str = "protolabel") -> list[Finding]:
        """Return what is wrong and which examples are equal; an empty list if there is nothing.

        ``repair``: rebuild what is derived, in the name of ``who``.
        """

    def backup(self, path: str) -> None:
        """Copy the label space as it is now to a new file, while others go on writing to it."""

    def close(self) -> None:
        """Close; what was committed stays."""
