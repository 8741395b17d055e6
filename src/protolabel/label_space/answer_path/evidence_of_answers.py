"""The evidence about the classes of answers: one piece a label. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from protolabel.answers import Evidence
from protolabel.label_space.answer_path.decisions import Decisions
from protolabel.label_space.answer_path.evidence import Queries, gather
from protolabel.types import Document, Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def evidence_of(
    view: View, documents: Sequence[Document], encoded: Encoded, decisions: Decisions, most: int
) -> list[list[Evidence]]:
    """Return the evidence about each class of :meth:`Decisions.evidence_keys`.

    Args:
        view: whose rows can be read now.
        documents: n of them.
        encoded: the same as vectors.
        decisions: about them, of the same view.
        most: the number of nearest examples that evidence shows; 0 for no evidence.

    Returns:
        n lists.
    """
    keys = [decisions.evidence_keys(row) if most else () for row in range(len(documents))]
    owners = [row for row, class_keys in enumerate(keys) for _ in class_keys]
    if not owners:
        return [[] for _ in documents]
    queries = Queries(
        [key for class_keys in keys for key in class_keys],
        encoded if owners == list(range(len(documents))) else encoded.pick(owners),
        [documents[row].text for row in owners],
        decisions.runner_up_keys,
    )
    source, prototypes = view.evidence_source, view.prototypes
    pieces = iter(gather(source, prototypes, queries, most, view.embedder.names, view.head))
    return [[next(pieces) for _ in class_keys] for class_keys in keys]
