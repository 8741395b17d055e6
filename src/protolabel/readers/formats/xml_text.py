"""The XML of office programs -> the text that a reader of the document sees.

Both families, Open XML and OpenDocument, at once: by local names, which they share with no other
meaning. Deleted, moved and hidden text is left out.
"""

from __future__ import annotations

from protolabel.readers.formats.extraction import Text
from protolabel.readers.formats.packages import local
from protolabel.words.text import PAGE_END

_TEXTS = frozenset(("t",))
_PARAGRAPHS = frozenset(("p", "h"))
_CELL = frozenset(("tc", "table-cell"))
_MARKS = {  # elements that stand for a character
    "br": "\n", "cr": "\n", "line-break": "\n", "tab": "\t", "ptab": "\t", "s": " ",
    "noBreakHyphen": "\u2011",
}  # fmt: skip
_WINGDINGS = {  # usual marks of forms and lists; the others are ornaments
    0x6C: "\u25cf", 0x6E: "\u25a0", 0x6F: "\u25a1", 0x71: "\u2751", 0xA7: "\u25aa",
    0xA8: "\u25fb", 0xD8: "\u27a2", 0xDF: "\u2190", 0xE0: "\u2192", 0xFB: "\u2717",
    0xFC: "\u2713", 0xFD: "\u2612", 0xFE: "\u2611",
}  # fmt: skip
_HIDDEN = frozenset(
    (
        "Fallback", "instrText", "del", "delText", "moveFrom", "tracked-changes", "annotation",
        "automatic-styles", "note-citation", "rt", "ruby-text",
    )
)  # fmt: skip
_OFF = ("0", "false", "off")
_ON = ("1", "true", "on")
_HIDING_PARENTS = {  # property of hidden text -> the elements above it, and which of them is hidden
    "vanish": ("r", "rPr"),
    "rStyle": ("r", "rPr"),
    "pStyle": ("p", "pPr"),
}


class XmlText:
    """Takes the events of the XML parser and gathers the text.

    ``all_text``: a paragraph's own text counts, as in OpenDocument. ``hidden_styles``: names of
    styles whose text is hidden; those that the part itself defines are added.
    """

    def __init__(
        self, text: Text, *, all_text: bool = False, hidden_styles: frozenset[str] = frozenset()
    ) -> None:
        self._text, self._all_text = text, all_text
        self._hidden_styles, self._style = set(hidden_styles), ""
        self._above: list[str] = []  # the names of the elements that are open
        self._hidden_at = 0  # how deep the element lies whose text is left out; 0 for none
        self._in_text, self._n_pages, self._n_paragraphs = 0, 0, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of the beginning of an element."""
        name = local(tag)
        self._above.append(name)
        if name in ("style", "text-properties"):
            self._note_style(name, attributes)
        if self._hidden_at:
            return
        self._hidden_at = self._hidden_from(name, attributes)
        if self._hidden_at:
            return
        if name in _TEXTS or (self._all_text and name in _PARAGRAPHS):
            self._in_text += 1
        if name in _PARAGRAPHS:  # one within another is a note or a box
            self._text.add("\n" if self._n_paragraphs else "")
            self._n_paragraphs += 1
        if name in _MARKS and self._above[-2:-1] not in (["tabs"], ["tabLst"]):
            self._text.add(_MARKS[name])
        elif name == "sym":
            self._text.add(_symbol(_value(attributes, "font"), _value(attributes, "char")))
        elif name == "page" and self._all_text:
            self._text.add(PAGE_END if self._n_pages else "")
            self._n_pages += 1

    def data(self, data: str) -> None:
        """Take note of text."""
        if self._in_text and not self._hidden_at:
            self._text.add(data)

    def end(self, tag: str) -> None:
        """Take note of the end of an element."""
        name, depth = self._above.pop(), len(self._above) + 1
        if self._hidden_at:
            if depth == self._hidden_at:
                self._hidden_at = 0
            return
        if name in _TEXTS or (self._all_text and name in _PARAGRAPHS):
            self._in_text -= 1
        if name in _PARAGRAPHS:
            self._n_paragraphs -= 1
            self._text.add("\n")
        elif name in _CELL:
            self._text.add("\t")

    def close(self) -> None:
        """Do nothing at the end of the part."""

    def _hidden_from(self, name: str, attributes: dict[str, str]) -> int:
        """Return how deep the element lies that this one hides: itself or one above; 0 for none."""
        depth = len(self._above)
        if name in _HIDDEN:
            return depth
        if name in _HIDING_PARENTS:
            value = _value(attributes, "val")
            hides = value not in _OFF if name == "vanish" else value in self._hidden_styles
            is_there = tuple(self._above[-3:-1]) == _HIDING_PARENTS[name]
            return depth - 2 if hides and is_there else 0
        if name == "cNvPr":  # of a shape, two levels above
            return depth - 2 if _value(attributes, "hidden") in _ON and depth > 2 else 0
        if name == "sld":
            return depth if _value(attributes, "show") in _OFF else 0
        if self._all_text and name in ("span", "p", "h", "section"):
            hides = _value(attributes, "style-name") in self._hidden_styles
            return depth if hides or _value(attributes, "display") == "none" else 0
        if self._all_text and name in ("title", "desc"):  # of a picture, and no field of the text
            return 0 if self._above[-2] in ("p", "h", "span", "a") else depth
        if name in ("hidden-text", "hidden-paragraph"):
            return depth if _value(attributes, "is-hidden") in _ON else 0
        return 0

    def _note_style(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of a style of OpenDocument, and of whether it hides its text."""
        if name == "style":
            self._style = _value(attributes, "name")
        elif _value(attributes, "display") == "none" and self._style:
            self._hidden_styles.add(self._style)


class HiddenStyles:
    """Gathers which styles of a DOCX file hide their text, those based on such a style included."""

    def __init__(self) -> None:
        self._above: list[str] = []
        self._style = ""
        self._hides: dict[str, bool] = {}
        self._bases: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of a style, of what it is based on and whether it hides."""
        name = local(tag)
        self._above.append(name)
        if name == "style":
            self._style = _value(attributes, "styleId")
        elif name == "basedOn":
            self._bases[self._style] = _value(attributes, "val")
        elif name == "vanish" and self._above[-3:-1] == ["style", "rPr"]:
            self._hides[self._style] = _value(attributes, "val") not in _OFF

    def end(self, tag: str) -> None:
        """Take note of the end of an element."""
        self._above.pop()

    def data(self, data: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def names(self) -> frozenset[str]:
        """Return the styles that hide."""
        return frozenset(style for style in {*self._hides, *self._bases} if self._is_hiding(style))

    def _is_hiding(self, style: str) -> bool:
        visited = set()
        while style and style not in visited:
            if style in self._hides:
                return self._hides[style]
            visited.add(style)
            style = self._bases.get(style, "")
        return False


def _symbol(font: str, code: str) -> str:
    """Return a character that a font of symbols draws; a space for an ornament."""
    try:
        number = int(code, 16)
    except ValueError:
        return " "
    if 0xF000 <= number <= 0xF0FF or number < 0x100:  # the place in the font
        place = number & 0xFF
        return _WINGDINGS.get(place, " ") if font == "Wingdings" else " "
    is_character = number < 0xD800 or 0xF900 <= number <= 0x10FFFF
    return chr(number) if is_character else " "


def _value(attributes: dict[str, str], name: str) -> str:
    """Return an attribute by its local name; empty where it is absent."""
    return next((value for key, value in attributes.items() if local(key) == name), "")
