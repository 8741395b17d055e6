"""PDF -> the text of its pages, in the order of the pages. Draws nothing, runs no scripts."""

from __future__ import annotations

from protolabel.readers.formats.extraction import (
    PAGE_END,
    Extraction,
    RefusalError,
    Request,
    Text,
    tidy,
)

MOST_PAGES = 20_000


def extract(request: Request) -> Extraction:
    """Return the text layer of a PDF file; ``PAGE_END`` stands between its pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(request.path)
    except pypdfium2.PdfiumError as error:
        raise _refusal(str(error)) from error
    try:
        if len(document) > MOST_PAGES:
            raise RefusalError(
                f"a PDF of {len(document):,} pages", f"at most {MOST_PAGES:,} pages", "split it"
            )
        text, notices = _pages(document, request.limit)
    finally:
        document.close()
    return Extraction(text, notices=notices, empty="a PDF without a text layer, as from a scanner")


def _pages(document: object, limit: int) -> tuple[str, list[str]]:
    import pypdfium2

    assert isinstance(document, pypdfium2.PdfDocument)
    text, damaged = Text(limit), 0
    for number in range(len(document)):
        if number:
            text.add(PAGE_END)
        try:
            page = document[number]
            layer = page.get_textpage()
            # U+FFFE is how the library writes a hyphen at the end of a line inside a word.
            text.add(tidy(layer.get_text_range().replace("\ufffe", "").replace(PAGE_END, "\n")))
            layer.close()
            page.close()
        except pypdfium2.PdfiumError:
            damaged += 1
    if damaged == len(document):
        raise _refusal("no page can be read")
    what = "page is" if damaged == 1 else "pages are"
    return str(text), [f"{damaged} damaged {what} left out"] if damaged else []


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
