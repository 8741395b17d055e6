"""Pictures of text -> text: scanned pages and photos. Tesseract first, RapidOCR where it is unsure.

The engines are loaded at the first picture that needs them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from protolabel.readers.formats import rapid, tesseract
from protolabel.readers.formats.extraction import (
    Extraction,
    RefusalError,
    Request,
    Text,
    tidy,
)
from protolabel.readers.formats.tesseract import RecognisedText
from protolabel.words.text import PAGE_END, first_line

MOST_PAGES = 20
"""How many pages of one document are read so; each takes about a second."""
MOST_UNSURE = 5
"""How many of them are read more than once, which takes up to ten seconds each."""
MOST_SECONDS = 40.0
"""No page of a document gets another look once such looks have taken so long."""
LEGIBLE = 60.0
"""A page of which Tesseract is less sure may lie upside down: in such pages it is 19 to 46 sure."""
LEAST_CONFIDENCE = 40
"""A page whose words an engine is less sure of, from 0 to 100 on average, holds no text."""
LEAST_SIGNS = 3
"""A page of fewer letters and digits holds no text."""
NOTHING_LEGIBLE = "OCR finds nothing legible, whichever way up"
_MOST_PIXELS = 50_000_000  # of a picture in a file


def is_installed() -> bool:
    """Return whether the extra is there."""
    return tesseract.data_folder() is not None


class Pages:
    """Reads the pictures of one document, in their order, each whichever way it lies."""

    def __init__(self) -> None:
        self._n_unsure, self._seconds, self._is_turned = 0, 0.0, False

    def text_of(self, image: Any) -> str:
        """Return the text in a picture (a Pillow image); empty where there is hardly any.

        Where Tesseract is unsure, it reads the page again, enlarged. Where all that is rubbish, it
        reads the page after half a turn. RapidOCR reads an unsure page too, where it is installed.
        The reading with the surest engine counts. A page is read first in the direction in which
        an earlier one turned out to be legible.
        """
        image = fitting(image)
        image = half_turned(image) if self._is_turned else image
        first = tesseract.read(image)
        if first.confidence >= tesseract.SURE:
            return text_of_best([first])
        self._n_unsure += 1
        readings = self._looks(image, first)
        if 0 < surest(readings).confidence < LEGIBLE and self._seconds < MOST_SECONDS:
            turned = half_turned(image)
            others = self._looks(turned, self._timed(tesseract.read, turned))
            if surest(others).confidence > surest(readings).confidence:
                readings, image = others, turned
                self._is_turned ^= surest(others).confidence >= LEGIBLE
        is_unsure = readings[0].confidence < tesseract.SURE
        if is_unsure and self._has_looks() and rapid_is_there():
            if surest(readings).is_sideways:
                image = turned_left(image)
            readings.append(self._timed(rapid.read, image))
        return text_of_best(readings)

    def _looks(self, image: Any, first: RecognisedText) -> list[RecognisedText]:
        """Return what Tesseract reads in a page that lies so; an unsure look gets another one."""
        if first.confidence >= tesseract.SURE or not self._has_looks():
            return [first]
        return [first, self._timed(tesseract.read_enlarged, image, first)]

    def _has_looks(self) -> bool:
        return self._n_unsure <= MOST_UNSURE and self._seconds < MOST_SECONDS

    def _timed(self, read: Callable[..., RecognisedText], *arguments: Any) -> RecognisedText:
        start = time.monotonic()
        try:
            return read(*arguments)
        finally:
            self._seconds += time.monotonic() - start


def rapid_is_there() -> bool:
    """Return whether RapidOCR is installed and has the letters of all languages installed."""
    return rapid.is_installed() and rapid.can_write(tesseract.languages())


def half_turned(image: Any) -> Any:
    """Return a picture (Pillow) after half a turn."""
    from PIL import Image

    return image.transpose(Image.Transpose.ROTATE_180)


def turned_left(image: Any) -> Any:
    """Return a picture (Pillow) after a quarter of a turn to the left."""
    from PIL import Image

    return image.transpose(Image.Transpose.ROTATE_90)


def surest(readings: Sequence[RecognisedText]) -> RecognisedText:
    """Return the reading with the surest engine; the first of equals."""
    return max(readings, key=lambda reading: reading.confidence)


def text_of_best(readings: Sequence[RecognisedText]) -> str:
    """Return the text of the reading that is surest; empty where none is sure enough.

    So it is where it reads a sign or two, as engines do in drawings and logos.
    """
    best = surest(readings)
    n_signs = sum(map(str.isalnum, best.text))
    is_text = best.confidence >= LEAST_CONFIDENCE and n_signs >= LEAST_SIGNS
    return tidy(best.text) if is_text else ""


def fitting(image: Any) -> Any:
    """Return a picture in grey, on white, and no larger than it takes to read it."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("L")
    scale = (tesseract.MOST_PIXELS / (image.width * image.height)) ** 0.5
    if scale < 1:
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        image = image.resize(size, Image.Resampling.LANCZOS)
    return image


def extract(request: Request) -> Extraction:
    """Return the text of a PNG, JPEG or TIFF file, ``PAGE_END`` between its pages."""
    from PIL import Image, ImageOps, ImageSequence

    text, pages, n = Text(request.limit), Pages(), 0
    try:
        with Image.open(request.path, formats=("PNG", "JPEG", "TIFF")) as picture:
            for n, page in enumerate(ImageSequence.Iterator(picture), start=1):
                if n > MOST_PAGES:
                    break
                if page.width * page.height > _MOST_PIXELS:
                    raise RefusalError(
                        f"a picture of {page.width:,} x {page.height:,} pixels",
                        f"at most {_MOST_PIXELS:,} pixels",
                        "save it smaller",
                    )
                text.add(PAGE_END if n > 1 else "")
                text.add(pages.text_of(ImageOps.exif_transpose(page)))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise RefusalError(
            f"a picture that cannot be read ({first_line(error)})",
            "a whole PNG, JPEG or TIFF file",
            "open it in an image program and save it again, or leave it out",
        ) from error
    notices = [f"only its first {MOST_PAGES} pages are read by OCR"] if n > MOST_PAGES else []
    empty = f"a picture in which {NOTHING_LEGIBLE}"
    return Extraction(str(text), notices=notices, empty=empty)
