"""The pool of unknown documents: those that a label space declines now, each once.

They are remembered ones, or documents that are read now. Vectors and documents lie in temporary
files that have no name, so that memory stays bounded however many they are.
"""

from __future__ import annotations

import json
import math
import tempfile
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from protolabel.arrays import Floats, Positions
from protolabel.encoders.readability import unreadable
from protolabel.identity.document_key import KEY_BYTES, document_key
from protolabel.label_space.answer_path.view_answers import rows_and_answers, view_answers
from protolabel.label_space.rehearsal import present_view
from protolabel.label_space.session import Session
from protolabel.label_space.stored_items.chunks import chunks
from protolabel.label_space.stored_items.classes_now import ClassesNow
from protolabel.label_space.stored_items.document_contents import (
    content_of,
    content_of_text,
    contents_of_examples,
)
from protolabel.label_space.stored_items.document_texts import DocumentTexts
from protolabel.label_space.view import View
from protolabel.open_world.cells import CHUNK
from protolabel.progress import Progress, Step, silent
from protolabel.readers.text_evidence import with_reason
from protolabel.store import AnswerRow
from protolabel.system.closable import Closable
from protolabel.types import Document


@dataclass(frozen=True, slots=True)
class PooledDocument:
    """A document that no class explains.

    ``text``: None where it may not be kept. ``template``: in hexadecimal digits, what its near
    copies share, of a remembered document; empty where nothing is there.
    """

    key: str
    id: str
    source: str
    text: str | None = None
    template: str = ""


class Pool(Closable):
    """Documents with their vectors; a document that is equal to an earlier one is left out."""

    def __init__(self, dim: int, apart: Iterable[bytes] = ()) -> None:
        """Begin an empty pool of vectors of ``dim`` numbers.

        ``apart``: contents of documents that do not belong here.
        """
        self._dim = dim
        self._vectors = tempfile.TemporaryFile()  # noqa: SIM115 closed in close
        self._documents = tempfile.TemporaryFile()  # noqa: SIM115
        self._starts, self._contents = array("Q"), set(apart)
        self._keys = bytearray()
        self.lowest_answered = math.inf  # score of what stays out only because a class answers it

    def __len__(self) -> int:
        return len(self._starts)

    def close(self) -> None:
        """Remove the temporary files."""
        self._vectors.close()
        self._documents.close()

    def add(self, document: PooledDocument, content: bytes, vector: Floats) -> None:
        """Add a document with its vector ``(d,)``, unless one with this content is there."""
        if content in self._contents:
            return
        self._contents.add(content)
        self._keys += bytes.fromhex(document.key)
        self._starts.append(self._documents.tell())
        record = [document.key, document.id, document.source, document.text]
        record.append(document.template)
        self._documents.write(json.dumps(record).encode() + b"\n")
        self._vectors.write(vector.astype("<f4").tobytes())

    def leave_answered(self, content: bytes, score: float) -> None:
        """Note the score of a document that stays out only because a class answers it."""
        if content not in self._contents:
            self.lowest_answered = min(self.lowest_answered, score)

    def leave_out(self, contents: Iterable[bytes]) -> None:
        """Add no document from now on that has one of these contents."""
        self._contents.update(contents)

    def vectors(self) -> Floats:
        """Return all vectors, (n, d): read from the file as they are needed."""
        if not len(self):
            return np.empty((0, self._dim), np.float32)
        self._vectors.flush()
        return np.memmap(self._vectors, "<f4", "r", shape=(len(self), self._dim))

    def some_vectors(self, places: Positions) -> Floats:
        """Return the vectors at k places, (k, d): read from a file as they are needed."""
        vectors = self.vectors()
        if len(places) == len(self):
            return vectors
        if not len(places):
            return vectors[:0]
        with tempfile.TemporaryFile() as file:  # the map outlives it
            for at in range(0, len(places), CHUNK):
                file.write(vectors[places[at : at + CHUNK]].tobytes())
            file.flush()
            return np.memmap(file, "<f4", "r", shape=(len(places), self._dim))

    def document(self, place: int, *, text: bool = True) -> PooledDocument:
        """Return the document at a place, with its text or without."""
        end = self._documents.tell()
        self._documents.seek(self._starts[place])
        line = self._documents.readline()
        self._documents.seek(end)
        document = PooledDocument(*json.loads(line))
        return document if text else replace(document, text=None)

    def texts(self, places: Sequence[int]) -> DocumentTexts:
        """Return the texts of the documents at some places."""

        def templates(numbers: Sequence[int]) -> list[bytes | None]:
            digests = (self.document(places[i]).template for i in numbers)
            return [bytes.fromhex(digest) or None for digest in digests]

        def texts(numbers: Sequence[int]) -> list[str | None]:
            return [self.document(places[i]).text for i in numbers]

        def contents(numbers: Sequence[int]) -> list[bytes | None]:
            return [None if text is None else content_of_text(text) for text in texts(numbers)]

        def keys(numbers: Sequence[int]) -> list[bytes]:
            return [self.key(places[i]) for i in numbers]

        return DocumentTexts(len(places), texts, templates, contents, keys)

    def key(self, place: int) -> bytes:
        """Return the key of the document at a place."""
        return bytes(self._keys[KEY_BYTES * place : KEY_BYTES * (place + 1)])


