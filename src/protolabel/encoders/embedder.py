"""Documents to checked vectors of one label space: the only way in for all three kinds.

Texts, images and embeddings. It loads the encoder when the first text or image comes, compares its
fingerprint with the label space's, and brings vectors to unit length where the metric is cosine. It
keeps no vectors.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import count

import numpy as np

from protolabel.arithmetic.fixed_point import size_error, unrepresentable
from protolabel.arrays import Floats, Mask, Metric, unit
from protolabel.documents import name_in_errors
from protolabel.encoders import AnyEncoder, Encoder, ImageEncoder, encode_documents, encode_images
from protolabel.encoders.brought_embedding import brought_embedding
from protolabel.encoders.mismatch import check_fingerprint, check_metric, moved_on
from protolabel.encoders.readability import unreadable
from protolabel.errors import EncoderError, ImageError, InputError, ItemError, TextError
from protolabel.images import decoded, kind
from protolabel.system.forks import ProcessGuard
from protolabel.types import Document, Encoded, Example, VectorSpace
from protolabel.words.text import has_visible_text


class Embedder:
    """Embeds for one label space in one of its encodings. ``load`` is called once, at the first
    text or image.

    ``replaced``: another process moved the label space to this encoding while its caller, who may
    not know, has it open: embeddings that come with documents are then refused.
    """

    def __init__(
        self,
        load: Callable[[], AnyEncoder],
        encoding: VectorSpace,
        *,
        metric: Metric,
        where: str,
        replaced: bool = False,
    ) -> None:
        self._load = load
        self.encoding, self.dim = encoding.number, encoding.dim
        self.fingerprint = encoding.fingerprint
        self.metric, self.where, self._replaced = metric, where, replaced
        self._reads = encoding.reads.split()
        self._guard, self._lock = ProcessGuard(where), threading.Lock()
        self._encoder: AnyEncoder | None = None
        self.loading_seconds = 0.0  # that it took to load the encoder, once it is loaded

    @property
    def reads_text(self) -> bool:
        """False where all vectors are made elsewhere or of images: names cannot be embedded."""
        return "text" in self._reads

    @property
    def reads_images(self) -> bool:
        """Whether documents may be images."""
        return "images" in self._reads

    def encoder(self) -> AnyEncoder:
        """Return the encoder, loaded.

        Raises:
            EncoderMismatchError: it is another than the space's own.
            EncoderError: its vectors do not suit the metric.
        """
        self._guard.require()
        with self._lock:
            if self._encoder is None:
                start = time.perf_counter()
                encoder = self._load()
                self.loading_seconds = time.perf_counter() - start
                check_fingerprint(encoder, self.fingerprint, self.where)
                check_metric(encoder, self.metric)
                self._encoder = encoder
            return self._encoder

    def texts(self, texts: Sequence[str]) -> Floats:
        """Embed texts whole. *Shape:* n texts -> ``(n, d)`` float32.

        Raises InputError where the encoder reads images alone.
        """
        return self.texts_and_unreadable(texts)[0]

    def texts_and_unreadable(
        self, texts: Sequence[str], names: Sequence[str] = ()
    ) -> tuple[Floats, Mask]:
        """Embed texts as :meth:`texts` does, and say which of them the encoder could not read.

        ``names``: what errors call each text, where not by its position.

        *Shape:* n texts -> ``(n, d)`` float32 and ``(n,)`` bool.
        """
        if self.reads_images and not self.reads_text:
            raise InputError(
                "words for a label space of images",
                expected=f"examples: its encoder {self.fingerprint} reads no words",
                remedy="show the class by its images: protolabel add SPACE CLASS FILE...",
            )
        names = names or [f"text {i}" for i in range(len(texts))]
        encoded = self._encoded_texts(list(texts), names)
        return self._usable_vectors(encoded, names).embeddings, unreadable(encoded)

    def names(self, names: Sequence[str]) -> list[Floats | None]:
        """Embed class names, or a few words of a text: None for one that the encoder cannot read.

        The same holds for one whose vector is zero.
        """
        encoded = self._encoded_texts(list(names), [repr(name) for name in names])
        vectors = unit(encoded.embeddings) if self.metric == "cosine" else encoded.embeddings
        empty = unreadable(encoded) | ~vectors.any(axis=1)
        return [None if empty[i] else vectors[i] for i in range(len(names))]

    def documents(
        self, documents: Sequence[Document | Example], positions: Iterable[int] = ()
    ) -> Encoded:
        """Embed documents, taking embeddings that they bring as they are.

        ``positions``: those in the call of the user, where not 0, 1 and so on. They name documents
        that have neither source nor id.

        Raises InputError, naming the document, for one that has neither text nor image nor
        embedding, or of a kind that the encoder does not read, an empty text, a damaged image, or
        an embedding of the wrong size or with values that are not finite.
        """
        return self._encoded_documents(documents, positions or count(), zeros=False)

    def _encoded_documents(
        self, documents: Sequence[Document | Example], positions: Iterable[int], *, zeros: bool
    ) -> Encoded:
        """Embed documents; ``zeros``: whether the vector of a text may be zero."""
        names = [name_in_errors(one, i) for one, i in zip(documents, positions, strict=False)]
        for place, document in enumerate(documents):
            self._check(document, names[place], place)
        bare = [i for i, document in enumerate(documents) if document.embedding is None]
        texts = [i for i in bare if documents[i].image is None]
        images = [i for i in bare if documents[i].image is not None]
        contents = [documents[i].text or "" for i in texts]
        try:
            encoded = self._encoded_texts(contents, [names[i] for i in texts])
        except TextError as error:
            raise error.at(texts[error.position]) from error
        shares = np.zeros((len(documents), 2), np.float32)
        vectors = np.zeros((len(documents), self.dim), dtype=np.float32)
        for i, document in enumerate(documents):
            if document.embedding is not None:
                if self._replaced:
                    raise moved_on(f"{names[i]}: an embedding", self.fingerprint, self.where)
                vectors[i] = brought_embedding(document, names[i], self.dim)
        if texts:
            vectors[texts] = encoded.embeddings
            if encoded.unread_shares is not None:
                shares[texts] = encoded.unread_shares
            if zeros:
                present = encoded.embeddings.any(axis=1, keepdims=True)
                shares[texts] = np.where(present, shares[texts], (1, 0))
        if images:
            try:
                vectors[images] = self._image_vectors(
                    [documents[i] for i in images], [names[i] for i in images]
                )
            except ImageError as error:
                raise error.at(images[error.position]) from error
        whole = encoded.owned_by(np.asarray(texts, np.int64), vectors)
        whole = replace(whole, unread_shares=shares)
        return self._usable_vectors(whole, names, shares[:, 0] < 1 if zeros else True)

    def _encoded_texts(self, texts: list[str], names: Sequence[str]) -> Encoded:
        """Embed texts; an error about one of them has its name."""
        if not texts:
            return Encoded.empty(self.dim)
        encoder = self.encoder()
        if not isinstance(encoder, Encoder):
            raise EncoderError(f"{self.fingerprint} reads no texts", expected="one that does")
        try:
            return encode_documents(encoder, texts)
        except TextError as error:
            raise error.about(names[error.position]) from error

    def _image_vectors(
        self, documents: Sequence[Document | Example], names: Sequence[str]
    ) -> Floats:
        encoder = self.encoder()
        if not isinstance(encoder, ImageEncoder):
            raise EncoderError(f"{self.fingerprint} reads no images", expected="one that does")
        try:
            return encode_images(encoder, [d.image or b"" for d in documents])
        except ImageError as error:
            raise error.about(names[error.position]) from error
        except Exception:  # an encoder that decodes by itself: was it one of the images?
            for place, (document, name) in enumerate(zip(documents, names, strict=True)):
                self._decodable(document, name, place)
            raise

    def queries(self, documents: Sequence[Document], first: int = 0) -> Encoded:
        """Embed documents that are to be answered, as :meth:`documents` does.

        What its reader found unreadable is not encoded. It has the share 1 of unknown tokens, as
        has a text whose vector is zero, such as one of unseen words to TF-IDF.
        """
        rows = [row for row, document in enumerate(documents) if not document.unreadable]
        try:
            readable = [documents[row] for row in rows]
            encoded = self._encoded_documents(readable, count(first), zeros=True)
        except ItemError as error:
            raise error.at(rows[error.position]) from error
        return encoded if len(rows) == len(documents) else encoded.among(rows, len(documents))

    def _usable_vectors(
        self, encoded: Encoded, names: Sequence[str], rows: Mask | bool = True
    ) -> Encoded:
        """Return vectors as the metric wants them, and refuse those that it cannot compare.

        ``rows``: which of them must have a direction, where that counts: all, or a mask ``(n,)``.
        """
        if self.metric != "cosine":
            self._summable(encoded.embeddings, names)
            return encoded
        encoded = encoded.unit()
        zero = ~encoded.embeddings.any(axis=1) & rows
        if zero.any():
            raise InputError(
                f"{names[int(zero.argmax())]}: a vector of zeros",
                expected="a vector with a direction (the metric is cosine)",
            )
        return encoded

    def _summable(self, vectors: Floats, names: Sequence[str]) -> None:
        """Refuse vectors whose sums would overflow or lose their digits."""
        rows = unrepresentable(vectors)
        if len(rows):
            raise size_error(vectors[rows[0]], names[int(rows[0])])

    def _check(self, document: Document | Example, name: str, place: int) -> None:
        """Refuse what cannot be encoded, before anything is."""
        if document.image is not None:
            if document.text is not None:
                raise InputError(
                    f"{name}: a text and an image",
                    expected="one of the two",
                    remedy="give them as two documents",
                )
            self._decodable(document, name, place, wholly=document.embedding is not None)
        if document.embedding is not None:
            return
        if document.text is None and document.image is None:
            raise InputError(
                f"{name}: neither text nor image nor embedding",
                expected='"text", "image" or "embedding"',
            )
        if document.image is not None:
            if not self.reads_images:
                raise self._image_refused(name)
        elif self.reads_images and not self.reads_text:
            raise InputError(
                f"{name}: a text for a label space of images",
                expected="an image (PNG or JPEG), or an embedding",
                remedy="give .png or .jpg files; for texts make a label space with a text encoder",
            )
        elif not has_visible_text(document.text or ""):
            raise InputError(
                f"{name}: an empty text",
                expected="at least one visible character",
                remedy="drop the document",
            )

    def _decodable(
        self, document: Document | Example, name: str, place: int, *, wholly: bool = True
    ) -> None:
        """Refuse what is no image; ``wholly``: also one that is damaged, which costs decoding.

        ``place``: among those given together.
        """
        image = document.image or b""
        try:
            (decoded if wholly else kind)(image)
        except ImageError as error:
            raise error.at(place).about(name) from error

    def _image_refused(self, name: str) -> InputError:
        if not self.reads_text:
            return InputError(
                f"{name}: an image for a label space of vectors made elsewhere",
                expected=f"documents that bring their embedding of {self.dim} numbers",
                remedy="give it an embedding too, or make a label space with an image encoder",
            )
        return InputError(
            f"{name}: an image for a label space of texts",
            expected="a text, or an embedding",
            remedy="extract its text with an OCR program, or make a label space with an image "
            "encoder: protolabel init SPACE --encoder FOLDER",
        )
