"""Pages of a PDF that are mostly a picture, with few words beside it: the picture speaks too.

Such are scans with a stamp or a page number in their text layer, letters on a letterhead, and pages
whose letters are drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ctypes import c_int
from typing import Any, Literal

from protolabel.readers.formats.extraction import tidy
from protolabel.words.text import n_words

Picture = Literal["image", "drawing"]

FEW_WORDS = 80
"""A letterhead with its foot has no more; a page of prose has 200 and more."""
LEAST_SHARE = 0.5
"""Of a page, which its pictures cover beside few words."""
STAMP_WORDS = 10
"""So few words are a stamp or a page number: beside a picture they are no document."""
LEAST_SHARE_BESIDE_STAMP = 0.2
"""A logo covers less of a page, and a letter of three lines more."""
DRAWN = 1000
"""Lines and curves of a page: a letter of three lines, drawn as outlines, has more; a form less."""
_LONG_TEXT = 20 * FEW_WORDS  # characters: more than so few words have
_REPEATED = 0.5  # of the words beside the picture, which it holds too: they were read in it
_MUCH_MORE = 1.2  # times the words of a text layer: it leaves out a part of the picture
_DEEPEST = 5  # frames in frames
_SCALE = 10_000  # places on a page are whole numbers


def picture_of(page: Any, words: str) -> Picture | None:
    """Return what a page shows that OCR may read, beside few words; None where it shows nothing.

    That is pictures on most of it, or on less of it beside a stamp. What is drawn beside a stamp
    may be letters, too, as graphics programs write them. If the page has invisible words, somebody
    has read the picture already, and they are whole.
    """
    from pypdfium2 import raw

    if len(words) > _LONG_TEXT or n_words(words) > FEW_WORDS:
        return None
    covered, drawn = 0.0, 0
    for item, kind, scale in _items(page):
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            covered += scale
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            drawn += raw.FPDFPath_CountSegments(item)
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            mode = raw.FPDFTextObj_GetTextRenderMode(item)
            if mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                return None
    width, height = page.get_size()
    beside_stamp = is_stamp(words)
    share = LEAST_SHARE_BESIDE_STAMP if beside_stamp else LEAST_SHARE
    if covered >= share * width * height:
        return "image"
    return "drawing" if beside_stamp and drawn >= DRAWN else None


def is_stamp(words: str) -> bool:
    """Return whether words beside a picture are too few to be a document."""
    return n_words(words) <= STAMP_WORDS


def words_by_half(page: Any, layer: Any) -> tuple[str, str]:
    """Return the words in the upper half of a page, as it lies, and those in the lower half."""
    halves: tuple[list[str], list[str]] = ([], [])
    is_lower = False
    for index in range(layer.count_chars()):
        is_lower = _is_lower(page, layer, index, is_lower)
        halves[is_lower].append(layer.get_text_range(index, 1))
    upper, lower = ("".join(half).replace("\ufffe", "") for half in halves)
    return tidy(upper), tidy(lower)


def hide_words(page: Any) -> None:
    """Leave the words of the text layer out of what is drawn of a page from here on."""
    from pypdfium2 import raw

    for item, kind, _ in _items(page):
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            raw.FPDFPageObj_SetIsActive(item, False)


def joined(above: str, read: str, below: str) -> str:
    """Return the text of a page: what was read in its picture, between the words beside it.

    Where the picture holds most of these words too, they are not doubled: the longer text counts.
    """
    layer = "\n".join(filter(None, (above, below)))
    beside, inside = (Counter(text.casefold().split()) for text in (layer, read))
    if (beside & inside).total() <= _REPEATED * beside.total():
        return "\n".join(filter(None, (above, read, below)))
    return read if inside.total() > _MUCH_MORE * beside.total() else layer


def _items(page: Any) -> Iterator[tuple[Any, int, float]]:
    """Yield the objects of a page and of the frames on it: each with its kind and its area.

    The area is that of a picture; of a frame, it is how much larger the frame draws its content.
    """
    from pypdfium2 import raw

    def below(parent: Any, count: Any, get: Any, scale: float, depth: int) -> Any:
        for index in range(count(parent)):
            item = get(parent, index)
            kind = raw.FPDFPageObj_GetType(item)
            matrix = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(item, matrix)
            area = scale * abs(matrix.a * matrix.d - matrix.b * matrix.c)
            yield item, kind, area
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inner = raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject
                yield from below(item, *inner, area, depth + 1)

    yield from below(page, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, 1.0, 0)


def _is_lower(page: Any, layer: Any, index: int, otherwise: bool) -> bool:
    """Return whether a character stands in the lower half; ``otherwise`` where it has no place."""
    from pypdfium2 import raw

    left, bottom, right, top = layer.get_charbox(index)
    if left == right or bottom == top:
        return otherwise
    x, y = c_int(), c_int()
    middle = (left + right) / 2, (bottom + top) / 2
    raw.FPDF_PageToDevice(page, 0, 0, _SCALE, _SCALE, 0, *middle, x, y)
    return 2 * y.value > _SCALE