class Filled(NamedTuple):
    """A pool that is filled, and the view that it was filled by.

    ``why_none``: why the view answers nothing; empty where it does. ``left_out``: remembered
    documents whose vectors another encoder has made.
    """

    pool: Pool
    view: View
    why_none: str
    left_out: int


@contextmanager
def filled(
    session: Session,
    documents: Iterable[Document] | None,
    progress: Progress = silent,
    *,
    declined: bool = True,
    only: Collection[bytes] | None = None,
) -> Iterator[Filled]:
    """Open a pool of documents as the label space answers them now, and close it at the end.

    Left out are examples, documents that a person gave a class, and their copies.

    Args:
        session: of the label space.
        documents: read these; None for the remembered ones.
        progress: follows the reading.
        declined: whether those that are answered stay out.
        only: keys of the documents that are read; None for all.
    """
    session.answer_queue.write()
    view, why_none = present_view(session, refined=None)
    with Pool(view.embedder.dim, contents_of_examples(session.store.rows, view.version)) as pool:
        left_out = 0
        if documents is None:
            left_out = fill_from_log(pool, session, view, why_none, declined=declined, only=only)
        else:
            pool.leave_out(_decided_contents(session.store.answers.rows(), view))
            stream = (one for one in documents if only is None or document_key(one) in only)
            fill_from_documents(pool, stream, view, why_none, progress, declined=declined)
        yield Filled(pool, view, why_none, left_out)


def fill_from_log(
    pool: Pool,
    session: Session,
    view: View,
    why_none: str,
    *,
    declined: bool = True,
    only: Collection[bytes] | None = None,
) -> int:
    """Add the remembered documents that are declined now, and that no person gave a class.

    ``declined``: whether those that are answered stay out. ``only``: as for :func:`filled`.

    Returns:
        How many are left out, since another encoder has made their vectors.
    """
    table, classes = session.store.answers, set(view.head.keys.tolist())
    classes_now = ClassesNow(view.rows, view.version)
    all_rows = [classes_now.row(row) for row in table.rows(texts=True)]
    pool.leave_out(_decided_contents(all_rows, view))
    rows = [
        row
        for row in all_rows
        if not (row.person and row.class_key in classes) and (only is None or row.document in only)
    ]
    comparable, encoded, answers = rows_and_answers(table, view, rows, why_none)
    unread = unreadable(encoded)
    for i, (row, key) in enumerate(zip(comparable, answers.keys, strict=True)):
        if declined and key is not None:
            pool.leave_answered(row.content, answers.sureness(i)[1])
    pairs = [
        (row, vector)
        for row, key, illegible, vector in zip(
            comparable, answers.keys, unread, encoded.embeddings, strict=True
        )
        if (key is None or not declined) and not illegible
    ]
    with_text = {row.content for row, _ in pairs if row.text}
    for row, vector in pairs:
        if not row.text and row.content in with_text:
            continue  # of equal documents, one that can become an example
        document = PooledDocument(row.document.hex(), row.id, row.source, row.text)
        document = replace(document, template=(row.template or b"").hex())
        pool.add(document, row.content, vector)
    encoding = view.embedder.encoding
    return sum(row.encoding != encoding and (not declined or row.class_key is None) for row in rows)


def _decided_contents(rows: Iterable[AnswerRow], view: View) -> set[bytes]:
    """Return the contents of documents to which a person gave a class that is there."""
    classes = set(view.head.keys.tolist())
    classes_now = ClassesNow(view.rows, view.version)
    decided = [row for row in rows if row.person]
    return {row.content for row in decided if classes_now.among(row.class_key, classes) is not None}


def fill_from_documents(
    pool: Pool,
    documents: Iterator[Document],
    view: View,
    why_none: str,
    progress: Progress = silent,
    *,
    declined: bool = True,
) -> int:
    """Add those documents that a view declines, or all. Return how many documents there were."""
    n = 0
    for chunk in chunks(map(with_reason, documents)):
        _add(pool, chunk, view, why_none, declined)
        n += len(chunk)
        progress(Step("documents read", n))
    return n


def _add(
    pool: Pool, documents: Sequence[Document], view: View, why_none: str, declined: bool
) -> None:
    encoded = view.embedder.queries(documents)
    texts = DocumentTexts.of_documents(documents)
    answers = view_answers(view, encoded, texts, why_none)
    unread = unreadable(encoded)
    for i, document in enumerate(documents):
        if unread[i] or document.unreadable:
            continue
        vector = encoded.embeddings[i]
        content = content_of(document.text, document.image, vector)
        if declined and answers.keys[i] is not None:
            pool.leave_answered(content, answers.sureness(i)[1])
            continue
        key = document_key(document).hex()
        pool.add(PooledDocument(key, document.id, document.source, document.text), content, vector)
