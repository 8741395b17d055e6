"""How many words OCR reads of pages rendered from contracts, clean and degraded, and how fast.

The pages' own text layer is the truth. One page is taken of each contract.
"""

from __future__ import annotations

import io
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.common import require_data, save, table

N_PAGES = 20
DPI = 150
_WORD = re.compile(r"\w+")


def _pages(n: int) -> list[tuple[Any, Counter[str]]]:
    """Return n pages as pictures, each with the words of its text layer."""
    import pypdfium2

    pages = []
    paths = sorted(Path(require_data("cuad_pdfs")).rglob("*.[pP][dD][fF]"))
    for number, path in enumerate(paths[:: max(1, len(paths) // n)][:n]):
        with pypdfium2.PdfDocument(path) as document:
            page = document[number % min(3, len(document))]
            words = _words(page.get_textpage().get_text_range())
            if words.total() > 50:
                pages.append((page.render(scale=DPI / 72, grayscale=True).to_pil(), words))
    return pages


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _degraded(image: Any) -> Any:
    """Return a page as a poor copier gives it: turned, blurred, noisy, and badly compressed."""
    import numpy as np
    from PIL import Image, ImageFilter

    image = image.rotate(0.7, fillcolor=255, resample=Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(0.9))
    noise = np.random.default_rng(0).normal(0, 22, (image.height, image.width))
    pixels = np.clip(np.asarray(image, np.float64) * 0.8 + 30 + noise, 0, 255)
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, "JPEG", quality=30)
    return Image.open(stream)


def main() -> None:
    """Measure OCR and write docs/results/ocr."""
    from protolabel.readers.formats.ocr import text_of

    start = time.perf_counter()
    pages = _pages(N_PAGES)
    text_of(pages[0][0])  # loads the engine
    rows: dict[str, dict[str, float]] = {}
    for name, change in (("clean", lambda image: image), ("degraded", _degraded)):
        right = total = output = empty = 0
        seconds = 0.0
        for image, words in pages:
            picture = change(image)
            begin = time.process_time()
            text = text_of(picture)
            seconds += time.process_time() - begin
            read = _words(text)
            right, total, output = (
                right + (read & words).total(), total + words.total(), output + read.total()
            )  # fmt: skip
            empty += not text
        rows[name] = {
            "recall": right / total, "precision": right / max(1, output),
            "cpu_s": seconds / len(pages), "declined": empty,
        }  # fmt: skip
    body = (
        f"# OCR of scanned pages\n\n{len(pages)} pages of as many contracts (CUAD), rendered at "
        f"{DPI} dots per inch, read by Tesseract as the extra `ocr` brings it. Degraded: turned by "
        "0.7 degrees, blurred, with noise, as JPEG of quality 30. The truth is the pages' text "
        "layer; words are compared as a multiset, without case.\n\n"
        + table(
            ["pages", "word recall, %", "word precision, %", "CPU s a page", "pages without text"],
            [
                [
                    name,
                    f"{100 * row['recall']:.1f}",
                    f"{100 * row['precision']:.1f}",
                    f"{row['cpu_s']:.2f}",
                    f"{row['declined']:.0f}",
                ]
                for name, row in rows.items()
            ],
        )
    )
    values = {"pages": len(pages), "ocr": rows}
    save("ocr", "make bench-readers", body, values, time.perf_counter() - start)


if __name__ == "__main__":
    main()
