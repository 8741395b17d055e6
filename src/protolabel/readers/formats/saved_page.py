"""A web page that a browser saved as one file (MHTML) -> the text of the page.

The file is a mail of several parts: the page, and its pictures and style sheets, which are no
documents. A frame has a page of its own, which counts where the first one shows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, Text, tidy
from protolabel.readers.formats.message import of_message, parts_of
from protolabel.readers.formats.message_bodies import PAGES, content_of

if TYPE_CHECKING:
    from email.message import EmailMessage


def extract(request: Request) -> Extraction:
    """Return the text of the page."""
    return of_message(request, _page)


def _page(message: EmailMessage, request: Request) -> Extraction:
    parts = [part for part, _ in parts_of(message)]
    pages = [part for part in parts if part.get_content_type() in PAGES]
    pages = pages or [part for part in parts if part.get_content_type() == "text/plain"]
    if not pages:
        raise RefusalError(
            "a saved web page (MHTML) without a page in it", "a whole file", "save the page again"
        )
    start = _start(message)
    pages.sort(key=lambda part: not start or str(part.get("content-id", "")).strip() != start)
    first = tidy(content_of(pages[0], request.limit))
    if first:
        return Extraction(first)
    text = Text(request.limit)
    for page in pages[1:]:
        text.add("\n\n" + content_of(page, request.limit))
    return Extraction(tidy(str(text)) or None)


def _start(message: EmailMessage) -> str:
    """Return the id of the part that is the page; empty where it is the first one."""
    try:
        return str(message.get_param("start", "") or "").strip()
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""
