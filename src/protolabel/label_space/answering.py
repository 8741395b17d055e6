"""Documents -> embeddings -> decisions -> answers with evidence, of one view, as a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from protolabel.answers import Answer, Evidence
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.chunks import chunks
from protolabel.label_space.evidence import Queries, gather
from protolabel.label_space.query_vectors import query_vectors
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
        for usable, encoded in usable_parts(chunk, partial(query_vectors, view), first):
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
    decisions = view.decisions(encoded, form, texts=[d.text for d in documents])
    if isinstance(decisions, SeveralRankedQueries) and decisions.keys is not None and form.evidence:
        yield from _with_evidence_of_each(view, documents, encoded, decisions, form.evidence)
        return
    support = _evidence(view, documents, encoded, decisions, form.evidence)
    n = 0
    try:
        for i, document in enumerate(documents):
            n = i + 1
            yield decisions.answer(i, document, support[i] if support else None)
    finally:  # also where the caller wants no more
        remember(view, documents[:n], encoded, decisions)


def _with_evidence_of_each(
    view: View,
    documents: Sequence[Document],
    encoded: Encoded,
    decisions: SeveralRankedQueries,
    most: int,
) -> Iterator[Answer]:
    """Yield answers of several labels, each label with its evidence."""
    evidence = evidence_of_labels(view, documents, encoded, decisions, most)
    n = 0
    try:
        for i, document in enumerate(documents):
            n = i + 1
            yield decisions.answer(i, document, evidence[i][0], evidence[i])
    finally:
        remember(view, documents[:n], encoded, decisions)


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
