"""What an encoder is: texts in, vectors out, and an identity. Not how any of them works.

Any object with these three members will do; nothing has to be inherited.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from protolabel.types import Embeddings, Encoded


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
        """As :meth:`encode`, with the passages of texts that exceed the encoder's window."""
