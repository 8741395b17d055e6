"""Answers for batches of documents. A document that cannot be used stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from protolabel.answers import Answer
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.view import View
from protolabel.types import Document


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that could not be used. ``source``: its file, or file and line."""

    source: str
    reason: str


def answered(
    view: View,
    documents: Sequence[Document],
    *,
    alternatives: int,
    evidence: int,
    coverage: float | None = None,
    on_unusable: Callable[[Skipped], None] | None = None,
) -> Iterator[tuple[Document, Answer]]:
    """Yield each document with its answer, in order.

    ``on_unusable`` takes note of a document that cannot be used, and the others are answered.

    Raises:
        InputError: at the first document that cannot be used, where there is no ``on_unusable``;
            those before it have been yielded.
    """

    def answers_of(part: Sequence[Document]) -> list[Answer]:
        return list(
            view.label_many(part, alternatives=alternatives, evidence=evidence, coverage=coverage)
        )

    for part, answers in usable_parts(documents, answers_of):
        if not isinstance(answers, InputError):
            yield from zip(part, answers, strict=True)
        elif on_unusable is None:
            raise answers
        else:
            on_unusable(Skipped(part[0].source or part[0].id, answers.at_command_line()))
