"""Answers for batches of documents, where one document that cannot be used costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from protolabel.answers import Answer
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
    on_unusable: Callable[[Skipped], None] | None = None,
) -> Iterator[tuple[Document, Answer]]:
    """Yield each document with its answer, in order.

    A batch that is refused is halved until the document that cannot be used stands alone.
    ``on_unusable`` takes note of it, and the others are answered.

    Raises:
        InputError: at the first document that cannot be used, where there is no ``on_unusable``;
            those before it have been yielded.
    """
    try:
        answers = list(view.label_many(documents, alternatives=alternatives, evidence=evidence))
    except InputError as error:
        if len(documents) == 1:
            if on_unusable is None:
                raise
            on_unusable(Skipped(documents[0].source or documents[0].id, str(error)))
            return
        middle = len(documents) // 2
        for part in (documents[:middle], documents[middle:]):
            yield from answered(
                view, part, alternatives=alternatives, evidence=evidence, on_unusable=on_unusable
            )
    else:
        yield from zip(documents, answers, strict=True)
