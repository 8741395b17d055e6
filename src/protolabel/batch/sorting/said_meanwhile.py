"""The right to learn from a sorted folder: gone once people decided on its documents meanwhile.

A folder takes seconds to read, and a question to a person takes longer. What another process
decides in between is later than the moves of the files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from protolabel.errors import VersionConflictError
from protolabel.label_space.terms import Claim
from protolabel.store import Store
from protolabel.words.quantity import quantity

_Classes = Mapping[bytes, tuple[frozenset[int], frozenset[int]]]


@dataclass(frozen=True)
class SaidBefore:
    """What people had decided on documents before a folder was read.

    Attributes:
        store: of the label space.
        classes: by the key of a document the classes that it has, and those refused for it.
    """

    store: Store
    classes: _Classes

    @classmethod
    def of(cls, store: Store) -> SaidBefore:
        """Read it of all documents."""
        return cls(store, _decided_classes(store, None))

    def held_to(self, documents: Collection[bytes], command: str) -> Claim:
        """Return the right to decide on documents while nobody else has.

        ``command``: reads the folder anew.
        """
        return _NothingSaid(self, frozenset(documents), command)


@dataclass(frozen=True)
class _NothingSaid(Claim):
    """Nobody has decided on these documents since."""

    before: SaidBefore
    documents: frozenset[bytes]
    command: str

    def require(self) -> None:
        """Raise VersionConflictError where somebody has."""
        present = _decided_classes(self.before.store, self.documents)
        nothing = (frozenset[int](), frozenset[int]())
        n_others = sum(
            present.get(document, nothing) != self.before.classes.get(document, nothing)
            for document in self.documents
        )
        if n_others:
            raise VersionConflictError(
                f"a decision of another process on {quantity(n_others, 'document')} of the folder "
                "while it was read; nothing was changed",
                expected="no later decision than the moves of the files",
                remedy=f"read the folder again: {self.command}",
            )


def _decided_classes(store: Store, documents: Collection[bytes] | None) -> _Classes:
    """Return the classes that people gave documents, and refused for them; None: of all."""
    refused: dict[bytes, set[int]] = {}
    for document, key in store.answers.refusals(documents):
        refused.setdefault(document, set()).add(key)
    labels = {
        document: frozenset(decision.classes)
        for document, decision in store.answers.decisions(documents).items()
    }
    return {
        document: (labels.get(document, frozenset()), frozenset(refused.get(document, ())))
        for document in labels.keys() | refused.keys()
    }
