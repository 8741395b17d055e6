"""Documents -> embeddings -> decisions -> answers with evidence, of one view, as a stream."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from protolabel.answers import Answer
from protolabel.encoders.usable_parts import usable_parts
from protolabel.errors import InputError
from protolabel.label_space.answer_path.decisions import AnswerForm
from protolabel.label_space.answer_path.decisions_of_view import decisions_of
from protolabel.label_space.answer_path.evidence_of_answers import evidence_of
from protolabel.label_space.answer_path.focus import in_focus
from protolabel.label_space.answer_path.many_documents import UsableDocuments
from protolabel.label_space.answer_path.product_threads import product_threads
from protolabel.label_space.answer_path.remembering import remember
from protolabel.label_space.person_statements.refused_by_key import ClassKeys, alike_parts
from protolabel.label_space.stored_items.chunks import chunks
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.readers.text_evidence import with_reason
from protolabel.types import Document, Encoded

if TYPE_CHECKING:
    from protolabel.label_space.view import View

SCORES_AT_ONCE = 2**23  # entries of a score matrix: 32 MB of float32


def answers_or_errors(
    view: View, documents: UsableDocuments, form: AnswerForm
) -> Iterator[Answer | InputError]:
    """Yield for each document its answer, or why it cannot be used."""
    with closing(_answers_or_errors(view, iter(documents), form)) as stream:
        for position, answer in enumerate(stream):
            yield from documents.errors_before(position)
            yield answer
        yield from documents.last_errors()


def _answers_or_errors(
    view: View, documents: Iterator[Document], form: AnswerForm
) -> Generator[Answer | InputError, None, None]:
    step = max(1, SCORES_AT_ONCE // max(1, view.head.n_classes))
    first = 0
    for chunk in chunks(map(with_reason, documents)):
        for usable, encoded in usable_parts(chunk, view.embedder.queries, first):
            if isinstance(encoded, InputError):
                yield encoded
                continue
            refused = view.refused(DocumentTexts.of_documents(usable))
            vectors = in_focus(view, encoded).embeddings if refused else encoded.embeddings
            for part in alike_parts(vectors, refused, step):
                yield from _answers(view, usable[part], encoded.take(part), form, refused[part])
        first += len(chunk)


def _answers(
    view: View,
    documents: Sequence[Document],
    encoded: Encoded,
    form: AnswerForm,
    refused: ClassKeys,
) -> Iterator[Answer]:
    """Yield the answers, and remember those that were taken.

    ``encoded``: the documents by the rule of the encoder. ``refused``: as of ``decisions_of``.
    """
    products = len(documents) * view.head.n_classes * encoded.embeddings.shape[1]
    with product_threads(products):
        queries = in_focus(view, encoded)
        texts = DocumentTexts.of_documents(documents)
        decisions = decisions_of(view, queries, texts, form, refused=refused)
        evidence = evidence_of(view, documents, queries, decisions, form.evidence)
    n = 0
    try:
        for row, document in enumerate(documents):
            answer = decisions.answer(row, document, evidence[row])
            n += 1
            yield answer
    finally:  # also where the caller wants no more
        with product_threads(products):
            remember(view, documents[:n], encoded, queries.embeddings, decisions)
