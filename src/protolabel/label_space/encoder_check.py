"""Whether a caller's own encoder still makes the vectors that a label space holds.

A fingerprint is only what an encoder says of itself. So a few stored texts are encoded again and
compared with their vectors.
"""

from __future__ import annotations

import numpy as np

from protolabel.encoders.embedder import Embedder
from protolabel.errors import EncoderMismatchError
from protolabel.store import Rows

MOST_TEXTS = 3  # that are encoded
MOST_ITEMS = 64  # that are searched for a text
TOLERANCE = 0.02  # of the stored vector's length; bf16 against f32 stays below 0.015


def require_same_vectors(rows: Rows, embedder: Embedder) -> None:
    """Refuse an encoder that makes other vectors of a label space's own texts.

    Raises:
        EncoderMismatchError: most of a few texts have other vectors than those in the file.
    """
    version = rows.version()
    items = [*rows.descriptions().values(), *rows.example_items(version)[:MOST_ITEMS].tolist()]
    items = items[:MOST_ITEMS]
    texts = dict(zip(items, rows.texts(items), strict=True))
    sample = {item: text for item, text in texts.items() if text is not None}
    stored = rows.vectors_of(list(sample), rows.encoding(version))
    items = [item for item in sample if item in stored][-MOST_TEXTS:]
    if not items:
        return
    vectors = embedder.names([sample[item] for item in items])
    zeros = np.zeros(embedder.dim, np.float32)
    new = np.stack([zeros if vector is None else vector for vector in vectors])
    earlier = np.stack([stored[item] for item in items]).astype(np.float64)
    lengths = np.linalg.norm(earlier, axis=1)
    distances = np.linalg.norm(new - earlier, axis=1)
    is_different = distances > TOLERANCE * lengths
    if 2 * int(is_different.sum()) > len(items):
        first = int(np.flatnonzero(is_different)[0])
        raise EncoderMismatchError(
            f"encoder {embedder.fingerprint}, whose vector of a stored text is "
            f"{distances[first]:.3g} away from the stored one, of length {lengths[first]:.3g}",
            expected=f"the encoder that made the vectors in {embedder.where}",
            remedy="open it with that encoder, or open it without one and move it: "
            "LabelSpace.reencode(encoder), with a fingerprint of its own",
        )
