"""Answers that were given together, as the rows that remember them. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from protolabel.arrays import Floats
from protolabel.copies.sketches import template_digest
from protolabel.documents import size_of
from protolabel.identity.document_key import document_key, key_without_id, own_place
from protolabel.identity.former_keys import FormerKeys
from protolabel.identity.other_folders import OtherFolders
from protolabel.label_space.configuration.settings import Settings
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.store import AnswerRow
from protolabel.store.answer_passages import passage_columns
from protolabel.types import Document, Encoded


@dataclass(frozen=True, slots=True, eq=False)
class AnswerBatch:
    """Documents that were answered together.

    Attributes:
        documents: n of them.
        encoded: their vectors and passages, by the rule of the encoder.
        vectors: ``(n, d)`` float32, those that they were answered by.
        encoding: number of the encoding that these are in.
        version: of the label space that answered.
        head: what ranked.
        labels: key of the class that each was answered; None for *none of these*.
        probabilities: of the nearest class of each, or None.
        settings: those in force: what may be remembered.
        at: when.
        forgettings: how often something had been forgotten by then.
    """

    documents: Sequence[Document]
    encoded: Encoded
    vectors: Floats
    encoding: int
    version: int
    head: str
    labels: Sequence[int | None]
    probabilities: Sequence[float | None]
    settings: Settings
    at: str
    forgettings: int

    @property
    def size(self) -> int:
        """About how many bytes wait."""
        texts = sum(map(size_of, self.documents))
        return texts + self.vectors.nbytes + self.encoded.passage_embeddings.nbytes

    def pick(self, rows: Sequence[int]) -> AnswerBatch:
        """Return the same of some of the documents."""
        return replace(
            self,
            documents=[self.documents[i] for i in rows],
            encoded=self.encoded.pick(rows),
            vectors=self.vectors[rows],
            labels=[self.labels[i] for i in rows],
            probabilities=[self.probabilities[i] for i in rows],
        )

    def rows(self) -> list[AnswerRow]:
        """Return the batch as rows to store, of each document the last.

        A document without a text that says anything has no vector to compare: it is left out.
        """
        rows: dict[bytes, AnswerRow] = {}
        for i, document in enumerate(self.documents):
            if document.unreadable:
                continue
            row = self._row(i, document)
            rows.pop(row.document, None)
            rows[row.document] = row
        return list(rows.values())

    def _row(self, i: int, document: Document) -> AnswerRow:
        vector, document_id = self.vectors[i], document_key(document)
        text = document.text if self.settings.remember == "text" else None
        return AnswerRow(
            document=document_id,
            place=own_place(document),
            content=content_of(document.text, document.image, vector),
            id=document.id,
            source=document.source,
            at=self.at,
            version=self.version,
            class_key=self.labels[i],
            probability=self.probabilities[i],
            head=self.head,
            person=False,
            encoding=self.encoding,
            embedding=vector,
            shares=self._shares(i),
            text=text,
            template=None if document.text is None else template_digest(document.text),
            columns=passage_columns(document_id, self.encoded.take(slice(i, i + 1))),
            without_id=key_without_id(document),
            former=FormerKeys.of(document),
            others=OtherFolders.of(document),
        )

    def _shares(self, i: int) -> Floats:
        shares = self.encoded.unread_shares
        return np.zeros(2, np.float32) if shares is None else shares[i]


def n_uniform(batches: Sequence[AnswerBatch], most: int) -> int:
    """Return how many of the first batches may be written together: one at least.

    They have the same settings of the answer log, and together ``most`` documents at most. They
    are of one version: where a document was answered twice, a decision may stand between the two.
    """
    first, documents = batches[0], 0
    for n, batch in enumerate(batches):
        documents += len(batch.documents)
        is_alike = batch.settings.remember_most == first.settings.remember_most
        is_alike = is_alike and batch.forgettings == first.forgettings
        is_alike = is_alike and batch.version == first.version
        if n and (not is_alike or documents > most):
            return n
    return len(batches)


def halved(batches: Sequence[AnswerBatch]) -> list[Sequence[AnswerBatch]]:
    """Return the same answers in two halves; none of a single answer."""
    if len(batches) > 1:
        middle = len(batches) // 2
        return [batches[:middle], batches[middle:]]
    n = sum(len(batch.documents) for batch in batches)
    parts = [range(n // 2), range(n // 2, n)] if n > 1 else []
    return [[batches[0].pick(part)] for part in parts]


def rows_of(batches: Sequence[AnswerBatch]) -> list[AnswerRow]:
    """Return what the batches store, in the order of the answers.

    A later answer to a document takes the place of an earlier one, and so does one to another
    document at the same place.
    """
    rows: dict[bytes, AnswerRow] = {}
    occupants: dict[bytes, bytes] = {}  # the document at each place
    for batch in batches:
        for row in batch.rows():
            rows.pop(row.document, None)
            rows[row.document] = row
            if row.place is not None:
                earlier = occupants.get(row.place)
                if earlier is not None and earlier != row.document:
                    rows.pop(earlier, None)
                occupants[row.place] = row.document
    return list(rows.values())
