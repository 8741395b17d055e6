"""What counts as text: whether a person would see anything, and where words part. No I/O.

Readers, the Python door and encoders share these two rules.
"""

from __future__ import annotations

import re
import unicodedata

from protolabel.invisible import is_ignorable

_INK = re.compile("[!-~]")
# Symbols that draw nothing and are not ignorable: the blank Braille pattern, the null notehead, and
# the place of an object that is not text.
_BLANK = frozenset("\u2800\ufffc\U0001d159")

SEPARATORS = "\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029\u200b"
"""Characters that part words or lines, and that tokenizers delete as control characters."""

_SPACES = str.maketrans(dict.fromkeys(SEPARATORS, " "))


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
