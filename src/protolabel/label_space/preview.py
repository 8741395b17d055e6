"""What a change would do to the answers, as a record: which documents move, from what to what.

How it is found out is ``previewing``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from protolabel.answers import Answer
from protolabel.types import Change
from protolabel.words.quantity import quantity

__all__ = ["Flow", "Moved", "Preview"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A document whose answer would change.

    Attributes:
        kind: ``document``, that was labelled, or ``example``, that is stored.
        id: of the document or the example.
        source: where it came from.
        before: the answer now.
        after: the answer after the change, with its evidence.
        own_label: the class that an example stands under; of several all, with commas between.
            None for a document.
    """

    kind: Literal["document", "example"]
    id: str
    source: str
    before: Answer
    after: Answer
    own_label: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        record: dict[str, Any] = {"kind": self.kind, "id": self.id, "source": self.source}
        if self.kind == "example":
            record["own_label"] = self.own_label
        return record | {"before": self.before.to_dict(), "after": self.after.to_dict()}


@dataclass(frozen=True, slots=True)
class Flow:
    """How many documents and examples would go from one answer to another; None: none of these.

    Where documents may have several labels, an answer is all of them, by name, with commas between.
    """

    before: str | None
    after: str | None
    documents: int
    examples: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, had it been made.

    Attributes:
        change: its record, as the log would have it, with the number that it would have.
        moved: the documents and examples whose answers would change.
        documents: how many remembered documents were compared: of those that nobody has decided on.
        examples: how many stored examples were compared; those that hold the same count once.
        left_out: how many others of these were not: they are embedded by another encoder.
        examples_left_out: how many stored examples of classes that answer were not: they are too
            many, or have no vector of the encoder of after the change.
        head: what ranked: ``prototypes``, or ``refined`` weights.
        base: the version that the change would stand on.
        refusal: why every document would be declined after it; empty where it is not so.
        unpromised: of which classes the target in force after it promises nothing, where the change
            was of what decides, or where they are more than before.
    """

    change: Change
    moved: tuple[Moved, ...] = field(repr=False)
    documents: int
    examples: int
    left_out: int
    examples_left_out: int
    head: str
    base: int
    refusal: str = ""
    unpromised: str = ""

    @property
    def hints(self) -> tuple[str, ...]:
        """Sentences about effects that may be unintended."""
        return (*self.change.hints, *filter(None, [self.refusal, self.unpromised]))

    @property
    def flows(self) -> tuple[Flow, ...]:
        """How many would go from which answer to which, most first."""
        counts: dict[tuple[str | None, str | None], list[int]] = {}
        for move in self.moved:
            numbers = counts.setdefault((move.before.label_words, move.after.label_words), [0, 0])
            numbers[move.kind == "example"] += 1
        flows = [Flow(*pair, *numbers) for pair, numbers in counts.items()]
        return tuple(sorted(flows, key=lambda f: (-f.documents, -f.examples)))

    def __str__(self) -> str:
        """Return it in one line, for people."""
        documents = sum(move.kind == "document" for move in self.moved)
        return (
            f"{self.change.summary}: {documents} of {quantity(self.documents, 'document')} and "
            f"{len(self.moved) - documents} of {quantity(self.examples, 'example')} "
            "get another answer"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "preview": True,
            "version": self.change.version,
            "kind": self.change.kind,
            "summary": self.change.summary,
            "detail": self.change.detail,
            "documents": self.documents,
            "examples": self.examples,
            "left_out": self.left_out,
            "examples_left_out": self.examples_left_out,
            "head": self.head,
            "flows": [
                {"before": f.before, "after": f.after, "documents": f.documents,
                 "examples": f.examples}
                for f in self.flows
            ],
            "moved": [move.to_dict() for move in self.moved],
            "hints": [*self.hints],
        }  # fmt: skip
