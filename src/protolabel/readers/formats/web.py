"""HTML -> the text that a reader of the page sees. No tree is built, nothing is fetched."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from protolabel.readers.converted_texts import keeps_encoding, own_encoding
from protolabel.readers.encodings import (
    WESTERN,
    marked_encoding,
    may_be_western,
    read_as,
)
from protolabel.readers.formats.extraction import Extraction, RefusalError, Request, Text, tidy

_HIDDEN = frozenset(
    ("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select")
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
_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    )
)  # fmt: skip
_ROOTS = frozenset(("html", "body"))  # pages hide these until a script has run
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "center", "dl", "div", "fieldset",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main", "nav", "ol", "p",
        "pre", "section", "table", "tr", "td", "ul",
    )
)  # fmt: skip
_ENDS_OF_ROWS = frozenset(("tr", "tbody", "thead", "tfoot"))
_ENDED_BY = {  # elements whose end tag may be left out: the start tags that end them
    "li": frozenset(("li",)),
    "dt": frozenset(("dt", "dd")),
    "dd": frozenset(("dt", "dd")),
    "td": _CELLS | _ENDS_OF_ROWS,
    "th": _CELLS | _ENDS_OF_ROWS,
    "tr": _ENDS_OF_ROWS,
    "p": _BLOCKS,
}
_HOLDERS = {  # what such elements lie in: its end tag ends them, too
    "li": frozenset(("ul", "ol", "menu")),
    "dt": frozenset(("dl",)),
    "dd": frozenset(("dl",)),
    "td": frozenset(("table",)),
    "th": frozenset(("table",)),
    "tr": frozenset(("table",)),
}
_ENDED_BY_BLOCKS = frozenset(("svg", "math", "select"))
_HIDING = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)=["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_PIECE = 2**16
_MOST_REPAIRS = 50
_TAG = re.compile("<[^<>]*>?")


class _Page(HTMLParser):
    """Gathers the text of a page, with a line break where a block begins or ends.

    The text of a hidden element is dropped where the element ends. Where it never ends, the text
    counts: its start tag may be damaged, and the rest of the page would be lost with it.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(convert_charrefs=True)
        self.text = Text(limit)
        self._limit = limit
        self._in_title = False
        self._hidden, self._depth, self._aside = "", 0, Text(limit)
        self._n_holders = 0  # that begin within the hidden element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden and not self._ends_hidden(tag):
            self._n_holders += tag in _HOLDERS.get(self._hidden, ())
            self._depth += tag == self._hidden and not self._n_holders
        elif tag in _HIDDEN or (tag not in _VOID | _ROOTS and _is_hidden(attrs)):
            if tag in _BLOCKS or tag in _ENDED_BY:
                self._add("\t" if tag in _CELLS else "\n")
            self._hidden, self._depth, self._n_holders = tag, 1, 0
        elif tag == "title":
            self._in_title = True
        elif tag in _CELLS:
            self._add("\t")
        elif tag not in _INLINE:
            self._add("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _HIDDEN and tag not in _INLINE:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and not self._ends_holder(tag):
            self._depth -= tag == self._hidden and not self._n_holders
            if not self._depth:
                self._drop()
        elif tag == "title":
            self._in_title = False
            self._add("\n")
        elif tag not in _INLINE and tag not in _CELLS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:  # the source of a script or style
            self._add(re.sub(r"\s+", " ", data))

    def unknown_decl(self, data: str) -> None:
        self.handle_data(data.removeprefix("CDATA[") if data.startswith("CDATA[") else "")

    def parse_html_declaration(self, i: int) -> int:
        try:
            return super().parse_html_declaration(i)
        except AssertionError:  # <![ and a word that it does not know
            return self.parse_bogus_comment(i)

    def read(self, source: str) -> None:
        """Read a whole page, in time that grows with its length.

        An incomplete tag is looked at again with each piece that is fed, so pieces grow with it.
        """
        at = 0
        while at < len(source):
            size = max(_PIECE, len(self.rawdata))
            self.feed(source[at : at + size])
            at += size
        for _ in range(_MOST_REPAIRS):
            markup = self.rawdata
            end = markup.find(">")
            if end < 0 or not markup.startswith("<"):
                break
            self.rawdata = ""  # a tag that is never complete ends at the next bracket
            self.feed(markup[end + 1 :])
        if not self._is_script():
            self._add(re.sub(r"\s+", " ", unescape(_TAG.sub(" ", self.rawdata))))
        if self._hidden != "p":  # its end tag may be left out
            self._show()

    def _is_script(self) -> bool:
        return self.cdata_elem is not None

    def _ends_hidden(self, tag: str) -> bool:
        """Return whether a start tag ends the hidden element before it, and end that."""
        if tag == "body" or (self._hidden in _ENDED_BY_BLOCKS and tag in _BLOCKS):
            self._show()
        elif not self._n_holders and tag in _ENDED_BY.get(self._hidden, ()):
            self._drop()
        return not self._hidden

    def _ends_holder(self, tag: str) -> bool:
        """Return whether an end tag ends what the hidden element lies in, and end that, too."""
        if tag not in _HOLDERS.get(self._hidden, ()):
            return False
        self._n_holders -= 1
        if self._n_holders < 0:
            self._drop()
        return not self._hidden

    def _drop(self) -> None:
        """Leave out the text of the hidden element, which ends."""
        self._hidden, self._aside, self._n_holders = "", Text(self._limit), 0

    def _show(self) -> None:
        """Add the text of an element that should have ended before."""
        aside, self._hidden, self._aside = str(self._aside), "", Text(self._limit)
        self.text.add(aside)

    def _add(self, piece: str) -> None:
        (self._aside if self._hidden else self.text).add(piece)


def _is_hidden(attributes: list[tuple[str, str | None]]) -> bool:
    return any(
        name == "hidden" or (name == "style" and _HIDING.search(value or ""))
        for name, value in attributes
    )


def page_text(source: str, limit: int) -> str:
    """Return the text of a page: its title and what its body shows, without soft hyphens."""
    page = _Page(limit)
    page.read(source)
    lines = (
        re.sub("[ \xa0]+", " ", line).strip(" ")
        for line in str(page.text).replace("\xad", "").split("\n")
    )
    return tidy("\n".join(lines))


def extract(request: Request) -> Extraction:
    """Return the text of an HTML file."""
    with open(request.path, "rb") as stream:
        raw = stream.read(4 * request.limit + 1)
    if len(raw) > 4 * request.limit:
        raise RefusalError(
            f"a page of more than {4 * request.limit:,} bytes", "a shorter page", "split it"
        )
    own = own_encoding(raw, request.encoding) if request.encoding else None
    notices = [keeps_encoding(own, request.encoding)] if own and request.encoding else []
    return Extraction(page_text(decoded(raw, own or request.encoding), request.limit), [], notices)


def decoded(raw: bytes, encoding: str | None) -> str:
    """Return a page as text: as a mark, the caller or the page says, else UTF-8 or Windows-1252."""
    declared = _CHARSET.search(raw[:4096])
    name = encoding or marked_encoding(raw[:4]) or (declared and declared[1].decode())
    name = name and read_as(name)
    if name and name.lower() in ("utf-8", "utf8"):
        name = "utf-8-sig"
    try:
        return raw.decode(name or "utf-8-sig")
    except (LookupError, ValueError):
        western = name == WESTERN or may_be_western(raw)
        return raw.decode(WESTERN if western else "utf-8", "replace")
