"""EPUB -> its title and its chapters in the order of reading, which ``PAGE_END`` parts."""

from __future__ import annotations

import posixpath
import zipfile
from urllib.parse import unquote

from protolabel.readers.formats.extraction import (
    Extraction,
    RefusalError,
    Request,
    Text,
    tidy,
)
from protolabel.readers.formats.packages import Elements, chunks, package, parse
from protolabel.readers.formats.web import decoded, page_text
from protolabel.words.text import PAGE_END

_CONTAINER = "META-INF/container.xml"


def extract(request: Request) -> Extraction:
    """Return the text of a book."""
    text = Text(request.limit)
    with package(request.path) as archive:
        for number, part in enumerate(_chapters(archive)):
            text.add(PAGE_END if number else "")
            page = b"".join(chunks(archive, part))
            text.add(page_text(decoded(page, None), request.limit))
    return Extraction(tidy(str(text)))


def _chapters(archive: zipfile.ZipFile) -> list[str]:
    """Return the names of the chapters in the archive, in the order of reading."""
    names = archive.namelist()
    container = Elements("rootfile")
    if _CONTAINER in names:
        parse(archive, _CONTAINER, container)
    books = [attributes.get("full-path", "") for _, attributes in container.elements]
    book = next((name for name in books if name in names), "")
    if not book:
        raise RefusalError(
            "an EPUB file without a list of its chapters",
            "a whole file",
            "fetch it again, or leave it out",
        )
    contents = Elements("item", "itemref")
    parse(archive, book, contents)
    items = {
        attributes.get("id", ""): attributes.get("href", "")
        for name, attributes in contents.elements
        if name == "item" and "html" in attributes.get("media-type", "html")
    }
    order = [
        items.get(attributes.get("idref", ""), "")
        for name, attributes in contents.elements
        if name == "itemref"
    ]
    folder = posixpath.dirname(book)
    parts = [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in order if href]
    return [part for part in parts if part in names]
