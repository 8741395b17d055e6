"""Documents to vectors, without torch: texts and images, one protocol, one cache, one way in.

Importing this package loads no inference engine; :func:`load_encoder` does.
"""

from protolabel.encoders.checked_output import encode_documents, encode_images
from protolabel.encoders.fingerprint import compatible
from protolabel.encoders.load import (
    as_encoder,
    load_encoder,
    load_recorded,
    name_of_encoder,
    variant_of,
)
from protolabel.encoders.protocol import AnyEncoder, Encoder, ImageEncoder, PassageEncoder, reads
from protolabel.encoders.wrappers import CallableEncoder, PrecomputedEncoder

__all__ = [
    "AnyEncoder",
    "CallableEncoder",
    "Encoder",
    "ImageEncoder",
    "PassageEncoder",
    "PrecomputedEncoder",
    "as_encoder",
    "compatible",
    "encode_documents",
    "encode_images",
    "load_encoder",
    "load_recorded",
    "name_of_encoder",
    "reads",
    "variant_of",
]
