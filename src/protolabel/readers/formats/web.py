"""HTML -> the text that a reader of the page sees. No tree is built, nothing is fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from protolabel.readers.encodings import WESTERN, marked_encoding, may_be_western
from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, Text, tidy

_HIDDEN = frozenset(
    ("script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object", "select")
)
_INLINE = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn",
        "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "meter", "nobr", "o:p",
        "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr",
    )
)  # fmt: skip
_CELLS = frozenset(("td", "th"))
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)=["']?\s*([\w.:-]+)""", re.IGNORECASE
)


class _Page(HTMLParser):
    """Gathers the text of a page, with a line break where a block begins or ends."""

    def __init__(self, limit: int) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text(limit)
        self._hidden: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = True
        elif tag == "body":  # a head that was never closed ends here
            self._hidden = []
        elif tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag in _CELLS:
            self.text.add("\t")
        elif tag not in _INLINE:
            self.text.add("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HIDDEN and tag not in _INLINE:
            self.text.add("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
            self.text.add("\n")
        elif tag in self._hidden:
            del self._hidden[self._hidden.index(tag) :]
        elif tag not in _INLINE and tag not in _CELLS:
            self.text.add("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title or not self._hidden:
            self.text.add(re.sub(r"\s+", " ", data))


def page_text(source: str, limit: int) -> str:
    """Return the text of a page: its title and what its body shows."""
    page = _Page(limit)
    page.feed(source)
    page.close()
    lines = (re.sub("[ \xa0]+", " ", line).strip(" ") for line in str(page.text).split("\n"))
    return tidy("\n".join(lines))


def extract(request: Request) -> Extraction:
    """Return the text of an HTML file."""
    with open(request.path, "rb") as stream:
        raw = stream.read(4 * request.limit + 1)
    if len(raw) > 4 * request.limit:
        raise RefusalError(
            f"a page of more than {4 * request.limit:,} bytes", "a shorter page", "split it"
        )
    return Extraction(page_text(_decoded(raw, request.encoding), request.limit))


def _decoded(raw: bytes, encoding: str | None) -> str:
    """Return a page as text: as a mark, the caller or the page says, else UTF-8 or Windows-1252."""
    declared = _CHARSET.search(raw[:4096])
    name = encoding or marked_encoding(raw[:4]) or (declared and declared[1].decode())
    if name and name.lower() in ("iso-8859-1", "latin1", "us-ascii"):
        name = WESTERN  # what browsers take it for
    try:
        return raw.decode(name or "utf-8-sig")
    except (LookupError, ValueError):
        western = name == WESTERN or may_be_western(raw)
        return raw.decode(WESTERN if western else "utf-8", "replace")
