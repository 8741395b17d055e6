"""PDF -> the text of its pages, in their order; OCR reads the scanned ones. Runs no scripts.

What is filled into a page counts as its text. The files of a portfolio take the place of its cover.
"""

from __future__ import annotations

from typing import Any

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
from protolabel.readers.formats.pdf_pictures import (
    hide_words,
    is_stamp,
    joined,
    picture_of,
    words_by_half,
)
from protolabel.words.quantity import quantity
from protolabel.words.text import PAGE_END, brief_repr, has_visible_text

MOST_PAGES = 20_000
_DPI = 200  # of a page that OCR reads
_MOST_PIXELS = 9_000_000
_MOST_VAIN = 3  # pictures beside words in which nothing is legible, as the photos on slides


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
        pages = _Pages(Text(request.limit))
        pages.read(document)
    finally:
        document.close()
    text = str(pages.text) if pages.says_something else ""
    return Extraction(text, notices=pages.notices() + about_files, empty=pages.empty())


class _Pages:
    """Reads the pages of a document, in their order; OCR reads those whose text layer is not whole.

    ``says_something``: its words are more than stamps beside pictures that nobody has read.
    """

    def __init__(self, text: Text) -> None:
        self.text, self.says_something = text, False
        self._pictures, self._n_read, self._n_left, self._n_vain = ocr.Pages(), 0, 0, 0
        self._damaged, self._n_unread, self._stamp = 0, 0, ""

    def read(self, document: Any) -> None:
        """Read all pages. Raises RefusalError where each of them is damaged."""
        import pypdfium2

        for number in range(len(document)):
            if number:
                self.text.add(PAGE_END)
            try:
                page, beside = with_entries(document, number)
                layer = page.get_textpage()
                words, beside = self._words(page, layer), tidy(beside)
                self.says_something |= bool(beside)
                self.text.add("\n".join(filter(None, (words, beside))))
                layer.close()
                page.close()
            except pypdfium2.PdfiumError:
                self._damaged += 1
        if self._damaged == len(document):
            raise _refusal("no page can be read")

    def notices(self) -> list[str]:
        """Return what was left out."""
        notices = []
        if self._damaged:
            damaged = quantity(self._damaged, "damaged page is", "damaged pages are")
            notices.append(f"{damaged} left out")
        if self._n_left:
            notices.append(
                f"OCR reads its first {ocr.MOST_PAGES} scanned pages; {self._n_left} are left out"
            )
        if self._n_unread and self.says_something:
            pages = quantity(self._n_unread, "page shows", "pages show")
            notices.append(f"only OCR could read what {pages}; it is not installed")
        return notices

    def empty(self) -> str:
        """Return what the document is if it says nothing."""
        empty = "a PDF without a text layer, as from a scanner"
        if self._stamp:
            empty += f" (beside its pictures stands only {brief_repr(self._stamp)})"
        return f"{empty}, in which {ocr.NOTHING_LEGIBLE}" if ocr.is_installed() else empty

    def _words(self, page: Any, layer: Any) -> str:
        """Return the words of a page, and note whether they say something."""
        # U+FFFE is how the library writes a hyphen at the end of a line inside a word.
        words = tidy(layer.get_text_range().replace("\ufffe", "").replace(PAGE_END, "\n"))
        if not has_visible_text(words) or is_rubbish(words):
            shows_something = any(True for _ in page.get_objects(max_depth=1))
            read = self._legible(page) if shows_something else None
            words = words if read is None else read
            self.says_something |= has_visible_text(words)
        elif picture := picture_of(page, words):
            words = self._words_and_picture(page, layer, words)
            self.says_something |= picture == "drawing"  # without letters it has no other words
        else:
            self.says_something = True
        return words

    def _words_and_picture(self, page: Any, layer: Any, words: str) -> str:
        """Return the words of a page that is mostly a picture, with those in the picture.

        Beside more words than a stamp has, pictures that say nothing are photos, as on slides:
        after some of them, OCR looks at no more.
        """
        above, below = words_by_half(page, layer)
        hide_words(page)
        is_worth_it = is_stamp(words) or self._n_vain < _MOST_VAIN
        read = self._legible(page) if is_worth_it else None
        if read is not None:
            self._n_vain = 0 if read else self._n_vain + 1
        self._stamp = self._stamp or words
        self.says_something |= bool(read) or not is_stamp(words)
        return joined(above, read, below) if read else words

    def _legible(self, page: Any) -> str | None:
        """Return what OCR reads of what a page shows; None where it does not look."""
        if not ocr.is_installed():
            self._n_unread += 1
            return None
        self._n_read += 1
        if self._n_read > ocr.MOST_PAGES:
            self._n_left += 1
            return None
        return self._pictures.text_of(_picture(page))


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
