"""Pages rendered from the contracts, clean and poor, and what each OCR engine reads in them.

Each reading is kept in ``.bench/ocr`` with its processor seconds and not made again.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.data_sets import require_data
from benchmarks.results import CACHE, kept_result
from protolabel.readers.formats import ocr, rapid, tesseract

DPI = 150
FEW_DPI = 75


def clean(image: Any) -> Any:
    """A page as it is rendered."""
    return image


def few_dots(image: Any) -> Any:
    """A page at half the resolution."""
    from PIL import Image

    size = round(image.width * FEW_DPI / DPI), round(image.height * FEW_DPI / DPI)
    return image.resize(size, Image.Resampling.LANCZOS)


def degraded(image: Any) -> Any:
    """A page as a poor copier gives it: turned, blurred, noisy, and badly compressed."""
    import numpy as np
    from PIL import Image, ImageFilter

    image = image.rotate(0.7, fillcolor=255, resample=Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(0.9))
    noise = np.random.default_rng(0).normal(0, 22, (image.height, image.width))
    pixels = np.clip(np.asarray(image, np.float64) * 0.8 + 30 + noise, 0, 255)
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, "JPEG", quality=30)
    return Image.open(stream)


CONDITIONS: dict[str, Callable[[Any], Any]] = {
    "clean": clean, f"{FEW_DPI} dots per inch": few_dots, "degraded": degraded,
}  # fmt: skip
ENGINES: dict[str, Callable[[Any, tesseract.RecognisedText], tesseract.RecognisedText]] = {
    "first look": lambda image, first: tesseract.read(image),
    "enlarged": tesseract.read_enlarged,
    "RapidOCR": lambda image, first: rapid.read(image),
}
LOOKS = {  # which readings each way has; those after the first only where it is unsure
    "Tesseract, one look": ("first look",),
    "extra `ocr`: Tesseract, a second look where it is unsure": ("first look", "enlarged"),
    "extra `poor-scans`: RapidOCR besides": ("first look", "enlarged", "RapidOCR"),
}


@dataclass(frozen=True)
class Page:
    """A page of a PDF file, by its number from 0."""

    path: Path
    number: int

    def text(self) -> str:
        """The text layer."""
        import pypdfium2

        with pypdfium2.PdfDocument(self.path) as document:
            return str(document[self.number].get_textpage().get_text_range())

    def image(self) -> Any:
        """The page as a grey picture."""
        import pypdfium2

        with pypdfium2.PdfDocument(self.path) as document:
            return document[self.number].render(scale=DPI / 72, grayscale=True).to_pil()


def contracts() -> list[Path]:
    """The PDF files of all contracts."""
    return sorted(Path(require_data("cuad_pdfs")).rglob("*.[pP][dD][fF]"))


def length(path: Path) -> int:
    """The number of pages."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        return len(document)


Outcome = tuple[str, float]  # the text, and processor seconds


def read(page: Page, condition: str, looks: Sequence[str]) -> Outcome:
    """What a way reads in a page."""
    readings, seconds = [], 0.0
    for look in looks:
        reading, cpu = reading_of(page, condition, look)
        readings.append(reading)
        seconds += cpu
        if readings[0].confidence >= tesseract.SURE:
            break
    return ocr.text_of_best(readings), seconds


def reading_of(page: Page, condition: str, look: str) -> tuple[tesseract.RecognisedText, float]:
    """What one look at a page reads, and its processor seconds."""
    name = f"{page.path.stem}-{page.number}-{condition}-{look}".replace(" ", "_")
    make = partial(_reading, page, condition, look)
    record = kept_result(CACHE / "ocr" / f"{name}.json", make)
    return tesseract.RecognisedText(record["text"], record["confidence"]), record["seconds"]


def _reading(page: Page, condition: str, look: str) -> dict[str, object]:
    image = ocr.fitting(CONDITIONS[condition](page.image()))
    warm_up(look)
    first = tesseract.RecognisedText("", 0.0)
    if look == "enlarged":
        first, _ = reading_of(page, condition, "first look")
    start = time.process_time()
    reading = ENGINES[look](image, first)
    seconds = time.process_time() - start
    return {"text": reading.text, "confidence": reading.confidence, "seconds": seconds}


_WARM: set[str] = set()


def warm_up(look: str) -> None:
    """Load an engine, once."""
    from PIL import Image

    if look not in _WARM:
        ENGINES[look](Image.new("L", (300, 100), "white"), tesseract.RecognisedText("", 0.0))
        _WARM.add(look)
