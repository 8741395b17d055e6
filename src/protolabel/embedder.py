"""Documents to checked vectors of one label space: the only way in for texts and embeddings.

It loads the encoder when the first text comes, holds it to the label space's fingerprint, and
brings vectors to unit length where the metric is cosine. It keeps no vectors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from protolabel.encoders import Encoder, compatible, encode_documents
from protolabel.errors import EncoderMismatchError, InputError
from protolabel.prototypes import Floats, Metric, unit
from protolabel.store import Encoding
from protolabel.types import Document, Encoded, Example

Loader = Callable[[], Encoder]


class Embedder:
    """Embeds for one label space in one of its encodings. ``load`` is called once, at the first
    text.

    ``moved``: another process moved the label space to this encoding while its caller, who may not
    know, has it open: embeddings that come with documents are then refused.
    """

    def __init__(
        self, load: Loader, encoding: Encoding, *, metric: Metric, where: str, moved: bool = False
    ) -> None:
        self._load = load
        self.encoding, self.dim, self.fingerprint = (
            encoding.number,
            encoding.dim,
            encoding.fingerprint,
        )
        self.metric, self.where, self._moved = metric, where, moved
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    @property
    def reads_text(self) -> bool:
        """False where all vectors are made elsewhere, so that names cannot be embedded."""
        return not self.fingerprint.startswith("precomputed:")

    def encoder(self) -> Encoder:
        """The encoder, loaded. Raises EncoderMismatchError for another than the space's own."""
        with self._lock:
            if self._encoder is None:
                encoder = self._load()
                check_fingerprint(encoder, self.fingerprint, self.where)
                self._encoder = encoder
            return self._encoder

    def texts(self, texts: Sequence[str]) -> Floats:
        """Embed texts whole. *Shape:* n texts -> ``(n, d)`` float32."""
        return self._finished(self._encoded(list(texts)).embeddings, texts)

    def documents(self, documents: Sequence[Document | Example]) -> Encoded:
        """Embed documents, taking embeddings that they bring as they are.

        Raises InputError, naming the document, for one that has neither text nor embedding, an
        empty text, or an embedding of the wrong size or with values that are not finite.
        """
        positions = [i for i, d in enumerate(documents) if d.embedding is None]
        texts = [self._text(documents[i]) for i in positions]
        if len(positions) == len(documents):
            encoded = self._encoded(texts)
            return self._normalised(encoded, documents)
        vectors = np.zeros((len(documents), self.dim), dtype=np.float32)
        for i, document in enumerate(documents):
            if document.embedding is not None:
                vectors[i] = self._brought(document)
        encoded = self._encoded(texts)
        vectors[positions] = encoded.embeddings
        owner = np.asarray(positions, dtype=np.int64)[encoded.passage_owner]
        whole = Encoded(vectors, encoded.passage_embeddings, owner, encoded.passage_spans)
        return self._normalised(whole, documents)

    def _encoded(self, texts: list[str]) -> Encoded:
        if not texts:
            none = np.zeros((0, self.dim), dtype=np.float32)
            return Encoded(none, none, np.zeros(0, np.int64), np.zeros((0, 2), np.int64))
        return encode_documents(self.encoder(), texts)

    def _normalised(self, encoded: Encoded, documents: Sequence[Document | Example]) -> Encoded:
        embeddings = self._finished(encoded.embeddings, documents)
        passages = encoded.passage_embeddings
        if self.metric == "cosine":
            passages = unit(passages)
        return Encoded(embeddings, passages, encoded.passage_owner, encoded.passage_spans)

    def _finished(self, vectors: Floats, origins: Sequence[object]) -> Floats:
        if self.metric != "cosine":
            return vectors
        vectors = unit(vectors)
        zero = np.flatnonzero(~vectors.any(axis=1))
        if len(zero):
            raise InputError(
                f"{_name(origins[int(zero[0])])}: a vector of zeros",
                expected="a vector with a direction (the metric is cosine)",
            )
        return vectors

    def _text(self, document: Document | Example) -> str:
        if document.text is None:
            raise InputError(
                f"{_name(document)}: neither text nor embedding",
                expected='"text", or "embedding"',
            )
        if not document.text.strip():
            raise InputError(
                f"{_name(document)}: an empty text",
                expected="at least one visible character",
                remedy="drop the document",
            )
        return document.text

    def _brought(self, document: Document | Example) -> Floats:
        if self._moved:
            raise moved_on(f"{_name(document)}: an embedding", self.fingerprint, self.where)
        vector = np.asarray(document.embedding, dtype=np.float32)
        if vector.shape != (self.dim,):
            raise InputError(
                f"{_name(document)}: an embedding of shape {vector.shape}",
                expected=f"shape ({self.dim},), as this label space has",
                remedy="use the encoder that the label space was made with",
            )
        if not np.isfinite(vector).all():
            raise InputError(
                f"{_name(document)}: an embedding with values that are not finite (NaN or inf)",
                expected="finite numbers",
                remedy="drop the document, or compute its embedding again",
            )
        return vector


def check_fingerprint(encoder: Encoder, fingerprint: str, where: str) -> None:
    """Raise EncoderMismatchError unless the encoder's vectors may meet the label space's."""
    if not compatible(encoder.fingerprint, fingerprint):
        raise EncoderMismatchError(
            f"encoder {encoder.fingerprint}",
            expected=f"{fingerprint}, whose vectors {where} holds",
            remedy="open it with that encoder, or move the label space to the other one: "
            f"protolabel reencode {where} --encoder NAME",
        )


def moved_on(got: str, fingerprint: str, where: str) -> EncoderMismatchError:
    """What is got was meant for the encoder that the label space had when it was opened."""
    return EncoderMismatchError(
        got,
        expected=f"one of {fingerprint}, to which {where} was moved meanwhile",
        remedy=f"open it again with that encoder, or undo the move: protolabel undo {where}",
    )


def _name(document: object) -> str:
    source = getattr(document, "source", "")
    identity = getattr(document, "id", "")
    return source or (f"document {identity!r}" if identity else repr(document)[:60])
