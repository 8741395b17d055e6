"""PNG and JPEG files -> the arrays that an image encoder reads. It decodes through ``images``.

A picture is decoded at its full size, one at a time: decoders that reduce a JPEG while they read it
give other pixels, hence other vectors than label spaces hold under the same fingerprint. Memory is
bounded by the size that the header states, which is checked before anything is decoded.
"""

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
    """Return images as an encoder takes them: upright, opaque, square.

    Images are turned as EXIF says and stretched to the square with antialiasing.

    Args:
        images: the bytes of PNG and JPEG files.
        size: pixels of a side of the square.
        channels: 1 for grey, 3 for RGB.
        background: the shade of what is transparent. Light ones are inverted, so that ink is 1.

    Returns:
        (n, channels, size, size) float32, C-contiguous, from 0 to 1.

    Raises:
        ImageError: one cannot be used; its ``position`` says which.
    """
    from PIL import Image

    mode = "L" if channels == 1 else "RGB"
    out = np.empty((len(images), channels, size, size), np.float32)
    for row, data in enumerate(images):
        try:
            image = flat(decoded(data), background)
        except ImageError as error:
            raise error.at(row) from error
        if image.mode != mode:  # Pillow's convert copies even where there is nothing to convert
            image = image.convert(mode)
        square = image.resize((size, size), Image.Resampling.LANCZOS)
        pixels = np.asarray(square, np.float32).reshape(size, size, channels)
        out[row] = pixels.transpose(2, 0, 1)
    out /= 255
    return 1 - out if background == "light" else out
