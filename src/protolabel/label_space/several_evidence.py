"""The evidence about each label of a document that has several. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from protolabel.answers import Evidence
from protolabel.label_space.evidence import Queries, gather
from protolabel.label_space.several_ranked_queries import SeveralRankedQueries
from protolabel.types import Document, Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View


def evidence_of_labels(
    view: View,
    documents: Sequence[Document],
    encoded: Encoded,
    decisions: SeveralRankedQueries,
    most: int,
) -> list[list[Evidence]]:
    """Return the evidence about each label of each document, or about its likeliest class.

    Args:
        view: whose rows can be read now.
        documents: n of them.
        encoded: the same as vectors.
        decisions: of the same view, where a class can answer.
        most: the number of nearest examples that evidence shows.

    Returns:
        n lists: one piece a label, and one where a document has none.
    """
    assert decisions.keys is not None
    labels = [
        keys or (best,) for keys, best in zip(decisions.label_keys, decisions.keys, strict=True)
    ]
    owners = [i for i, keys in enumerate(labels) for _ in keys]
    parts = [encoded.take(slice(i, i + 1)) for i in range(len(documents))]
    queries = Queries(
        [key for keys in labels for key in keys],
        Encoded.join([parts[i] for i in owners], view.embedder.dim),
        [documents[i].text for i in owners],
    )
    source, head = view.evidence_source, view.prototypes
    pieces = iter(gather(source, head, queries, most, view.embedder.names, view.head))
    return [[next(pieces) for _ in keys] for keys in labels]
