"""What an image file is: its kind, size, thumbnail and ``data:`` address. No arrays, no paths.

Everything here works on the bytes of PNG and JPEG files. Pillow decodes them and is loaded at the
first image. The arrays that an encoder reads are made in ``encoders/image/pixels.py``.
"""

from __future__ import annotations

import base64
import binascii
import io
from contextlib import suppress
from typing import Any, Literal

import numpy as np

from protolabel.errors import ImageError

Background = Literal["light", "dark"]

MOST_BYTES = 7 * 2**20  # of a file: in base64 it fits on a line that a reader takes
MOST_PIXELS = 50_000_000  # width x height: 200 MB once decoded
THUMBNAIL = 64  # pixels of the longer side

_STRIP_PIXELS = 2**20  # converted at a time

_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG markers that state the size


def kind(data: bytes) -> str:
    """Return ``png`` or ``jpeg``, by the first bytes.

    Raises:
        ImageError: another kind of file, or one of more than ``MOST_BYTES``.
    """
    if not isinstance(data, bytes):
        raise ImageError(
            f"an image of type {type(data).__name__}",
            expected="the bytes of a PNG or JPEG file",
            remedy="read the file: Path(...).read_bytes()",
        )
    name = next((name for magic, name in _KINDS if data.startswith(magic)), None)
    if name is None:
        raise ImageError(
            "neither a PNG nor a JPEG image" if data else "an image of no bytes",
            expected="the bytes of a PNG or JPEG file",
            remedy="convert it to PNG",
        )
    if len(data) > MOST_BYTES:
        raise ImageError(
            f"an image of {len(data):,} bytes",
            expected=f"at most {MOST_BYTES:,} bytes",
            remedy="save it smaller: encoders look at far fewer pixels",
        )
    return name


def thumbnail(data: bytes) -> bytes:
    """Return the same picture as a PNG of at most 64 x 64 pixels, transparent parts white.

    Raises:
        ImageError: the image cannot be used.
    """
    from PIL import Image

    small = flat(decoded(data), "light")
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    small.save(stream, "PNG")
    return stream.getvalue()


def decoded(data: bytes) -> Any:
    """Return a Pillow image, decoded whole and upright.

    Raises:
        ImageError: no PNG or JPEG, too large, cut short or damaged.
    """
    from PIL import Image, ImageOps

    kind(data)
    width, height = _stated_size(data)
    if width * height > MOST_PIXELS:
        raise _too_large(width, height)
    try:
        image: Any = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
        if image.width * image.height > MOST_PIXELS:
            raise _too_large(image.width, image.height)
        image.load()
        with suppress(Exception):  # damaged metadata say nothing: the picture is as it lies
            ImageOps.exif_transpose(image, in_place=True)  # a picture that lies upright: no copy
    except (ImageError, MemoryError):
        raise
    except Exception as error:  # a decoder fails in many ways, which all mean the same
        reason = str(error).partition("<")[0].strip() or type(error).__name__
        raise ImageError(
            f"a {kind(data).upper()} image that cannot be decoded ({reason})",
            expected="a whole PNG or JPEG file",
            remedy="save or copy the image again",
        ) from error
    return image


def flat(image: Any, background: Background) -> Any:
    """Return the same picture without transparency, of mode L or RGB.

    Large pictures are converted strip by strip, so that the copies a conversion needs stay small.
    """
    from PIL import Image

    if image.mode in ("L", "RGB") and not image.has_transparency_data:
        return image  # a copy of a large picture would double the memory
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    if height <= rows:
        return _flat_strip(image, background)
    whole = None
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(height, top + rows)))
        strip = _flat_strip(strip, background)
        whole = whole or Image.new(strip.mode, image.size)
        whole.paste(strip, (0, top))
    return whole


def _flat_strip(image: Any, background: Background) -> Any:
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits a pixel: the upper eight, as in other 16-bit modes
        deep = np.asarray(image)
        upper = Image.fromarray((deep >> 8).astype(np.uint8))
        transparent = image.info.get("transparency")
        if transparent is None:
            return upper
        upper.putalpha(Image.fromarray(np.where(deep == transparent, 0, 255).astype(np.uint8)))
        image = upper
    if image.has_transparency_data:
        image = image.convert("RGBA")
        shade = 255 if background == "light" else 0
        paper = Image.new("RGBA", image.size, (shade, shade, shade, 255))
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _stated_size(data: bytes) -> tuple[int, int]:
    """Return width and height as the header states them; 0, 0 without a header."""
    if data.startswith(_KINDS[0][0]):
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _FRAMES:
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        filler = data[at + 1] == 0xFF
        at += 1 if filler else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0


def _too_large(width: int, height: int) -> ImageError:
    return ImageError(
        f"an image of {width:,} x {height:,} pixels",
        expected=f"at most {MOST_PIXELS:,} pixels",
        remedy="save it smaller: encoders look at far fewer pixels",
    )


def data_address(data: bytes) -> str:
    """Return an image as text for JSON: ``data:image/png;base64,...``."""
    return f"data:image/{kind(data)};base64,{base64.b64encode(data).decode('ascii')}"


def from_data_address(text: str) -> bytes:
    """Return the image in a ``data:`` address.

    Raises:
        ImageError: not base64, or no PNG or JPEG.
    """
    head, _, body = text.partition(",")
    try:
        if not head.lower().startswith("data:image/") or not head.lower().endswith(";base64"):
            raise ValueError("it begins " + repr(text[:30]))
        data = base64.b64decode(body, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ImageError(
            f"a data: address that cannot be read ({error})",
            expected="data:image/png;base64,... or data:image/jpeg;base64,...",
            remedy="encode the bytes of the file in base64",
        ) from error
    kind(data)
    return data
