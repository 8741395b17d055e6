"""Documents -> embeddings -> decisions -> answers with evidence, of one view, as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from protolabel.answers import Answer, Evidence
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.chunks import chunks
from protolabel.label_space.evidence import Queries, gather
from protolabel.label_space.focus import in_focus
from protolabel.label_space.ranked_queries import AnswerForm, RankedQueries
from protolabel.label_space.remembering import remember
from protolabel.label_space.several_evidence import evidence_of_labels
from protolabel.label_space.several_ranked_queries import SeveralRankedQueries
from protolabel.types import Document, Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View

SCORES_AT_ONCE = 2**23  # entries of a score matrix: 32 MB of float32


def outcomes(
    view: View, documents: Iterator[Document], form: AnswerForm
) -> Iterator[Answer | InputError]:
    """Yield for each document its answer, or why it cannot be used."""
    step = max(1, SCORES_AT_ONCE // max(1, view.head.n_classes))
    first = 0
    for chunk in chunks(documents):
        for usable, encoded in usable_parts(chunk, view.embedder.queries, first):
            if isinstance(encoded, InputError):
                yield encoded
                continue
            for at in range(0, len(usable), step):
                part = slice(at, at + step)
                yield from _answers(view, usable[part], encoded.take(part), form)
        first += len(chunk)


def _answers(
    view: View, documents: Sequence[Document], encoded: Encoded, form: AnswerForm
) -> Iterator[Answer]:
    """Yield the answers, and remember those that were taken.

    ``encoded``: the documents by the rule of the encoder.
    """
    queries = in_focus(view, encoded)
    decisions = view.decisions(queries, form, texts=[d.text for d in documents])
    if isinstance(decisions, SeveralRankedQueries) and decisions.keys is not None and form.evidence:
        each = evidence_of_labels(view, documents, queries, decisions, form.evidence)
        answers = (decisions.answer(i, d, each[i][0], each[i]) for i, d in enumerate(documents))
    else:
        support = _evidence(view, documents, queries, decisions, form.evidence)
        answers = (
            decisions.answer(i, d, support[i] if support else None) for i, d in enumerate(documents)
        )
    n = 0
    try:
        for answer in answers:
            n += 1
            yield answer
    finally:  # also where the caller wants no more
        remember(view, documents[:n], encoded, queries.embeddings, decisions)


def _evidence(
    view: View, documents: Sequence[Document], encoded: Encoded, decisions: RankedQueries, most: int
) -> list[Evidence] | None:
    if not most or decisions.keys is None:
        return None
    texts, columns = [d.text for d in documents], decisions.columns
    runner_up_keys = view.head.keys_of(columns[:, 1]).tolist() if columns.shape[1] > 1 else None
    queries = Queries(decisions.keys, encoded, texts, runner_up_keys)
    return gather(
        view.evidence_source, view.prototypes, queries, most, view.embedder.names, view.head
    )
