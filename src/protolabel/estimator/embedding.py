"""Texts to vectors for an estimator. The encoder is loaded when it is first needed.

A pickled estimator holds no loaded encoder of ours, only its name; another object goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from protolabel.arithmetic.passage_focus import focused
from protolabel.arrays import Floats, Mask, Metric
from protolabel.encoders import as_encoder, compatible, name_of_encoder, reads, variant_of
from protolabel.encoders.embedder import Embedder
from protolabel.encoders.locate import DEFAULT
from protolabel.encoders.provenance import provenance_of
from protolabel.encoders.readability import unreadable
from protolabel.errors import EncoderError, EncoderMismatchError
from protolabel.readers.fields import check_text
from protolabel.readers.text_evidence import with_reason
from protolabel.types import Document, VectorSpace

WHERE = "the estimator"


class TextEmbedding:
    """The encoder that an estimator was fitted with.

    Args:
        encoder: a name, a folder, an object or a function; None for the default encoder.
        metric: vectors come at unit length where it is cosine.
        fingerprint: of the encoder that the vectors are of; None where there are none yet.
    """

    def __init__(self, encoder: object, metric: Metric, fingerprint: str | None = None) -> None:
        self.source: Any = DEFAULT if encoder is None else encoder
        self.metric: Metric = metric
        self._fingerprint = fingerprint
        self._embedder: Embedder | None = None

    @property
    def name(self) -> str:
        """Return the encoder's name or folder; empty for an object."""
        return name_of_encoder(self.source)

    @property
    def used(self) -> bool:
        """Return whether any vector is of the encoder."""
        return self._fingerprint is not None

    @property
    def dim(self) -> int:
        """Return the dimensions d of a vector."""
        return self._loaded_embedder().dim

    @property
    def fingerprint(self) -> str:
        """Return the identity of the vector space."""
        return (
            self._loaded_embedder().fingerprint if self._fingerprint is None else self._fingerprint
        )

    def documents(self, texts: Sequence[str], focus: Floats | None = None) -> tuple[Floats, Mask]:
        """Return vectors ``(n, d)``, and which texts the encoder could not read ``(n,)``.

        ``focus``: the descriptions ``(k, d)`` that the passages of queries are weighed by; None for
        examples. A query whose text is no evidence was not read, and has a vector of zeros.

        Raises:
            InputError: the text of an example is no evidence.
        """
        documents = [Document(str(i), text) for i, text in enumerate(texts)]
        if focus is not None:
            documents = [with_reason(document) for document in documents]
        else:
            for i, text in enumerate(texts):
                check_text(text, f"document {i}")
        encoded = self._loaded_embedder().queries(documents)
        if focus is not None:
            encoded = focused(encoded, focus)
        return encoded.embeddings, unreadable(encoded)

    def descriptions(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of descriptions. *Shape:* n texts -> ``(n, d)`` float32."""
        return self._loaded_embedder().texts(texts)

    def learned(self, digests: Sequence[tuple[str, ...]], texts: Sequence[str | None]) -> Mask:
        """Return which documents the encoder has learned from, or nearly. *Shape:* ``(n,)``.

        All of them where its folder should say which, and is damaged.
        """
        loaded = [] if self._embedder is None else [self._embedder.encoder()]
        provenance = provenance_of(*loaded, self.source)
        if provenance.damaged:
            return np.ones(len(texts), bool)
        return provenance.documents.include(digests, texts)

    def _loaded_embedder(self) -> Embedder:
        if self._embedder is None:
            encoder = as_encoder(self.source)
            if "text" not in reads(encoder).split():
                raise EncoderError(
                    f"the encoder {encoder.fingerprint}, which reads no texts",
                    expected="an encoder of texts",
                    remedy="give X as vectors, or another encoder",
                )
            identity = self._fingerprint or encoder.fingerprint
            encoder = variant_of(encoder, identity)
            if not compatible(encoder.fingerprint, identity):
                raise EncoderMismatchError(
                    f"encoder {encoder.fingerprint}",
                    expected=f"{identity}, which the estimator was fitted with",
                    remedy="fit again with the encoder that is there now",
                )
            space = VectorSpace(1, identity, self.name, encoder.dim, reads(encoder))
            self._embedder = Embedder(lambda: encoder, space, metric=self.metric, where=WHERE)
            self._fingerprint = identity
            self._embedder.encoder()  # refuses one that does not suit the metric
        return self._embedder

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_embedder": None}
