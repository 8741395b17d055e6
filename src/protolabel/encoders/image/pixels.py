"""PNG and JPEG files -> the arrays that an image encoder reads. It decodes through ``images``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from protolabel.errors import ImageError
from protolabel.images import Background, decoded, flat

RULE = "images=1"  # changes whenever the same file would give another array


def arrays(
    images: Sequence[bytes], *, size: int, channels: int, background: Background
) -> npt.NDArray[np.float32]:
    """Images as an encoder takes them: (n, channels, size, size) float32, 0 to 1, C-contiguous.

    Upright (EXIF), transparent parts as ``background``, grey for one channel and RGB for three,
    stretched to the square with antialiasing; on a light background inverted, so that ink is 1.

    Raises:
        ImageError: one cannot be used; its ``position`` says which.
    """
    from PIL import Image

    out = np.empty((len(images), channels, size, size), np.float32)
    for at, data in enumerate(images):
        try:
            image = flat(decoded(data), background).convert("L" if channels == 1 else "RGB")
        except ImageError as error:
            raise error.at(at) from error
        square = image.resize((size, size), Image.Resampling.LANCZOS)
        pixels = np.asarray(square, np.float32).reshape(size, size, channels)
        out[at] = pixels.transpose(2, 0, 1)
    out /= 255
    return 1 - out if background == "light" else out
