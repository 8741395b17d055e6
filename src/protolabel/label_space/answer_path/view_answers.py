"""The answers of one view to many encoded documents, without the documents themselves.

For comparing answers: of two versions, or of a version and what was answered once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.answers import Answer, Evidence
from protolabel.columns.label_lists import words_of_labels
from protolabel.label_space.answer_path.answering import SCORES_AT_ONCE
from protolabel.label_space.answer_path.decisions import AnswerForm, Decisions
from protolabel.label_space.answer_path.decisions_of_view import decisions_of
from protolabel.label_space.answer_path.evidence import Queries, gather
from protolabel.label_space.answer_path.focus import in_focus
from protolabel.label_space.person_statements.refused_by_key import ClassKeys, alike_parts
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.store import AnswerRow, AnswerTable
from protolabel.types import Document, Encoded

ALTERNATIVES = 5  # classes that an answer ranks
MOST_EXPLAINED = 1000  # documents of one list that come with evidence


@dataclass(frozen=True, slots=True, eq=False)
class ViewAnswers:
    """The decisions about n documents.

    Attributes:
        parts: the decisions about some documents each.
        starts: the number of the first document of each part.
        keys: key of the class that each is labelled; None for *none of these*.
        labels: the names of these classes; of several labels, all of them in one string, in the
            order of the alphabet: two answers of the same labels are equal.
    """

    parts: Sequence[Decisions]
    starts: Sequence[int]
    keys: list[int | None]
    labels: list[str | None]

    def answer(self, i: int, document: Document, evidence: Evidence | None = None) -> Answer:
        """Return the answer for document ``i``, which is that one."""
        decisions, row = self._of(i)
        return decisions.answer(row, document, () if evidence is None else (evidence,))

    def sureness(self, i: int) -> tuple[float, float]:
        """Return probability and score of the nearest class of document ``i``: to rank by."""
        decisions, row = self._of(i)
        probabilities = decisions.probabilities
        sure = 0.0 if probabilities is None else float(probabilities[row, 0])
        return sure, float(decisions.scores[row, 0])

    def nearest(self, i: int) -> int | None:
        """Return the key of the nearest class of document ``i``, if there is a class."""
        decisions, row = self._of(i)
        keys = decisions.keys
        return None if keys is None else keys[row]

    def _of(self, i: int) -> tuple[Decisions, int]:
        """Return the decisions about document ``i``, and its number among these documents."""
        part = bisect_right(self.starts, i) - 1
        return self.parts[part], i - self.starts[part]


def view_answers(
    view: View,
    encoded: Encoded,
    texts: DocumentTexts,
    why_none: str,
    alternatives: int = ALTERNATIVES,
    refused: ClassKeys | None = None,
) -> ViewAnswers:
    """Label encoded documents as a view does; read no rows but of what people said of documents.

    Args:
        view: that labels.
        encoded: the documents, by the rule of the encoder.
        texts: of the same, with the keys by which classes may be refused for them; read where near
            copies of what a person has refuted are sought.
        why_none: why no class can answer, if none can.
        alternatives: how many classes an answer ranks.
        refused: the classes that are refused for each by its key; None: the view reads them.
    """
    encoded = in_focus(view, encoded)
    step = max(1, SCORES_AT_ONCE // max(1, view.head.n_classes))
    form = AnswerForm(alternatives, 0)
    refused = view.refused(texts) if refused is None else refused
    slices = alike_parts(encoded.embeddings, refused, step) if len(encoded.embeddings) else []
    parts = [
        decisions_of(view, encoded.take(part), texts.take(part), form, why_none, refused[part])
        for part in slices
    ]
    labels = [keys for part in parts for keys in part.label_keys]
    names: dict[int | None, str | None] = {None: None}
    names |= dict(zip(view.head.keys.tolist(), view.head.labels, strict=True))
    if view.levels is not None:
        for key, name in view.levels.names_by_key.items():
            names[key] = name
    words = [words_of_labels(str(names[key]) for key in keys) for keys in labels]
    return ViewAnswers(
        parts, [s.start for s in slices], [keys[0] if keys else None for keys in labels], words
    )


def explained(
    view: View, encoded: Encoded, answers: ViewAnswers, rows: Sequence[int], most: int
) -> dict[int, Evidence]:
    """Return the evidence about the nearest class of some documents, by their rows.

    Args:
        view: whose rows can be read now.
        encoded: the documents.
        answers: of the same view.
        rows: which documents.
        most: the number of nearest examples that evidence shows.
    """
    keys = {i: key for i in rows if (key := answers.nearest(i)) is not None}
    if not keys or not most:
        return {}
    queries = Encoded.whole(in_focus(view, encoded.pick(list(keys))).embeddings)
    texts = [None] * len(keys)
    evidence = gather(
        view.evidence_source,
        view.prototypes,
        Queries(list(keys.values()), queries, texts),
        most,
        head=view.head,
    )
    return dict(zip(keys, evidence, strict=True))


def rows_and_answers(
    table: AnswerTable, view: View, rows: Sequence[AnswerRow], why_none: str
) -> tuple[list[AnswerRow], Encoded, ViewAnswers]:
    """Return the remembered documents that a view can compare, encoded, with their answers now.

    Args:
        table: what is remembered of them besides.
        view: whose encoding their vectors must be in.
        rows: remembered documents of any encoding.
        why_none: why no class can answer, if none can.
    """
    comparable = [row for row in rows if row.encoding == view.embedder.encoding]
    encoded = encoded_rows(table, comparable, view.embedder.dim)
    texts = DocumentTexts.remembered(table, comparable)
    return comparable, encoded, view_answers(view, encoded, texts, why_none)


def encoded_rows(answers: AnswerTable, rows: Sequence[AnswerRow], dim: int) -> Encoded:
    """Return remembered documents as their encoder's output; all in one encoding.

    Long ones have their passages where these are kept. Others have the vector alone that they were
    answered by.
    """
    encoded = answered_rows(rows, dim)
    split = answers.split_documents([row.document for row in rows], dim)
    split = {key: one for key, one in split.items() if len(one.passage_owner)}
    if not split:
        return encoded
    parts = [
        split[row.document] if row.document in split else encoded.take(slice(i, i + 1))
        for i, row in enumerate(rows)
    ]
    return replace(Encoded.join(parts, dim), unread_shares=encoded.unread_shares)


def answered_rows(rows: Sequence[AnswerRow], dim: int) -> Encoded:
    """Return remembered documents by the vectors that they were answered by, all in one encoding.

    They have no passages.
    """
    if not rows:
        return Encoded.empty(dim)
    encoded = Encoded.whole(np.concatenate([row.embedding for row in rows]).reshape(-1, dim))
    shares = np.concatenate([row.shares for row in rows]).reshape(len(rows), -1)
    return replace(encoded, unread_shares=shares)
