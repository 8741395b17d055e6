"""What counts as text, where words part, and how a text or a value is cut to be shown. No I/O."""

from __future__ import annotations

import functools
import re
import reprlib
import unicodedata

from protolabel.words.invisible import is_ignorable

PAGE_END = "\f"  # parts the pages of a text that was read from a document with pages
EXCERPT = 160  # characters of an example or a passage that evidence shows
ERROR_LINE = 120  # characters of what an error of a library says

HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""A surrogate, which UTF-8 cannot spell and no file can hold."""

NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that no store can hold."""

_INK = re.compile("[!-~]")
# Symbols that draw nothing and are not ignorable: the blank Braille pattern, the null notehead, and
# the place of an object that is not text.
_BLANK = frozenset("\u2800\ufffc\U0001d159")

SEPARATORS = "\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029\u200b"
"""Characters that part words or lines, and that tokenizers delete as control characters."""

# What is written without blanks between words stands here alone, as ranges of a character class.
UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Blocks of scripts without blanks: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han.

``sketches`` takes each of these characters as a word. Its digests are stored, so they must not
change: what is added stands in the next list.
"""

# Blocks that are written so, too, or often: Hangul, Tai, Balinese, Javanese, Yi, Tangut, Bopomofo,
# radicals, narrow kana. Source of both lists: Unicode Standard Annex 14, the classes SA, ID, CJ,
# H2, H3, JL, JV and JT, by their blocks.
_OFTEN_UNSPACED = (
    "\u1100-\u11ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1b7f\u2e80-\u2fdf\u3005-\u303f"
    "\u3100-\u33ff\u4dc0-\u4dff\ua000-\ua4cf\ua960-\ua9ff\uaa60-\uaadf\uac00-\ud7ff"
    "\uff66-\uffdc\U00016fe0-\U00018dff\U0001aff0-\U0001b2ff"
)
_UNSPACED_IN_A_WORD = 2  # characters of such a script that count as a word

_SPACES = str.maketrans(dict.fromkeys(SEPARATORS, " "))


@functools.cache
def _unspaced() -> re.Pattern[str]:
    """Compile the class of these characters when it is first asked for: it takes 10 ms."""
    return re.compile(f"[{UNSPACED}{_OFTEN_UNSPACED}]")


def n_words(text: str) -> int:
    """Return how many words a text has, by the blanks between them.

    Of a script without blanks, two characters count as a word.
    """
    if text.isascii():
        return len(text.split())
    others, n_unspaced = _unspaced().subn("", text)
    return len(others.split()) + -(-n_unspaced // _UNSPACED_IN_A_WORD)


def has_visible_text(text: str) -> bool:
    """Return whether the text holds a character that a person can see.

    White space, control and format characters (zero-width, soft hyphen, byte order mark), combining
    marks without a base, and fillers are invisible. Characters that this Python's Unicode tables do
    not know yet, such as new emoji, count as visible.
    """
    if _INK.search(text):
        return True
    return any(_is_visible(character) for character in set(text))


def _is_visible(character: str) -> bool:
    if is_ignorable(character):
        return False
    category = unicodedata.category(character)
    if category == "Cn":  # unassigned so far, or never to be assigned
        return not (ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef")
    return category[0] in "LNPS" and character not in _BLANK


def words_apart(text: str) -> str:
    """Return the text with a space for each of ``SEPARATORS``, so that they part words.

    The length and the place of every other character stay.
    """
    return text.translate(_SPACES)


def excerpt(text: str | None, length: int = EXCERPT) -> str:
    """Return the beginning of a text on one line, at most ``length`` characters of it."""
    line = " ".join((text or "").split(maxsplit=length)[:length])
    return line if len(line) <= length else line[: length - 1] + "…"


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, cut; its type where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0][:ERROR_LINE]


def without_content(value: object) -> str:
    """Return what a value is, for an error message that must not repeat a document.

    Numbers and empty cells are shown as they are; of texts, bytes and collections, the length is.
    """
    if is_missing(value) or isinstance(value, int | float):
        return repr(value)[:60]
    kind = type(value).__name__
    if isinstance(value, str | bytes | bytearray | list | tuple | dict | set | frozenset):
        return f"{kind} of length {len(value):,}" if value else repr(value)
    return f"a value of type {kind}"


def brief_repr(value: object, length: int = 60) -> str:
    """Return ``repr`` of a value, cut to a length that fits an error message.

    Deeply nested and long values are cut before they are written out.
    """
    if isinstance(value, str):
        text = repr(value[: length + 1])
        return text if len(text) <= length else _closed(value, length)
    brief = reprlib.Repr()
    brief.maxlist = brief.maxdict = brief.maxlevel = 6
    brief.maxstring = brief.maxother = brief.maxlong = length + 2
    text = brief.repr(value)
    return text if len(text) <= length else text[: length - 3] + "..."


def _closed(value: str, length: int) -> str:
    """Return ``repr`` of the beginning of a text, with its closing quotation mark."""
    return next(
        text
        for end in range(length - 5, -1, -1)
        if len(text := repr(value[:end] + "...")) <= length
    )


def is_missing(value: object) -> bool:
    """Return whether a value is what tables and arrays hold in an empty cell: None, NaN and NaT of
    any type, pandas.NA, and what a mask hides.
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType", "MaskedConstant"):
        return True
    is_number = isinstance(value, float) or type(value).__module__ == "numpy"
    return is_number and not hasattr(value, "__len__") and bool(value != value)
