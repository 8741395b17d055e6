"""What an encoder is: texts or images in, vectors out, and an identity. Not how any of them works.

Any object with the three members of one of these is an encoder; nothing has to be inherited. One
that has both ``encode`` and ``encode_images`` reads texts and images into one space.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from protolabel.arrays import Embeddings
    from protolabel.types import Encoded


@runtime_checkable
class Encoder(Protocol):
    """Maps texts to vectors.

    ``fingerprint`` identifies weights, tokenizer, pooling and precision: two encoders with the
    same fingerprint give the same vectors.
    """

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""

    @property
    def fingerprint(self) -> str:
        """Identity of the vector space."""

    def encode(self, texts: Sequence[str]) -> Embeddings:
        """Embed texts whole: (n, d) float32, in the order given. Nothing is cut off in silence."""


@runtime_checkable
class PassageEncoder(Encoder, Protocol):
    """An encoder that can also say which passage of a long text looks like what."""

    def encode_documents(self, texts: Sequence[str]) -> Encoded:
        """Encode as :meth:`encode`, with the passages of texts that exceed the encoder's window."""


@runtime_checkable
class ImageEncoder(Protocol):
    """Maps images to vectors; need not know any words.

    ``fingerprint`` identifies weights, precision, and how a file becomes an array.
    """

    @property
    def dim(self) -> int:
        """Dimensions d of an embedding."""

    @property
    def fingerprint(self) -> str:
        """Identity of the vector space."""

    def encode_images(self, images: Sequence[bytes]) -> Embeddings:
        """Embed PNG and JPEG files: (n, d) float32, in the order given.

        Raises ImageError, with its position, for one that cannot be used.
        """


AnyEncoder = Encoder | ImageEncoder


def reads(encoder: AnyEncoder) -> str:
    """Return what an encoder reads, as a label space notes it: ``text``, ``images`` or both.

    Empty where all vectors are made elsewhere.
    """
    kinds = []
    if isinstance(encoder, Encoder) and not encoder.fingerprint.startswith("precomputed:"):
        kinds.append("text")
    if isinstance(encoder, ImageEncoder):
        kinds.append("images")
    return " ".join(kinds)
