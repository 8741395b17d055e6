"""PDF -> the text of its pages, in their order; OCR reads the scanned ones. Runs no scripts.

What is filled into a page counts as its text. The files of a portfolio take the place of its cover.
"""

from __future__ import annotations

from typing import Any

from protolabel.quantity import quantity
from protolabel.readers.formats import ocr
from protolabel.readers.formats.extraction import (
    Extraction,
    RefusalError,
    Request,
    Text,
    tidy,
)
from protolabel.readers.formats.legibility import is_rubbish
from protolabel.readers.formats.pdf_attachments import files_inside
from protolabel.readers.formats.pdf_entries import open_forms, with_entries
from protolabel.text import PAGE_END, has_visible_text

MOST_PAGES = 20_000
_DPI = 200  # of a page that OCR reads
_MOST_PIXELS = 9_000_000


def extract(request: Request) -> Extraction:
    """Return the text layer of a PDF file; ``PAGE_END`` stands between its pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(request.path)
    except pypdfium2.PdfiumError as error:
        raise _refusal(str(error)) from error
    try:
        open_forms(document)
        if len(document) > MOST_PAGES:
            raise RefusalError(
                f"a PDF of {quantity(len(document), 'page')}",
                f"at most {MOST_PAGES:,} pages",
                "split it",
            )
        files, about_files = files_inside(document, request)
        if files:
            return Extraction(None, files)
        text, notices = _pages(document, request.limit)
    finally:
        document.close()
    empty = "a PDF without a text layer, as from a scanner"
    if ocr.is_installed():
        empty += f", in which {ocr.NOTHING_LEGIBLE}"
    return Extraction(text, notices=notices + about_files, empty=empty)


def _pages(document: Any, limit: int) -> tuple[str, list[str]]:
    """Return the text of the pages, and what was left out; OCR reads those without a text layer."""
    import pypdfium2

    text, pictures, damaged, n_read, n_left = Text(limit), ocr.Pages(), 0, 0, 0
    for number in range(len(document)):
        if number:
            text.add(PAGE_END)
        try:
            page, beside = with_entries(document, number)
            layer = page.get_textpage()
            # U+FFFE is how the library writes a hyphen at the end of a line inside a word.
            words = tidy(layer.get_text_range().replace("\ufffe", "").replace(PAGE_END, "\n"))
            layer.close()
            if _needs_ocr(page, words):
                n_left += n_read >= ocr.MOST_PAGES
                words = pictures.text_of(_picture(page)) if n_read < ocr.MOST_PAGES else words
                n_read += 1
            text.add("\n".join(filter(None, (words, tidy(beside)))))
            page.close()
        except pypdfium2.PdfiumError:
            damaged += 1
    if damaged == len(document):
        raise _refusal("no page can be read")
    notices = []
    if damaged:
        notices.append(quantity(damaged, "damaged page is", "damaged pages are") + " left out")
    if n_left:
        notices.append(f"OCR reads its first {ocr.MOST_PAGES} scanned pages; {n_left} are left out")
    return str(text), notices


def _needs_ocr(page: Any, words: str) -> bool:
    """Return whether a page shows something, and its text layer does not say what."""
    says_nothing = not has_visible_text(words) or is_rubbish(words)
    return says_nothing and ocr.is_installed() and any(True for _ in page.get_objects(max_depth=1))


def _picture(page: Any) -> Any:
    """Return a page as a picture, in a resolution in which OCR reads it."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    return page.render(scale=scale, grayscale=True).to_pil()


def _refusal(reason: str) -> RefusalError:
    if "assword" in reason or "ecurity" in reason:
        return RefusalError(
            "an encrypted PDF", "a PDF without a password", "save it without its password"
        )
    return RefusalError(
        f"a PDF that cannot be read ({reason})",
        "a whole PDF file",
        "open it in a viewer and save it again, or leave it out",
    )
