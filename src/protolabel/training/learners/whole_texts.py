"""The vectors of whole texts, as an encoder that still learns will make them once it is written.

Windows and pooling are those of the inference path; the learner's network embeds the windows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from protolabel.arithmetic.passages import pool_passages
from protolabel.arrays import Floats
from protolabel.encoders.text.windows import Window, Windower

EmbedWindows = Callable[[list[npt.NDArray[np.int32]]], Floats]
"""Token numbers of m windows -> (m, d) float32 of unit length."""


def whole_vectors(windower: Windower, texts: Sequence[str], embed: EmbedWindows) -> Floats:
    """Return the vectors of texts, however long. *Shape:* n texts -> ``(n, d)`` float32."""
    windows = list(windower.windows(texts))
    vectors = embed([window.ids for window in windows])
    out = np.empty((len(texts), vectors.shape[1]), np.float32)
    first = 0
    for end, window in enumerate(windows, 1):
        if window.last:
            one = slice(first, end)
            out[window.owner] = _pooled(windows[one], vectors[one], windower.n_special)
            first = end
    return out


def _pooled(windows: Sequence[Window], vectors: Floats, n_special: int) -> Floats:
    """Return the vector (d,) of one text from those of its windows (w, d)."""
    if windows[0].whole:
        alone: Floats = vectors[0]
        return alone
    begins = np.array([window.beginning for window in windows])
    sizes = [max(1, window.ids.size - n_special) for window in windows if not window.beginning]
    beginnings = vectors[begins] if begins.any() else None
    return pool_passages(vectors[~begins], np.array(sizes, np.int64), beginnings).embedding
