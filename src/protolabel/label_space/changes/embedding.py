"""The documents of a change as vectors: each text is encoded once, and a remembered one not again.

A long document costs the encoder seconds. Where the label space remembers one with that very text,
it has its vector by the rule of the encoder in force, so the change takes that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from protolabel.arrays import Floats
from protolabel.encoders.embedder import Embedder
from protolabel.label_space.stored_items.chunks import steps
from protolabel.label_space.stored_items.document_contents import content_of
from protolabel.progress import Progress, Step
from protolabel.store import AnswerTable
from protolabel.types import Encoded, Example

LONG = 2_000  # characters, from which on a text is looked for: shorter ones are encoded at once
READ_AT_ONCE = 500  # remembered documents with their passages: 50 MB at most

Vector = tuple[Floats, Floats]
"""A vector ``(d,)``, and ``(2,)`` what the encoder could not read, as in ``Encoded``."""


def encoded_documents(
    answers: AnswerTable, embedder: Embedder, documents: Sequence[Example], progress: Progress
) -> Encoded | None:
    """Return the documents as vectors, with a step after each part; None where there are none.

    They have no passages. ``answers``: what the label space remembers.
    """
    if not documents:
        return None
    first: dict[object, int] = {}  # the position of each content
    place = [first.setdefault(_content(one, i), i) for i, one in enumerate(documents)]
    texts = {i: documents[i].text or "" for i in first.values() if _is_text(documents[i])}
    vectors_by_text = remembered_vectors(answers, embedder, texts.values())
    vectors = np.zeros((len(documents), embedder.dim), np.float32)
    shares = np.zeros((len(documents), 2), np.float32)
    new = [i for i in first.values() if texts.get(i) not in vectors_by_text]
    for i in set(texts) - set(new):
        vectors[i], shares[i] = vectors_by_text[texts[i]]
    for part in steps([documents[i] for i in new]):
        at = [new[k] for k in part]
        progress(Step("examples embedded", at[0] if part.start else 0, len(documents)))
        encoded = embedder.documents([documents[i] for i in at], at)
        vectors[at] = encoded.embeddings
        if encoded.unread_shares is not None:
            shares[at] = encoded.unread_shares
    progress(Step("examples embedded", len(documents), len(documents)))
    return replace(Encoded.whole(vectors[place]), unread_shares=shares[place])


def remembered_vectors(
    answers: AnswerTable, embedder: Embedder, texts: Iterable[str]
) -> dict[str, Vector]:
    """Return the vectors of those of the texts that the label space remembers as split documents.

    They are those that the encoder in force has made of exactly this text.
    """
    long = {text for text in texts if len(text) >= LONG}
    if not long:
        return {}
    rows = [
        row
        for row in answers.rows(texts=True, contents={content_of(t, None, None) for t in long})
        if row.text in long and row.encoding == embedder.encoding
    ]
    vectors_by_text: dict[str, Vector] = {}
    for start in range(0, len(rows), READ_AT_ONCE):
        part = rows[start : start + READ_AT_ONCE]
        split = answers.split_documents([row.document for row in part], embedder.dim)
        for row in part:
            one = split.get(row.document)
            if one is not None and row.text is not None and one.embeddings.any():
                vectors_by_text[row.text] = one.embeddings[0], row.shares
    return vectors_by_text


def _is_text(document: Example) -> bool:
    """Return whether the vector of a document follows from its text alone."""
    return document.embedding is None and document.image is None and document.text is not None


def _content(document: Example, position: int) -> object:
    """Return what equal documents share; a document that brings its vector is like no other."""
    if document.embedding is not None:
        return position
    return document.text, document.image
